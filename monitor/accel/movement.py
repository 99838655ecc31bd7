"""How the body moves within the 4-s windows: how much, along and across gravity, and in which rhythm.

All of it is the same for every way round the sensor may sit, but for rounding: gravity is the window's mean
direction, and across it only sums over both directions are taken.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from monitor.accel.metrics import autocorrelation, mean_square, peak_position, power_spectrum, skewness
from monitor.accel.windows import CELL_S, WINDOW_CELLS, Windows
from monitor.model import Bools, Floats

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


def movement_in(windows: Windows, rhythm_known: Bools) -> Movement:
    """Movement of each window; the rhythmic columns are NaN where no rhythm can be known."""
    x, y, z = windows.cells_g
    norm_g = np.sqrt(x * x + y * y + z * z)
    norm_g -= norm_g.mean(axis=-1)[:, None]
    step = np.diff(windows.cells_g, axis=-1)
    step *= step
    jerk_g = np.sqrt(step[0] + step[1] + step[2]).mean(axis=-1)
    spread_g = np.sqrt(mean_square(norm_g))
    along_g, across_g, sway = _about_gravity(windows)
    slow, fast, cadence = _beat(norm_g, spread_g)
    columns = Movement(
        window_spread_g=spread_g,
        along_g=along_g,
        across_g=across_g,
        jerk_g=jerk_g,
        skewness=skewness(norm_g),
        slow_power=slow,
        step_power=fast,
        cadence_hz=cadence,
        sway_rhythm=sway,
    )
    for column in fields(columns)[3:]:
        getattr(columns, column.name)[~rhythm_known] = np.nan
    return columns


def _about_gravity(windows: Windows) -> tuple[Floats, Floats, Floats]:
    """Spread along the window's mean direction and across it, and how regular the latter is."""
    centre_g = windows.centre_g
    length = np.sqrt(centre_g[0] * centre_g[0] + centre_g[1] * centre_g[1] + centre_g[2] * centre_g[2])
    down = np.divide(centre_g, length, out=np.zeros(centre_g.shape), where=length > 0)
    moving_g = windows.cells_g - centre_g[:, :, None]
    x, y, z = moving_g
    along_g = down[0][:, None] * x + down[1][:, None] * y + down[2][:, None] * z
    along_square, square = mean_square(along_g), mean_square(moving_g)
    across_g = np.sqrt(np.maximum(square[0] + square[1] + square[2] - along_square, 0.0))
    rhythm, rows = np.zeros(len(length)), np.flatnonzero(across_g > _STILL_G)
    if len(rows):
        rhythm[rows] = _sway(moving_g[:, rows] - along_g[rows] * down[:, rows, None])
    return np.sqrt(along_square), across_g, rhythm


def _beat(norm_g: Floats, spread_g: Floats) -> tuple[Floats, Floats, Floats]:
    """Power below and at the step rate, and the rate of the strongest beat; zeros where all is still."""
    slow, fast, cadence = np.zeros((3, len(norm_g)))
    rows = np.flatnonzero(spread_g > _STILL_G)
    if len(rows):
        fine = power_spectrum(norm_g[rows], _FINE)
        power = np.ascontiguousarray(fine[:, ::_FINE])
        slow[rows] = power[:, _SLOW_BINS].sum(axis=-1)
        fast[rows] = power[:, _STEP_BINS].sum(axis=-1)
        low, high = (round(edge / _BIN_HZ * _FINE) for edge in _CADENCE_HZ)
        place, _ = peak_position(fine[:, : high + 2] * _usual(high + 2), low, high)
        cadence[rows] = place * (_BIN_HZ / _FINE)
    return slow, fast, cadence


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
