"""A mounting kept from an earlier day, and whether it still fits.

What was learned on one day may be used on the next if the sensor was left on, or put on the same way round. Whether it
was, the wearer's own poses say: still, living seconds both as he stood and as he sat. One pose alone proves little (a
sitting thigh looks like almost any direction of a sensor put on anew); that both fit by chance within these angles
happens about once in a thousand mountings. A few matching steps prove it too; ``Mounting`` sees to that.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from pydantic import BaseModel, Field

from monitor.accel.metrics import angle_deg, unit
from monitor.model import Bools, Epochs, Floats

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


class FitRules(BaseModel, frozen=True, extra="forbid"):
    """When a kept mounting is believed again without a step."""

    upright_deg: float = Field(12.0, ge=1.0, le=45.0, description="Standing as before: within this angle.")
    seat_deg: float = Field(15.0, ge=1.0, le=45.0, description="Sitting as before: within this angle.")
    still_max_g: float = Field(
        0.03, ge=0.0, le=0.2, description="A pose is a second that changes the strength no more than this."
    )
    enough_s: int = Field(10, ge=1, le=300, description="So many seconds of each pose prove a kept mounting.")


@dataclass
class PoseFit:
    """Counts the seconds that look like the kept poses."""

    rules: FitRules = field(default_factory=FitRules)
    known: KnownUpright | None = None
    """None: nothing is waiting to be proven."""
    upright_s: int = 0
    seat_s: int = 0

    def advance(self, epochs: Epochs, moves: Bools) -> Bools:
        """(n,) true from the row on in which both poses have been seen for long enough."""
        if self.known is None or self.known.seat is None or not len(epochs):
            return np.zeros(len(epochs), np.bool_)
        still = moves & (epochs.window_spread_g < self.rules.still_max_g)
        stands = still & (angle_deg(epochs.mean_g, np.array(self.known.upright)) < self.rules.upright_deg)
        sits = still & (angle_deg(epochs.mean_g, np.array(self.known.seat)) < self.rules.seat_deg)
        upright_s, seat_s = self.upright_s + np.cumsum(stands), self.seat_s + np.cumsum(sits)
        self.upright_s, self.seat_s = int(upright_s[-1]), int(seat_s[-1])
        fits: Bools = np.minimum(upright_s, seat_s) >= self.rules.enough_s
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
