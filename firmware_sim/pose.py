"""How a body is held at a moment: a row of numbers that may be blended, and the unrest that living bodies have."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np


class Col(IntEnum):
    """Columns of a pose.

    Angles are zero with the segment upright. A thigh's grows as the knee is lifted, a trunk's as it leans back: 90
    degrees is a horizontal segment with its front up. Roll turns a segment about its own length.
    """

    THIGH_DEG = 0
    TRUNK_DEG = 1
    ARM_DEG = 2
    ROLL_DEG = 3
    HEIGHT_M = 4
    """Of the hips above the floor."""
    FORWARD_G = 5
    LEFT_G = 6
    UP_G = 7
    """Acceleration of the hips beyond what the height says."""
    LEG_ALONG_G = 8
    LEG_FRONT_G = 9
    LEG_LEFT_G = 10
    """What the sensor's own thigh feels beyond that, in its own axes: shocks that the leg takes before the hips."""


COLUMNS = len(Col)
HIPS = slice(Col.FORWARD_G, Col.UP_G + 1)
LEG = slice(Col.LEG_ALONG_G, Col.LEG_LEFT_G + 1)


def still(elapsed_s: np.ndarray, **values: float) -> np.ndarray:
    """Return (N, 11) rows of a pose that does not change; columns by their lower-case names."""
    row = np.zeros(COLUMNS)
    for name, value in values.items():
        row[Col[name.upper()]] = value
    return np.tile(row, (len(elapsed_s), 1))


def smooth(progress: np.ndarray) -> np.ndarray:
    """Rise from 0 to 1 without a jerk at either end (minimum-jerk polynomial, Flash and Hogan 1985)."""
    x = np.clip(progress, 0.0, 1.0)
    return np.asarray(x**3 * (10.0 + x * (6.0 * x - 15.0)))


def hump(progress: np.ndarray) -> np.ndarray:
    """Rise from 0 to 1 and fall back within progress 0 to 1."""
    return np.asarray(np.sin(np.pi * np.clip(progress, 0.0, 1.0)) ** 2)


@dataclass(frozen=True, slots=True)
class Unrest:
    """How restless a posture is."""

    shift_deg: tuple[float, float, float, float]
    """Standard deviation of lasting shifts of thigh, trunk, arm and roll; one shift a page."""
    fidgets_per_min: float
    fidget_deg: float
    """Typical size of a short wriggle."""
    sway_deg: float
    """Size of the slow swaying that never ends."""
    page_s: float = 75.0
    hands_deg: float = 0.0
    """Size of what the arm does at work: typing, pointing, holding."""


@dataclass(frozen=True, slots=True)
class Page:
    """The events of one stretch of time."""

    shift_at_s: float
    level_deg: np.ndarray
    """(4,) where the angles are after the shift."""
    fidgets: tuple[tuple[float, float, float, np.ndarray], ...]
    """Start, duration, frequency and (4,) amplitudes."""


HANDS_HZ, HAND_WAVES = (2.5, 6.5), 9
HAND_RESTS_S = (11.0, 31.0)
SIZES = 0.5
"""How unequal wriggles are, in natural logarithms."""
SHIFT_S = 1.6
FIDGET_S = (0.6, 2.8)


