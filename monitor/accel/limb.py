"""Where a limb points: samples become directions of gravity, ten a second, and these one angle.

A bin is 0.1 s on stream time; a direction is the mean of the last five bins. The angle is measured against the
wearer's own upright where the mounting is known, against the seat in which the watching began, or else against the
first pose: so the sensor may sit any way round.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from monitor.model import Floats

BIN_S = 0.1
Vector = tuple[float, float, float]
Signal = Literal["flexion", "lowering", "signed", "behind", "turn"]
"""``flexion``: the knee goes up; ``lowering``: it comes down, as in rising from a chair; ``signed``: forwards and back,
forwards counts; ``behind``: the same, backwards counts; ``turn``: away from the first pose, whichever way."""



@dataclass(frozen=True, slots=True, eq=False)
class Bins:
    """Directions of gravity, one a bin that has samples."""

    at_s: Floats
    """(n,) end of the bin."""
    direction: Floats
    """(n, 3) unit vectors."""
    shake_g: Floats
    """(n,) mean change of the strength from bin to bin, over the last second."""


@dataclass(eq=False)
class Binning:
    """Samples of whole bins become directions; the last bins are kept for the means."""

    means: NDArray[np.float64] = field(default_factory=lambda: np.empty((0, 3)))
    numbers: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))

    SMOOTH = 5
    SHAKE = 10

    def feed(self, t_s: Floats, xyz_g: NDArray[np.float32]) -> Bins:
        """Samples whose bins are complete, in order of time."""
        number = np.floor(np.asarray(t_s) / BIN_S + 1e-6).astype(np.int64)
        found, place = np.unique(number, return_inverse=True)
        count = np.bincount(place, minlength=len(found))
        axes = [np.bincount(place, xyz_g[:, axis].astype(np.float64), len(found)) / count for axis in range(3)]
        old = len(self.numbers)
        numbers = np.concatenate([self.numbers, found])
        means = np.concatenate([self.means, np.column_stack(axes)]) if len(found) else self.means
        smooth, shake = self._smooth(numbers, means, old), self._shake(numbers, means, old)
        self.numbers, self.means = numbers[-self.SHAKE - 1 :].copy(), means[-self.SHAKE - 1 :].copy()
        length = np.sqrt(smooth[:, 0] ** 2 + smooth[:, 1] ** 2 + smooth[:, 2] ** 2)
        sound = length > 0.2
        length = np.where(sound, length, 1.0)
        return Bins((found[sound] + 1) * BIN_S, (smooth / length[:, None])[sound], shake[sound])

    def _smooth(self, numbers: NDArray[np.int64], means: Floats, old: int) -> Floats:
        """Mean of the bins that lie at most half a second back; written out, so that bits do not depend on cuts."""
        total, count = means[old:].copy(), np.ones(len(numbers) - old)
        for back in range(1, self.SMOOTH):
            there, near = self._before(numbers, old, back)
            near &= numbers[old:] - numbers[there] < self.SMOOTH
            total += np.where(near[:, None], means[there], 0.0)
            count += near
        return np.asarray(total / count[:, None])

    def _shake(self, numbers: NDArray[np.int64], means: Floats, old: int) -> Floats:
        strength = np.sqrt(means[:, 0] ** 2 + means[:, 1] ** 2 + means[:, 2] ** 2)
        total, count = np.zeros(len(numbers) - old), np.zeros(len(numbers) - old)
        for back in range(self.SHAKE):
            this, near = self._before(numbers, old, back)
            that, further = self._before(numbers, old, back + 1)
            near &= further & (numbers[old:] - numbers[that] <= self.SHAKE)
            total += np.where(near, np.abs(strength[this] - strength[that]), 0.0)
            count += near
        return np.asarray(total / np.maximum(count, 1.0))

    @staticmethod
    def _before(numbers: NDArray[np.int64], old: int, back: int) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
        place = np.arange(old, len(numbers)) - back
        return np.maximum(place, 0), place >= 0


@dataclass
class Reference:
    """What the direction is measured against."""

    upright: Vector | None = None
    """Gravity while the wearer stands, in the sensor's axes; None where it is not known."""
    seat: Vector | None = None
    """Gravity while the thigh is level: tells forwards from backwards."""
    begin: Vector | None = None
    """The pose in which the watching began; taken from the first bins."""
    aside: Vector | None = None
    """Across upright, towards the first excursion."""

    def angles(self, bins: Bins, signal: Signal) -> list[float]:
        """(n,) the angle in degrees: 0 upright, 90 with a level thigh, negative behind the body."""
        if self.begin is None and len(bins.at_s):
            x, y, z = bins.direction[min(9, len(bins.at_s) - 1)].tolist()
            self.begin = (x, y, z)
        if self.upright is None and self.seat is not None and signal != "turn":
            return [90.0 - angle for angle in _angles(bins.direction, self.seat)]
        zero = self.upright or self.begin
        if zero is None:
            return []
        plain = _angles(bins.direction, zero)
        return self._signed(bins.direction, zero, plain) if signal in ("signed", "behind") else plain

    def _signed(self, directions: Floats, zero: Vector, plain: list[float]) -> list[float]:
        """The angle in the plane in which the leg goes forwards and back: what goes sideways does not count."""
        if self.aside is None and self.seat is not None:
            self.aside = _across(self.seat, zero)
        signed = []
        for (x, y, z), angle in zip(directions.tolist(), plain, strict=True):
            if self.aside is None and 25.0 < angle < 155.0:
                across = _across((x, y, z), zero)
                self.aside = (-across[0], -across[1], -across[2])  # the first reach goes backwards
            if self.aside is None:
                signed.append(angle)
                continue
            forwards = x * self.aside[0] + y * self.aside[1] + z * self.aside[2]
            up = x * zero[0] + y * zero[1] + z * zero[2]
            signed.append(math.degrees(math.atan2(forwards, up)))
        return signed


def _angles(directions: Floats, other: Vector) -> list[float]:
    dot = directions[:, 0] * other[0] + directions[:, 1] * other[1] + directions[:, 2] * other[2]
    angles: list[float] = np.degrees(np.arccos(np.clip(dot, -1.0, 1.0))).tolist()
    return angles


def _across(vector: Vector, zero: Vector) -> Vector:
    along = sum(a * b for a, b in zip(vector, zero, strict=True))
    x, y, z = (a - along * b for a, b in zip(vector, zero, strict=True))
    length = math.sqrt(x * x + y * y + z * z) or 1.0
    return x / length, y / length, z / length
