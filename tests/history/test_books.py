"""Events become records, and a second reading mends them: what changed counts a revision, the rest stays."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import pytest

from monitor.events import Event
from monitor.history import books, runs
from monitor.history.database import packaged_scripts
from monitor.model import Posture
from tests.history.builders import (
    T0,
    alert_cleared,
    bout_ended,
    bout_id,
    bout_started,
    break_due,
    break_ended,
    break_taken,
    gap_ended,
    office_hour,
    rows,
)


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.executescript(packaged_scripts()[1])
        connection.execute("INSERT INTO wearers VALUES (1, 'me', 'x')")
        connection.row_factory = sqlite3.Row
        yield connection


def enter(connection: sqlite3.Connection, *events: Event) -> None:
    for event in events:
        books.enter(connection, 1, event)


def table(connection: sqlite3.Connection, name: str) -> list[dict[str, Any]]:
    order = "first_at_s" if name == "alerts" else "start_s"
    return [dict(row) for row in connection.execute(f"SELECT * FROM {name} ORDER BY {order}")]


def times(connection: sqlite3.Connection, name: str) -> list[tuple[float, float | None, int, int]]:
    """Start and end from T0, revision, corrected."""
    return [
        (row["start_s"] - T0, row["end_s"] and row["end_s"] - T0, row["revision"], row["corrected"])
        for row in table(connection, name)
    ]


def test_a_bout_is_open_until_it_ends(connection: sqlite3.Connection) -> None:
    enter(connection, bout_started(T0))
    assert times(connection, "bouts") == [(0, None, 0, 0)]
    enter(connection, bout_ended(T0, T0 + 900, paused_s=40.0))
    (bout,) = table(connection, "bouts")
    assert (bout["id"], bout["sedentary_s"], bout["paused_s"], bout["ended_by"]) == (bout_id(T0), 860, 40, "upright")


def test_a_break_is_credited_once_and_then_gets_its_quality(connection: sqlite3.Connection) -> None:
    taken = break_taken(T0 + 900, T0)
    enter(connection, taken)
    assert times(connection, "breaks") == [(900, None, 0, 0)]
    enter(connection, break_ended(T0 + 900, T0 + 1080, steps=140))
    (each,) = table(connection, "breaks")
    assert (each["id"], each["bout_id"], each["taken"]) == (taken.id, bout_id(T0), 1)
    assert (each["upright_s"], each["stepping_s"], each["steps"]) == (180, 90, 140)


def test_an_upright_stretch_that_ended_no_bout_is_a_break_that_is_not_credited(connection: sqlite3.Connection) -> None:
    enter(connection, break_ended(T0, T0 + 300))
    (each,) = table(connection, "breaks")
    assert (each["taken"], each["bout_id"], each["end_s"]) == (0, None, T0 + 300)


def test_an_alert_that_calls_again_after_it_was_cleared_is_open_again(connection: sqlite3.Connection) -> None:
    enter(connection, break_due(T0 + 1800, T0), alert_cleared(T0 + 1810, T0, "snooze"))
    assert table(connection, "alerts")[0]["cleared_by"] == "snooze"
    enter(connection, break_due(T0 + 2400, T0, 1))
    (alert,) = table(connection, "alerts")
    assert (alert["cleared_by"], alert["repeats"], alert["level"], alert["exercise_id"]) == (None, 1, 2, "calf_raises")


def test_entering_everything_twice_changes_nothing(connection: sqlite3.Connection) -> None:
    _, events = office_hour()
    enter(connection, *events, gap_ended(T0 - 60, T0))
    before = [table(connection, name) for name in ("bouts", "breaks", "gaps", "alerts")]
    enter(connection, *events, gap_ended(T0 - 60, T0))
    assert [table(connection, name) for name in ("bouts", "breaks", "gaps", "alerts")] == before


# --- corrections -----------------------------------------------------------------------------------------------------


def test_a_hole_that_was_a_gap_becomes_the_bout_that_was_in_it(connection: sqlite3.Connection) -> None:
    """First reading: sitting 0-600, no data 600-1800, sitting 1800-. Second: sitting all the time."""
    enter(
        connection,
        bout_started(T0),
        bout_ended(T0, T0 + 600, "gap", at_s=T0 + 900),
        gap_ended(T0 + 600, T0 + 1800),
        bout_started(T0 + 1800),
    )
    books.correct(connection, 1, T0 + 600, ())
    assert times(connection, "bouts") == [(0, None, 1, 1)]
    assert times(connection, "gaps") == []


def test_a_break_in_the_hole_appears_and_the_second_bout_begins_elsewhere(connection: sqlite3.Connection) -> None:
    enter(connection, bout_started(T0), bout_ended(T0, T0 + 600, "gap", at_s=T0 + 900), gap_ended(T0 + 600, T0 + 1800))
    enter(connection, bout_started(T0 + 1800))
    books.correct(
        connection,
        1,
        T0 + 600,
        (
            bout_ended(T0, T0 + 1000),
            break_taken(T0 + 1000, T0),
            break_ended(T0 + 1000, T0 + 1500),
            bout_started(T0 + 1500),
        ),
    )
    assert times(connection, "bouts") == [(0, 1000, 1, 1), (1500, None, 1, 1)]
    assert times(connection, "breaks") == [(1000, 1500, 1, 1)]
    assert times(connection, "gaps") == []


def test_what_a_second_reading_says_again_stays_as_it_was(connection: sqlite3.Connection) -> None:
    _, events = office_hour()
    enter(connection, gap_ended(T0 - 600, T0), *events)
    before = {name: table(connection, name) for name in ("bouts", "breaks", "gaps", "alerts")}
    again = [event for event in events if event.type in ("bout_ended", "break_taken", "break_ended", "bout_started")]
    books.correct(connection, 1, T0 + 2300, again[1:])
    assert {name: table(connection, name) for name in before} == before


def test_what_was_decided_before_stays_though_its_second_reading_begins_within_the_delay(
    connection: sqlite3.Connection,
) -> None:
    """The state is copied at the last decided second; the latest events before it carry later decision times."""
    enter(connection, gap_ended(T0 - 60, T0 + 97), bout_started(T0 + 97))  # decided at T0 + 100
    books.correct(connection, 1, T0 + 98, ())
    assert times(connection, "bouts") == [(97, None, 0, 0)]
    assert times(connection, "gaps") == [(-60, 97, 0, 0)]


def test_a_bout_ended_by_a_break_that_was_none_goes_on(connection: sqlite3.Connection) -> None:
    """Upright from 500, credited by the row of 559; the second reading from 540 sees sitting at 545."""
    enter(connection, bout_started(T0), bout_ended(T0, T0 + 500), break_taken(T0 + 500, T0))
    books.correct(connection, 1, T0 + 540, ())
    assert times(connection, "bouts") == [(0, None, 1, 1)]
    assert times(connection, "breaks") == []


def test_a_break_that_was_going_on_ends_elsewhere(connection: sqlite3.Connection) -> None:
    enter(connection, bout_started(T0), bout_ended(T0, T0 + 500), break_taken(T0 + 500, T0))
    enter(connection, break_ended(T0 + 500, T0 + 800), bout_started(T0 + 800))
    books.correct(connection, 1, T0 + 700, (break_ended(T0 + 500, T0 + 900), bout_started(T0 + 900)))
    assert times(connection, "bouts") == [(0, 500, 0, 0), (900, None, 1, 1)]
    assert times(connection, "breaks") == [(500, 900, 1, 1)]


def test_a_record_that_is_corrected_twice_counts_two_revisions(connection: sqlite3.Connection) -> None:
    enter(connection, bout_started(T0), bout_ended(T0, T0 + 900))
    books.correct(connection, 1, T0 + 500, (bout_ended(T0, T0 + 800),))
    books.correct(connection, 1, T0 + 500, (bout_ended(T0, T0 + 850),))
    books.correct(connection, 1, T0 + 500, (bout_ended(T0, T0 + 850),))
    assert times(connection, "bouts") == [(0, 850, 2, 1)]


def test_alerts_and_the_books_before_are_out_of_reach_of_a_correction(connection: sqlite3.Connection) -> None:
    _, events = office_hour()
    enter(connection, *events)
    before = table(connection, "alerts")
    books.correct(connection, 1, T0 + 3000, ())
    assert table(connection, "alerts") == before
    assert times(connection, "bouts") == [(0, 2400, 0, 0), (2580, None, 0, 0)]


def test_another_wearers_books_are_left_alone(connection: sqlite3.Connection) -> None:
    connection.execute("INSERT INTO wearers VALUES (2, 'you', 'y')")
    books.enter(connection, 2, bout_started(T0 + 50))
    books.correct(connection, 1, T0, ())
    assert times(connection, "bouts") == [(50, None, 0, 0)]


# --- a state that is lost --------------------------------------------------------------------------------------------


def test_what_is_open_is_closed_at_the_last_stored_second(connection: sqlite3.Connection) -> None:
    enter(connection, bout_started(T0))
    runs.append(connection, 1, rows(T0, (Posture.SITTING, 300), (Posture.STANDING, 20), (Posture.SITTING, 80)))
    runs.append(connection, 1, rows(T0 + 450, (Posture.SITTING, 50)))
    books.close_open(connection, 1)
    (bout,) = table(connection, "bouts")
    assert (bout["end_s"] - T0, bout["ended_by"]) == (500, "stop")
    assert (bout["sedentary_s"], bout["paused_s"], bout["unknown_s"]) == (430, 20, 50)
    books.close_open(connection, 1)
    assert table(connection, "bouts") == [bout]


@pytest.mark.parametrize("kept", [True, False])
def test_an_alert_that_was_open_is_cleared_and_not_before_it_called(connection: sqlite3.Connection, kept: bool) -> None:
    enter(connection, bout_started(T0), break_due(T0 + 1800, T0), break_due(T0 + 2100, T0, 1))
    if kept:
        runs.append(connection, 1, rows(T0, (Posture.SITTING, 2097)))
    books.close_open(connection, 1)
    (alert,) = table(connection, "alerts")
    assert (alert["cleared_at_s"] - T0, alert["cleared_by"]) == (2100, "gap")


def test_an_open_break_is_closed_too(connection: sqlite3.Connection) -> None:
    enter(connection, break_taken(T0, T0 - 900))
    runs.append(connection, 1, rows(T0, (Posture.STANDING, 60), (Posture.STEPPING, 40)))
    books.close_open(connection, 1)
    (each,) = table(connection, "breaks")
    assert (each["end_s"] - T0, each["upright_s"], each["stepping_s"]) == (100, 100, 40)
