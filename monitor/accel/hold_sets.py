"""Holds alike, one soon after the other, are a set; a single one may be anything.

Whoever sits down or leans back does so now and then, for as long as it pleases; an exercise is done again at once, in
the same way and for about as long.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from msgspec import Meta

from monitor.accel.limb import Vector, between_deg
from monitor.rules import Rules


class SetRules(Rules, frozen=True):
    """Which holds belong together; from the recordings in ``docs/exercises.md``, on which nobody holds anything."""

    least_count: Annotated[int, Meta(ge=2, le=20, description="So many alike are needed to believe them.")] = 2
    alike: Annotated[
        float, Meta(ge=0.1, le=1, description="The shorter of two holds, as a share of the longer one.")
    ] = 0.5
    alike_deg: Annotated[float, Meta(ge=1, le=180, description="So near are their poses.")] = 20.0
    pause_max_s: Annotated[float, Meta(ge=2, le=300, description="A longer pause ends the set.")] = 45.0


@dataclass(frozen=True, slots=True)
class Hold:
    """One pose that was entered, held and left."""

    start_s: float
    end_s: float
    pose: Vector
    """Mean direction of gravity."""

    @property
    def lasts_s(self) -> float:
        """From arriving in it to leaving it."""
        return self.end_s - self.start_s


@dataclass
class HoldSet:
    """What was held so far."""

    rules: SetRules
    candidates: list[Hold] = field(default_factory=list)
    """Alike, but not enough yet."""
    holds: list[Hold] = field(default_factory=list)
    """Believed."""

    @property
    def held_s(self) -> float:
        """Seconds held."""
        return sum(hold.lasts_s for hold in self.holds)

    def may_go_on(self, at_s: float) -> bool:
        """Whether another hold may follow the last one."""
        lately = [*self.holds, *self.candidates][-1:]
        return any(at_s - hold.end_s <= self.rules.pause_max_s for hold in lately)

    def add(self, hold: Hold) -> bool:
        """One more; whether the set, or more of it, is believed with it."""
        if not self._goes_on(hold):
            self.candidates = [hold]
            return False
        self.candidates.append(hold)
        if not self.holds and len(self.candidates) < self.rules.least_count:
            return False
        self.holds, self.candidates = self.holds + self.candidates, []
        return True

    def _goes_on(self, hold: Hold) -> bool:
        """Soon after the last one, and like one of the last three: one of them may be cut short."""
        lately = [*self.holds, *self.candidates][-3:]
        if not lately or hold.start_s - lately[-1].end_s > self.rules.pause_max_s:
            return False
        return any(self._alike(each, hold) for each in lately)

    def _alike(self, one: Hold, other: Hold) -> bool:
        lasts = min(one.lasts_s, other.lasts_s) >= self.rules.alike * max(one.lasts_s, other.lasts_s)
        return lasts and between_deg(one.pose, other.pose) <= self.rules.alike_deg
