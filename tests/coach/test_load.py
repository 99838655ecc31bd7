"""Sitting as a load that is paid off, not wiped out."""

from __future__ import annotations

import pytest

from monitor.coach.load import FORGOTTEN_AFTER_S, Load
from monitor.coach.moments import Moment
from monitor.coach.policy import Coach
from monitor.events import BreakDue, Event
from monitor.model import Posture
from tests.coach.days import NOON_S, Stretch, a_coach, calls, live, sitting


def lived(*stretches: tuple[Posture, int], load: Load | None = None, from_s: float = 0.0) -> Load:
    load, at_s = load or Load(), from_s
    for posture, length_s in stretches:
        for _ in range(length_s):
            bout = "b" if posture in (Posture.SITTING, Posture.LYING, Posture.ACTIVE) else None
            load.see(Moment(at_s + 4, at_s, posture, posture != Posture.NOT_WORN, 0.9, 4.0, bout, at_s, 0.0), 6.0)
            at_s += 1.0
    return load


@pytest.mark.parametrize(
    ("stretches", "load_s"),
    [
        ([(Posture.SITTING, 600)], 600),
        ([(Posture.SITTING, 600), (Posture.ACTIVE, 60)], 660),
        ([(Posture.SITTING, 5400), (Posture.STANDING, 40)], 5160),
        ([(Posture.SITTING, 1800), (Posture.STEPPING, 300)], 0),
        ([(Posture.SITTING, 60), (Posture.STANDING, 300), (Posture.LYING, 30)], 30),
        ([(Posture.SITTING, 600), (Posture.UNKNOWN, 500), (Posture.NOT_WORN, 500), (Posture.VEHICLE, 50)], 600),
    ],
)
def test_sitting_adds_and_being_upright_pays_off(stretches: list[tuple[Posture, int]], load_s: float) -> None:
    assert lived(*stretches).load_s == load_s


def test_a_night_without_the_wearable_is_a_new_beginning() -> None:
    load = lived((Posture.SITTING, 600))
    assert lived((Posture.SITTING, 60), load=load, from_s=600 + FORGOTTEN_AFTER_S + 1).load_s == 60


def test_hours_at_once_are_as_second_by_second() -> None:
    length_s = round(FORGOTTEN_AFTER_S) + 600
    at_once, last_s = lived((Posture.SITTING, 60)), 60.0 + length_s - 1
    at_once.see(Moment(last_s + 4, last_s, Posture.SITTING, True, 0.9, 4.0, "b", 0.0, 0.0), 6.0, length_s)
    assert at_once == lived((Posture.SITTING, 60 + length_s))


def coach_of(policy: str) -> Coach:
    return a_coach(policy=policy)


def first_calls(events: list[Event]) -> list[BreakDue]:
    return [call for call in calls(events) if not call.repeat]


DAY = [sitting(590), Stretch(Posture.STANDING, 70), sitting(500)]


def test_a_short_stretch_does_not_wipe_out_the_load() -> None:
    assert first_calls(live(coach_of("bout"), *DAY)) == []
    (call,) = first_calls(live(coach_of("load"), *DAY))
    # 590 s sat, 70 upright pay off 420: 170 are left, 430 more fill the clock
    assert call.at_s == pytest.approx(NOON_S + 590 + 70 + 430 + 3, abs=1)
    assert call.sedentary_s == 600
    assert call.message.startswith("About 10 minutes of sitting to make up for.")


def test_who_has_just_sat_down_with_a_full_load_is_left_in_peace_for_a_while() -> None:
    coach = coach_of("load")
    (first, second) = first_calls(live(coach, sitting(2000), Stretch(Posture.STANDING, 65), sitting(400)))
    assert first.at_s == pytest.approx(NOON_S + 603, abs=1)
    assert second.at_s == pytest.approx(NOON_S + 2065 + 300 + 3, abs=1)
