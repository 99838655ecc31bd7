"""Trunk sites: the tilt against one's own walking, and silence where it says nothing."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.accel.epochs import EpochBuilder, join
from monitor.model import AccelBlock, Posture, PostureEpochs
from monitor.posture.chest import Chest
from monitor.posture.lower_back import LowerBack
from monitor.posture.trunk import Trunk
from monitor.posture.waist import Waist
from tests.support.wearers import rotation


def trunk_wearer(*doings: tuple[float, bool, float], seed: int = 1) -> AccelBlock:
    """(tilt in degrees, walking, seconds) in turn, 25 Hz, any way round."""
    rng = np.random.default_rng(seed)
    tilt_deg = np.concatenate([np.full(round(25 * seconds), tilt) for tilt, _, seconds in doings])
    walking = np.concatenate([np.full(round(25 * seconds), walks) for _, walks, seconds in doings])
    t_s = np.arange(len(tilt_deg)) / 25.0
    tilt = np.radians(tilt_deg)
    bob_g = walking * 0.3 * np.sin(2 * np.pi * 1.9 * t_s)
    sway_g = walking * 0.15 * np.sin(2 * np.pi * 0.95 * t_s)
    xyz_g = np.stack([-np.cos(tilt) + bob_g, sway_g, np.sin(tilt)], axis=1) + rng.normal(0, 0.006, (len(t_s), 3))
    return AccelBlock(1000 + t_s, (xyz_g @ rotation(seed).T).astype(np.float32), 25.0, 0)


def postures(trunk: Trunk, block: AccelBlock) -> PostureEpochs:
    builder = EpochBuilder()
    return trunk.advance(join([builder.feed(block), builder.tick(1e6)]))


@pytest.mark.parametrize("site", [Waist, LowerBack])
def test_a_tilted_pelvis_sits_and_an_upright_one_stands(site: type[Trunk]) -> None:
    rows = postures(site(), trunk_wearer((0, True, 30), (28, False, 30), (4, False, 30), (90, False, 30)))
    assert set(rows.posture[8:28]) == {Posture.STEPPING}
    assert set(rows.posture[33:57]) == {Posture.SITTING}
    assert set(rows.posture[63:87]) == {Posture.STANDING}
    assert set(rows.posture[93:]) == {Posture.LYING}


def test_a_vertical_chest_says_nothing() -> None:
    rows = postures(Chest(), trunk_wearer((0, True, 30), (4, False, 30), (40, False, 30)))
    assert set(rows.posture[33:57]) == {Posture.UNKNOWN}
    assert set(rows.posture[63:]) == {Posture.SITTING}


@pytest.mark.parametrize("site", [Waist, LowerBack, Chest])
def test_before_the_first_walk_nothing_is_claimed(site: type[Trunk]) -> None:
    assert set(postures(site(), trunk_wearer((28, False, 60), (4, False, 60))).posture) == {Posture.UNKNOWN}
