"""The simulator's wearer does an exercise, and the monitor counts it: two houses that share no line."""

from __future__ import annotations

import numpy as np
import pytest
from msgspec import convert

from firmware_sim.scenario import Scenario
from firmware_sim.timeline import Timeline
from firmware_sim.wearer import Wearer
from monitor.accel.following import Follower
from monitor.accel.limb import Reference
from monitor.accel.motions import MOTIONS
from monitor.bouts.bookkeeping import BoutRules
from monitor.coach.exercises import ExerciseRules
from monitor.coach.policy import Coach, CoachRules
from monitor.events import Event, ExerciseSeen
from monitor.model import AccelBlock
from monitor.pipeline import LATENCY_S, Pipeline
from monitor.posture import PLACEMENTS

MOTION_OF = {"standing_hip_flexion": "knee_lift", "lying_leg_raise": "leg_raise", "bird_dog": "bird_dog"}
REPETITIONS = 8


def wearing(doings: list[tuple[str, float]], placement: str, seed: int, repetitions: int, hold_s: float) -> Wearer:
    activities = [{"do": do, "duration_s": s, "repetitions": repetitions, "hold_s": hold_s} for do, s in doings]
    scenario = convert({"title": "one exercise", "starts": "at_once", "activities": activities}, Scenario)
    return Wearer(Timeline(scenario), placement, seed)


@pytest.mark.parametrize("placement", ["thigh", "pocket"])
@pytest.mark.parametrize("exercise", MOTION_OF)
def test_repetitions_of_the_simulated_wearer_are_right_to_one(exercise: str, placement: str) -> None:
    wearer = wearing([("sit", 20.0), ("stand", 6.0), (exercise, 240.0), ("sit", 30.0)], placement, 11, REPETITIONS, 3.0)
    t_s = np.arange(0.0, 290.0, 0.04)
    x, y, z = (wearer.rotation @ np.array([1.0, 0.0, 0.0])).tolist()
    reference = Reference(upright=(x, y, z), begins_seated=True)
    follower = Follower.of(MOTIONS[MOTION_OF[exercise]], reference, on_leg=True)
    follower.feed(1000.0 + t_s, wearer.acceleration_g(t_s).astype(np.float32))
    assert abs(follower.repetitions - REPETITIONS) <= 1


@pytest.mark.parametrize("placement", ["waist", "lower_back", "chest"])
@pytest.mark.parametrize(("exercise", "hold_s", "count"), [("lunge_stretch", 30.0, 4), ("boat_pose", 12.0, 3)])
def test_holds_at_the_trunk_of_the_simulated_wearer_are_right_to_15_percent(
    exercise: str, hold_s: float, count: int, placement: str
) -> None:
    motion = {"lunge_stretch": "lunge_hold", "boat_pose": "boat_hold"}[exercise]
    sides = 2 if exercise == "lunge_stretch" else 1
    wearer = wearing([("sit", 30.0), ("stand", 8.0), (exercise, 180.0)], placement, 5, count // sides, hold_s)
    t_s = np.arange(0.0, 218.0, 0.04)
    follower = Follower.of(MOTIONS[motion], Reference(), on_leg=False)
    follower.feed(1000.0 + t_s, wearer.acceleration_g(t_s).astype(np.float32))
    assert follower.hold_s == pytest.approx(count * hold_s, rel=0.15)


@pytest.mark.parametrize("placement", ["waist", "lower_back"])
def test_lunges_that_the_posture_takes_for_sitting_are_watched_to_their_end(placement: str) -> None:
    doings = [("walk", 60.0), ("sit", 300.0), ("stand", 8.0), ("lunge_stretch", 160.0), ("stand", 5.0), ("sit", 200.0)]
    wearer = wearing(doings, placement, 2, 2, 30.0)
    coach = Coach.start(
        "me",
        placement,
        CoachRules(limit_s=240, early_s=0, repeat_every_s=600),
        ExerciseRules(no_go=("standing_hip_flexion",)),
    )
    pipeline = Pipeline.of("me", PLACEMENTS[placement](), BoutRules(break_min_s=20, gap_max_s=60), coach, "")
    t_s = np.arange(0.0, 733.0, 0.04)
    events: list[Event] = []
    for part in np.array_split(t_s, 50):
        force_g = wearer.acceleration_g(part).astype(np.float32)
        events += pipeline.feed(AccelBlock(1000.0 + part, force_g, 25.0, segment=0)).events
    events += pipeline.tick(1733.0 + LATENCY_S).events
    (seen,) = [event for event in events if isinstance(event, ExerciseSeen)]
    assert (seen.exercise_id, seen.seen) == ("lunge_stretch", "hold")
    assert seen.hold_s == pytest.approx(120.0, rel=0.15)
