"""From the samples of one segment to seconds and to the 4-s windows around them.

A common grid makes every wearable look alike: samples are averaged into cells of 0.08 s (12.5 Hz boxcar).
Row k looks at the 50 cells of [k - 1, k + 3), counted from k - 1. Since 12.5 cells do not fill a second, the
samples are first gathered in half cells, 25 a second, and two of them make a cell.

The bits of a second depend on nothing but its samples: half cells are summed by ``bincount``, which adds in sample
order, and seconds with the same number of samples are the rows of one C-ordered array, reduced along the row. A second
without samples is an empty slot, so a gap of a year costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monitor.accel.metrics import mean_square
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
    """(3, n + 1, 25) sums of the samples in each half cell; the last second is the empty one."""
    cell_count: Floats
    """(n + 1, 25)."""


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """The 50 cells around each second."""

    cells_g: Floats
    """(3, n, 50), empty cells filled on the straight line between their neighbours."""
    mean_g: Floats
    """(n, 3) mean of the cells that have samples."""
    centre_g: Floats
    """(3, n) the same of all cells, filled or not."""
    longest_hole: NDArray[np.int64]
    """(n,) most empty cells in a row."""


def gather_seconds(t_s: Floats, xyz_g: NDArray[np.float32]) -> Seconds:
    """Sum up the samples of each second; ``t_s`` (N,) increasing, ``xyz_g`` (N, 3), N >= 1."""
    second_s = np.floor(t_s)
    first = np.concatenate(([0], np.flatnonzero(second_s[1:] != second_s[:-1]) + 1))
    count, at_s, length = np.diff(first, append=len(t_s)), t_s - second_s, len(first)
    cell_sum_g, cell_count = np.zeros((3, length + 1, HALF_CELLS_PER_S)), np.zeros((length + 1, HALF_CELLS_PER_S))
    mean_g, spread = np.empty((length, 3)), np.empty((4, length))
    for width in np.unique(count).tolist():
        rows = np.flatnonzero(count == width)
        if rows[-1] - rows[0] == len(rows) - 1:  # as nearly always: one after the other
            samples = slice(first[rows[0]], first[rows[0]] + len(rows) * width)
            at, axes_g = at_s[samples].reshape(-1, width), xyz_g[samples].T.astype(np.float64, order="C")
        else:
            places = first[rows][:, None] + np.arange(width)
            at, axes_g = at_s[places], xyz_g[places.reshape(-1)].T.astype(np.float64, order="C")
        axes_g = axes_g.reshape(3, -1, width)
        cell_sum_g[:, rows], cell_count[rows] = _half_cells(at, axes_g)
        mean_g[rows], spread[:, rows] = _moments(at, axes_g)
    jitter_g, magnitude_g, spread_g, moment = spread
    return Seconds(
        start_s=second_s[first],
        count=count.astype(np.int32),
        mean_g=mean_g,
        spread_g=spread_g,
        jitter_g=jitter_g,
        magnitude_g=magnitude_g,
        magnitude_moment=moment,
        cell_sum_g=cell_sum_g,
        cell_count=cell_count,
    )


def _half_cells(at_s: Floats, axes_g: Floats) -> tuple[Floats, Floats]:
    """Sums (3, n, 25) and counts (n, 25) of the half cells; times within their second (n, m), samples (3, n, m)."""
    part = np.minimum(at_s * HALF_CELLS_PER_S, HALF_CELLS_PER_S - 1).astype(np.int64)
    part += np.arange(0, len(at_s) * HALF_CELLS_PER_S, HALF_CELLS_PER_S)[:, None]
    cell, slots = part.reshape(-1), len(at_s) * HALF_CELLS_PER_S
    sums = [np.bincount(cell, axis_g.reshape(-1), slots).reshape(-1, HALF_CELLS_PER_S) for axis_g in axes_g]
    count = np.bincount(cell, minlength=slots).reshape(-1, HALF_CELLS_PER_S)
    return np.stack(sums), count.astype(np.float64)


def _moments(at_s: Floats, axes_g: Floats) -> tuple[Floats, Floats]:
    """Mean vector (n, 3); and (4, n): jitter, mean magnitude, its spread and its first moment, as in ``Seconds``."""
    x, y, z = axes_g
    mean_g = axes_g.mean(axis=-1)
    residual_g = axes_g - mean_g[:, :, None]
    jitter_g = np.sqrt(mean_square(residual_g).sum(axis=0))
    norm_g = np.sqrt(x * x + y * y + z * z)
    magnitude_g = norm_g.mean(axis=-1)
    norm_g -= magnitude_g[:, None]
    spread_g = np.sqrt(mean_square(norm_g))
    return mean_g.T, np.stack([jitter_g, magnitude_g, spread_g, _slope(at_s, norm_g) / 12.0])


def _slope(at_s: Floats, residual_g: Floats) -> Floats:
    """Least-squares slope over each second, g/s; 0 where its samples are too few or too close to show one."""
    apart_s = at_s - at_s.mean(axis=-1)[:, None]
    width = mean_square(apart_s)
    slope: Floats = np.divide(
        np.mean(apart_s * residual_g, axis=-1), width, out=np.zeros(len(width)), where=width > 0.02
    )
    return slope


def windows_around(seconds: Seconds, rows: NDArray[np.int64]) -> Windows:
    """The windows around the given rows of ``seconds``."""
    wanted_s = seconds.start_s[rows][:, None] + np.arange(-SECONDS_BEFORE, WINDOW_S - SECONDS_BEFORE)
    found = np.minimum(np.searchsorted(seconds.start_s, wanted_s), len(seconds.start_s) - 1)
    slot = np.where(seconds.start_s[found] == wanted_s, found, len(seconds.start_s))
    half_g = seconds.cell_sum_g[:, slot].reshape(3, len(rows), 2 * WINDOW_CELLS)
    half_count = seconds.cell_count[slot].reshape(len(rows), 2 * WINDOW_CELLS)
    count = half_count[:, 0::2] + half_count[:, 1::2]
    cells_g = half_g[:, :, 0::2] + half_g[:, :, 1::2]
    cells_g /= np.maximum(count, 1.0)
    has = count > 0
    mean_g = cells_g.sum(axis=-1) / np.maximum(has.sum(axis=-1), 1)
    filled = np.flatnonzero(~has.all(axis=1))
    centre_g, longest_hole = mean_g.copy(), np.zeros(len(rows), dtype=np.int64)
    if len(filled):
        cells_g[:, filled], longest_hole[filled] = _filled(cells_g[:, filled], has[filled])
        centre_g[:, filled] = cells_g[:, filled].mean(axis=-1)
    return Windows(cells_g=cells_g, mean_g=mean_g.T.copy(), centre_g=centre_g, longest_hole=longest_hole)


def _filled(cells_g: Floats, has: Bools) -> tuple[Floats, NDArray[np.int64]]:
    """Empty cells filled, the ends held; and the longest run of empty cells of each row."""
    place = np.arange(WINDOW_CELLS)
    before = np.maximum.accumulate(np.where(has, place, -1), axis=1)
    after = np.minimum.accumulate(np.where(has, place, WINDOW_CELLS)[:, ::-1], axis=1)[:, ::-1]
    longest = np.where(has, 0, after - before - 1).max(axis=1)
    left = np.where(before < 0, after, before)
    right = np.where(after == WINDOW_CELLS, before, after)
    share = np.divide(place - left, right - left, out=np.zeros(left.shape), where=right > left)
    left_g = np.take_along_axis(cells_g, left[None], axis=2)
    right_g = np.take_along_axis(cells_g, right[None], axis=2)
    return left_g + (right_g - left_g) * share, longest