@dataclass
class Wander:
    """The unrest of one span: a function of time alone, drawn page by page from the seed."""

    seed: tuple[int, ...]
    unrest: Unrest
    _pages: dict[int, Page] = field(default_factory=dict)

    def angles_deg(self, elapsed_s: np.ndarray) -> np.ndarray:
        """Return (N, 4) angles to be added to thigh, trunk, arm and roll."""
        angles = self._sway_deg(elapsed_s)
        if self.unrest.hands_deg:
            angles[:, Col.ARM_DEG] += self._hands_deg(elapsed_s)
        number = np.floor(elapsed_s / self.unrest.page_s).astype(np.int64)
        for page in np.unique(number):
            within = number == page
            angles[within] += self._page_deg(int(page), elapsed_s[within])
        return angles

    def _sway_deg(self, elapsed_s: np.ndarray) -> np.ndarray:
        periods_s = np.array([[3.7, 4.1, 5.3, 6.1], [17.0, 13.0, 11.0, 19.0], [61.0, 53.0, 71.0, 47.0]])
        weights = np.array([0.15, 0.35, 0.6])
        phase = np.random.default_rng((*self.seed, 1)).uniform(0.0, 2 * np.pi, (3, 4))
        waves = np.sin(2 * np.pi * elapsed_s[:, None, None] / periods_s + phase)
        return np.asarray(self.unrest.sway_deg * (waves * weights[:, None]).sum(axis=1))

    def _hands_deg(self, elapsed_s: np.ndarray) -> np.ndarray:
        """Return the arm's work: quick small movements, with rests between."""
        rng = np.random.default_rng((*self.seed, 8))
        rate_hz, phase = rng.uniform(*HANDS_HZ, HAND_WAVES), rng.uniform(0.0, 2 * np.pi, (2, HAND_WAVES))
        waves = np.sin(2 * np.pi * elapsed_s[:, None] * rate_hz + phase[0]).sum(axis=1)
        turns = np.sin(2 * np.pi * elapsed_s[:, None] / HAND_RESTS_S + phase[1, :2]).sum(axis=1)
        return np.asarray(self.unrest.hands_deg * np.sqrt(2.0 / HAND_WAVES) * waves * np.clip(0.7 + turns, 0.0, 1.5))

    def _page_deg(self, number: int, elapsed_s: np.ndarray) -> np.ndarray:
        before, page = self._page(number - 1), self._page(number)
        moved = smooth((elapsed_s - page.shift_at_s) / SHIFT_S)[:, None]
        angles = before.level_deg + (page.level_deg - before.level_deg) * moved
        for start_s, lasts_s, rate_hz, size_deg in page.fidgets:
            since_s = elapsed_s - start_s
            wave = hump(since_s / lasts_s) * np.sin(2 * np.pi * rate_hz * since_s)
            angles = angles + wave[:, None] * size_deg
        return np.asarray(angles)

    def _page(self, number: int) -> Page:
        if number not in self._pages:
            if len(self._pages) > 16:
                self._pages.clear()
            self._pages[number] = self._draw(number)
        return self._pages[number]

    def _draw(self, number: int) -> Page:
        rng = np.random.default_rng((*self.seed, 2, number + 2))  # the page before the day counts too
        page_s, unrest = self.unrest.page_s, self.unrest
        level_deg = rng.normal(size=4).clip(-2, 2) * unrest.shift_deg
        shift_at_s = number * page_s + rng.uniform(0.0, page_s - SHIFT_S)
        fidgets = []
        for _ in range(int(rng.poisson(unrest.fidgets_per_min * page_s / 60.0))):
            lasts_s = float(rng.uniform(*FIDGET_S))
            start_s = number * page_s + float(rng.uniform(0.0, page_s - lasts_s))
            rate_hz = float(rng.uniform(0.8, 2.5))
            # Quick wriggles are small: what tires is the acceleration, which grows with the square of the rate.
            size_deg = (
                unrest.fidget_deg * rng.lognormal(0.0, SIZES) * rng.normal(size=4).clip(-2, 2) / max(1.0, rate_hz) ** 2
            )
            fidgets.append((start_s, lasts_s, rate_hz, size_deg))
        return Page(shift_at_s, level_deg, tuple(fidgets))


@dataclass
class Vibration:
    """A shaking of the whole body: many small waves between two frequencies."""

    seed: tuple[int, ...]
    rms_g: float
    low_hz: float = 3.0
    high_hz: float = 11.0

    def acceleration_g(self, elapsed_s: np.ndarray) -> np.ndarray:
        """Return (N, 3) accelerations forward, left and up."""
        rng = np.random.default_rng((*self.seed, 3))
        rate_hz = rng.uniform(self.low_hz, self.high_hz, (12, 3))
        phase = rng.uniform(0.0, 2 * np.pi, (12, 3))
        waves = np.sin(2 * np.pi * elapsed_s[:, None, None] * rate_hz + phase)
        return np.asarray(self.rms_g / np.sqrt(6.0) * waves.sum(axis=1))
