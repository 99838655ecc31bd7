"""Small excursions whose direction nobody knows: what has come lately shows it, as soon as it makes a set.

When the other leg steps into a lunge, the thigh leans by 7 to 30 degrees, to where depends on the wearer; but the body
is light as it sinks, heavy while it is caught and lifted, and light again before it stands. So what has come lately is
kept; now and then its main direction across standing is taken, towards where the pull is stronger, and counted along
it, the pull added to the angle. The direction that shows a set is kept from then on, and its rows are handed on from
the first.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Annotated

import numpy as np
from msgspec import Meta

from monitor.accel.limb import Bins, Reference, Row, Vector, dots
from monitor.accel.repetitions import Counter, MotionRules
from monitor.model import Floats
from monitor.rules import Rules


class SeekRules(Rules, frozen=True):
    """How the direction of small excursions is found; from the same recordings as ``MotionRules``."""

    lately_s: Annotated[
        tuple[float, ...], Meta(description="Directions are taken from so many of the last seconds.")
    ] = (25.0, 60.0)
    every_s: Annotated[float, Meta(ge=1, le=60, description="They are tried so often.")] = 5.0
    least_slope_g: Annotated[
        float, Meta(ge=0, le=1, description="The pull grows at least so much with each radian.")
    ] = 0.06
    pull_deg: Annotated[float, Meta(ge=0, le=200, description="A pull stronger by one g counts as such an angle.")] = (
        80.0
    )
    lowest_deg: Annotated[
        float,
        Meta(
            ge=-30, le=0, description="Rising from lower is no excursion: the body is light before and after a lunge."
        ),
    ] = -2.0
    follows_deg: Annotated[
        float, Meta(ge=0, le=1, description="Standing creeps: so much a bin its angle is followed.")
    ] = 0.03


TUMBLING = 0.5
"""Directions whose median is shorter than this point everywhere."""

WholeBin = tuple[float, float, float, float, float, float, float]
"""Time, direction, shake, strength and pull of a bin."""


@dataclass
class Way:
    """Along which the angle is taken."""

    zero: Vector
    """Standing."""
    aside: Vector
    """Across it, towards the excursions."""
    pull_g: float
    """The usual pull."""
    base_deg: float = 0.0
    """Standing has crept so far since."""

    def rows(self, seen: Floats, rules: SeekRules) -> list[Row]:
        """(n, 7) bins as a counter sees them, in order; the angle of standing is followed as a median."""
        forth, up = dots(seen[:, 1:4], self.aside), dots(seen[:, 1:4], self.zero)
        angles_deg = np.degrees(np.arctan2(forth, up)) + rules.pull_deg * (seen[:, 6] - self.pull_g)
        rows = []
        for at_s, angle, shake_g, strength_g in zip(
            seen[:, 0].tolist(), angles_deg.tolist(), seen[:, 4].tolist(), seen[:, 5].tolist(), strict=True
        ):
            angle_deg = angle - self.base_deg
            self.base_deg += math.copysign(rules.follows_deg, angle_deg)
            rows.append(Row(at_s, max(angle_deg, rules.lowest_deg), shake_g, strength_g))
        return rows


@dataclass
class Seeker:
    """Hands on no row before a set shows in which direction they count."""

    count: MotionRules
    reference: Reference
    rules: SeekRules = field(default_factory=SeekRules)
    way: Way | None = None
    waiting: list[WholeBin] = field(default_factory=list)
    tried_s: float = -math.inf

    def rows(self, bins: Bins) -> list[Row]:
        """What can be counted now, in order."""
        self.reference.note_begin(bins)
        rows: list[Row] = []
        seen = np.column_stack((bins.at_s, bins.direction, bins.shake_g, bins.strength_g, bins.pull_g))
        for number, each in enumerate(seen.tolist()):
            if self.way is not None:
                return rows + self.way.rows(seen[number:], self.rules)
            self.waiting.append(tuple(each))
            if each[0] - self.tried_s >= self.rules.every_s:
                rows = self._try_ways(each[0])
        return rows

    def finish(self, at_s: float) -> list[Row]:
        """Nothing more comes: the last try."""
        return self._try_ways(at_s) if self.waiting else []

    def _try_ways(self, at_s: float) -> list[Row]:
        self.tried_s = at_s
        self.waiting = [seen for seen in self.waiting if seen[0] > at_s - max(self.rules.lately_s)]
        waiting = np.array(self.waiting).reshape(-1, 7)
        for lately_s in self.rules.lately_s:
            way = self._way(waiting[waiting[:, 0] > at_s - lately_s])
            if way is None:
                continue
            rows, counter = way.rows(waiting, self.rules), Counter.of(self.count, absolute=True)
            for row in rows:
                counter.see(row)
            if counter.repetitions:
                self.way, self.waiting = way, []
                return rows
        return []

    def _way(self, lately: Floats) -> Way | None:
        """Standing, and the main direction of what has moved away from it, towards where the pull is stronger."""
        if len(lately) < 50:
            return None
        x, y, z = np.median(lately[:, 1:4], axis=0).tolist()
        length = math.sqrt(x * x + y * y + z * z)
        if length < TUMBLING:
            return None
        zero = (x / length, y / length, z / length)
        if not self.reference.may_stand(zero):
            return None
        moved = lately[:, 1:4] - dots(lately[:, 1:4], zero)[:, None] * np.array(zero)
        near = (moved**2).sum(axis=1) < 0.5
        if near.sum() < 50:
            return None
        x, y, z = _main_direction(moved[near])
        slope_g = _slope_g(dots(moved, (x, y, z)), lately[:, 5])
        if abs(slope_g) < self.rules.least_slope_g:
            return None
        return Way(zero, (x, y, z) if slope_g > 0.0 else (-x, -y, -z), float(np.median(lately[:, 6])))


def _slope_g(moved: Floats, strength_g: Floats) -> float:
    """How much stronger the pull is, further out; the direction lags behind by half a second."""
    strength_g = np.convolve(strength_g, np.full(10, 0.1), "same")[:-5]
    moved = moved[5:] - moved[5:].mean()
    return float((moved * (strength_g - strength_g.mean())).mean() / max(float((moved**2).mean()), 1e-9))


def _main_direction(moved: Floats) -> Vector:
    """First principal component of means over a second, the far ones weighed most: jolts are short, leans small."""
    steady = np.column_stack([np.convolve(moved[:, axis], np.full(10, 0.1), "valid") for axis in range(3)])
    weighed = steady * ((steady**2).sum(axis=1) ** 1.5)[:, None]
    values, vectors = np.linalg.eigh(weighed.T @ weighed)
    x, y, z = vectors[:, int(np.argmax(values))].tolist()
    return x, y, z
