"""Small excursions whose direction nobody knows: the directions are tried out until one of them shows a set.

In a lunge of the other leg the thigh leans by 7 to 30 degrees, to where depends on the wearer. So what has come lately is
kept; now and then its main direction across standing is taken, and counted along it both ways. The way that shows a set is
kept from then on, and its rows are handed on from the first one.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from monitor.accel.limb import Bins, Reference, Row, Vector, dot, perpendicular
from monitor.accel.repetitions import Counter, MotionRules
from monitor.model import Floats

TRIED_S = (25.0, 60.0)
"""Directions are taken from so many of the last seconds."""
EVERY_S = 5.0
"""They are tried so often."""

LEAST_SLOPE_G = 0.06
"""The pull grows at least so much for each radian, or else nobody lunges."""

LOWEST_DEG = -3.0
"""The body is light before and after a lunge; rising from there to standing is no excursion."""

Seen = tuple[float, Vector, float, float, float]
"""Time, direction, shake, strength and pull of a bin."""


@dataclass
class Seeker:
    """Hands on no row before a set shows in which direction they count."""

    rules: MotionRules
    reference: Reference
    zero: Vector | None = None
    """Standing, while the set was found."""
    aside: Vector | None = None
    """Across it, towards the excursions."""
    pull_g: float = 1.0
    """The usual pull, then."""
    waiting: list[Seen] = field(default_factory=list)
    tried_s: float = -math.inf

    def rows(self, bins: Bins) -> list[Row]:
        """What can be counted now, in order."""
        self.reference.note_begin(bins)
        columns = (bins.at_s, bins.direction, bins.shake_g, bins.strength_g, bins.pull_g)
        rows: list[Row] = []
        for seen in zip(*(column.tolist() for column in columns), strict=True):
            if self.zero is not None and self.aside is not None:
                rows.append(self._row(seen, self.zero, self.aside))
                continue
            self.waiting.append(seen)
            if seen[0] - self.tried_s >= EVERY_S:
                rows += self._try_all(seen[0])
        return rows

    def finish(self, at_s: float) -> list[Row]:
        """Nothing more comes: the last try."""
        return self._try_all(at_s) if self.waiting else []

    def _try_all(self, at_s: float) -> list[Row]:
        self.tried_s = at_s
        self.waiting = [seen for seen in self.waiting if seen[0] > at_s - max(TRIED_S)]
        for lately_s in TRIED_S:
            for zero, aside in self._ways([seen for seen in self.waiting if seen[0] > at_s - lately_s]):
                rows = [self._row(seen, zero, aside) for seen in self.waiting]
                counter = Counter.of(self.rules, absolute=True)
                if any([counter.see(row) for row in rows]):
                    self.zero, self.aside, self.waiting = zero, aside, []
                    return rows
        return []

    def _ways(self, lately: list[Seen]) -> list[tuple[Vector, Vector]]:
        """Standing, and the main direction of what has moved away from it, towards where the pull is stronger."""
        if len(lately) < 50:
            return []
        directions = np.array([direction for _, direction, *_ in lately])
        x, y, z = np.median(directions, axis=0).tolist()
        length = math.sqrt(x * x + y * y + z * z)
        zero = (x / length, y / length, z / length)
        if not self.reference.may_stand(zero):
            return []
        moved = np.array([perpendicular(direction, zero) for _, direction, *_ in lately])
        near = (moved**2).sum(axis=1) < 0.5
        if near.sum() < 50:
            return []
        x, y, z = _main_direction(moved[near])
        slope = _slope(moved @ np.array([x, y, z]), np.array([strength_g for *_, strength_g, _ in lately]))
        if abs(slope) < LEAST_SLOPE_G:
            return []
        self.pull_g = float(np.median([pull_g for *_, pull_g in lately]))
        return [(zero, (x, y, z) if slope > 0.0 else (-x, -y, -z))]

    def _row(self, seen: Seen, zero: Vector, aside: Vector) -> Row:
        at_s, direction, shake_g, strength_g, pull_g = seen
        angle_deg = math.degrees(math.atan2(dot(direction, aside), dot(direction, zero)))
        angle_deg += self.rules.pull_deg * (pull_g - self.pull_g)
        return Row(at_s, max(angle_deg, LOWEST_DEG), shake_g, strength_g)


def _slope(moved: Floats, strength_g: Floats) -> float:
    """How much stronger the pull is, further out; the direction lags behind by half a second."""
    strength_g = np.convolve(strength_g, np.full(10, 0.1), "same")[:-5]
    moved = moved[5:] - moved[5:].mean()
    return float((moved * (strength_g - strength_g.mean())).mean() / max(float((moved**2).mean()), 1e-9))


def _main_direction(moved: Floats) -> Vector:
    """First principal component of means over a second, the far ones weighed most: jolts are short, leans small."""
    steady = np.column_stack([np.convolve(moved[:, axis], np.full(10, 0.1), "valid") for axis in range(3)])
    weighed = steady * ((steady**2).sum(axis=1) ** 1.5)[:, None]
    x, y, z = np.linalg.svd(weighed, full_matrices=False)[2][0].tolist()
    return x, y, z
