"""How far the body rose or sank between two still moments: getting up and sitting down, seen without any reference.

Twice the integral of the vertical acceleration is a height. Between two still seconds the body begins and ends at
rest, so the height is the first moment of the acceleration, and while the trunk moves slowly the vertical acceleration
is what the vector magnitude has more than gravity. That needs no mounting, no upright and no axis: of nine in ten on
hapt getting up reads +0.19 to +0.45 m, sitting down -0.43 to -0.02 m, shifting about within 0.04 m.

Sensors are not calibrated: gravity has another magnitude in another pose. Its value in between is taken along the way
from the one still direction to the other. What is left of the error grows with the square of the duration, and where
the trunk turns over (lying down) the height says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from monitor.accel.metrics import angle_deg
from monitor.model import Bools, Epochs, Floats
from monitor.rules import Rules

_GRAVITY_M_S2 = 9.81


class RiseRules(Rules, frozen=True):
    """What counts as a movement between two still moments."""

    still_max_g: Annotated[
        float, Meta(ge=0.01, le=0.3, description="A second in which the acceleration varies less than this is still.")
    ] = 0.05
    soft_min_g: Annotated[
        float,
        Meta(ge=0.0, le=0.1, description="A movement begins a second earlier where that varies by more than this."),
    ] = 0.01
    longest_s: Annotated[
        int, Meta(ge=3, le=20, description="Getting up and sitting down last no longer than this.")
    ] = 9


@dataclass(frozen=True, slots=True, eq=False)
class RiseColumns:
    """Row by row; the last four hold in rows where ``ended``, and are NaN elsewhere."""

    moving: Bools
    ended: Bools
    """The first still second after a movement that began in stillness."""
    rise_m: Floats
    turn_deg: Floats
    """Between the two still directions."""
    lasted_s: Floats
    before_g: Floats
    """(n, 3) the still vector before the movement."""


@dataclass(eq=False)
class Rises:
    """Finds movements between still moments; remembers the last few rows."""

    rules: RiseRules = field(default_factory=RiseRules)
    start_s: Floats = field(default_factory=lambda: np.empty(0))
    segment: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    jitter_g: Floats = field(default_factory=lambda: np.empty(0))
    mean_g: Floats = field(default_factory=lambda: np.empty((0, 3)))
    magnitude_g: Floats = field(default_factory=lambda: np.empty(0))
    moment: Floats = field(default_factory=lambda: np.empty(0))

    def advance(self, epochs: Epochs) -> RiseColumns:
        """One row for every epoch."""
        past, count = len(self.start_s), len(epochs)
        self._append(epochs)
        ended = np.zeros(count, np.bool_)
        rise_m, turn_deg, lasted_s = np.full((3, count), np.nan)
        before_g = np.full((count, 3), np.nan)
        for first, end in self._movements(past):
            row = end - past
            before, after = self.mean_g[first - 1], self.mean_g[end]
            turn = float(angle_deg(before, after))
            if not epochs.rhythm_known[row] or np.isnan(turn):
                continue  # too few samples a second to tell a height, or no gravity at all
            ended[row], rise_m[row] = True, self._rise_m(first, end)
            turn_deg[row], lasted_s[row], before_g[row] = turn, end - first, before
        moving = self.jitter_g[past:] > self.rules.still_max_g
        self._keep(self.rules.longest_s + 3)
        return RiseColumns(moving, ended, rise_m, turn_deg, lasted_s, before_g)

    def _append(self, epochs: Epochs) -> None:
        self.start_s = np.concatenate((self.start_s, epochs.start_s))
        self.segment = np.concatenate((self.segment, epochs.segment))
        self.jitter_g = np.concatenate((self.jitter_g, epochs.jitter_g))
        self.mean_g = np.concatenate((self.mean_g, epochs.mean_g))
        self.magnitude_g = np.concatenate((self.magnitude_g, epochs.magnitude_g))
        self.moment = np.concatenate((self.moment, epochs.magnitude_moment))

    def _keep(self, rows: int) -> None:
        self.start_s, self.segment = self.start_s[-rows:].copy(), self.segment[-rows:].copy()
        self.jitter_g, self.mean_g = self.jitter_g[-rows:].copy(), self.mean_g[-rows:].copy()
        self.magnitude_g, self.moment = self.magnitude_g[-rows:].copy(), self.moment[-rows:].copy()

    def _movements(self, past: int) -> list[tuple[int, int]]:
        """First moving and first still row of each movement in one piece that ends at or after row ``past``."""
        still = np.flatnonzero(self.jitter_g <= self.rules.still_max_g)
        first, end = still[:-1] + 1, still[1:]
        whole = (end > first) & (end - first <= self.rules.longest_s) & (end >= past)
        whole &= self.start_s[end] - self.start_s[first - 1] == end - first + 1
        whole &= self.segment[end] == self.segment[first - 1]
        return list(zip(first[whole].tolist(), end[whole].tolist(), strict=True))

    def _begins_softly(self, first: int) -> bool:
        """The second before already moves a little, and the one before that moves less."""
        if first < 2 or self.segment[first] != self.segment[first - 2]:
            return False
        before_g, last_g = self.jitter_g[first - 2 : first].tolist()
        in_one_piece = self.start_s[first] - self.start_s[first - 2] == 2.0
        return bool(in_one_piece and last_g > max(before_g, self.rules.soft_min_g))

    def _rise_m(self, first: int, end: int) -> float:
        """Height gained in rows [first, end), from the rows before and at the end, which are still."""
        first -= self._begins_softly(first)
        vectors, before, after = self.mean_g[first:end], self.mean_g[first - 1], self.mean_g[end]
        away, left = angle_deg(vectors, before), angle_deg(vectors, after)
        share = np.divide(away, away + left, out=np.full(len(away), 0.5), where=away + left > 0)
        rest_g = self.magnitude_g[first - 1] + (self.magnitude_g[end] - self.magnitude_g[first - 1]) * share
        middle = np.arange(end - first) - (end - first - 1) / 2.0
        moment = middle * (self.magnitude_g[first:end] - rest_g) + self.moment[first:end]
        return -_GRAVITY_M_S2 * float(np.nansum(moment))
