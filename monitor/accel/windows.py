"""From the samples of one segment to seconds and to the 4-s windows around them.

A common grid makes every wearable look alike: samples are averaged into cells of 0.08 s (12.5 Hz boxcar).
Row k looks at the 50 cells of [k - 1, k + 3), counted from k - 1. Since 12.5 cells do not fill a second, the
samples are first gathered in half cells, 25 a second, and two of them make a cell.

Sums over samples use ``bincount`` alone, which adds in sample order: the bits of a second depend on nothing
but its samples. A second without samples is an empty slot, so a gap of a year costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monitor.accel.metrics import norm
from monitor.model import Bools, Floats

HALF_CELLS_PER_S = 25
CELL_S = 2.0 / HALF_CELLS_PER_S
WINDOW_S = 4
WINDOW_CELLS = WINDOW_S * HALF_CELLS_PER_S // 2
SECONDS_BEFORE = 1
"""The window of second k begins at k - 1."""


@dataclass(frozen=True, slots=True, eq=False)
class Seconds:
    """What the samples of each second say, one row for every second that has any."""

    start_s: Floats
    count: NDArray[np.int32]
    mean_g: Floats
    """(n, 3) mean vector."""
    spread_g: Floats
    """Standard deviation of the vector magnitude."""
    jitter_g: Floats
    """Root of the summed variances of the three axes: 0 only where every sample is the same."""
    magnitude_g: Floats
    """Mean vector magnitude."""
    magnitude_moment: Floats
    """Slope of the vector magnitude over the second, as first moment: slope / 12, g s."""
    cell_sum_g: Floats
    """(n + 1, 25, 3) sums of the samples in each half cell; the last row is the empty second."""
    cell_count: NDArray[np.int64]
    """(n + 1, 25)."""


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """The 50 cells around each second."""

    cells_g: Floats
    """(n, 3, 50), empty cells filled on the straight line between their neighbours."""
    mean_g: Floats
    """(n, 3) mean of the cells that have samples."""
    longest_hole: NDArray[np.int64]
    """(n,) most empty cells in a row."""


def gather_seconds(t_s: Floats, xyz_g: Floats) -> Seconds:
    """Sum up the samples of each second; ``t_s`` (N,) increasing, ``xyz_g`` (N, 3) float64, N >= 1."""
    second_s = np.floor(t_s)
    start_s, slot = np.unique(second_s, return_inverse=True)
    count = np.bincount(slot)
    mean_g = _sums(slot, xyz_g, len(start_s)) / count[:, None]
    residual_g = xyz_g - mean_g[slot]
    jitter_g = np.sqrt(np.bincount(slot, norm(residual_g) ** 2) / count)
    norm_g = norm(xyz_g)
    magnitude_g = np.bincount(slot, norm_g) / count
    residual_norm_g = norm_g - magnitude_g[slot]
    spread_g = np.sqrt(np.bincount(slot, residual_norm_g**2) / count)
    part = np.minimum((t_s - second_s) * HALF_CELLS_PER_S, HALF_CELLS_PER_S - 1).astype(np.int64)
    cell, slots = slot * HALF_CELLS_PER_S + part, (len(start_s) + 1) * HALF_CELLS_PER_S
    return Seconds(
        start_s=start_s,
        count=count.astype(np.int32),
        mean_g=mean_g,
        spread_g=spread_g,
        jitter_g=jitter_g,
        magnitude_g=magnitude_g,
        magnitude_moment=_slope(slot, t_s - second_s, residual_norm_g, count) / 12.0,
        cell_sum_g=_sums(cell, xyz_g, slots).reshape(-1, HALF_CELLS_PER_S, 3),
        cell_count=np.bincount(cell, minlength=slots).reshape(-1, HALF_CELLS_PER_S),
    )


def _sums(slot: NDArray[np.int64], xyz_g: Floats, slots: int) -> Floats:
    return np.stack([np.bincount(slot, xyz_g[:, axis], minlength=slots) for axis in range(3)], axis=1)


def _slope(slot: NDArray[np.int64], at_s: Floats, residual_g: Floats, count: NDArray[np.int64]) -> Floats:
    """Least-squares slope over each second, g/s; 0 where its samples are too few or too close to show one."""
    apart_s = at_s - (np.bincount(slot, at_s) / count)[slot]
    width = np.bincount(slot, apart_s * apart_s) / count
    slope: Floats = np.divide(
        np.bincount(slot, apart_s * residual_g) / count, width, out=np.zeros(len(count)), where=width > 0.02
    )
    return slope


def windows_around(seconds: Seconds, rows: NDArray[np.int64]) -> Windows:
    """The windows around the given rows of ``seconds``."""
    wanted_s = seconds.start_s[rows][:, None] + np.arange(-SECONDS_BEFORE, WINDOW_S - SECONDS_BEFORE)
    found = np.minimum(np.searchsorted(seconds.start_s, wanted_s), len(seconds.start_s) - 1)
    slot = np.where(seconds.start_s[found] == wanted_s, found, len(seconds.start_s))
    half_g = seconds.cell_sum_g[slot].reshape(len(rows), WINDOW_CELLS, 2, 3)
    half_count = seconds.cell_count[slot].reshape(len(rows), WINDOW_CELLS, 2)
    count = half_count[:, :, 0] + half_count[:, :, 1]
    sum_g = np.ascontiguousarray((half_g[:, :, 0] + half_g[:, :, 1]).transpose(0, 2, 1))
    cells_g = sum_g / np.maximum(count, 1)[:, None, :]
    mean_g = cells_g.sum(axis=-1) / np.maximum((count > 0).sum(axis=-1), 1)[:, None]
    longest_hole = _fill(cells_g, count > 0)
    return Windows(cells_g=cells_g, mean_g=mean_g, longest_hole=longest_hole)


def _fill(cells_g: Floats, has: Bools) -> NDArray[np.int64]:
    """Fill empty cells in place, hold the ends; returns the longest run of empty cells of each row."""
    longest = np.zeros(len(has), dtype=np.int64)
    rows = np.flatnonzero(~has.all(axis=1))
    if not len(rows):
        return longest
    have, place = has[rows], np.arange(WINDOW_CELLS)
    before = np.maximum.accumulate(np.where(have, place, -1), axis=1)
    after = np.minimum.accumulate(np.where(have, place, WINDOW_CELLS)[:, ::-1], axis=1)[:, ::-1]
    longest[rows] = np.where(have, 0, after - before - 1).max(axis=1)
    left = np.where(before < 0, after, before)
    right = np.where(after == WINDOW_CELLS, before, after)
    share = np.divide(place - left, right - left, out=np.zeros(left.shape), where=right > left)
    values_g = cells_g[rows]
    left_g = np.take_along_axis(values_g, left[:, None, :], axis=2)
    right_g = np.take_along_axis(values_g, right[:, None, :], axis=2)
    cells_g[rows] = left_g + (right_g - left_g) * share[:, None, :]
    return longest
