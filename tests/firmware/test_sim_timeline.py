"""The day unfolds by its plan, and the wearer's answers change it."""

from __future__ import annotations

import io
import json
import math
from typing import Literal

from firmware_sim.scenario import Activity, Reaction, Scenario
from firmware_sim.timeline import Timeline
from firmware_sim.truth import Truth

WALK_AFTER_60_S = Reaction(after_s=60, activities=(Activity(do="walk", duration_s=120),))
DAY = (
    Activity(do="walk", duration_s=100),
    Activity(do="sit", duration_s=1000),
    Activity(do="stand", duration_s=100),
)


def timeline(*reactions: Reaction, at_end: Literal["repeat", "rest"] = "rest", truth: Truth | None = None) -> Timeline:
    return Timeline(Scenario(title="t", activities=DAY, reactions=reactions, at_end=at_end), truth)


def plan(day: Timeline, until_s: float) -> list[tuple[float, float, str]]:
    return [(span.start_s, span.end_s, span.activity.do) for span in day.spans if span.start_s < until_s]


def test_a_day_that_rests_ends_in_its_last_activity_for_ever() -> None:
    day = timeline()
    assert plan(day, 1e9) == [(0, 100, "walk"), (100, 1100, "sit"), (1100, math.inf, "stand")]
    assert day.pass_time(1e8).do == "stand"


def test_a_day_that_repeats_begins_again() -> None:
    day = timeline(at_end="repeat")
    assert day.pass_time(12_000 + 50).do == "walk"
    assert day.pass_time(12_000 + 150).do == "sit"


def test_a_day_that_waits_stands_until_it_is_begun() -> None:
    day = Timeline(Scenario(title="t", activities=DAY, starts="when_connected"))
    assert day.begun_s is None
    assert day.pass_time(5000.0).do == "stand"
    day.begin(5000.0)
    assert plan(day, 5200) == [(0, 5000, "stand"), (5000, 5100, "walk"), (5100, 6100, "sit")]


def test_without_an_alert_the_schedule_goes_on() -> None:
    assert timeline(WALK_AFTER_60_S).pass_time(1150).do == "stand"


def test_after_an_alert_the_wearer_rises_and_comes_back_for_the_rest_of_the_sitting() -> None:
    day = timeline(WALK_AFTER_60_S)
    assert day.react(500.0) == WALK_AFTER_60_S
    assert plan(day, 1101) == [
        (0, 100, "walk"),
        (100, 560, "sit"),
        (560, 680, "walk"),
        (680, 1100, "sit"),
        (1100, math.inf, "stand"),
    ]


def test_a_remainder_not_worth_sitting_down_for_is_left_out() -> None:
    day = timeline(WALK_AFTER_60_S)
    day.react(900.0)
    assert plan(day, 1081)[-2:] == [(960, 1080, "walk"), (1080, math.inf, "stand")]


def test_a_second_alert_during_the_answer_changes_nothing() -> None:
    day = timeline(WALK_AFTER_60_S)
    day.react(500.0)
    assert day.react(530.0) is None
    assert day.react(600.0) is None


def test_somebody_who_will_stand_anyway_does_not_react() -> None:
    assert timeline(WALK_AFTER_60_S).react(1050.0) is None


def test_the_answers_take_turns() -> None:
    ignore = Reaction(button="snooze")
    day = timeline(ignore, WALK_AFTER_60_S)
    assert day.react(200.0) == ignore
    assert plan(day, 1101)[1] == (100, 1100, "sit")
    assert day.react(400.0) == WALK_AFTER_60_S
    assert day.react(700.0) == ignore


def test_the_part_before_the_answer_keeps_its_randomness() -> None:
    day = timeline(WALK_AFTER_60_S)
    serial = day.spans[1].serial
    day.react(500.0)
    assert day.spans[1].serial == serial
    assert len({span.serial for span in day.spans}) == len(day.spans)


def test_the_truth_tells_every_activity_once_and_events_in_order() -> None:
    stream = io.StringIO()
    day = timeline(truth=(truth := Truth(stream, origin_s=1000.0)))
    for elapsed_s in (0.0, 50.0, 150.0, 160.0, 1200.0):
        day.pass_time(elapsed_s)
    truth.event(1201.0, "link", up=True)
    lines = [json.loads(line) for line in stream.getvalue().splitlines()]
    assert lines == [
        {"start_s": 1000.0, "activity": "walk", "posture": "stepping"},
        {"start_s": 1100.0, "activity": "sit", "posture": "sitting"},
        {"start_s": 2100.0, "activity": "stand", "posture": "standing"},
        {"at_s": 2201.0, "event": "link", "up": True},
    ]
