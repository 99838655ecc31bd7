"""Simulated time: one straight line over wall time, or a hand that is moved.

Both houses agree on ``sim_s = origin_s + speed * (wall_s - origin_s)``: at speed 60 a minute of the wearer's life
passes in a second. Everything the device does runs on it; advertising, connecting and GATT stay on wall time.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol


class Clock(Protocol):
    """What the virtual band asks for the time."""

    origin_s: float
    """Unix time at which the simulated day begins."""

    def now_s(self) -> float:
        """Return the simulated time in seconds since the Unix epoch."""


@dataclass
class ScaledClock:
    """Simulated time that runs `speed` times as fast as the wall clock since `origin_s`."""

    origin_s: float = field(default_factory=time.time)
    speed: float = 1.0
    wall_s: Callable[[], float] = time.time

    def now_s(self) -> float:
        """Return the simulated time in seconds since the Unix epoch."""
        return self.origin_s + self.speed * (self.wall_s() - self.origin_s)


@dataclass
class SteppedClock:
    """Simulated time that stands still until it is moved: for tests that must not depend on wall time."""

    origin_s: float = 1_800_000_000.0
    elapsed_s: float = 0.0

    def now_s(self) -> float:
        """Return the simulated time in seconds since the Unix epoch."""
        return self.origin_s + self.elapsed_s

    def advance(self, seconds: float) -> None:
        """Move the time on."""
        self.elapsed_s += seconds
