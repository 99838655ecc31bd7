"""The daemon's clock when something else leads it: a hand, a simulated band, what a thread had of the processor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from monitor.clock import Clock


class Leader(Protocol):
    """Whatever knows the time."""

    def now_s(self) -> float:
        """Seconds since the Unix epoch."""
        ...


@dataclass
class Hand:
    """Time that passes only when somebody moves it."""

    at_s: float

    def now_s(self) -> float:
        """Where it stands."""
        return self.at_s


@dataclass(frozen=True, slots=True, kw_only=True)
class LedClock(Clock):
    """Stream time is the leader's; ``speed`` is what a wall second of patience is worth."""

    leader: Leader

    def now_s(self) -> float:
        """The leader's time."""
        return self.leader.now_s()
