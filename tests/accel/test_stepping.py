"""Steps are told from pedals, stillness and handling."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.accel.stepping import SteadySteps, SteppingRules, steps, sure_steps
from tests.support.wearers import Recording, rotation, rows_of, wear

RULES = SteppingRules()


@pytest.mark.parametrize("doing", ["sit", "stand", "lie", "cycle", "off"])
def test_what_is_not_walking_never_teaches(doing: str) -> None:
    rows = rows_of(wear((doing, 120)))
    assert not sure_steps(rows, RULES).any()
    assert not SteadySteps().advance(rows, RULES)[0].any()


@pytest.mark.parametrize("seed", range(3))
def test_walking_is_seen_any_way_round(seed: int) -> None:
    rows = rows_of(wear(("walk", 60), seed=seed).turned(rotation(seed)))
    assert steps(rows, RULES)[2:-3].all()
    assert SteadySteps().advance(rows, RULES)[0][8:-3].all()


def test_steps_of_a_tumbling_sensor_teach_nothing() -> None:
    walk = wear(("walk", 60))
    turn_rad = np.radians(8.0) * (walk.t_s - walk.t_s[0])
    xyz_g = walk.xyz_g.copy()
    xyz_g[:, 0] = np.cos(turn_rad) * walk.xyz_g[:, 0] - np.sin(turn_rad) * walk.xyz_g[:, 2]
    xyz_g[:, 2] = np.sin(turn_rad) * walk.xyz_g[:, 0] + np.cos(turn_rad) * walk.xyz_g[:, 2]
    rows = rows_of(Recording(walk.t_s, xyz_g, 25.0))
    assert steps(rows, RULES).mean() > 0.8
    assert not SteadySteps().advance(rows, RULES)[0].any()


def test_without_a_known_rhythm_there_are_no_steps() -> None:
    assert not steps(rows_of(wear(("walk", 60), rate_hz=4.0)), RULES).any()
