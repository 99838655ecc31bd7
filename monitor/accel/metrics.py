"""What can be said of acceleration in one formula each: shapes, units, edge cases, papers.

Everything here works row by row and reduces along the last axis of C-ordered arrays, or column by column and adds one
row after the other, so that each has the same bits whether it is computed alone or among thousands.
"""

from __future__ import annotations

import math

import numpy as np

from monitor.model import Bools, Floats

_FLAT = 1e-8
"""Of less variance (0.1 mg squared) the shape would be rounding."""
MIDDLE_HALF = 0.282
"""Of the time of a smooth move, in which it does the middle half of its way (minimum jerk; Flash and Hogan 1985,
J Neurosci 5(7): 1688-1703). Neither sway nor stepping makes that half long, as they do the whole move."""


def norm(vectors: Floats) -> Floats:
    """Length of each vector of a (..., 3) array; written out, because its bits must not depend on the shape."""
    x, y, z = vectors[..., 0], vectors[..., 1], vectors[..., 2]
    length: Floats = np.sqrt(x * x + y * y + z * z)
    return length


def unit(vectors: Floats) -> Floats:
    """Directions of a (..., 3) array; a zero vector (free fall, no sensor) has none and becomes NaN."""
    with np.errstate(divide="ignore", invalid="ignore"):
        direction: Floats = vectors / norm(vectors)[..., None]
    return direction


def angle_deg(a: Floats, b: Floats) -> Floats:
    """Angle between vectors, (..., 3) against (..., 3), 0..180 degrees; NaN where either has no direction."""
    dot = a[..., 0] * b[..., 0] + a[..., 1] * b[..., 1] + a[..., 2] * b[..., 2]
    with np.errstate(divide="ignore", invalid="ignore"):
        return degrees_of(dot / (norm(a) * norm(b)))


def degrees_of(cosine: Floats) -> Floats:
    """The angle that has this cosine, which rounding may have taken a little beyond 1; NaN stays NaN."""
    degrees: Floats = np.degrees(np.arccos(np.clip(cosine, -1.0, 1.0)))
    return degrees


def total(columns: Floats) -> Floats:
    """Sum of (..., m, n) over its m rows: one after the other, whatever n is and however the array lies in memory.

    A lone column, or one that is contiguous, numpy would sum in pairs, with other last bits.
    """
    if columns.shape[-1] == 1:
        return np.asarray(np.add.reduce(np.repeat(columns, 2, axis=-1), axis=-2))[..., :1]
    if columns.strides[-1] != columns.itemsize:
        columns = np.ascontiguousarray(columns)
    return np.asarray(np.add.reduce(columns, axis=-2))


def skewness(mean: Floats, mean_square: Floats, mean_cube: Floats) -> Floats:
    """Third standardised moment, from the means of the first three powers; 0 where there is next to no spread.

    The values should lie about 0 (take a constant off them), or little is left of the digits.
    """
    variance = np.maximum(mean_square - mean * mean, 0.0)
    third = mean_cube - mean * (3.0 * mean_square - 2.0 * mean * mean)
    skew: Floats = np.divide(third, variance * np.sqrt(variance), out=np.zeros(third.shape), where=variance > _FLAT)
    return skew


def power_spectrum(rows: Floats, fine: int = 1) -> Floats:
    """Hann-windowed power of centred rows: (n, m) -> (n, fine * m // 2 + 1), scaled by the variance.

    Every ``fine``-th bin is one of the plain spectrum, and these sum to the variance; the others lie between them.
    """
    width = rows.shape[-1]
    hann = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(width) / width)
    amplitude = np.fft.rfft(rows * hann, n=fine * width, axis=-1)
    power: Floats = (amplitude.real**2 + amplitude.imag**2) * (2.0 / (width * float((hann * hann).sum())))
    return power


def autocorrelation(components: Floats, longest: int) -> Floats:
    """Autocorrelation of a vector signal: (c, n, m) centred -> (n, longest + 1), unbiased in length, 1 at lag 0.

    Summed over the components it does not change when the sensor is rotated. A constant signal gives 0.
    """
    width = components.shape[-1]
    padded = 16 * math.ceil((width + longest) / 16)  # what is shifted out must fall on zeros
    amplitude = np.fft.rfft(components, n=padded, axis=-1)
    power = amplitude.real**2 + amplitude.imag**2
    total = power.sum(axis=0)
    raw = np.fft.irfft(total, n=padded, axis=-1)[:, : longest + 1]
    scale = raw[:, :1] * (1.0 - np.arange(longest + 1) / width)
    similarity: Floats = np.divide(raw, scale, out=np.zeros(raw.shape), where=scale > 1e-9)
    return similarity


def peak_position(rows: Floats, first: int, last: int) -> tuple[Floats, Floats]:
    """Largest local value among columns [first, last] of (n, m) rows: its place between columns, and its height.

    A parabola through the three values around the largest gives the place; at a border the column itself.
    """
    column = rows[:, first : last + 1].argmax(axis=1) + first
    row = np.arange(len(rows))
    left, top, right = rows[row, column - 1], rows[row, column], rows[row, column + 1]
    bend = left - 2.0 * top + right
    inside: Bools = (top >= left) & (top >= right) & (bend < -1e-12)
    shift = np.divide(0.5 * (left - right), bend, out=np.zeros(top.shape), where=inside)
    return column + shift, top
