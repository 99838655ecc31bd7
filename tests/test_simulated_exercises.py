"""The simulator's wearer does an exercise, and the monitor counts it: two houses that share no line."""

from __future__ import annotations

import numpy as np
import pytest

from firmware_sim.scenario import Scenario
from firmware_sim.timeline import Timeline
from firmware_sim.wearer import Wearer
from monitor.accel.following import Follower
from monitor.accel.limb import Reference
from monitor.accel.motions import MOTIONS

MOTION_OF = {"standing_hip_flexion": "knee_lift", "lying_leg_raise": "leg_raise", "bird_dog": "bird_dog"}
REPETITIONS = 8


@pytest.mark.parametrize("placement", ["thigh", "pocket"])
@pytest.mark.parametrize("exercise", MOTION_OF)
def test_repetitions_of_the_simulated_wearer_are_right_to_one(exercise: str, placement: str) -> None:
    doings = [("sit", 20.0), ("stand", 6.0), (exercise, 240.0), ("sit", 30.0)]
    activities = [{"do": do, "duration_s": s, "repetitions": REPETITIONS, "hold_s": 3.0} for do, s in doings]
    scenario = Scenario.model_validate({"title": "one exercise", "starts": "at_once", "activities": activities})
    wearer = Wearer(Timeline(scenario), placement, seed=11)
    t_s = np.arange(0.0, 290.0, 0.04)
    x, y, z = (wearer.rotation @ np.array([1.0, 0.0, 0.0])).tolist()
    reference = Reference(upright=(x, y, z), begins_seated=True)
    follower = Follower.of(MOTIONS[MOTION_OF[exercise]], reference, on_leg=True)
    follower.feed(1000.0 + t_s, wearer.acceleration_g(t_s).astype(np.float32))
    assert abs(follower.repetitions - REPETITIONS) <= 1
