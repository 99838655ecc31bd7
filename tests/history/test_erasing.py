"""What is erased is gone: from the books, and byte by byte from the file; what stays stays right."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest

from monitor.event_ids import event_id, moment_of_id_s
from monitor.history import erasing, readiness
from monitor.history.database import HistoryError
from monitor.history.day import BoutRow, BreakRow, GapRow
from monitor.history.queries import checkpoint, day, latest_events, stretch, wearers
from monitor.history.store import Commit, Store
from monitor.model import Posture
from monitor.outlets.mqtt.leftovers import Announced
from tests.history.builders import bout_ended, bout_started, gap_ended, message, rows
from tests.reporting.office import BERLIN, at, written

MONDAY = date(2024, 3, 4)
DAYS = [date(2024, 3, n) for n in (4, 5, 6, 7, 8)]
SECRET = "Xanthippe's checkpoint of everything"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    written(tmp_path, MONDAY, 5, wearer="xanthippe")
    path = written(tmp_path, MONDAY, 5, wearer="ben")
    with closing(Store(path)) as store:
        for wearer in ("xanthippe", "ben"):
            started = replace(bout_started(at(DAYS[4], "20:00")), id=event_id(1.0, wearer))
            news = {"mqtt": (message(started, f"sitbreak/{wearer}/log"),)}
            store.commit(Commit(wearer, events=(started,), messages=news, checkpoint=f"{SECRET} {wearer}"))
    readiness.write(path, "xanthippe", readiness.Readiness(at(DAYS[1], "12:00"), ("hip_arthritis",)))
    return path


def bytes_around(path: Path) -> bytes:
    """Every byte of every file beside the history."""
    return b"".join(file.read_bytes() for file in sorted(path.parent.rglob("*")) if file.is_file())


def moments(path: Path, wearer: str, on: date) -> Iterator[bytes]:
    """The borders of a day's bouts and breaks as SQLite writes whole numbers: four bytes."""
    books = day(path, wearer, on, BERLIN)
    for each in (*books.bouts, *books.breaks):
        yield int(each.start_s).to_bytes(4, "big")
        yield each.id.encode()


def erase_days(path: Path, wearer: str, first: date, last: date) -> None:
    from_s, until_s = at(first, "00:00"), at(last, "00:00") + 86400
    erasing.erase_stretch(path, wearer, from_s, until_s, (first.isoformat(), last.isoformat()))


def test_no_byte_of_an_erased_wearer_stays(path: Path) -> None:
    before = bytes_around(path)
    marks = [b"xanthippe", b"hip_arthritis", f"{SECRET} xanthippe".encode()]
    assert all(mark in before for mark in marks)
    erasing.erase_wearer(path, "xanthippe")
    after = bytes_around(path)
    assert not [mark for mark in marks if mark in after]
    assert len(after) < len(before)


