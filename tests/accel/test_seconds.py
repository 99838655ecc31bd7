"""A second is what its samples say, in whatever company it is summed up."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.accel.seconds import HALF_CELLS_PER_S, Seconds, gather_seconds
from tests.support.wearers import wear

WALK = wear(("sit", 6), ("walk", 8), rate_hz=50.0, start_s=1_700_000_000.0)


def gathered(chosen: slice) -> Seconds:
    return gather_seconds(WALK.t_s[chosen], WALK.xyz_g[chosen].astype(np.float32), 50.0)


@settings(max_examples=30)
@given(st.lists(st.integers(0, len(WALK.t_s) - 1), max_size=30, unique=True))
def test_each_second_has_the_same_bits_alone_and_among_others(lost: list[int]) -> None:
    kept = np.ones(len(WALK.t_s), np.bool_)
    kept[lost] = False
    t_s, xyz_g = WALK.t_s[kept], WALK.xyz_g[kept].astype(np.float32)
    together = gather_seconds(t_s, xyz_g, 50.0)
    alone = Seconds()
    for second_s in np.unique(np.floor(t_s)):
        own = np.floor(t_s) == second_s
        alone = alone.followed_by(gather_seconds(t_s[own], xyz_g[own], 50.0))
    for column in fields(Seconds):
        assert getattr(together, column.name).tobytes() == getattr(alone, column.name).tobytes(), column.name


def test_half_cells_hold_every_sample_once() -> None:
    seconds = gathered(slice(None))
    assert seconds.half_count.shape == (HALF_CELLS_PER_S, len(seconds))
    assert seconds.half_count.sum(axis=0).tolist() == seconds.count.tolist() == [50] * len(seconds)
    assert seconds.half_sum_g.sum(axis=1) / 50 == pytest.approx(seconds.mean_g)


def test_mean_and_spreads_are_those_of_the_samples() -> None:
    seconds, xyz_g = gathered(slice(None)), WALK.xyz_g.astype(np.float32).astype(float).reshape(-1, 50, 3)
    assert seconds.mean_g == pytest.approx(xyz_g.mean(axis=1).transpose())
    assert seconds.jitter_g == pytest.approx(np.sqrt(xyz_g.var(axis=1).sum(axis=1)))
    assert seconds.spread_g == pytest.approx(np.linalg.norm(xyz_g, axis=2).std(axis=1))


def test_only_what_does_not_move_at_all_has_no_jitter() -> None:
    t_s, xyz_g = 100.0 + np.arange(100) / 50.0, np.full((100, 3), (0.3, -0.4, 0.866), np.float32)
    xyz_g[60, 0] += 4e-6  # one count of the finest sensor
    jitter_g = gather_seconds(t_s, xyz_g).jitter_g
    assert jitter_g[0] == 0.0
    assert jitter_g[1] > 0.0


def test_a_year_without_samples_costs_nothing() -> None:
    seconds = gather_seconds(np.array([10.5, 10.75, 3.2e7]), np.ones((3, 3), np.float32))
    assert seconds.start_s.tolist() == [10.0, 3.2e7]
    assert seconds.count.tolist() == [2, 1]
