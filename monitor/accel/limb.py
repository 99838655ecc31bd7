"""Where a limb points: samples become directions of gravity, ten a second, and these one angle.

A bin is 0.1 s on stream time; a direction is the mean of the last five bins. The angle is measured against the
wearer's own upright where the mounting is known, against the seat in which the watching began, or else against the
first pose: so the sensor may sit any way round.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from monitor.accel.metrics import degrees_of, norm
from monitor.model import Floats

BIN_S = 0.1
BEHIND_DEG = -130.0
"""No thigh goes further back; beyond, it has gone over the top: lying with the knee drawn to the chest."""
_NEVER = 1 << 60
LEVEL = 0.7
"""Cosine of the angle from which on a thigh counts as level: it then points forwards."""
Vector = tuple[float, float, float]
Signal = Literal["flexion", "lowering", "signed", "aside", "turn"]
"""``flexion``: the knee goes up; ``lowering``: it comes down, as in rising from a chair; ``signed``: forwards and back,
forwards counts; ``aside``: from standing towards wherever the first excursion went, for small ones; ``turn``: away from
the first pose, whichever way."""


@dataclass(frozen=True, slots=True, eq=False)
class Bins:
    """Directions of gravity, one a bin that has samples."""

    at_s: Floats
    """(n,) end of the bin."""
    direction: Floats
    """(n, 3) unit vectors."""
    shake_g: Floats
    """(n,) mean change of the strength from bin to bin, over the last second."""
    strength_g: Floats
    """(n,) strength of each bin by itself: more than at rest while the body is being caught or lifted."""
    pull_g: Floats
    """(n,) strength of the mean whose direction is given."""


@dataclass(eq=False)
class Binning:
    """Samples of whole bins become directions; the last bins are kept for the means."""

    means: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 3)))
    numbers: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))

    smooth: int = 5
    """A direction is the mean of so many bins, at most ten."""

    SHAKE = 10

    def feed(self, t_s: Floats, xyz_g: NDArray[np.float32]) -> Bins:
        """Samples whose bins are complete, in order of time."""
        number = np.floor(np.asarray(t_s) / BIN_S + 1e-6).astype(np.int64)
        found, place = np.unique(number, return_inverse=True)
        count = np.bincount(place, minlength=len(found))
        axes = [np.bincount(place, xyz_g[:, axis].astype(np.float64), len(found)) / count for axis in range(3)]
        numbers, means = self._after_the_last(found, np.column_stack(axes) if len(found) else np.empty((0, 3)))
        old = self.SHAKE + 1
        smooth, shake = self._smooth(numbers, means, old), self._shake(numbers, means, old)
        self.numbers, self.means = numbers[-old:].copy(), means[-old:].copy()
        length = norm(smooth)
        sound = length > 0.2
        length[~sound] = 1.0
        at_s, direction, strength = (found + 1) * BIN_S, smooth / length[:, None], norm(means[old:])
        return Bins(np.asarray(at_s[sound]), direction[sound], shake[sound], strength[sound], length[sound])

    def _after_the_last(self, numbers: NDArray[np.int64], means: Floats) -> tuple[NDArray[np.int64], Floats]:
        """New bins behind eleven older ones: where there are not so many, behind bins of a time before all others."""
        missing = self.SHAKE + 1 - len(self.numbers)
        never, nothing = np.full(missing, -_NEVER), np.zeros((missing, 3))
        return np.concatenate((never, self.numbers, numbers)), np.concatenate((nothing, self.means, means))

    def _smooth(self, numbers: NDArray[np.int64], means: Floats, old: int) -> Floats:
        """Mean of the bins that lie at most half a second back; written out, so that bits do not depend on cuts."""
        total, count = means[old:].copy(), np.ones(len(numbers) - old)
        for back in range(1, self.smooth):
            near = numbers[old:] - numbers[old - back : -back] < self.smooth
            total += np.where(near[:, None], means[old - back : -back], 0.0)
            count += near
        return np.asarray(total / count[:, None])

    def _shake(self, numbers: NDArray[np.int64], means: Floats, old: int) -> Floats:
        change_g = np.abs(np.diff(norm(means), prepend=0.0))
        total, count = np.zeros(len(numbers) - old), np.zeros(len(numbers) - old)
        for back in range(self.SHAKE):
            near = numbers[old:] - numbers[old - back - 1 : -back - 1] <= self.SHAKE
            total += np.where(near, change_g[old - back : len(numbers) - back], 0.0)
            count += near
        return np.asarray(total / np.maximum(count, 1.0))


class Row(NamedTuple):
    """One bin, as a counter sees it."""

    at_s: float
    angle_deg: float
    shake_g: float = 0.0
    strength_g: float = 1.0


Seen = tuple[float, float, float, float]
"""The numbers of a ``Row``, which are made one where somebody looks at them."""


@dataclass
class Reference:
    """What the direction is measured against."""

    upright: Vector | None = None
    """Gravity while the wearer stands, in the sensor's axes; None where it is not known."""
    seat: Vector | None = None
    """Gravity while the thigh is level: tells forwards from backwards."""
    begins_seated: bool = False
    """The pose in which the watching begins is the seat."""
    begin: Vector | None = None
    """The pose in which the watching began; taken from the first bins."""
    aside: Vector | None = None
    """Across upright, towards the first excursion."""

    def rows(self, bins: Bins, signal: Signal) -> Sequence[Seen]:
        """Each bin, in order."""
        self.note_begin(bins)
        rows = zip(
            bins.at_s.tolist(), self.angles(bins, signal), bins.shake_g.tolist(), bins.strength_g.tolist(), strict=False
        )
        return list(rows)

    def note_begin(self, bins: Bins) -> None:
        """The first pose; the seat, if the wearer sits and upright is not known."""
        if self.begin is None and len(bins.at_s):
            x, y, z = bins.direction[0].tolist()
            self.begin = (x, y, z)
            if self.begins_seated and self.upright is None:
                self.seat = self.begin

    def may_stand(self, direction: Vector) -> bool:
        """Whether the wearer may be standing in this pose, for all that is known."""
        if self.upright is not None:
            return between_deg(direction, self.upright) < 35.0
        return self.seat is None or between_deg(direction, self.seat) > 50.0

    def angles(self, bins: Bins, signal: Signal) -> list[float]:
        """(n,) the angle in degrees: 0 upright, 90 with a level thigh, negative behind the body."""
        if self.upright is None and self.seat is not None and signal != "turn":
            return [90.0 - angle for angle in _angles(bins.direction, self.seat)]
        zero = self.upright or self.begin
        if zero is None:
            return []
        plain = _angles(bins.direction, zero)
        begins_level = self.begins_seated and self.begin is not None and dot(self.begin, zero) < LEVEL
        in_plane = signal == "signed" or (signal != "turn" and (self.aside is not None or begins_level))
        return self._signed(bins.direction, zero, plain) if in_plane else plain

    def _signed(self, directions: Floats, zero: Vector, plain: list[float]) -> list[float]:
        """The angle in the plane in which the leg goes forwards and back: what goes sideways does not count."""
        seat = self.seat or self.begin
        if self.aside is None and seat is not None and dot(seat, zero) < LEVEL:
            self.aside = _across(seat, zero)
        first = 0
        if self.aside is None:
            reached = [place for place, angle in enumerate(plain) if 25.0 < angle < 155.0]
            if not reached:
                return plain
            first = reached[0]
            x, y, z = _across(directions[first].tolist(), zero)
            self.aside = (-x, -y, -z)  # the first reach goes backwards
        forth, up = dots(directions[first:], self.aside), dots(directions[first:], zero)
        turned = np.degrees(np.arctan2(forth, up))
        signed: list[float] = np.where(turned < BEHIND_DEG, turned + 360.0, turned).tolist()
        return plain[:first] + signed


def dot(a: Vector, b: Vector) -> float:
    """Scalar product."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def unit(x: float, y: float, z: float) -> Vector:
    """Of length one."""
    length = math.sqrt(x * x + y * y + z * z) or 1.0
    return x / length, y / length, z / length


def dots(directions: Floats, other: Vector) -> Floats:
    """(n,) scalar products of (n, 3) vectors."""
    return np.asarray(directions[:, 0] * other[0] + directions[:, 1] * other[1] + directions[:, 2] * other[2])


def between_deg(a: Vector, b: Vector) -> float:
    """Angle between two directions."""
    return math.degrees(math.acos(max(-1.0, min(1.0, dot(a, b)))))


def _angles(directions: Floats, other: Vector) -> list[float]:
    angles: list[float] = degrees_of(dots(directions, other)).tolist()
    return angles


def perpendicular(vector: Vector, zero: Vector) -> Vector:
    """What of a vector is across another."""
    along = dot(vector, zero)
    return vector[0] - along * zero[0], vector[1] - along * zero[1], vector[2] - along * zero[2]


def _across(vector: Vector, zero: Vector) -> Vector:
    return unit(*perpendicular(vector, zero))
