"""A day in words: plain lines without a terminal, tables with one, kind in both."""

from __future__ import annotations

import io
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from rich.console import Console

from monitor.events import Event
from monitor.history.day import DayBooks
from monitor.history.queries import day
from monitor.history.store import Commit, Store
from monitor.reporting.day_tables import clock, day_as_lines, day_as_tables, ribbon, span, summary
from tests.history.builders import (
    bout_ended,
    bout_started,
    break_ended,
    break_taken,
    exercise_seen,
    gap_ended,
    office_hour,
)

BERLIN = ZoneInfo("Europe/Berlin")
DAY = date(2024, 3, 5)


def at(text: str, on: date = DAY) -> float:
    return datetime.fromisoformat(f"{on} {text}").replace(tzinfo=BERLIN).timestamp()


def books_of(folder: Path, *events: Event, on: date = DAY, commit: Commit | None = None) -> DayBooks:
    with closing(Store(folder / "history.sqlite3")) as store:
        store.commit(commit or Commit("me", events=events))
    return day(folder / "history.sqlite3", "me", on, BERLIN)


def office(folder: Path) -> DayBooks:
    postures, events = office_hour(at("09:00"))
    gap = gap_ended(at("08:00"), at("09:00"), "not_worn")
    return books_of(folder, commit=Commit("me", postures, (gap, *events)))


def shown(books: DayBooks, terminal: bool) -> str:
    if not terminal:
        return "\n".join(day_as_lines(books))
    out = io.StringIO()
    console = Console(file=out, force_terminal=True, width=100, color_system=None, legacy_windows=False)
    console.print(day_as_tables(books))
    return out.getvalue()


def test_without_a_terminal_the_day_is_plain_ascii_lines(tmp_path: Path) -> None:
    text = shown(office(tmp_path), terminal=False)
    assert text.isascii()
    assert text.splitlines() == [
        "me, Tuesday 2024-03-05",
        "Sitting 57 min, upright 3 min, not known 1 h 00 min.",
        "Longest sitting: 40 min, 09:00 to 09:40.",
        "You took 1 break. Well done.",
        "",
        "00       03       06       09       12       15       18       21",
        "                        ...###",
        "each sign 20 min: # sitting, ^ upright, . not known",
        "",
        "Sitting (from, to, sat, ended by)",
        "  09:00  09:40  40 min  you stood up",
        "  09:43  10:00  17 min  still going",
        "",
        "Up between sitting (from, to, upright, steps, counts)",
        "  09:40  09:43  3 min  100  yes",
        "",
        "Invitations (at, after, calls, answer)",
        "  09:30  30 min  2  break taken",
        "",
        "Exercises (at, exercise, dose, answer)",
        "  09:30  Calf raises  2 x 10  break taken",
        "",
        "Not known (from, to, length, why)",
        "  08:00  09:00  1 h 00 min  not worn",
    ]


def test_what_was_seen_of_an_exercise_is_listed(tmp_path: Path) -> None:
    _, events = office_hour(at("09:00"))
    books = books_of(tmp_path, *events, exercise_seen(at("09:31"), at("09:32"), "of an alert long gone", 12))
    text = shown(books, terminal=False)
    assert "Exercises seen (at, exercise, length, what)\n  09:31  calf_raises  1 min  12 repetitions" in text


def test_a_terminal_gets_tables_with_the_same_content(tmp_path: Path) -> None:
    text = shown(office(tmp_path), terminal=True)
    for word in ("Sitting", "09:43", "still going", "Calf raises", "break taken", "not worn", "█", "░", "Well done"):
        assert word in text
    assert max(map(len, text.splitlines())) <= 100


def test_words_in_a_name_are_no_markup(tmp_path: Path) -> None:
    with closing(Store(tmp_path / "history.sqlite3")) as store:
        store.node_id("[red]x[/nothing]")
    books = day(tmp_path / "history.sqlite3", "[red]x[/nothing]", DAY, BERLIN)
    for terminal in (True, False):
        assert "[red]x[/nothing]" in shown(books, terminal)


def test_an_empty_day_says_so_and_draws_nothing(tmp_path: Path) -> None:
    books = books_of(tmp_path)
    assert list(day_as_lines(books)) == ["me, Tuesday 2024-03-05", "Nothing was seen on this day."]
    assert "Nothing was seen" in shown(books, terminal=True)


def test_a_day_without_a_break_is_told_kindly(tmp_path: Path) -> None:
    books = books_of(tmp_path, bout_started(at("09:00")), bout_ended(at("09:00"), at("11:00"), "not_worn"))
    assert summary(books)[-1] == "No break seen yet. The next one counts."


def test_the_ribbon_shows_what_fills_most_of_each_twenty_minutes(tmp_path: Path) -> None:
    books = books_of(
        tmp_path,
        bout_ended(at("00:00"), at("00:31")),
        break_taken(at("00:31"), at("00:00")),
        break_ended(at("00:31"), at("01:20")),
        gap_ended(at("01:20"), at("01:25"), "no_data"),
    )
    assert ribbon(books)[:5] == ["sitting", "sitting", "upright", "upright", "unknown"]
    assert set(ribbon(books)[5:]) == {"nothing"}


@pytest.mark.parametrize(
    ("on", "cells", "hours"),
    [
        (date(2024, 3, 31), 69, "00       04       07       10       13       16       19       22"),
        (date(2024, 10, 27), 75, "00       02       05       08       11       14       17       20       23"),
    ],
)
def test_on_the_days_when_the_clocks_change_the_ribbon_keeps_to_the_local_hours(
    tmp_path: Path, on: date, cells: int, hours: str
) -> None:
    books = books_of(tmp_path, bout_ended(at("12:00", on), at("13:00", on)), on=on)
    assert len(ribbon(books)) == cells
    lines = list(day_as_lines(books))
    assert hours in lines
    assert "  12:00  13:00  1 h 00 min  you stood up" in lines


def test_a_bout_over_midnight_ends_at_24_00(tmp_path: Path) -> None:
    books = books_of(tmp_path, bout_ended(at("23:00"), at("23:59") + 1860))
    assert "  23:00  24:00  1 h 00 min  midnight" in list(day_as_lines(books))


def test_what_late_data_has_changed_is_marked(tmp_path: Path) -> None:
    from monitor.exchange import Correction
    from tests.history.builders import rows

    books_of(tmp_path, bout_ended(at("09:00"), at("09:30")))
    correction = Correction(at("09:00"), rows(at("09:00")), (bout_ended(at("09:00"), at("09:40")),))
    books = books_of(tmp_path, commit=Commit("me", correction=correction))
    assert "  09:00  09:40  40 min  you stood up (mended later)" in list(day_as_lines(books))


def test_lengths_and_times_in_words(tmp_path: Path) -> None:
    assert [span(s) for s in (0, 59.4, 59.6, 3570, 3600, 7380)] == [
        "0 s",
        "59 s",
        "1 min",
        "1 h 00 min",
        "1 h 00 min",
        "2 h 03 min",
    ]
    books = books_of(tmp_path)
    assert (clock(books, books.start_s), clock(books, books.end_s)) == ("00:00", "24:00")
