"""The table of motions, from which exercises are counted and held."""

from __future__ import annotations

from typing import get_args

import pytest

from monitor.accel.holds import TRACED
from monitor.accel.limb import BIN_S
from monitor.accel.motions import MOTIONS, MotionName


def test_every_name_an_exercise_may_use_is_a_motion() -> None:
    assert set(MOTIONS) == set(get_args(MotionName))


@pytest.mark.parametrize("name", MOTIONS)
def test_a_motion_can_be_seen_somewhere_and_its_longest_hold_is_remembered_whole(name: MotionName) -> None:
    motion = MOTIONS[name]
    assert motion.count or motion.hold or motion.shows_at_trunk
    holds = [rules for rules in (motion.hold, motion.trunk_lean, motion.trunk_sink) if rules is not None]
    assert all(rules.least_s < rules.longest_s < TRACED * BIN_S for rules in holds)
