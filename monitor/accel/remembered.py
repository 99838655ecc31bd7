"""A mounting kept from an earlier day, and whether it still fits.

What was learned on one day may be used on the next if the sensor was left on, or put on the same way round. Whether it
was, the wearer's own poses say: still, living seconds both as he stood and as he sat, or one of the two for long and
exactly. Both fit by chance about once in a thousand mountings; one alone within 8 degrees once in two hundred. A few
matching steps prove it too; ``Mounting`` sees to that.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

import numpy as np
from msgspec import Meta

from monitor.accel.metrics import angle_deg, unit
from monitor.model import Bools, Epochs, Floats
from monitor.rules import Rules

_SEAT_DEG = (60.0, 120.0)
"""Tilt of a thigh that is surely horizontal."""


@dataclass(frozen=True)
class KnownUpright:
    """What is worth keeping of a mounting; sensor axes, unit vectors."""

    upright: tuple[float, float, float]
    """Gravity while the wearer walks."""
    seat: tuple[float, float, float] | None
    """Gravity in the last quiet horizontal second."""
    evidence_s: float
    """Seconds of walking behind it."""


class FitRules(Rules, frozen=True):
    """When a kept mounting is believed again without a step."""

    upright_deg: Annotated[float, Meta(ge=1.0, le=45.0, description="Standing as before: within this angle.")] = 12.0
    seat_deg: Annotated[float, Meta(ge=1.0, le=45.0, description="Sitting as before: within this angle.")] = 15.0
    still_max_g: Annotated[
        float, Meta(ge=0.0, le=0.2, description="A pose is a second that changes the strength no more than this.")
    ] = 0.03
    enough_s: Annotated[int, Meta(ge=1, le=300, description="So many seconds of each pose prove a kept mounting.")] = 10
    alone_s: Annotated[int, Meta(ge=1, le=3600, description="So many seconds of one of the poses prove it too.")] = 60
    alone_deg: Annotated[float, Meta(ge=1.0, le=45.0, description="One pose alone must fit within this angle.")] = 8.0


@dataclass
class PoseFit:
    """Counts the seconds that look like the kept poses."""

    rules: FitRules = field(default_factory=FitRules)
    known: KnownUpright | None = None
    """None: nothing is waiting to be proven."""
    upright_s: int = 0
    seat_s: int = 0
    alone_s: int = 0

    def advance(self, epochs: Epochs, moves: Bools) -> Bools:
        """(n,) true from the row on in which both poses have been seen for long enough."""
        if self.known is None or self.known.seat is None or not len(epochs):
            return np.zeros(len(epochs), np.bool_)
        still = moves & (epochs.window_spread_g < self.rules.still_max_g)
        stands_deg = angle_deg(epochs.mean_g, np.array(self.known.upright))
        sits_deg = angle_deg(epochs.mean_g, np.array(self.known.seat))
        upright_s = self.upright_s + np.cumsum(still & (stands_deg < self.rules.upright_deg))
        seat_s = self.seat_s + np.cumsum(still & (sits_deg < self.rules.seat_deg))
        alone_s = self.alone_s + np.cumsum(still & (np.minimum(stands_deg, sits_deg) < self.rules.alone_deg))
        self.upright_s, self.seat_s, self.alone_s = int(upright_s[-1]), int(seat_s[-1]), int(alone_s[-1])
        both = np.minimum(upright_s, seat_s) >= self.rules.enough_s
        fits: Bools = both | (alone_s >= self.rules.alone_s)
        return fits


def last_seat(epochs: Epochs, upright: Floats, rules: FitRules) -> tuple[float, tuple[float, float, float]] | None:
    """Start and direction of gravity of the last quiet horizontal second, if there is one; ``upright`` (n, 3)."""
    tilt_deg = angle_deg(epochs.mean_g, upright)
    quiet = (tilt_deg > _SEAT_DEG[0]) & (tilt_deg < _SEAT_DEG[1]) & (epochs.window_spread_g < rules.still_max_g)
    rows = np.flatnonzero(quiet)
    if not len(rows):
        return None
    x, y, z = unit(epochs.mean_g[rows[-1]]).tolist()
    return float(epochs.start_s[rows[-1]]), (x, y, z)
