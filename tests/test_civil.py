from __future__ import annotations

from datetime import datetime

import pytest

from monitor.civil import (
    checked_zone,
    day_of,
    last_minute,
    local_time,
    midnights_around,
    minute_of_day,
    moment_of_day,
    time_text,
    within_hours,
    zone_named,
)
from tests.coach.days import NOON_S

VIENNA = "Europe/Vienna"


@pytest.mark.parametrize(("text", "minute"), [("00:00", 0), ("7:05", 425), (" 23:59 ", 1439)])
def test_a_time_of_day_becomes_its_minute(text: str, minute: int) -> None:
    assert minute_of_day(text) == minute


@pytest.mark.parametrize("text", ["25:00", "24:00", "12:60", "12", "", "-1:00", "12:5", "٣:٠٠", "noon"])
def test_what_is_no_time_of_day_is_refused_in_the_users_words(text: str) -> None:
    with pytest.raises(ValueError, match=r"not a time of day \(HH:MM\)"):
        minute_of_day(text)


@pytest.mark.parametrize("name", ["Mars/Olympus", "../etc/passwd", "Europe", "Vienna "])
def test_an_unknown_time_zone_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="not a time zone"):
        checked_zone(name)


def test_quiet_hours_may_go_over_midnight() -> None:
    hour = 3600.0
    assert within_hours(NOON_S + 11 * hour, VIENNA, "22:00", "07:00")
    assert within_hours(NOON_S + 18.9 * hour, VIENNA, "22:00", "07:00")
    assert not within_hours(NOON_S + 19 * hour, VIENNA, "22:00", "07:00")
    assert not within_hours(NOON_S, VIENNA, "22:00", "07:00")
    assert within_hours(NOON_S, VIENNA, "12:00", "12:01")
    assert not within_hours(NOON_S, VIENNA, "", "")


def test_quiet_hours_follow_summer_time() -> None:
    before_s, after_s = 1_774_746_000.0, 1_774_832_400.0  # 2026-03-29 01:00Z: Vienna goes from UTC+1 to UTC+2
    assert [local_time(s, VIENNA).hour for s in (before_s - 1, before_s, after_s)] == [1, 3, 3]  # type: ignore[union-attr]
    assert within_hours(before_s, VIENNA, "03:00", "04:00")
    assert not within_hours(before_s - 1, VIENNA, "02:00", "04:00")


def test_recordings_before_2000_have_no_civil_time() -> None:
    assert local_time(946_684_799.0, VIENNA) is None
    assert not within_hours(3600.0, VIENNA, "00:00", "23:59")
    assert day_of(3600.0, VIENNA) == ""
    assert time_text(3600.0, VIENNA) == "3600 s"


def test_a_day_has_23_24_or_25_hours() -> None:
    spring_s, autumn_s = 1_774_782_000.0, 1_792_926_000.0  # 2026-03-29 and 2026-10-25, noon in Vienna
    lengths = [midnights_around(at_s, VIENNA) for at_s in (NOON_S, spring_s, autumn_s)]
    assert [(around[1] - around[0]) / 3600 for around in lengths if around] == [24, 23, 25]
    assert midnights_around(3600.0, VIENNA) is None


def test_where_the_clock_goes_back_over_midnight_the_day_begins_with_the_first_of_both() -> None:
    twice_s = 1_793_507_400.0  # 2026-11-01 00:30 in Havana, for the first time
    assert midnights_around(twice_s, "America/Havana") == midnights_around(twice_s + 3600.0, "America/Havana")


def test_the_last_minute_of_a_name_is_today_or_yesterday() -> None:
    assert last_minute("12:00", NOON_S + 30, VIENNA) == (NOON_S, NOON_S + 60)
    assert last_minute("12:01", NOON_S + 30, VIENNA) == (NOON_S + 60 - 86_400, NOON_S + 120 - 86_400)
    assert last_minute("12:00", 3600.0, VIENNA) is None
    assert moment_of_day(NOON_S, VIENNA, "18:00") == NOON_S + 6 * 3600


@pytest.mark.parametrize(
    "told", ["Europe/Vienna", ":/etc/localtime", "/no/such/file", "CET-1CEST,M3.5.0,M10.5.0/3", ""]
)
def test_the_machines_own_zone_is_found_however_it_is_told(told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", told)
    zone = zone_named("")
    assert local_time(NOON_S, "") is not None
    assert datetime.fromtimestamp(NOON_S, zone).utcoffset() is not None
    assert str(zone) == told or told != "Europe/Vienna"


def test_days_are_local() -> None:
    assert day_of(NOON_S + 11 * 3600, VIENNA) == "2025-11-22"
    assert day_of(NOON_S + 12 * 3600, VIENNA) == "2025-11-23"
    assert time_text(NOON_S, VIENNA) == "12:00"
