"""A civil day out of the books: whole, clipped at midnight, right on the days when the clocks change."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from monitor.events import Event
from monitor.history.database import HistoryError
from monitor.history.queries import day, wearers
from monitor.history.store import Commit, Store
from monitor.model import Posture, PostureEpochs
from tests.history.builders import (
    alert_cleared,
    bout_ended,
    bout_started,
    break_due,
    break_ended,
    break_taken,
    exercise_seen,
    gap_ended,
    office_hour,
    rows,
)

BERLIN = ZoneInfo("Europe/Berlin")


def at(text: str, zone: ZoneInfo = BERLIN) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()


def tell(store: Store, *events: Event, postures: PostureEpochs | None = None) -> None:
    store.commit(Commit("me", postures, events))


def test_a_day_with_everything(store: Store, path: Path) -> None:
    t0 = at("2024-03-05 09:00")
    postures, events = office_hour(t0)
    tell(store, gap_ended(t0 - 600, t0, "not_worn"), *events, postures=postures)
    books = day(path, "me", date(2024, 3, 5), BERLIN)
    assert [(b.start_s - t0, b.end_s - t0, b.sedentary_s, b.ended_by, b.clipped) for b in books.bouts] == [
        (0, 2400, 2400, "upright", False),
        (2580, 3600, 1020, None, False),  # still running: up to the last stored second
    ]
    assert [(b.start_s - t0, b.end_s - t0, b.upright_s, b.steps, b.taken) for b in books.breaks] == [
        (2400, 2580, 180, 100, True)
    ]
    assert [(g.start_s - t0, g.end_s - t0, g.reason) for g in books.gaps] == [(-600, 0, "not_worn")]
    assert [(a.first_at_s - t0, a.repeats, a.cleared_by) for a in books.alerts] == [(1800, 1, "break")]
    assert [(e.exercise_id, e.title, e.dose, e.answer) for e in books.exercises] == [
        ("calf_raises", "Calf raises", "2 x 10", "break")
    ]
    assert (books.sedentary_s, books.upright_s, books.unknown_s, books.break_count) == (3420, 180, 600, 1)
    assert books.longest == books.bouts[0]
    assert [run.posture for run in books.postures] == [Posture.SITTING, Posture.STANDING, Posture.SITTING]


def test_an_exercise_that_was_seen_is_in_the_day_once(store: Store, path: Path) -> None:
    t0 = at("2024-03-05 09:00")
    due = break_due(t0 + 1800, t0)
    seen = exercise_seen(t0 + 1830, t0 + 1890, due.alert_id)
    tell(store, bout_started(t0), due, seen)
    tell(store, seen)
    books = day(path, "me", date(2024, 3, 5), BERLIN)
    assert [(e.title, e.start_s - t0, e.end_s - t0, e.repetitions, e.seen) for e in books.seen] == [
        ("Calf raises", 1830, 1890, 10, "repetitions")
    ]
    assert day(path, "me", date(2024, 3, 6), BERLIN).seen == ()


def test_an_alert_without_an_exercise_lists_none(store: Store, path: Path) -> None:
    t0 = at("2024-03-05 09:00")
    tell(store, break_due(t0, t0 - 1800, exercise=None), alert_cleared(t0 + 9, t0 - 1800, "skip"))
    books = day(path, "me", date(2024, 3, 5), BERLIN)
    assert len(books.alerts) == 1
    assert books.exercises == ()


@pytest.mark.parametrize("with_rows", [True, False])
def test_a_bout_over_midnight_belongs_to_both_days_by_its_seconds(store: Store, path: Path, with_rows: bool) -> None:
    start_s, midnight_s, end_s = at("2024-03-05 23:00"), at("2024-03-06 00:00"), at("2024-03-06 00:30")
    seen = rows(start_s, (Posture.SITTING, 5400)) if with_rows else None
    tell(store, bout_started(start_s), bout_ended(start_s, end_s), postures=seen)
    (before,), (after,) = (day(path, "me", date(2024, 3, number), BERLIN).bouts for number in (5, 6))
    assert (before.start_s, before.end_s, before.sedentary_s, before.clipped) == (start_s, midnight_s, 3600, True)
    assert (after.start_s, after.end_s, after.sedentary_s, after.clipped) == (midnight_s, end_s, 1800, True)
    assert day(path, "me", date(2024, 3, 7), BERLIN).bouts == ()


def test_a_bout_that_still_runs_is_cut_by_midnight_too(store: Store, path: Path) -> None:
    start_s = at("2024-03-05 23:30")
    tell(store, bout_started(start_s), postures=rows(start_s, (Posture.SITTING, 3600)))
    (before,), (after,) = (day(path, "me", date(2024, 3, number), BERLIN).bouts for number in (5, 6))
    assert (before.clipped, before.ended_by, after.clipped) == (True, None, True)


def test_the_rows_tell_which_side_of_midnight_a_stand_was(store: Store, path: Path) -> None:
    start_s, end_s = at("2024-03-05 23:50"), at("2024-03-06 00:10")
    seen = rows(start_s, (Posture.SITTING, 540), (Posture.STANDING, 40), (Posture.SITTING, 620))
    tell(store, bout_started(start_s), bout_ended(start_s, end_s, paused_s=40), postures=seen)
    before, after = (day(path, "me", date(2024, 3, number), BERLIN) for number in (5, 6))
    assert (before.sedentary_s, before.upright_s) == (560, 40)
    assert (after.sedentary_s, after.upright_s) == (600, 0)


def test_a_break_over_midnight_is_counted_once(store: Store, path: Path) -> None:
    start_s = at("2024-03-05 23:58")
    tell(store, break_taken(start_s, start_s - 900), break_ended(start_s, start_s + 240, steps=200))
    before, after = (day(path, "me", date(2024, 3, number), BERLIN) for number in (5, 6))
    assert (before.break_count, before.upright_s, before.breaks[0].steps) == (1, 120, 100)
    assert (after.break_count, after.upright_s, after.breaks[0].steps) == (0, 120, 100)


@pytest.mark.parametrize(("on", "hours"), [(date(2024, 3, 31), 23), (date(2024, 10, 27), 25), (date(2024, 6, 1), 24)])
def test_the_days_when_the_clocks_change_are_shorter_and_longer(store: Store, path: Path, on: date, hours: int) -> None:
    start_s = at(f"{on} 00:00")
    tell(store, bout_started(start_s), bout_ended(start_s, start_s + hours * 3600.0))
    books = day(path, "me", on, BERLIN)
    assert books.end_s - books.start_s == hours * 3600
    assert [(bout.sedentary_s, bout.clipped) for bout in books.bouts] == [(hours * 3600, False)]
    assert day(path, "me", date.fromordinal(on.toordinal() + 1), BERLIN).bouts == ()


def test_a_day_whose_midnight_does_not_exist_begins_when_the_clock_does(store: Store, path: Path) -> None:
    cairo = ZoneInfo("Africa/Cairo")  # 2024-04-26: 00:00 became 01:00
    store.node_id("me")
    books = day(path, "me", date(2024, 4, 26), cairo)
    assert datetime.fromtimestamp(books.start_s, cairo).strftime("%H:%M") == "01:00"
    assert books.end_s - books.start_s == 23 * 3600
    assert day(path, "me", date(2024, 4, 25), cairo).end_s == books.start_s


def test_the_same_moment_is_another_day_elsewhere(store: Store, path: Path) -> None:
    start_s = at("2024-03-05 20:00", ZoneInfo("UTC"))
    tell(store, bout_started(start_s), bout_ended(start_s, start_s + 600))
    assert day(path, "me", date(2024, 3, 5), UTC).bouts
    assert day(path, "me", date(2024, 3, 6), ZoneInfo("Asia/Tokyo")).bouts


def test_a_bout_that_was_never_closed_ends_where_the_next_record_begins(store: Store, path: Path) -> None:
    t0 = at("2024-03-05 09:00")
    tell(store, bout_started(t0), postures=rows(t0, (Posture.SITTING, 600)))
    tell(store, bout_started(t0 + 7200), postures=rows(t0 + 7200, (Posture.SITTING, 600)))
    bouts = day(path, "me", date(2024, 3, 5), BERLIN).bouts
    assert [(bout.start_s - t0, bout.sedentary_s) for bout in bouts] == [(0, 600), (7200, 600)]
    assert bouts[0].end_s <= bouts[1].start_s


def test_wearers_are_listed_with_the_end_of_their_data(store: Store, path: Path) -> None:
    tell(store, postures=rows(at("2024-03-05 09:00"), (Posture.SITTING, 60)))
    node_id = store.node_id("you")
    me, you = wearers(path)
    assert (me.name, me.last_s) == ("me", at("2024-03-05 09:01"))
    assert (you.name, you.node_id, you.last_s) == ("you", node_id, None)


def test_readers_see_what_is_committed_while_the_writer_goes_on(store: Store, path: Path) -> None:
    t0 = at("2024-03-05 09:00")
    tell(store, bout_started(t0), postures=rows(t0, (Posture.SITTING, 60)))
    assert day(path, "me", date(2024, 3, 5), BERLIN).sedentary_s == 60
    tell(store, postures=rows(t0 + 60, (Posture.SITTING, 60)))
    assert day(path, "me", date(2024, 3, 5), BERLIN).sedentary_s == 120


def test_a_reader_leaves_the_file_of_a_stopped_daemon_as_it_is(path: Path) -> None:
    with closing(Store(path)) as store:
        tell(store, bout_started(at("2024-03-05 09:00")))
    before = path.read_bytes()
    day(path, "me", date(2024, 3, 5), BERLIN)
    assert path.read_bytes() == before
    assert wearers(path)[0].name == "me"


def test_what_is_not_there_is_said_with_a_remedy(store: Store, path: Path) -> None:
    store.node_id("me")
    with pytest.raises(HistoryError, match="knows no wearer 'you'; it knows me"):
        day(path, "you", date(2024, 3, 5), BERLIN)
    with pytest.raises(HistoryError, match="is not there"):
        day(path.parent / "other.sqlite3", "me", date(2024, 3, 5), BERLIN)
    assert not (path.parent / "other.sqlite3").exists()


def test_a_file_name_with_odd_signs_is_read(tmp_path: Path) -> None:
    path = tmp_path / "a b%20?#" / "history.sqlite3"
    with closing(Store(path)) as store:
        store.node_id("me")
    assert [row.name for row in wearers(path)] == ["me"]
    assert [entry.name for entry in tmp_path.iterdir()] == ["a b%20?#"]
