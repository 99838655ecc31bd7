"""Still moments find their pose, wherever the stream is cut."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.accel.metrics import unit
from monitor.accel.poses import Poses
from monitor.model import Floats

X, Y = np.array([1.0, 0.0, 0.0]), np.array([0.0, 1.0, 0.0])


def collect(moments_g: Floats, cuts: list[int]) -> list[list[float]]:
    """Moments into poses; one that is like none opens one."""
    poses = Poses()
    for part in np.split(moments_g, cuts):
        while len(part):
            taken = poses.take(part, 8.0)
            if taken < len(part):
                poses.open(part[taken], most=20)
            part = part[taken + 1 :]
    return [*poses.mean_g.tolist(), poses.moments.tolist()]


def test_a_moment_goes_to_the_nearest_pose() -> None:
    poses = Poses()
    poses.open(X, most=9)
    poses.open(unit(X + 0.2 * Y), most=9)
    assert poses.take(unit(X + 0.08 * Y)[None], 8.0) == 1
    assert poses.moments.tolist() == [2.0, 1.0]
    assert poses.mean_g[0] == pytest.approx((X + unit(X + 0.08 * Y)) / 2)


def test_moments_are_taken_up_to_the_first_that_is_like_no_pose() -> None:
    poses = Poses()
    assert poses.take(np.array([X]), 8.0) == 0
    poses.open(X, most=9)
    assert poses.take(np.array([X, X, Y, X]), 8.0) == 2


def test_where_there_are_enough_the_oldest_pose_goes() -> None:
    poses = Poses()
    for direction in (X, Y, -X):
        poses.open(direction, most=2)
    assert poses.mean_g.tolist() == [Y.tolist(), (-X).tolist()]


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.lists(st.integers(1, 299), max_size=8))
def test_moments_one_by_one_and_all_at_once_are_the_same(seed: int, cuts: list[int]) -> None:
    rng = np.random.default_rng(seed)
    seats = unit(rng.normal(size=(30, 3)))
    stays = np.repeat(rng.integers(0, 30, 60), rng.integers(1, 9, 60))[:300]
    moments_g = seats[stays] + rng.normal(0.0, 0.06, (len(stays), 3))
    assert collect(moments_g, sorted(cuts)) == collect(moments_g, list(range(1, len(stays))))
