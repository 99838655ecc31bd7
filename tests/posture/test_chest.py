"""The chest: a lean, a lie, and what somebody on his feet does."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.model import AccelBlock, Posture, PostureEpochs
from monitor.posture.chest import Chest
from tests.support.wearers import rotation, rows_of


def chest(*doings: tuple[str, float, float], turn: int = 1) -> AccelBlock:
    """(walk, still or handled; tilt of the chest in degrees; seconds) in turn, 25 Hz, any way round."""
    rng = np.random.default_rng(1)
    lengths = [round(25 * seconds) for _, _, seconds in doings]
    walks = np.repeat([doing == "walk" for doing, _, _ in doings], lengths)
    handled = np.repeat([doing == "handled" for doing, _, _ in doings], lengths)
    tilt = np.radians(np.repeat([tilt for _, tilt, _ in doings], lengths))
    t_s = np.arange(len(tilt)) / 25.0
    tilt = tilt + np.radians(0.2) * np.sin(2 * np.pi * 0.25 * t_s)
    bob_g = walks * (0.30 * np.sin(2 * np.pi * 1.9 * t_s) + 0.12 * np.sin(2 * np.pi * 3.8 * t_s))
    swing_g = walks * 0.15 * np.sin(2 * np.pi * 0.95 * t_s)
    drift_g = (walks + 2.0 * handled) * 0.05 * np.sin(2 * np.pi * 0.21 * t_s)
    noise_g = rng.normal(0, 0.004, (len(t_s), 3)) + walks[:, None] * rng.normal(0, 0.08, (len(t_s), 3))
    xyz_g = np.stack([-np.cos(tilt) - bob_g, swing_g + drift_g, np.sin(tilt)], axis=1) + noise_g
    return AccelBlock(1000 + t_s, (xyz_g @ rotation(turn).T).astype(np.float32), 25.0, 0)


def postures(block: AccelBlock) -> PostureEpochs:
    return Chest().advance(rows_of(block))


DAY = (("walk", 0, 60), ("still", 35, 60), ("still", 90, 60), ("walk", 0, 20))


@pytest.mark.parametrize("turn", range(1, 4))
def test_after_a_walk_a_chest_that_leans_sits_and_one_that_is_flat_lies(turn: int) -> None:
    rows = postures(chest(*DAY, turn=turn))
    assert set(rows.posture[12:57]) == {Posture.STEPPING}
    assert set(rows.posture[90:115]) == {Posture.SITTING}
    assert set(rows.posture[135:175]) == {Posture.LYING}


def test_before_a_walk_a_chest_that_is_still_says_nothing() -> None:
    rows = postures(chest(("still", 0, 60), ("still", 35, 60)))
    assert not rows.sedentary.any()


def test_a_chest_that_sways_is_not_said_to_sit() -> None:
    rows = postures(chest(("walk", 0, 60), ("handled", 40, 60)))
    assert not rows.sedentary.any()


def test_long_walking_is_said_with_more_confidence_than_a_few_steps() -> None:
    rows = postures(chest(("walk", 0, 60), ("still", 8, 60), ("walk", 0, 3), ("still", 8, 60)))
    few = rows.confidence[120:123][rows.posture[120:123] == Posture.STEPPING]
    assert rows.confidence[40:55].min() > 0.95
    assert (few < rows.confidence[40:55].min()).all()
