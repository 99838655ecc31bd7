"""From samples to seconds: each second is summed up once, when it is over, and its samples are forgotten.

A common grid makes every wearable look alike: samples are gathered in half cells of 0.04 s, 25 a second, of which
``windows.py`` makes cells of 0.08 s (12.5 Hz boxcar).

The bits of a second depend on nothing but its samples. Seconds with the same number of samples are the columns of one
array, (samples, seconds): everything is done to whole rows of it at once, and sums add row after row. A second without
samples has no column, so a gap of a year costs nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import numpy as np
from numpy.typing import NDArray

from monitor.accel.metrics import total
from monitor.model import Floats

HALF_CELLS_PER_S = 25
_ROUNDING = 1e-14
"""A variance below this share of the mean square is none: what is left when equal numbers are subtracted. The finest
sensor sold (20 bit, 4 µg) is 30 times above it with a single count in a second."""
_FEW = 8
"""For fewer seconds ``bincount`` is quicker than a call for each half cell."""
_SHORTEST_S2 = 0.02
"""Samples of less variance in time (s squared) are too few or too close to show a slope."""


def _none(*shape: int) -> Floats:
    return np.empty((*shape, 0))


@dataclass(eq=False)
class Seconds:
    """What the samples of each second say; n seconds that have any, along the last axis of every column."""

    start_s: Floats = field(default_factory=_none)
    count: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))
    rate_hz: NDArray[np.float32] = field(default_factory=lambda: np.empty(0, np.float32))
    segment: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    quality: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))
    mean_g: Floats = field(default_factory=lambda: _none(3))
    """(3, n) mean vector."""
    spread_g: Floats = field(default_factory=_none)
    """Standard deviation of the vector magnitude."""
    jitter_g: Floats = field(default_factory=_none)
    """Root of the summed variances of the three axes: 0 only where every sample is the same."""
    magnitude_g: Floats = field(default_factory=_none)
    """Mean vector magnitude."""
    magnitude_moment: Floats = field(default_factory=_none)
    """Slope of the vector magnitude over the second, as first moment: slope / 12, g s."""
    half_sum_g: Floats = field(default_factory=lambda: _none(3, HALF_CELLS_PER_S))
    """(3, 25, n) sums of the samples in each half cell."""
    half_count: Floats = field(default_factory=lambda: _none(HALF_CELLS_PER_S))
    """(25, n) samples in each half cell."""

    def __len__(self) -> int:
        return len(self.start_s)

    def part(self, chosen: slice) -> Seconds:
        """Some of the seconds; a copy, so that a few do not keep a whole day in memory."""
        return Seconds(**{column.name: getattr(self, column.name)[..., chosen].copy() for column in fields(self)})

    def followed_by(self, more: Seconds) -> Seconds:
        """These seconds and those."""
        if not len(self) or not len(more):
            return more if len(more) else self
        both = {name.name: (getattr(self, name.name), getattr(more, name.name)) for name in fields(self)}
        return Seconds(**{name: np.concatenate(columns, axis=-1) for name, columns in both.items()})


def gather_seconds(
    t_s: Floats, xyz_g: NDArray[np.float32], rate_hz: float = 0.0, segment: int = 0, quality: int = 0
) -> Seconds:
    """Sum up the samples of each second; ``t_s`` (N,) increasing, ``xyz_g`` (N, 3), N >= 1, all of one segment."""
    start_s, first = _starts(t_s)
    count, length = np.diff(first, append=len(t_s)), len(first)
    widths = np.flatnonzero(np.bincount(count)).tolist()
    parts = []
    for width in widths:
        rows = np.flatnonzero(count == width)
        if rows[-1] - rows[0] == len(rows) - 1:  # as nearly always: one after the other
            samples = slice(first[rows[0]], first[rows[0]] + len(rows) * width)
            at_s, axes_g = t_s[samples].reshape(-1, width).T, xyz_g[samples].reshape(-1, width, 3).transpose(2, 1, 0)
        else:
            places = first[rows] + np.arange(width)[:, None]
            at_s, axes_g = t_s[places], xyz_g[places].transpose(2, 0, 1)
        parts.append(_summed_up(at_s, axes_g, start_s[rows]))
    columns = parts[0] if len(parts) == 1 else _in_order(parts, [np.flatnonzero(count == width) for width in widths])
    return Seconds(
        start_s=start_s,
        count=count.astype(np.int32),
        rate_hz=np.full(length, rate_hz, np.float32),
        segment=np.full(length, segment, np.int64),
        quality=np.full(length, quality, np.int32),
        **columns,
    )


def _starts(t_s: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """The seconds that have samples, and the index of the first sample of each."""
    begin_s, end_s = np.floor(t_s[0]), np.floor(t_s[-1]) + 1.0
    if end_s - begin_s > len(t_s):
        second_s = np.floor(t_s)
        first = np.concatenate(([0], np.flatnonzero(second_s[1:] != second_s[:-1]) + 1))
        return second_s[first], first
    every_s = np.arange(begin_s, end_s + 1.0)
    edges = np.searchsorted(t_s, every_s)
    has = edges[1:] > edges[:-1]
    return every_s[:-1][has], edges[:-1][has]


def _in_order(parts: list[dict[str, Floats]], places: list[NDArray[np.int64]]) -> dict[str, Floats]:
    """The seconds of all parts, each at its place."""
    order = np.argsort(np.concatenate(places))
    return {name: np.concatenate([part[name] for part in parts], axis=-1)[..., order] for name in parts[0]}


def _summed_up(t_s: Floats, xyz_g: NDArray[np.float32], start_s: Floats) -> dict[str, Floats]:
    """Columns of seconds with m samples each; times (m, n), samples (3, m, n)."""
    at_s, axes_g = np.empty(t_s.shape), np.empty(xyz_g.shape)
    np.subtract(t_s, start_s, out=at_s)
    np.copyto(axes_g, xyz_g)
    if (at_s == at_s[:, :1]).all():
        at_s = at_s[:, :1]  # all are sampled alike
    half_sum_g, half_count = _half_cells(at_s, axes_g)
    return {"half_sum_g": half_sum_g, "half_count": half_count, **_moments(at_s, axes_g)}


def _half_cells(at_s: Floats, axes_g: Floats) -> tuple[Floats, Floats]:
    """Sums (3, 25, n) and counts (25, n) of the half cells; times within their second (m, n) or (m, 1)."""
    length = axes_g.shape[-1]
    cell = np.minimum(at_s * HALF_CELLS_PER_S, HALF_CELLS_PER_S - 1).astype(np.int64)
    if length > _FEW and (cell == cell[:, :1]).all():
        return _alike(cell[:, 0], axes_g)
    slot, slots = (cell * length + np.arange(length)).reshape(-1), HALF_CELLS_PER_S * length
    sums = [np.bincount(slot, axis_g.reshape(-1), slots).reshape(-1, length) for axis_g in axes_g]
    count = np.bincount(slot, minlength=slots).reshape(-1, length)
    return np.stack(sums), count.astype(np.float64)


def _alike(cell: NDArray[np.int64], axes_g: Floats) -> tuple[Floats, Floats]:
    """The same where every second has its samples in the same half cells (m,)."""
    count = np.bincount(cell, minlength=HALF_CELLS_PER_S)
    sums, sample = np.zeros((3, HALF_CELLS_PER_S, axes_g.shape[-1])), 0
    for place, samples in enumerate(count.tolist()):
        if samples:
            sums[:, place] += total(axes_g[:, sample : sample + samples])  # to 0.0, as bincount does: -0.0 is gone
        sample += samples
    return sums, np.repeat(count.astype(np.float64)[:, None], axes_g.shape[-1], axis=1)


def _moments(at_s: Floats, axes_g: Floats) -> dict[str, Floats]:
    """Mean vector, and the spreads and the slope about it, as in ``Seconds``."""
    x, y, z = axes_g
    width = len(x)
    mean_g = total(axes_g) / width
    square = x * x
    square += y * y
    square += z * z
    mean_square = total(square) / width
    norm_g = np.sqrt(square, out=square)
    magnitude_g = total(norm_g) / width
    apart_s = at_s - total(at_s) / width
    span = total(apart_s * apart_s) / width
    norm_g *= apart_s
    slope = np.divide(total(norm_g) / width, span, out=np.zeros(len(magnitude_g)), where=span > _SHORTEST_S2)
    return {
        "mean_g": mean_g,
        "jitter_g": _root_of_variance(
            mean_square, mean_g[0] * mean_g[0] + mean_g[1] * mean_g[1] + mean_g[2] * mean_g[2]
        ),
        "spread_g": _root_of_variance(mean_square, magnitude_g * magnitude_g),
        "magnitude_g": magnitude_g,
        "magnitude_moment": slope / 12.0,
    }


def _root_of_variance(mean_square: Floats, square_mean: Floats) -> Floats:
    """Standard deviation, 0 where there is nothing but rounding."""
    variance = mean_square - square_mean
    variance[variance <= _ROUNDING * mean_square] = 0.0
    return np.sqrt(variance)
