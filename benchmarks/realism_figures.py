"""Figures of a signal that tell whether a simulated body moves like a real one; all from labelled recordings."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

SITTING, STANDING, WALKING = 1, 3, 4
LEAST_S = {SITTING: 60.0, STANDING: 20.0, WALKING: 20.0}
"""Recordings with less of a label say nothing of it."""
WINDOW_S = 8.0
"""Length of the walking windows whose spectrum is taken."""
STRIDE_HZ = (0.65, 1.3)
AROUND_HZ = 0.2
LOWEST_HZ, HIGHEST_HZ = 0.3, 6.0
"""Power is compared between these: a recording of 12.5 Hz holds no more."""
RESTLESS_G = 0.03
"""A second whose spread is above this belongs to a wriggle."""
SHIFT_DEG = 4.0
SHIFT_EVERY_S = 20.0
RISE_DEG = 40.0
RISING_S = 6.0

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Recording:
    """One recording: samples in g, a label each, and the continuous piece each belongs to."""

    xyz_g: Floats
    label: NDArray[np.int64]
    piece: NDArray[np.int64]
    rate_hz: float

    def runs(self, label: int) -> Iterator[Floats]:
        """Return the unbroken stretches of a label."""
        key = self.piece * 2 + (self.label == label)
        edges = np.concatenate(([0], np.flatnonzero(np.diff(key)) + 1, [len(key)]))
        for begin, end in pairwise(edges):
            if self.label[begin] == label:
                yield self.xyz_g[begin:end]

    def windows(self, label: int, lasts_s: float) -> Floats:
        """Return (M, n, 3) whole windows of a label; a second at each border is left out."""
        length, border = round(lasts_s * self.rate_hz), round(self.rate_hz)
        found = [run[border:-border] for run in self.runs(label)]
        whole = [run[: len(run) // length * length].reshape(-1, length, 3) for run in found]
        return np.concatenate(whole) if whole else np.empty((0, length, 3))


@dataclass(frozen=True)
class Body:
    """A recording in its wearer's own axes: up while walking, to the front where sitting turns it, and to the side."""

    recording: Recording
    axes: Floats
    """(3, 3) rows along, front, left."""

    @classmethod
    def of(cls, recording: Recording) -> Body | None:
        """Return None where there is not enough of walking and sitting to find the axes."""
        means = []
        for label in (WALKING, SITTING):
            windows = recording.windows(label, 1.0)
            if len(windows) < LEAST_S[label]:
                return None
            means.append(np.median(windows.mean(axis=1), axis=0))
        along = means[0] / np.linalg.norm(means[0])
        front = means[1] - (means[1] @ along) * along
        front /= np.linalg.norm(front)
        return cls(recording, np.array([along, front, np.cross(along, front)]))

    def seconds(self, label: int) -> Floats:
        """Return (M, n, 3) whole seconds of a label along the body's axes, at rest 1 g."""
        windows = self.recording.windows(label, 1.0)
        if len(windows) < LEAST_S[label]:
            return windows[:0]
        return np.asarray(windows @ self.axes.T / self.rest_g)

    @property
    def rest_g(self) -> float:
        """What this device says of one g."""
        return float(np.median(np.linalg.norm(self.recording.windows(SITTING, 1.0).mean(axis=1), axis=1)))

    def angles_deg(self, label: int) -> Floats:
        """Return the angle to the walking direction, second by second."""
        means = self.seconds(label).mean(axis=1)
        return np.asarray(np.degrees(np.arctan2(np.linalg.norm(means[:, 1:], axis=1), means[:, 0])))


Figure = Callable[[Body], float | list[float]]


def median(values: Floats) -> float:
    """Return the median; nothing has none."""
    return float(np.median(values)) if len(values) else float("nan")


def angle(label: int) -> Figure:
    """Return the median angle to the walking direction."""
    return lambda body: median(body.angles_deg(label))


def spread(label: int, axis: int | None, quantile: float = 0.5) -> Figure:
    """Return a quantile of the spread within a second in mg, of an axis or of all."""

    def measure(body: Body) -> float:
        variance = body.seconds(label).var(axis=1)
        if not len(variance):
            return float("nan")
        chosen = variance.sum(axis=1) if axis is None else variance[:, axis]
        return float(1000.0 * np.quantile(np.sqrt(chosen), quantile))

    return measure


def spectra(body: Body) -> tuple[Floats, Floats]:
    """Return the frequencies and the (M, F, 4) power of walking windows: three axes and the magnitude."""
    windows = body.recording.windows(WALKING, WINDOW_S) @ body.axes.T / body.rest_g
    signals = np.concatenate((windows, np.linalg.norm(windows, axis=2, keepdims=True)), axis=2)
    signals = signals - signals.mean(axis=1, keepdims=True)
    tapered = signals * np.hanning(signals.shape[1])[None, :, None]
    rate_hz = np.fft.rfftfreq(signals.shape[1] * 4, 1 / body.recording.rate_hz)
    return rate_hz, np.abs(np.fft.rfft(tapered, signals.shape[1] * 4, axis=1)) ** 2


def steps_hz(rate_hz: Floats, power: Floats) -> Floats:
    """Return the step rate of each window: twice the stride rate that explains most of all power."""
    candidates = np.arange(*STRIDE_HZ, 0.01)
    whole = power.sum(axis=2)
    explained = [sum(band(rate_hz, whole, harmonic * one, 0.06) for harmonic in (1, 2, 4)) for one in candidates]
    return np.asarray(2.0 * candidates[np.argmax(explained, axis=0)])


def band(rate_hz: Floats, power: Floats, at_hz: float, width_hz: float) -> Floats:
    """Return the power near a frequency, window by window."""
    return np.asarray(power[:, np.abs(rate_hz - at_hz) <= width_hz].sum(axis=1))


