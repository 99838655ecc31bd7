"""How the body moves within the 4-s windows: how much, along and across gravity, and in which rhythm.

All of it is the same for every way round the sensor may sit, but for rounding: gravity is the window's mean
direction, and across it only sums over both directions are taken.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np

from monitor.accel.metrics import autocorrelation, mean_square, norm, peak_position, power_spectrum, skewness
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
    cells_g = windows.cells_g
    centre_g = cells_g.mean(axis=-1)
    length = norm(centre_g)[:, None]
    down = np.divide(centre_g, length, out=np.zeros(centre_g.shape), where=length > 0)
    along_g = down[:, 0, None] * cells_g[:, 0] + down[:, 1, None] * cells_g[:, 1] + down[:, 2, None] * cells_g[:, 2]
    across_g = cells_g - along_g[:, None, :] * down[:, :, None]
    x, y, z = cells_g[:, 0], cells_g[:, 1], cells_g[:, 2]
    norm_g = np.sqrt(x * x + y * y + z * z)
    norm_g = norm_g - norm_g.mean(axis=-1)[:, None]
    step = np.diff(cells_g, axis=-1)
    jerk_g = np.sqrt(step[:, 0] ** 2 + step[:, 1] ** 2 + step[:, 2] ** 2).mean(axis=-1)
    across = np.sqrt(mean_square(across_g).sum(axis=-1))
    spread_g = np.sqrt(mean_square(norm_g))
    slow, fast, cadence = _beat(norm_g, spread_g)
    columns = Movement(
        window_spread_g=spread_g,
        along_g=np.sqrt(mean_square(along_g - along_g.mean(axis=-1)[:, None])),
        across_g=across,
        jerk_g=jerk_g,
        skewness=skewness(norm_g),
        slow_power=slow,
        step_power=fast,
        cadence_hz=cadence,
        sway_rhythm=_sway(across_g, across),
    )
    for column in fields(columns)[3:]:
        getattr(columns, column.name)[~rhythm_known] = np.nan
    return columns


def _beat(norm_g: Floats, spread_g: Floats) -> tuple[Floats, Floats, Floats]:
    """Power below and at the step rate, and the rate of the strongest beat; zeros where all is still."""
    slow, fast, cadence = np.zeros((3, len(norm_g)))
    rows = np.flatnonzero(spread_g > _STILL_G)
    if len(rows):
        power = power_spectrum(norm_g[rows])
        slow[rows] = power[:, _SLOW_BINS].sum(axis=-1)
        fast[rows] = power[:, _STEP_BINS].sum(axis=-1)
        hann = 0.5 - 0.5 * np.cos(2.0 * np.pi * np.arange(WINDOW_CELLS) / WINDOW_CELLS)
        fine = np.fft.rfft(norm_g[rows] * hann, n=_FINE * WINDOW_CELLS, axis=-1)
        low, high = (round(edge / _BIN_HZ * _FINE) for edge in _CADENCE_HZ)
        place, _ = peak_position((fine.real**2 + fine.imag**2) * _usual(fine.shape[-1]), low, high)
        cadence[rows] = place * (_BIN_HZ / _FINE)
    return slow, fast, cadence


def _usual(bins: int) -> Floats:
    """(bins,) how usual each rate of the fine spectrum is for steps, 0..1."""
    rate_hz = np.maximum(np.arange(bins), 1) * (_BIN_HZ / _FINE)
    usual: Floats = np.exp(-0.5 * (np.log(rate_hz / _USUAL_HZ) / _USUAL_SPREAD) ** 2)
    return usual


def _sway(across_g: Floats, spread_g: Floats) -> Floats:
    """Highest autocorrelation of the movement across gravity at the lags of a swinging leg."""
    rhythm = np.zeros(len(across_g))
    rows = np.flatnonzero(spread_g > _STILL_G)
    if len(rows):
        similar = autocorrelation(across_g[rows])
        first, last = _SWAY_LAGS
        inner = similar[:, first : last + 1]
        peak = (inner >= similar[:, first - 1 : last]) & (inner >= similar[:, first + 1 : last + 2])
        rhythm[rows] = np.where(peak, inner, 0.0).max(axis=-1)
    return rhythm
