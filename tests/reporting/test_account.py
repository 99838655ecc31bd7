"""The figures of a report: definitions by hand-made numbers, and what must hold for any."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.events import Event
from monitor.history.day import DayBooks
from monitor.history.queries import day, stretch
from monitor.history.store import Commit
from monitor.model import Posture
from monitor.reporting.account import BOUT_EDGES_MIN, dates, lengths, report, usual_s
from monitor.reporting.figures import Report
from monitor.reporting.reading import read
from tests.history.builders import (
    alert_cleared,
    bout_ended,
    bout_started,
    break_due,
    break_ended,
    break_taken,
    exercise_seen,
    gap_ended,
    rows,
)
from tests.reporting.office import BERLIN, at, stored, written

TUESDAY = date(2024, 3, 5)
LATER_S = at(date(2024, 3, 20), "12:00")


def told(path: Path, on: date = TUESDAY, now_s: float = LATER_S) -> Report:
    return read(path, "me", "day", on, BERLIN, now_s).report


def test_the_usual_bout_is_where_half_of_the_sitting_time_is_reached() -> None:
    # 10 + 20 + 30 + 60 = 120 min: 60 min are reached with the third, and half of the bouts are shorter than 25
    assert usual_s([600, 1200, 1800, 3600]) == 1800
    assert usual_s([3600, 60, 60, 60]) == 3600
    assert usual_s([900]) == 900
    assert usual_s([]) is None
    assert usual_s([0.0]) is None


@given(st.lists(st.floats(1, 20000), min_size=1))
def test_half_of_the_time_lies_on_each_side_of_the_usual_bout(sat_s: list[float]) -> None:
    usual = usual_s(sat_s)
    assert usual is not None
    whole = sum(sat_s)
    assert sum(s for s in sat_s if s >= usual) >= whole / 2 * (1 - 1e-9)
    assert sum(s for s in sat_s if s > usual) <= whole / 2 * (1 + 1e-9)


@given(st.lists(st.floats(0, 20000)))
def test_every_length_is_in_exactly_one_class(sat_s: list[float]) -> None:
    classes = lengths(sat_s, BOUT_EDGES_MIN)
    assert sum(each.count for each in classes) == len(sat_s)
    assert sum(each.total_s for each in classes) == pytest.approx(sum(sat_s), abs=len(classes))


def test_a_class_begins_with_its_edge() -> None:
    counts = {each.from_min: each.count for each in lengths([299.9, 300.0, 5400.0], BOUT_EDGES_MIN)}
    assert (counts[0.0], counts[5.0], counts[90.0]) == (1, 1, 1)


def test_a_week_begins_on_monday_and_a_month_has_its_days() -> None:
    assert dates("day", TUESDAY) == (TUESDAY, TUESDAY)
    assert dates("week", TUESDAY) == (date(2024, 3, 4), date(2024, 3, 10))
    assert dates("week", date(2024, 3, 10)) == (date(2024, 3, 4), date(2024, 3, 10))
    assert dates("month", date(2024, 2, 29)) == (date(2024, 2, 1), date(2024, 2, 29))
    assert dates("month", date(2024, 12, 31)) == (date(2024, 12, 1), date(2024, 12, 31))


def called(at_s: float, rise_s: float, by: str = "break") -> list[Event]:
    """A bout, called at 30 minutes, that ends with a credited break of 5 minutes."""
    start_s = at_s - 1800
    return [
        bout_started(start_s),
        break_due(at_s, start_s),
        bout_ended(start_s, rise_s),
        break_taken(rise_s, start_s),
        alert_cleared(rise_s + 63, start_s, by),
        break_ended(rise_s, rise_s + 300),
    ]


def test_what_followed_an_alert_is_counted_within_one_three_and_five_minutes(tmp_path: Path) -> None:
    nine, ten, eleven = (at(TUESDAY, text) for text in ("09:00", "10:00", "11:00"))
    path = stored(tmp_path, *called(nine, nine + 30), *called(ten, ten + 170), *called(eleven, eleven + 400))
    alerts = told(path).alerts
    assert [(each.within_s, each.break_seen, each.none_seen) for each in alerts.followed] == [
        (60, 1, 2),
        (180, 2, 1),
        (300, 2, 1),
    ]
    assert (alerts.count, alerts.answers) == (3, {"break": 3})


def test_what_followed_is_not_known_where_nothing_was_observed(tmp_path: Path) -> None:
    nine = at(TUESDAY, "09:00")
    path = stored(
        tmp_path,
        bout_started(nine - 1800),
        break_due(nine, nine - 1800),
        bout_ended(nine - 1800, nine + 90, "gap"),
        gap_ended(nine + 90, nine + 900),
    )
    assert [(e.break_seen, e.none_seen, e.not_known) for e in told(path).alerts.followed] == [
        (0, 1, 0),  # the first minute was seen
        (0, 0, 1),
        (0, 0, 1),
    ]


def test_the_minutes_after_an_alert_that_have_not_passed_yet_are_not_known(tmp_path: Path) -> None:
    nine = at(TUESDAY, "09:00")
    postures = rows(nine - 1800, (Posture.SITTING, 1900))
    path = stored(tmp_path, commit=Commit("me", postures, (bout_started(nine - 1800), break_due(nine, nine - 1800))))
    found = told(path, now_s=nine + 100)
    assert [(e.none_seen, e.not_known) for e in found.alerts.followed] == [(1, 0), (0, 1), (0, 1)]
    assert found.alerts.answers == {"open": 1}


def test_a_break_after_midnight_counts_for_the_alert_before_it(tmp_path: Path) -> None:
    late = at(TUESDAY, "23:59")
    path = stored(tmp_path, *called(late, late + 100))
    assert [each.break_seen for each in told(path).alerts.followed] == [0, 1, 1]
    assert told(path).breaks.count == 0
    assert told(path, date(2024, 3, 6)).breaks.count == 1


def test_the_time_of_a_day_is_told_whole(tmp_path: Path) -> None:
    path = written(tmp_path, TUESDAY, 1)
    spent = told(path).totals
    assert spent.worn_s + spent.not_worn_s + spent.no_data_s + spent.not_recorded_s == 86400
    assert spent.not_worn_s == 8.5 * 3600
    assert spent.sedentary_s + spent.upright_s == spent.worn_s


@pytest.mark.parametrize(("on", "hours"), [(date(2024, 3, 31), 23), (date(2024, 10, 27), 25), (TUESDAY, 24)])
def test_days_on_which_the_clocks_change_are_as_long_as_they_are(tmp_path: Path, on: date, hours: int) -> None:
    start_s = at(on, "00:00")
    path = stored(tmp_path, bout_started(start_s), bout_ended(start_s, start_s + 3600 * hours))
    found = told(path, on, start_s + 90000)
    assert (found.days[0].length_h, found.totals.sedentary_s) == (hours, hours * 3600)
    assert found.totals.not_recorded_s == 0


def test_a_bout_over_midnight_counts_on_each_side_with_its_part(tmp_path: Path) -> None:
    path = stored(tmp_path, *(f(at(TUESDAY, "23:00")) for f in (bout_started, lambda s: bout_ended(s, s + 7200))))
    assert told(path).bouts.longest_s == told(path, date(2024, 3, 6)).bouts.longest_s == 3600
    week = read(path, "me", "week", TUESDAY, BERLIN, LATER_S).report
    assert (week.bouts.count, week.bouts.longest_s) == (1, 7200)


def test_a_running_day_is_told_up_to_now_and_a_later_one_not_at_all(tmp_path: Path) -> None:
    path = written(tmp_path, TUESDAY, 1)
    found = told(path, now_s=at(TUESDAY, "18:00"))
    assert (found.running, found.until, found.days[0].state) == (True, "2024-03-05T18:00:00+01:00", "running")
    assert found.totals.not_recorded_s < 3600
    later = told(path, date(2024, 3, 7), at(TUESDAY, "18:00"))
    assert (later.until, later.days[0].state, later.totals.not_recorded_s) == (None, "to come", 0)


def test_a_gap_that_goes_on_is_told_from_the_posture_rows(tmp_path: Path) -> None:
    nine = at(TUESDAY, "09:00")
    postures = rows(nine, (Posture.SITTING, 600), (Posture.NOT_WORN, 3600))
    path = stored(
        tmp_path, commit=Commit("me", postures, (bout_started(nine), bout_ended(nine, nine + 600, "not_worn")))
    )
    found = told(path, now_s=nine + 4200)
    assert [(gap.length_s, gap.reason) for gap in found.gaps] == [(3600, "not_worn")]
    assert (found.totals.not_worn_s, found.totals.worn_s) == (3600, 600)


@pytest.mark.parametrize("before_s", [0, 120])
def test_standing_before_the_first_bout_is_no_gap_and_no_break(tmp_path: Path, before_s: int) -> None:
    eight = at(TUESDAY, "08:00")
    postures = rows(eight, (Posture.UNKNOWN, before_s), (Posture.STANDING, 40), (Posture.STEPPING, 20))
    events = (gap_ended(eight, eight + before_s, "unknown"),) if before_s else ()
    found = told(stored(tmp_path, commit=Commit("me", postures, events)), now_s=eight + before_s + 60)
    assert [gap.reason for gap in found.gaps] == ["unknown"] * bool(before_s)
    assert (found.totals.upright_s, found.totals.worn_s, found.breaks.count) == (60, 60 + before_s, 0)


def test_what_is_not_booked_yet_is_split_where_one_stands_up(tmp_path: Path) -> None:
    eight = at(TUESDAY, "08:00")
    postures = rows(eight, (Posture.NOT_WORN, 90), (Posture.STANDING, 30), (Posture.UNKNOWN, 10))
    found = told(stored(tmp_path, commit=Commit("me", postures)), now_s=eight + 130)
    assert [(gap.reason, gap.length_s) for gap in found.gaps] == [("not_worn", 90)]
    assert found.totals.upright_s == 30


def test_a_day_without_anything_says_so(tmp_path: Path) -> None:
    path = written(tmp_path, TUESDAY, 1)
    found = told(path, date(2024, 3, 9))
    assert (found.days[0].state, found.bouts.usual_s, found.breaks.per_sedentary_h) == ("empty", None, None)
    assert found.totals.not_recorded_s == 86400


def test_exercises_are_counted_where_the_sensor_saw_them_and_timed_elsewhere(tmp_path: Path) -> None:
    nine = at(TUESDAY, "09:00")
    seen = exercise_seen(nine + 40, nine + 80, break_due(nine, nine - 1800).alert_id, 12)
    word = replace(seen, id="B" * 26, start_s=nine + 100, end_s=nine + 130, seen="timed", repetitions=0)
    (found,) = told(stored(tmp_path, *called(nine, nine + 30), seen, word)).exercises
    assert (found.suggested, found.counted, found.timed, found.repetitions) == (1, 1, 1, 12)


def test_the_days_of_a_month_add_up_to_the_month(tmp_path: Path) -> None:
    path = written(tmp_path, date(2024, 3, 1), 15)
    found = read(path, "me", "month", TUESDAY, BERLIN, LATER_S).report
    assert len(found.days) == 31
    for name in ("sedentary_s", "upright_s", "worn_s", "not_worn_s", "not_recorded_s"):
        assert sum(getattr(each.totals, name) for each in found.days) == getattr(found.totals, name)
    assert sum(each.breaks for each in found.days) == found.breaks.count
    assert sum(each.alerts for each in found.days) == found.alerts.count


def test_nothing_but_what_was_read_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, TUESDAY, 2)
    both = stretch(path, "me", TUESDAY, date(2024, 3, 6), BERLIN)
    parts: list[DayBooks] = [day(path, "me", on, BERLIN) for on in (TUESDAY, date(2024, 3, 6), date(2024, 3, 7))]
    found = report("week", both, parts[:2], parts[2], LATER_S)
    assert (found.first_date, found.last_date, len(found.days)) == ("2024-03-05", "2024-03-06", 2)
