"""How far the trunk rose or sank, move by move, from the strength of the pull alone.

Twice the integral of the vertical acceleration is a height. A move begins and ends at rest, so the height is the first
moment of the acceleration about the middle of the move, and while the trunk stays nearly upright the vertical
acceleration is what the strength has more than at rest; that needs no mounting and no axis. The strength at rest is
taken from the second before and the second after, so an uncalibrated sensor does no harm, and a constant error has no
moment. Windows of several lengths are tried at every bin; the one that shows most is the move.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Annotated

from msgspec import Meta

from monitor.accel.limb import BIN_S
from monitor.accel.metrics import MIDDLE_HALF
from monitor.rules import Rules

_METRES = 9.81 * BIN_S**2
"""Of one g during one bin, a bin before the end."""
HOLE_S = 0.25
"""What may be missing within a move."""
AROUND = 10
"""Bins before and after a move in which the body is at rest."""


class HeightRules(Rules, frozen=True):
    """What counts as a move up or down; from simulated trunks, and people bending their knees in SisFall."""

    windows: Annotated[tuple[int, ...], Meta(description="A move lies within so many bins.")] = (12, 18, 26, 38)
    least_m: Annotated[float, Meta(ge=0.02, le=1, description="Less is swaying.")] = 0.1
    most_m: Annotated[float, Meta(ge=0.1, le=3, description="More is no move from rest to rest.")] = 0.75
    calm_g: Annotated[float, Meta(ge=0.005, le=0.5, description="Around a move the pull varies less than this.")] = 0.05
    restless_m: Annotated[
        float, Meta(ge=0, le=10, description="Each g of spread around a move speaks so much against it.")
    ] = 2.0
    long_m: Annotated[
        float, Meta(ge=0, le=1, description="Each second that a window is longer speaks so much against it.")
    ] = 0.1
    drift: Annotated[
        float, Meta(ge=0.05, le=2, description="What speed is left, over half the window, against the height.")
    ] = 0.4


@dataclass(frozen=True, slots=True)
class HeightStep:
    """One move up or down."""

    start_s: float
    end_s: float
    rise_m: float
    """Negative where the body sank."""

    @property
    def lasts_s(self) -> float:
        """From rest to rest."""
        return self.end_s - self.start_s


@dataclass(frozen=True, slots=True)
class Window:
    """One window that may hold a move."""

    first: int
    end: int
    """Numbers of its bins."""
    rise_m: float
    worth_m: float
    """The height, less what speaks against it."""


Sums = tuple[float, float, float, float, float]
"""Time of a bin; strength, itself, squared, and times the bin's number: each summed over all bins before it."""


@dataclass
class Heights:
    """Remembers the strength of the last bins."""

    rules: HeightRules = field(default_factory=HeightRules)
    count: int = 0
    """Bins so far."""
    sums: list[Sums] = field(default_factory=lambda: [(0.0, 0.0, 0.0, 0.0, 0.0)])
    best: Window | None = None
    """Of those that overlap; a better one may come yet."""

    @property
    def kept(self) -> int:
        """So many bins are needed at a time."""
        return 2 * max(self.rules.windows) + 3 * AROUND

    def see(self, at_s: float, strength_g: float) -> HeightStep | None:
        """One bin more; the move that is known with it."""
        _, plain, square, moment, _ = self.sums[-1]
        number, g = self.count, strength_g - 1.0
        self.sums.append((at_s, plain + g, square + g * g, moment + g * number, g))
        self.count += 1
        del self.sums[: -self.kept - 1]
        best, ended = self.best, None
        if best is not None and best.end + max(self.rules.windows) < self.count - AROUND:
            ended, self.best = self._step(best), None
        for bins in self.rules.windows:
            tried = self._try(bins)
            if tried is None:
                continue
            if self.best is not None and tried.first >= self.best.end:
                ended, self.best = self._step(self.best), tried
            elif self.best is None or tried.worth_m > self.best.worth_m:
                self.best = tried
        return ended

    def _at(self, number: int) -> Sums:
        """The sums over all bins before this one."""
        return self.sums[number - self.count - 1]

    def _mean_and_spread(self, first: int, end: int) -> tuple[float, float]:
        before, after, count = self._at(first), self._at(end), end - first
        mean = (after[1] - before[1]) / count
        return mean, math.sqrt(max(0.0, (after[2] - before[2]) / count - mean * mean))

    def _try(self, bins: int) -> Window | None:
        """The window of so many bins that has ended a second ago."""
        end = self.count - AROUND
        first = end - bins
        if len(self.sums) < bins + 2 * AROUND + 2 or self._is_holed(first - AROUND):
            return None
        before_g, before_sd = self._mean_and_spread(first - AROUND, first)
        after_g, after_sd = self._mean_and_spread(end, self.count)
        start, stop = self._at(first), self._at(end)
        plain, middle = stop[1] - start[1], (first + end - 1) / 2
        slope = (after_g - before_g) / (bins + AROUND)
        moment = stop[3] - start[3] - middle * plain - slope * bins * (bins * bins - 1) / 12
        height_m = abs(_METRES * moment)
        left_m = abs(_METRES * (plain - bins * (before_g + after_g) / 2)) * bins / 2
        rules, restless_g = self.rules, before_sd + after_sd
        sound = rules.least_m <= height_m <= rules.most_m and max(before_sd, after_sd) <= rules.calm_g
        if not sound or left_m > rules.drift * height_m:
            return None
        against_m = 0.5 * left_m + rules.restless_m * restless_g + rules.long_m * bins * BIN_S
        return Window(first, end, -_METRES * moment, height_m - against_m)

    def _is_holed(self, first: int) -> bool:
        """Whether bins are missing since this one."""
        return self.sums[-1][0] - self._at(first + 1)[0] > (self.count - first) * BIN_S + HOLE_S

    def _step(self, window: Window) -> HeightStep:
        """When the move began and ended, by the middle half of its way."""
        before_g, _ = self._mean_and_spread(window.first - AROUND, window.first)
        after_g, _ = self._mean_and_spread(window.end, window.end + AROUND)
        bins, down = window.end - window.first, math.copysign(1.0, window.rise_m)
        ways, way, speed = [], 0.0, 0.0
        for number in range(bins):
            speed += self._at(window.first + number + 1)[4] - before_g - (after_g - before_g) * (number + 0.5) / bins
            way += max(0.0, down * speed)
            ways.append(way)
        quarter, half, most = (
            next(number for number, each in enumerate(ways) if each >= share * way) for share in (0.25, 0.5, 0.75)
        )
        half_s, middle_s = (most - quarter) / MIDDLE_HALF / 2 * BIN_S, self._at(window.first + 1)[0] + half * BIN_S
        return HeightStep(middle_s - half_s, middle_s + half_s, window.rise_m)
