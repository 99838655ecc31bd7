"""The window of a second is its fifty cells, however they are summed."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.accel.seconds import Seconds, gather_seconds
from monitor.accel.windows import PATH, VECTOR, WINDOW_CELLS, Slots, cell_sums, cells_at, slots_of, windows_at
from tests.support.wearers import wear

WALK = wear(("sit", 6), ("walk", 8), rate_hz=50.0, start_s=1000.01)


def seconds_of(kept: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> tuple[Seconds, Slots]:
    seconds = gather_seconds(WALK.t_s[kept], WALK.xyz_g[kept].astype(np.float32))
    return seconds, slots_of(seconds, seconds.start_s + np.arange(-1, 3)[:, None])


def test_whole_windows_sum_up_to_what_their_cells_do() -> None:
    seconds, slots = seconds_of(np.ones(len(WALK.t_s), np.bool_))
    windows = windows_at(seconds, slots)
    one_by_one = cell_sums(cells_at(seconds, slots)[0])
    assert windows.sums == pytest.approx(one_by_one, abs=1e-9)
    assert windows.longest_hole[1:-2].tolist() == [0] * (len(seconds) - 3)


def test_cells_are_means_of_four_samples_counted_from_a_second_before() -> None:
    seconds, slots = seconds_of(np.ones(len(WALK.t_s), np.bool_))
    cells_g, mean_g, _ = cells_at(seconds, slots[:, 5:6])
    samples_g = WALK.xyz_g[200:400].astype(np.float32).astype(float).reshape(WINDOW_CELLS, 4, 3).mean(axis=1)
    assert cells_g[:, :, 0] == pytest.approx(samples_g.transpose())
    assert mean_g[:, 0] == pytest.approx(samples_g.mean(axis=0))


@settings(max_examples=30)
@given(st.lists(st.integers(0, len(WALK.t_s) - 40), max_size=4), st.integers(1, 40))
def test_holes_are_found_and_filled(holes: list[int], width: int) -> None:
    kept = np.ones(len(WALK.t_s), np.bool_)
    for first in holes:
        kept[first : first + width] = False
    seconds, slots = seconds_of(kept)
    windows = windows_at(seconds, slots)
    cells_g, mean_g, longest_hole = cells_at(seconds, slots)
    assert np.isfinite(cells_g).all()
    assert windows.longest_hole.tolist() == longest_hole.tolist()
    assert windows.sums == pytest.approx(cell_sums(cells_g), abs=1e-9)
    assert windows.mean_g == pytest.approx(mean_g)


def test_the_way_is_the_length_of_all_steps() -> None:
    cells_g = np.zeros((3, 4, 1))
    cells_g[0, :, 0], cells_g[1, :, 0] = (0.0, 3.0, 3.0, 0.0), (0.0, 4.0, 4.0, 0.0)
    sums = cell_sums(cells_g)
    assert sums[PATH].tolist() == [10.0]
    assert sums[VECTOR, 0].tolist() == [6.0, 8.0, 0.0]
