"""Held poses: stillness in the exercise's pose, entered from another one and left again."""

from __future__ import annotations

from dataclasses import dataclass, field

from pydantic import BaseModel, Field

from monitor.accel.limb import Signal


class HoldRules(BaseModel, frozen=True, extra="forbid"):
    """What a held pose looks like: stillness in a pose that was entered and left."""

    signal: Signal = Field("flexion", description="Which angle is followed.")
    least_s: float = Field(5.0, ge=1, le=120, description="The shortest hold.")
    longest_s: float = Field(100.0, ge=5, le=900, description="Who stays longer has not held a pose, but rests.")
    still_deg: float = Field(5.0, ge=0.5, le=20, description="Stillness: the direction stays within this angle.")
    differs_deg: float = Field(6.0, ge=2, le=90, description="So far from the pose before and after it.")
    pose_deg: tuple[float, float] = Field((-180.0, 360.0), description="Where the pose is, against upright.")
    other_deg: tuple[float, float] | None = Field(None, description="Where it is when the other leg does it.")
    least_count: int = Field(2, ge=1, le=20, description="So many holds are needed to believe them.")


@dataclass
class Plateau:
    """A stretch of stillness."""

    start_s: float
    end_s: float
    angle_deg: float
    """Mean."""
    count: int = 1


@dataclass
class Holder:
    """Adds up the seconds in which a pose was held."""

    rules: HoldRules
    absolute: bool = False
    now: Plateau | None = None
    before: Plateau | None = None
    """The last stillness of at least a second."""
    holds: list[Plateau] = field(default_factory=list)

    @property
    def is_believed(self) -> bool:
        """Enough holds; with one leg and the other, where there are sides."""
        if len(self.holds) < self.rules.least_count:
            return False
        return self.rules.other_deg is None or len({self._is_other(hold) for hold in self.holds}) == 2

    @property
    def held_s(self) -> float:
        """Seconds held, of all that were entered and left."""
        return sum(hold.end_s - hold.start_s for hold in self.holds)

    def see(self, at_s: float, angle_deg: float) -> bool:
        """One bin more; whether a hold has ended with it."""
        now = self.now
        if now is not None and abs(angle_deg - now.angle_deg) <= self.rules.still_deg and at_s - now.end_s < 1.0:
            now.end_s, now.count = at_s, now.count + 1
            now.angle_deg += (angle_deg - now.angle_deg) / min(now.count, 50)
            return False
        ended = now is not None and now.end_s - now.start_s >= 1.0 and self._end(now)
        self.now = Plateau(at_s, at_s, angle_deg)
        return ended

    def _end(self, plateau: Plateau) -> bool:
        before, self.before = self.before, plateau
        rules, lasts_s = self.rules, plateau.end_s - plateau.start_s
        if not rules.least_s <= lasts_s <= rules.longest_s or not self._is_pose(plateau):
            return False
        if before is None or not self._has_left(before, plateau):
            return False
        self.holds.append(plateau)
        return True

    def _has_left(self, before: Plateau, plateau: Plateau) -> bool:
        """Far enough from the pose before, and in the direction in which the own leg's pose lies."""
        change_deg = plateau.angle_deg - before.angle_deg
        if self._is_other(plateau):
            change_deg = abs(change_deg)
        elif self.rules.pose_deg[0] < 0.0:
            change_deg = -change_deg
        return change_deg >= self.rules.differs_deg

    def _is_pose(self, plateau: Plateau) -> bool:
        if not self.absolute:
            return False
        own = self.rules.pose_deg[0] <= plateau.angle_deg <= self.rules.pose_deg[1]
        return own or self._is_other(plateau)

    def _is_other(self, plateau: Plateau) -> bool:
        other = self.rules.other_deg
        return other is not None and other[0] <= plateau.angle_deg <= other[1]
