"""How the body moves within the 4-s windows: how much, along and across gravity, and in which rhythm.

All of it is the same for every way round the sensor may sit, but for rounding: gravity is the window's mean
direction, and across it only sums over both directions are taken.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from monitor.accel.metrics import autocorrelation, peak_position, power_spectrum, skewness
from monitor.accel.windows import CELL_S, MAGNITUDE, PATH, PRODUCTS, SQUARES, VECTOR, WINDOW_CELLS, Windows
from monitor.model import Bools, Floats

CellsOf = Callable[[NDArray[np.int64]], Floats]
"""The cells (3, 50, m) of some of the windows."""

_BIN_HZ = 1.0 / (WINDOW_CELLS * CELL_S)
_SLOW_BINS = slice(1, 6)
"""0.25 to 1.25 Hz: strides of a slow leg, pedals."""
_STEP_BINS = slice(6, 26)
"""1.5 to 6.25 Hz: steps and their impacts."""
_FINE = 4
"""Zero padding of the spectrum in which the beat is looked for: 0.0625 Hz a bin."""
_CADENCE_HZ = (1.3, 3.6)
_USUAL_HZ, _USUAL_SPREAD = 1.9, 0.35
"""Steps come at about 1.9 a second, within a factor of exp(0.35): tells the beat of the steps from its overtones, of
which one at three halves is the loudest in every tenth window of walking (harth, sens). Runners lose 0.04 Hz."""
_SWAY_LAGS = (7, 25)
"""0.56 to 2.0 s: legs swing and pedal at 0.5 to 1.7 Hz."""
_STILL_G = 0.02
"""Below this spread nothing has a rhythm worth a Fourier transform."""


@dataclass(frozen=True, slots=True, eq=False)
class Movement:
    """Columns of ``Epochs`` that come from the windows; see there."""

    window_spread_g: Floats
    along_g: Floats
    across_g: Floats
    jerk_g: Floats
    skewness: Floats
    slow_power: Floats
    step_power: Floats
    cadence_hz: Floats
    sway_rhythm: Floats


def movement_in(windows: Windows, rhythm_known: Bools, cells_of: CellsOf) -> Movement:
    """Movement of each window; the rhythmic columns are NaN where no rhythm can be known.

    Most of it follows from sums over the cells; ``cells_of`` gives the cells (3, 50, n) of the few that move.
    """
    means = windows.sums / WINDOW_CELLS
    magnitude_g, square, cube = means[MAGNITUDE]
    spread_g = np.sqrt(np.maximum(square - magnitude_g * magnitude_g, 0.0))
    down, along_g, across_g = _about_gravity(means)
    columns = Movement(
        window_spread_g=spread_g,
        along_g=along_g,
        across_g=across_g,
        jerk_g=windows.sums[PATH] / (WINDOW_CELLS - 1),
        skewness=skewness(magnitude_g, square, cube),
        slow_power=np.zeros(len(cube)),
        step_power=np.zeros(len(cube)),
        cadence_hz=np.zeros(len(cube)),
        sway_rhythm=np.zeros(len(cube)),
    )
    rows = np.flatnonzero(((spread_g > _STILL_G) | (across_g > _STILL_G)) & rhythm_known)
    if len(rows):
        _add_rhythm(columns, rows, cells_of(rows), down[:, rows])
    for column in fields(columns)[3:]:
        getattr(columns, column.name)[~rhythm_known] = np.nan
    return columns


def _about_gravity(means: Floats) -> tuple[Floats, Floats, Floats]:
    """Mean direction (3, n); spread along it and across it, from the covariance of the three axes."""
    x, y, z = centre_g = means[VECTOR]
    xx, yy, zz = means[SQUARES] - centre_g * centre_g
    xy, xz, yz = means[PRODUCTS] - np.stack([x * y, x * z, y * z])
    length = np.sqrt(x * x + y * y + z * z)
    down = np.divide(centre_g, length, out=np.zeros(centre_g.shape), where=length > 0)
    u, v, w = down
    along = u * u * xx + v * v * yy + w * w * zz + 2.0 * (u * v * xy + u * w * xz + v * w * yz)
    across = xx + yy + zz - along
    return down, np.sqrt(np.maximum(along, 0.0)), np.sqrt(np.maximum(across, 0.0))


def _add_rhythm(columns: Movement, rows: NDArray[np.int64], cells_g: Floats, down: Floats) -> None:
    """Beat and swing of the windows that move; their cells (3, 50, m), their mean directions (3, m)."""
    by_window_g = np.ascontiguousarray(cells_g.swapaxes(1, 2))
    x, y, z = by_window_g
    beats = np.flatnonzero(columns.window_spread_g[rows] > _STILL_G)
    if len(beats):
        norm_g = np.sqrt(x * x + y * y + z * z)[beats]
        norm_g -= norm_g.mean(axis=-1)[:, None]
        found = _beat(norm_g)
        columns.slow_power[rows[beats]], columns.step_power[rows[beats]], columns.cadence_hz[rows[beats]] = found
    sways = np.flatnonzero(columns.across_g[rows] > _STILL_G)
    if len(sways):
        moving_g, down = by_window_g[:, sways], down[:, sways, None]
        moving_g -= moving_g.mean(axis=-1)[:, :, None]
        moving_g -= (down[0] * moving_g[0] + down[1] * moving_g[1] + down[2] * moving_g[2]) * down
        columns.sway_rhythm[rows[sways]] = _sway(moving_g)


def _beat(norm_g: Floats) -> tuple[Floats, Floats, Floats]:
    """Power below and at the step rate, and the rate of the strongest beat, of centred magnitudes (n, 50)."""
    fine = power_spectrum(norm_g, _FINE)
    power = np.ascontiguousarray(fine[:, ::_FINE])
    low, high = (round(edge / _BIN_HZ * _FINE) for edge in _CADENCE_HZ)
    place, _ = peak_position(fine[:, : high + 2] * _usual(high + 2), low, high)
    return power[:, _SLOW_BINS].sum(axis=-1), power[:, _STEP_BINS].sum(axis=-1), place * (_BIN_HZ / _FINE)


def _usual(bins: int) -> Floats:
    """(bins,) how usual each rate of the fine spectrum is for steps, 0..1."""
    rate_hz = np.maximum(np.arange(bins), 1) * (_BIN_HZ / _FINE)
    usual: Floats = np.exp(-0.5 * (np.log(rate_hz / _USUAL_HZ) / _USUAL_SPREAD) ** 2)
    return usual


def _sway(across_g: Floats) -> Floats:
    """Highest autocorrelation of the movement across gravity, (3, n, 50), at the lags of a swinging leg."""
    first, last = _SWAY_LAGS
    similar = autocorrelation(across_g, last + 1)
    inner = similar[:, first : last + 1]
    peak = (inner >= similar[:, first - 1 : last]) & (inner >= similar[:, first + 1 : last + 2])
    highest: Floats = np.where(peak, inner, 0.0).max(axis=-1)
    return highest
