"""Sitting down shows the seat; a horizontal thigh rolled far from it lies on its side."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.accel.epochs import take
from monitor.accel.side import Side
from monitor.model import Posture, PostureEpochs
from monitor.posture.thigh import Thigh
from tests.support.wearers import Recording, rotation, rows_of, wear

EVENING = wear(("walk", 30), ("sit", 60), ("side", 40), ("sit", 30))


def postures(recording: Recording) -> PostureEpochs:
    return Thigh().advance(rows_of(recording))


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
    rows = postures(first.followed_by(second))
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
    empty = take(rows_of(EVENING), slice(0, 0))
    assert len(Thigh().advance(empty)) == 0
