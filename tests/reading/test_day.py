"""The totals of a local day."""

from __future__ import annotations

import copy
from datetime import datetime
from zoneinfo import ZoneInfo

from monitor import checkpoint
from monitor.civil import midnights_around
from monitor.events import DayEnded, DaySummary
from monitor.reading.day import Day

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


def told_at(day: Day, *texts: str) -> list[DaySummary]:
    """What is told of the day when the clock shows these times."""
    events = [event for text in texts for event in day.begin_second(at(text))]
    return [event for event in events if isinstance(event, DaySummary)]


def test_the_day_so_far_is_told_once_at_the_hour_that_was_set_and_the_day_goes_on() -> None:
    day, events = Day("me", VIENNA, summary_at="18:00"), []
    for second in range(120):
        start_s = at("2026-11-22T17:59:00") + second
        events += day.begin_second(start_s)
        day.advance(start_s, 1.0, 100.0 + second)
    (told,) = events
    assert isinstance(told, DaySummary)
    assert (told.at_s, told.until, told.date) == (at("2026-11-22T18:00:00"), "18:00", "2026-11-22")
    assert told.sedentary_min == 1.0
    assert day.sedentary_s == 120.0
    (ended,) = day.tick(at("2026-11-23T00:00:00"))
    assert isinstance(ended, DayEnded)
    assert ended.sedentary_min == 2.0


def test_without_an_hour_nothing_is_told_before_midnight() -> None:
    assert not told_at(Day("me", VIENNA), "2026-11-22T10:00:00", "2026-11-22T18:00:00", "2026-11-22T23:59:59")


def test_who_sleeps_through_the_hour_is_told_on_waking_and_not_on_another_day() -> None:
    day = Day("me", VIENNA, summary_at="18:00")
    (told,) = told_at(day, "2026-11-22T17:00:00", "2026-11-22T19:30:00", "2026-11-22T19:30:01")
    assert told.at_s == at("2026-11-22T18:00:00")
    day = Day("me", VIENNA, summary_at="18:00")
    assert not told_at(day, "2026-11-22T17:00:00", "2026-11-23T07:00:00")
    assert [each.date for each in told_at(day, "2026-11-23T18:00:00", "2026-11-24T18:00:00")] == [
        "2026-11-23",
        "2026-11-24",
    ]


def test_who_begins_after_the_hour_has_nothing_to_be_told() -> None:
    assert not told_at(Day("me", VIENNA, summary_at="18:00"), "2026-11-22T18:00:01", "2026-11-22T20:00:00")


def test_a_clock_that_is_put_back_tells_nothing_a_second_time() -> None:
    day = Day("me", VIENNA, summary_at="18:00")
    assert len(told_at(day, "2026-11-22T10:00:00", "2026-11-22T18:00:00")) == 1
    assert not told_at(day, "2026-11-22T17:00:00", "2026-11-22T18:00:00", "2026-11-21T18:00:00", "2026-11-22T18:00:00")


def test_a_crash_around_the_hour_neither_loses_nor_doubles_it() -> None:
    day = Day("me", VIENNA, summary_at="18:00")
    assert not told_at(day, "2026-11-22T17:59:59")
    before, after = checkpoint.dumps(day, "x"), ""
    (told,) = told_at(day, "2026-11-22T18:00:00")
    after = checkpoint.dumps(day, "x")
    (again,) = told_at(checkpoint.loads(before, "x"), "2026-11-22T18:05:00")
    assert again.id == told.id  # the history takes an id once
    assert not told_at(checkpoint.loads(after, "x"), "2026-11-22T18:05:00")


def test_another_hour_on_the_same_day_tells_it_no_second_time() -> None:
    day = Day("me", VIENNA, summary_at="18:00")
    assert told_at(day, "2026-11-22T10:00:00", "2026-11-22T18:00:00")
    day.take_rules_of(Day("me", VIENNA, summary_at="20:00"))
    assert not told_at(day, "2026-11-22T19:00:00", "2026-11-22T20:00:00")
    (told,) = told_at(day, "2026-11-23T10:00:00", "2026-11-23T20:00:00")
    assert told.until == "20:00"


def test_seconds_up_to_the_hour_may_be_taken_at_once_and_no_further() -> None:
    day = Day("me", VIENNA, summary_at="18:00")
    day.begin_second(at("2026-11-22T17:00:00"))
    assert day.runs_until_s(at("2026-11-22T17:00:01")) == at("2026-11-22T18:00:00")
    day.begin_second(at("2026-11-22T18:00:00"))
    assert day.runs_until_s(at("2026-11-22T18:00:01")) == at("2026-11-23T00:00:00")


def test_a_second_reading_tells_the_hour_no_second_time() -> None:
    first = Day("me", VIENNA, summary_at="18:00")
    first.begin_second(at("2026-11-22T17:00:00"))
    second = copy.deepcopy(first)
    assert told_at(first, "2026-11-22T18:00:00")
    second.take_over(first)
    assert not told_at(second, "2026-11-22T18:00:01")


def test_an_hour_that_summer_time_leaves_out_or_repeats_is_told_once() -> None:
    for date in ("2026-03-29", "2026-10-25"):
        day, start_s = Day("me", VIENNA, summary_at="02:30"), at(f"{date}T00:00:00")
        told = [event for second in range(0, 6 * 3600, 60) for event in day.begin_second(start_s + second)]
        assert len(told) == 1, date
