"""The totals of a local day."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from monitor.civil import midnights_around
from monitor.day import Day
from monitor.events import DayEnded

VIENNA = "Europe/Vienna"


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(VIENNA)).timestamp()


def test_the_day_turns_at_local_midnight_and_the_new_one_starts_at_zero() -> None:
    day = Day("me", VIENNA)
    start_s = at("2026-11-22T23:59:00")
    events = []
    for second in range(120):
        events += day.begin_second(start_s + second)
        day.advance(start_s + second, 1.0, 1000.0 + second)
    (ended,) = events
    assert isinstance(ended, DayEnded)
    assert (ended.date, ended.at_s, ended.sedentary_min) == ("2026-11-22", at("2026-11-23T00:00:00"), 1.0)
    assert (day.sedentary_s, day.start_s) == (60.0, at("2026-11-23T00:00:00"))


def test_the_longest_bout_of_a_day_does_not_reach_back_over_midnight() -> None:
    day = Day("me", VIENNA)
    for second in range(100):
        day.begin_second(at("2026-11-23T00:00:00") + second)
        day.advance(at("2026-11-23T00:00:00") + second, 1.0, 5000.0 + second)
    assert day.longest_s == 100


def test_midnight_comes_without_rows_too() -> None:
    day = Day("me", VIENNA)
    day.begin_second(at("2026-11-22T20:00:00"))
    day.advance(at("2026-11-22T20:00:00"), 1.0, 1.0)
    (ended,) = day.tick(at("2026-11-23T06:00:00"))
    assert isinstance(ended, DayEnded)
    assert ended.at_s == at("2026-11-23T00:00:00")


def test_days_of_23_and_25_hours_are_as_long_as_they_are() -> None:
    for date, hours in (("2026-03-29", 23), ("2026-10-25", 25), ("2026-06-01", 24)):
        around = midnights_around(at(f"{date}T12:00:00"), VIENNA)
        assert around is not None
        assert around[1] - around[0] == hours * 3600


def test_recordings_that_count_from_zero_have_no_days() -> None:
    day = Day("me", VIENNA)
    for second in range(100):
        assert day.begin_second(float(second)) + day.tick(float(second)) == []
        day.advance(float(second), 1.0, second + 1.0)
    assert (day.start_s, day.sedentary_s, day.longest_s) == (None, 100.0, 100.0)
