"""Directions that may be upright, each with its evidence in seconds of walking.

Old evidence fades with every new second. It is written down the other way round: what is old stays as it is, and a new
second counts for more than the one before (forward decay; Cormode et al. 2009, ICDE, doi:10.1109/ICDE.2009.65). So a
second of walking touches the one candidate that it adds to, and a walk is a running sum.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from monitor.accel.metrics import degrees_of, norm
from monitor.model import Floats

_CANDIDATES_MAX = 8
_FADED_S = 0.01
"""A candidate with less evidence than this is forgotten, unless it is the best."""


@dataclass(eq=False)
class Candidate:
    """A direction that may be upright, with its evidence."""

    vector: list[float]
    """Sum of unit directions; sensor axes."""
    weight: float

    def scale(self, share: float) -> None:
        """Keep this share of the evidence."""
        x, y, z = self.vector
        self.vector = [share * x, share * y, share * z]
        self.weight *= share

    def gain(self, direction: list[float], weight: float) -> None:
        """More evidence for this unit direction."""
        (x, y, z), (more_x, more_y, more_z) = self.vector, direction
        self.vector = [x + weight * more_x, y + weight * more_y, z + weight * more_z]
        self.weight += weight

    def direction(self) -> tuple[float, float, float]:
        """The unit vector."""
        x, y, z = self.vector
        length = math.sqrt(x * x + y * y + z * z)
        return x / length, y / length, z / length


@dataclass
class Candidates:
    """All of them, and which is the best."""

    each: list[Candidate] = field(default_factory=list)
    best: int | None = None
    second: float = 1.0
    """What a second of walking weighs now."""

    def weight_s(self, place: int) -> float:
        """The evidence of one of them in seconds."""
        return self.each[place].weight / self.second

    def heaviest(self) -> int:
        """The one with the most evidence."""
        weights = [candidate.weight for candidate in self.each]
        return weights.index(max(weights))

    def only(self, direction: list[float], weight_s: float) -> None:
        """Nothing but this one, and it is the best."""
        self.each, self.best = [Candidate([0.0, 0.0, 0.0], 0.0)], 0
        self.each[0].gain(direction, weight_s * self.second)

    def insist(self, direction: list[float], weight_s: float, same_deg: float) -> None:
        """Add to the best without any fading; where it points elsewhere, nothing but this is left."""
        best = None if self.best is None else self.each[self.best]
        if best is not None and between_deg(best.vector, direction) <= same_deg:
            best.gain(direction, weight_s * self.second)
        else:
            self.only(direction, weight_s)

    def shrink_to(self, most_s: float) -> None:
        """Leave no candidate more evidence than this."""
        for candidate in self.each:
            if candidate.weight > most_s * self.second:
                candidate.scale(most_s * self.second / candidate.weight)

    def add(self, direction: list[float], weight_s: float, same_deg: float, halving_s: float = math.inf) -> int:
        """Add to the nearest, or open a new one, at worst in place of the lightest but the best; its place.

        ``halving_s`` : so many seconds of walking halve all earlier evidence.
        """
        self._weigh(self.second * 2.0 ** (weight_s / halving_s))
        angles_deg = [between_deg(candidate.vector, direction) for candidate in self.each]
        nearest = min(range(len(angles_deg)), key=angles_deg.__getitem__, default=None)
        if nearest is not None and angles_deg[nearest] <= same_deg:
            self.each[nearest].gain(direction, weight_s * self.second)
            return nearest
        weight = weight_s * self.second
        new = Candidate([weight * part for part in direction], weight)
        if len(self.each) < _CANDIDATES_MAX:
            self.each.append(new)
            return len(self.each) - 1
        others = (place for place in range(len(self.each)) if place != self.best)
        lightest = min(others, key=lambda place: self.each[place].weight)
        self.each[lightest] = new
        return lightest

    def follow(self, directions: Floats, same_deg: float, halving_s: float) -> tuple[Floats, Floats]:
        """Add seconds of walking to the best, one after the other, until one is not surely its own.

        Returns
        -------
        (k, 3) sums of directions and (k,) seconds of evidence, after each of the first k of (n, 3) ``directions``.
        """
        assert self.best is not None
        best = self.each[self.best]
        growth = np.full(len(directions), 2.0 ** (1.0 / halving_s))
        seconds = np.multiply.accumulate(np.concatenate(([self.second], growth)))[1:]
        sums = np.add.accumulate(np.concatenate(([best.vector], seconds[:, None] * directions)))
        weights = np.add.accumulate(np.concatenate(([best.weight], seconds)))
        cosine = _cosine(sums[:-1], directions)
        own = degrees_of(cosine) <= same_deg
        for other in self.each:
            if other is not best:
                nearer = _cosine(np.array(other.vector), directions) >= cosine
                own &= ~(nearer & (other.weight >= _FADED_S * seconds))
        count = len(own) if own.all() else int(own.argmin())
        if count:
            best.vector, best.weight = sums[count].tolist(), float(weights[count])
            self._weigh(float(seconds[count - 1]))
        return sums[1 : count + 1], weights[1 : count + 1] / seconds[:count]

    def _weigh(self, second: float) -> None:
        """What a second weighs from now on; all weights are kept small by powers of two, which cost no digit."""
        self.second, twos = math.frexp(second)
        best = None if self.best is None else self.each[self.best]
        self.each = [each for each in self.each if each is best or each.weight >= _FADED_S * second]
        self.best = None if best is None else self.each.index(best)
        for candidate in self.each if twos else ():
            candidate.vector = [math.ldexp(part, -twos) for part in candidate.vector]
            candidate.weight = math.ldexp(candidate.weight, -twos)


def _cosine(a: Floats, unit_b: Floats) -> Floats:
    """Of the angle between (..., 3) vectors and (..., 3) unit vectors; NaN where there is no direction."""
    dot = a[..., 0] * unit_b[..., 0] + a[..., 1] * unit_b[..., 1] + a[..., 2] * unit_b[..., 2]
    with np.errstate(divide="ignore", invalid="ignore"):
        cosine: Floats = dot / norm(a)
    return cosine


def between_deg(a: list[float], b: list[float]) -> float:
    """Angle between two vectors; 180 where one has no direction."""
    (ax, ay, az), (bx, by, bz) = a, b
    lengths = math.hypot(ax, ay, az) * math.hypot(bx, by, bz)
    if not lengths > 0:
        return 180.0
    cosine = (ax * bx + ay * by + az * bz) / lengths
    return math.degrees(math.acos(1.0 if cosine > 1.0 else -1.0 if cosine < -1.0 else cosine))
