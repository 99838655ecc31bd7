"""Sitting down shows the seat; a horizontal thigh rolled far from it lies on its side."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.accel.epochs import EpochBuilder, join, take
from monitor.accel.side import Side
from monitor.model import Posture, PostureEpochs
from monitor.posture.thigh import Thigh
from tests.support.wearers import Recording, rotation, wear

EVENING = wear(("walk", 30), ("sit", 60), ("side", 40), ("sit", 30))


def postures(recording: Recording) -> PostureEpochs:
    builder = EpochBuilder()
    return Thigh().advance(join([builder.feed(recording.block()), builder.tick(1e6)]))


@pytest.mark.parametrize("seed", range(3))
def test_a_thigh_on_its_side_lies_and_sits_again_when_rolled_back(seed: int) -> None:
    rows = postures(EVENING.turned(rotation(seed)))
    assert set(rows.posture[35:88]) == {Posture.SITTING}
    assert set(rows.posture[93:128]) == {Posture.LYING}
    assert set(rows.posture[133:158]) == {Posture.SITTING}


def test_without_having_sat_down_no_side_is_known() -> None:
    rows = postures(wear(("walk", 30), ("sit", 15), ("side", 15)))
    assert set(rows.posture[33:58]) == {Posture.SITTING}


def test_the_seat_of_another_mounting_tells_nothing() -> None:
    first, second = wear(("walk", 30), ("sit", 60)), wear(("walk", 90), ("sit", 20)).turned(rotation(7))
    xyz_g = np.concatenate([first.xyz_g, second.xyz_g])
    rows = postures(Recording(1000 + np.arange(len(xyz_g)) / 25.0, xyz_g, 25.0))
    assert set(rows.posture[183:198]) == {Posture.SITTING}


def test_row_by_row_says_the_same() -> None:
    rng = np.random.default_rng(1)
    mean_g = rng.normal([0.0, 0.0, 1.0], 0.2, (200, 3))
    upright = np.broadcast_to([-1.0, 0.0, 0.0], mean_g.shape)
    horizontal, since_s = rng.random(200) < 0.8, np.arange(200.0) % 90
    whole, side = Side().advance(mean_g, upright, horizontal, since_s), Side()
    single = [side.advance(*(c[k : k + 1] for c in (mean_g, upright, horizontal, since_s))) for k in range(200)]
    assert np.concatenate(single).tolist() == whole.tolist()


def test_no_rows_give_no_rows() -> None:
    empty = take(EpochBuilder().feed(EVENING.block()), slice(0, 0))
    assert len(Thigh().advance(empty)) == 0