def test_while_somebody_reads_nothing_is_called_gone(path: Path) -> None:
    with closing(sqlite3.connect(path)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT * FROM wearers").fetchall()
        with pytest.raises(HistoryError, match="being read"):
            erasing.erase_wearer(path, "xanthippe")
    erasing.erase_wearer(path, "ben")
    assert b"xanthippe" not in bytes_around(path)


def test_the_others_keep_everything(path: Path) -> None:
    before = stretch(path, "ben", DAYS[0], DAYS[4], BERLIN)
    erasing.erase_wearer(path, "xanthippe")
    assert stretch(path, "ben", DAYS[0], DAYS[4], BERLIN) == before
    assert [row.name for row in wearers(path)] == ["ben"]
    assert checkpoint(path, "ben") == f"{SECRET} ben"
    with closing(Store(path)) as store:
        assert len(store.pending("mqtt", 0, 10)) == 1


def test_what_stands_at_the_broker_is_remembered_without_a_person(path: Path) -> None:
    with closing(Store(path)) as store:
        store.note_announced(Announced(store.node_id("xanthippe"), "sitbreak", "homeassistant", "device"))
    erasing.erase_wearer(path, "xanthippe")
    assert erasing.is_announced(path)
    with closing(Store(path)) as store:
        assert len(store.announced()) == 1


def test_no_byte_of_erased_days_stays_and_the_other_days_are_as_they_were(path: Path) -> None:
    erasing.erase_wearer(path, "ben")  # who sat at the same times
    gone = [mark for on in DAYS[1:3] for mark in moments(path, "xanthippe", on)]
    kept = {on: day(path, "xanthippe", on, BERLIN) for on in (DAYS[0], DAYS[3])}
    assert all(mark in bytes_around(path) for mark in gone)
    erase_days(path, "xanthippe", DAYS[1], DAYS[2])
    after = bytes_around(path)
    assert not [mark for mark in gone if mark in after]
    assert SECRET.encode() not in after
    assert b"hip_arthritis" not in after
    for on, books in kept.items():
        now = day(path, "xanthippe", on, BERLIN)
        assert (now.bouts, now.breaks, now.postures, now.alerts) == (
            books.bouts,
            books.breaks,
            books.postures,
            books.alerts,
        )
    for on in DAYS[1:3]:
        assert day(path, "xanthippe", on, BERLIN).records == ()


@pytest.mark.parametrize("seed", range(6))
def test_outside_the_stretch_the_time_stays_as_it_was_spent(path: Path, seed: int) -> None:
    chance = Random(seed)
    from_s = at(DAYS[0], "00:00") + chance.randrange(4 * 86400)
    until_s = from_s + chance.randrange(1, 2 * 86400)

    def spent(records: Iterable[BoutRow | BreakRow | GapRow]) -> list[tuple[float, float]]:
        outside = [
            (min(each.end_s, from_s) - each.start_s, each.end_s - max(each.start_s, until_s)) for each in records
        ]
        return [(sum(max(0.0, before) for before, _ in outside), sum(max(0.0, after) for _, after in outside))]

    week = stretch(path, "ben", DAYS[0], DAYS[4], BERLIN)
    erasing.erase_stretch(path, "ben", from_s, until_s, ("", ""))
    left = stretch(path, "ben", DAYS[0], DAYS[4], BERLIN)
    for kind in ("bouts", "breaks", "gaps", "postures"):
        assert all(each.end_s <= from_s or each.start_s >= until_s for each in getattr(left, kind))
        assert spent(getattr(left, kind)) == spent(getattr(week, kind))
    ordered = sorted(left.records, key=lambda each: each.start_s)
    assert all(one.end_s <= other.start_s for one, other in pairwise(ordered))
    assert sum(bout.sedentary_s for bout in left.bouts) == sum(bout.end_s - bout.start_s for bout in left.bouts)


def test_a_record_that_reaches_out_is_cut_at_the_border(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    start_s, end_s = at(DAYS[0], "23:00"), at(DAYS[1], "01:30")
    postures = rows(start_s, (Posture.SITTING, 3000), (Posture.STANDING, 30), (Posture.SITTING, 5970))
    with closing(Store(path)) as store:
        store.commit(Commit("me", postures, (bout_started(start_s), bout_ended(start_s, end_s, paused_s=30.0))))
    erase_days(path, "me", DAYS[1], DAYS[1])
    (bout,) = day(path, "me", DAYS[0], BERLIN).bouts
    assert (bout.end_s, bout.sedentary_s, bout.paused_s) == (at(DAYS[1], "00:00"), 3570, 30)
    assert day(path, "me", DAYS[1], BERLIN).bouts == ()
    assert end_s not in {row.body.get("bout_end_s") for row in latest_events(path, "me", ["bout_ended"], 10)}


def test_a_gap_of_a_week_keeps_its_ends(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    with closing(Store(path)) as store:
        store.commit(Commit("me", events=(gap_ended(at(DAYS[0], "08:00"), at(DAYS[4], "08:00"), "not_worn"),)))
    erase_days(path, "me", DAYS[1], DAYS[3])
    gaps = stretch(path, "me", DAYS[0], DAYS[4], BERLIN).gaps
    assert [(gap.start_s, gap.end_s, gap.reason) for gap in gaps] == [
        (at(DAYS[0], "08:00"), at(DAYS[1], "00:00"), "not_worn"),
        (at(DAYS[4], "00:00"), at(DAYS[4], "08:00"), "not_worn"),
    ]
    assert all(
        at(DAYS[1], "00:00") > moment_of_id_s(g.id) or moment_of_id_s(g.id) >= at(DAYS[4], "00:00") for g in gaps
    )


def test_a_bout_that_was_open_is_closed_because_its_state_goes_too(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    nine = at(DAYS[2], "09:00")
    with closing(Store(path)) as store:
        store.commit(Commit("me", rows(nine, (Posture.SITTING, 600)), (bout_started(nine),), checkpoint="state"))
    erase_days(path, "me", DAYS[0], DAYS[0])
    (bout,) = day(path, "me", DAYS[2], BERLIN).bouts
    assert (bout.end_s, bout.ended_by) == (nine + 600, "stop")
    assert checkpoint(path, "me") is None


def test_how_much_would_go_is_told_before(path: Path) -> None:
    all_of_it = erasing.doomed(path, "xanthippe", float("-inf"), float("inf"))
    one = erasing.doomed(path, "xanthippe", at(DAYS[1], "00:00"), at(DAYS[2], "00:00"))
    books = day(path, "xanthippe", DAYS[1], BERLIN)
    assert (one.bouts, one.breaks, one.alerts) == (len(books.bouts), len(books.breaks), len(books.alerts))
    assert all_of_it.bouts > one.bouts > 0


def test_a_stranger_cannot_be_erased(path: Path) -> None:
    with pytest.raises(HistoryError, match="knows no wearer 'zoe'"):
        erasing.erase_wearer(path, "zoe")
