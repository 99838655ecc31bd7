"""Single readings of acceleration, one now and then, as a sensor advertises them: what they prove, and no more.

A reading is one moment. Taken in movement it is no gravity; several in a row are, on average, when their directions
agree: measured on harth and sens read like a RuuviTag (benchmarks/low_rate.py), five that agree to 0.9 tell a third of
all walking from sitting with one row in a thousand wrong, where single ones had two in a hundred wrong.

Between two readings that nothing disturbed the sensor sat as it sits now, so the whole seconds between them are known
too; each gets the nearer reading, marked as interpolated. Across more than ``bridge_s`` nothing is filled in: a posture
is decided five seconds after its second at the latest, and what comes later is too late.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Annotated

import numpy as np
from msgspec import Meta

from monitor.model import AccelBlock, Quality
from monitor.rules import Rules

Vector = tuple[float, float, float]


class ReadingRules(Rules, frozen=True):
    """What single readings are taken for."""

    bridge_s: Annotated[
        float,
        Meta(
            ge=1.0, le=4.5, description="Seconds between two readings that count as known when nothing moved between."
        ),
    ] = 4.0
    agree_of: Annotated[
        int, Meta(ge=2, le=20, description="So many readings in movement are averaged before one of them is believed.")
    ] = 5
    agree_within_s: Annotated[
        float, Meta(ge=2.0, le=60.0, description="They must have come within so many seconds.")
    ] = 10.0
    agree_min: Annotated[
        float,
        Meta(ge=0.0, le=1.0, description="How well their directions must agree: 1 is all the same, 0 is all ways."),
    ] = 0.9


@dataclass
class Readings:
    """From readings to blocks of one segment after another."""

    rate_hz: float
    rules: ReadingRules = field(default_factory=ReadingRules)
    segment: int = 1
    last_s: float | None = None
    """Time of the newest reading that counted."""
    last_g: Vector = (0.0, 0.0, 0.0)
    moved: bool = False
    """Something moved the sensor since then."""
    moving_s: list[float] = field(default_factory=list)
    moving_g: list[Vector] = field(default_factory=list)
    """The newest readings in movement."""

    @property
    def newest_g(self) -> Vector | None:
        """The last reading, whether it counted or not."""
        if self.moving_g:
            return self.moving_g[-1]
        return self.last_g if self.last_s is not None else None

    def renew(self) -> None:
        """The sensor restarted or is another one: nothing connects what comes with what was."""
        self.segment += 1
        self.forget()

    def forget(self) -> None:
        """What came before says nothing about what comes now."""
        self.last_s, self.moving_s, self.moving_g = None, [], []

    def take(self, at_s: float, xyz_g: Vector, still: bool) -> list[AccelBlock]:
        """A new reading; ``still``: nothing moved the sensor since the one before."""
        if self.last_s is not None and at_s <= self.last_s:
            return []
        if still:
            self.moving_s, self.moving_g = [], []
            return [self._counted(at_s, xyz_g)]
        self.moved = True
        mean_g = self._agreed(at_s, xyz_g)
        return [] if mean_g is None else [self._counted(at_s, mean_g)]

    def _agreed(self, at_s: float, xyz_g: Vector) -> Vector | None:
        """Mean of the newest readings in movement; None where they are too few, too old, or disagree.

        The measure is the length of the mean of the unit vectors (Mardia & Jupp 2000, Directional Statistics, 9.2).
        """
        rules = self.rules
        self.moving_s = [*self.moving_s, at_s][-rules.agree_of :]
        self.moving_g = [*self.moving_g, xyz_g][-rules.agree_of :]
        if len(self.moving_s) < rules.agree_of or at_s - self.moving_s[0] > rules.agree_within_s:
            return None
        lengths = [math.hypot(*each) for each in self.moving_g]
        if 0.0 in lengths:
            return None
        units = [[part / length for part in each] for each, length in zip(self.moving_g, lengths, strict=True)]
        if math.hypot(*(sum(axis) for axis in zip(*units, strict=True))) < rules.agree_min * rules.agree_of:
            return None
        x_g, y_g, z_g = (sum(axis) / rules.agree_of for axis in zip(*self.moving_g, strict=True))
        return x_g, y_g, z_g

    def _counted(self, at_s: float, xyz_g: Vector) -> AccelBlock:
        before_s, before_g, moved = self.last_s, self.last_g, self.moved
        self.last_s, self.last_g, self.moved = at_s, xyz_g, False
        if before_s is None:
            return self._block([at_s], [xyz_g], None)
        if moved or at_s - before_s > self.rules.bridge_s:
            return self._block([at_s], [xyz_g], max(0.0, at_s - before_s - 1.0 / self.rate_hz))
        between_s = [second + 0.5 for second in range(math.floor(before_s) + 1, math.floor(at_s))]
        nearer_g = [xyz_g if each_s - before_s > at_s - each_s else before_g for each_s in between_s]
        return self._block([*between_s, at_s], [*nearer_g, xyz_g], 0.0)

    def _block(self, t_s: list[float], xyz_g: list[Vector], gap_s: float | None) -> AccelBlock:
        return AccelBlock(
            t_s=np.array(t_s),
            xyz_g=np.array(xyz_g, np.float32),
            rate_hz=self.rate_hz,
            segment=self.segment,
            gap_before_s=gap_s,
            quality=Quality.LOW_RATE | (Quality.INTERPOLATED_TIME if len(t_s) > 1 else Quality.NONE),
        )