def cadence(body: Body) -> float:
    """Return the median step rate."""
    rate_hz, power = spectra(body)
    return median(steps_hz(rate_hz, power))


def harmonic(times: float, axis: int) -> Figure:
    """Return the share of an axis' power at so many times the step rate, in per cent."""

    def measure(body: Body) -> float:
        rate_hz, power = spectra(body)
        compared = (rate_hz > LOWEST_HZ) & (rate_hz < HIGHEST_HZ)
        shares = [
            band(rate_hz, window[None], times * step, AROUND_HZ)[0] / window[compared].sum()
            for window, step in zip(power[:, :, axis], steps_hz(rate_hz, power), strict=True)
        ]
        return 100.0 * median(np.array(shares))

    return measure


def skewness(body: Body) -> float:
    """Return how much the magnitude's peaks in walking stand out upwards: third moment over the cube of the spread."""
    magnitude = np.linalg.norm(body.recording.windows(WALKING, WINDOW_S), axis=2)
    away = magnitude - magnitude.mean(axis=1, keepdims=True)
    return median((away**3).mean(axis=1) / away.std(axis=1) ** 3)


def wriggles_per_min(body: Body) -> float:
    """Return how often a minute somebody who sits becomes restless."""
    number, seconds = 0, 0
    for run in body.recording.runs(SITTING):
        length = round(body.recording.rate_hz)
        whole = run[length : len(run) // length * length].reshape(-1, length, 3) / body.rest_g
        restless = np.sqrt(whole.var(axis=1).sum(axis=1)) > RESTLESS_G
        number += int((np.diff(restless.astype(int)) == 1).sum())
        seconds += len(whole)
    return 60.0 * number / seconds


def shifts_per_10_min(body: Body) -> float:
    """Return how often somebody who sits comes to rest at another angle."""
    number, lasts = 0, 0
    for run in body.recording.runs(SITTING):
        length = round(SHIFT_EVERY_S * body.recording.rate_hz)
        whole = np.median(run[: len(run) // length * length].reshape(-1, length, 3), axis=1)
        unit = whole / np.linalg.norm(whole, axis=1, keepdims=True)
        turned_deg = np.degrees(np.arccos(np.clip((unit[1:] * unit[:-1]).sum(axis=1), -1, 1)))
        number, lasts = number + int((turned_deg > SHIFT_DEG).sum()), lasts + max(0, len(whole) - 1)
    return 600.0 * number / (lasts * SHIFT_EVERY_S) if lasts * SHIFT_EVERY_S > 200 else float("nan")


def rises_s(body: Body) -> list[float]:
    """Return how long each getting up takes between a fifth and four fifths of the turn."""
    recording, around = body.recording, round(RISING_S * body.recording.rate_hz)
    seated, found = recording.label == SITTING, []
    smooth = np.ones(max(1, round(0.25 * recording.rate_hz)))
    upright = np.isin(recording.label, (STANDING, WALKING))
    for at in np.flatnonzero(seated[:-1] & upright[1:] & (np.diff(recording.piece) == 0)):
        if at < around or at + around > len(seated):
            continue
        part = recording.xyz_g[at - around : at + around] @ body.axes.T
        filtered = np.stack([np.convolve(axis, smooth / len(smooth), "valid") for axis in part.T])
        turned = np.degrees(np.arctan2(np.linalg.norm(filtered[1:], axis=0), filtered[0]))
        edge = len(turned) // 4
        before, after = np.median(turned[:edge]), np.median(turned[-edge:])
        if before - after < RISE_DEG:
            continue
        progress = (before - turned) / (before - after)
        arrived = int(np.argmax(progress > 0.8))
        left = arrived - int(np.argmax(progress[: arrived + 1][::-1] < 0.2))
        found.append((arrived - left) / recording.rate_hz)
    return found


THIGH: dict[str, Figure] = {
    "sitting, angle to walking (deg)": angle(SITTING),
    "standing, angle to walking (deg)": angle(STANDING),
    **{
        f"{word}, spread in a second {name} (mg)": spread(label, axis)
        for word, label in (("sitting", SITTING), ("standing", STANDING), ("walking", WALKING))
        for axis, name in enumerate(("along", "front", "left"))
    },
    "sitting, restless tenth of the seconds, spread (mg)": spread(SITTING, None, 0.9),
    "standing, restless tenth of the seconds, spread (mg)": spread(STANDING, None, 0.9),
    "sitting, wriggles a minute": wriggles_per_min,
    "sitting, lasting shifts in ten minutes": shifts_per_10_min,
    "getting up, a fifth to four fifths (s)": rises_s,
    "walking, steps a second": cadence,
    "walking, skewness of the magnitude": skewness,
    **{
        f"walking, power {name} at {times:g} x step rate (%)": harmonic(times, axis)
        for axis, name in enumerate(("along", "front"))
        for times in (0.5, 1.0, 2.0)
    },
}
OTHERS: dict[str, Figure] = {
    **{name: figure for name, figure in THIGH.items() if name.startswith("sitting, wriggles")},
    **{
        f"{word}, spread in a second (mg)": spread(label, None)
        for word, label in (("sitting", SITTING), ("standing", STANDING), ("walking", WALKING))
    },
    "walking, steps a second": cadence,
    "walking, skewness of the magnitude": skewness,
    **{
        f"walking, power of the magnitude at {times:g} x step rate (%)": harmonic(times, 3) for times in (0.5, 1.0, 2.0)
    },
}
TRUNK = {name: THIGH[name] for name in list(THIGH)[:2]} | OTHERS
FIGURES = {"thigh": THIGH, "lower_back": TRUNK, "waist": TRUNK, "wrist": OTHERS}
