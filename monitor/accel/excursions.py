"""An angle that goes up and down: its turning points, and the excursions between them."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from monitor.accel.limb import BIN_S
from monitor.model import Floats


@dataclass(frozen=True, slots=True)
class Excursion:
    """Up and down again once."""

    start_s: float
    """When the way up was sure."""
    end_s: float
    """When the way down was sure."""
    rest_deg: float
    """Where it came from."""
    top_deg: float
    held_s: float
    """Seconds of stillness near the top."""
    shake_g: float
    load_g: float = 0.0
    """Mean strength in between, above that just before and after."""

    @property
    def size_deg(self) -> float:
        """From rest to top."""
        return self.top_deg - self.rest_deg

    @property
    def lasts_s(self) -> float:
        """Between the two ways."""
        return self.end_s - self.start_s


@dataclass
class Zigzag:
    """Turning points of an angle, each at least ``least_deg`` from the one before."""

    least_deg: float
    low_deg: float = math.inf
    high_deg: float = -math.inf
    rising: bool = False
    """Since the last low the angle has risen for sure."""
    start_s: float = 0.0
    held_s: float = 0.0
    shake_g: float = 0.0
    before_deg: list[float] = field(default_factory=list)
    """The angles of the last half second, for its speed."""

    def see(self, at_s: float, angle_deg: float, shake_g: float) -> Excursion | None:
        """One bin more; the excursion that has ended with it."""
        self.before_deg.append(angle_deg)
        slow = abs(angle_deg - self.before_deg[0]) < 5.0
        if len(self.before_deg) > 5:
            del self.before_deg[0]
        if not self.rising:
            self.low_deg = min(self.low_deg, angle_deg)
            if angle_deg >= self.low_deg + self.least_deg:
                self.rising, self.start_s, self.high_deg = True, at_s, angle_deg
                self.held_s = self.shake_g = 0.0
            return None
        self.high_deg = max(self.high_deg, angle_deg)
        self.shake_g = max(self.shake_g, shake_g)
        if slow and angle_deg > self.high_deg - 12.0:
            self.held_s += BIN_S
        if angle_deg > self.high_deg - self.least_deg:
            return None
        ended = self.open(at_s)
        self.rising, self.low_deg = False, angle_deg
        return ended

    def rest(self, angles_deg: Floats) -> int:
        """Bins up to the first in which the angle has risen for sure; how many."""
        lows_deg = np.minimum.accumulate(np.concatenate(([self.low_deg], angles_deg)))[1:]
        rises = np.flatnonzero(angles_deg >= lows_deg + self.least_deg)
        count = int(rises[0]) if len(rises) else len(angles_deg)
        if count:
            self.low_deg = float(lows_deg[count - 1])
            self.before_deg = [*self.before_deg, *angles_deg[max(0, count - 5) : count].tolist()][-5:]
        return count

    def rest_at(self, angle_deg: float) -> None:
        """The next excursion begins here."""
        self.rising, self.low_deg = False, angle_deg

    def open(self, at_s: float) -> Excursion:
        """The excursion that is under way, as if it ended now."""
        return Excursion(self.start_s, at_s, self.low_deg, self.high_deg, self.held_s, self.shake_g)
