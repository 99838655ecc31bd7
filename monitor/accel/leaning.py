"""Held poses of a leaning trunk, such as the boat: away from a pose, there for a while, and back, again and again.

No upright is needed: each lean is measured against the pose just before it, and ends near there. So the wearer may
have got up from a chair and sat down on a mat since the watching began, and the sensor may sit any way round.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

from msgspec import Meta

from monitor.accel.hold_sets import Hold, HoldSet, SetRules
from monitor.accel.holds import BRIDGED_S, LEFT_S, MOVE_S, STILL_S, TRACED, arrived_s
from monitor.accel.limb import Bins, Vector, between_deg, unit
from monitor.rules import Rules


class LeanRules(Rules, frozen=True):
    """What such a hold looks like; from simulated trunks, and from HAPT, HARTH, SisFall and UCI's chests."""

    least_s: Annotated[float, Meta(ge=1, le=120, description="The shortest hold.")] = 6.0
    longest_s: Annotated[float, Meta(ge=5, le=900, description="Who stays longer has not held a pose, but rests.")] = (
        100.0
    )
    still_deg: Annotated[
        float, Meta(ge=0.5, le=20, description="Stillness: the direction stays within this angle.")
    ] = 5.0
    lean_deg: Annotated[tuple[float, float], Meta(description="So far from the pose before and after it.")] = (
        13.0,
        60.0,
    )
    back_deg: Annotated[float, Meta(ge=1, le=90, description="So near are the poses before and after it.")] = 12.0
    sets: Annotated[SetRules, Meta(description="Which holds belong together.")] = SetRules(
        least_count=3, pause_max_s=30.0
    )


@dataclass
class Stay:
    """A stretch of stillness."""

    start_s: float
    end_s: float
    pose: Vector
    """Mean direction."""
    count: int = 1

    @property
    def lasts_s(self) -> float:
        """From its first to its last bin."""
        return self.end_s - self.start_s

    def take(self, other: Stay, most: int) -> None:
        """The other belongs to it; what came earlier weighs as much as ``most`` bins."""
        share = other.count / (min(self.count, most) + other.count)
        x, y, z = (mine + share * (theirs - mine) for mine, theirs in zip(self.pose, other.pose, strict=True))
        self.pose, self.end_s, self.count = unit(x, y, z), other.end_s, self.count + other.count


@dataclass
class Leaning:
    """Finds the stretches of stillness, and those among them that are holds."""

    rules: LeanRules
    set: HoldSet
    now: Stay | None = None
    latest: Stay | None = None
    """The last stillness that has ended; it may go on yet."""
    before: Stay | None = None
    """The one before it."""
    before_held: bool = False
    """That one was a hold: so this one is where the wearer has come back to."""
    trace: list[tuple[float, Vector]] = field(default_factory=list)
    """Time and direction of the last bins."""

    @classmethod
    def of(cls, rules: LeanRules) -> Leaning:
        """Nothing seen yet."""
        return cls(rules, HoldSet(rules.sets))

    def feed(self, bins: Bins) -> float | None:
        """Bins in order; when what is held has last changed, if it has."""
        changed_s = None
        for at_s, (x, y, z) in zip(bins.at_s.tolist(), bins.direction.tolist(), strict=True):
            if self._see(Stay(at_s, at_s, (x, y, z))):
                changed_s = at_s
        return changed_s

    def _see(self, bin_: Stay) -> bool:
        self.trace.append((bin_.end_s, bin_.pose))
        del self.trace[:-TRACED]
        now = self.now
        if now is not None and bin_.start_s - now.end_s < 1.0 and self._near(now, bin_, self.rules.still_deg):
            now.take(bin_, most=50)
            return now.lasts_s >= 2 * STILL_S and not self._goes_on(now) and self._judge(now)
        found = False
        if now is not None and now.lasts_s >= STILL_S:
            found = self._settle(now)
        else:
            self._leave(bin_.start_s)
        self.now = bin_
        return found

    def _settle(self, stay: Stay) -> bool:
        """One stillness has ended: it goes on with the one before, or else that one is over."""
        if self.latest is not None and self._goes_on(stay):
            self.latest.take(stay, most=self.latest.count)
            return False
        found = self._judge(stay)
        if self.latest is not None:
            self.before, self.before_held = self.latest, False
        self.latest = stay
        return found

    def _leave(self, at_s: float) -> None:
        """No stillness for long: whatever was before is over and forgotten."""
        if self.latest is not None and at_s - self.latest.end_s > LEFT_S:
            self.latest = self.before = None
            self.before_held = False

    def _goes_on(self, stay: Stay) -> bool:
        """The latest stillness, after a wriggle."""
        latest = self.latest
        near = latest is not None and stay.start_s - latest.end_s <= BRIDGED_S
        return near and latest is not None and self._near(latest, stay, self.rules.lean_deg[0])

    def _judge(self, after: Stay) -> bool:
        """Whether the latest stillness was a hold, now that another one shows where it was left for."""
        latest, before, rules = self.latest, self.before, self.rules
        if (
            latest is None
            or before is None
            or self.before_held
            or not rules.least_s <= latest.lasts_s <= rules.longest_s
        ):
            return False
        if after.start_s - latest.end_s > MOVE_S or latest.start_s - before.end_s > MOVE_S:
            return False
        low_deg, high_deg = rules.lean_deg
        leans = all(low_deg <= between_deg(each.pose, latest.pose) <= high_deg for each in (before, after))
        if not leans or not self._near(before, after, rules.back_deg):
            return False
        self.before, self.latest, self.before_held = latest, None, True
        return self.set.add(self._trimmed(latest, before, after))

    def _trimmed(self, hold: Stay, before: Stay, after: Stay) -> Hold:
        """Without the last of the way in and the first of the way out, which are slow, too."""
        middle_s = (hold.start_s + hold.end_s) / 2
        way_in = self._angles(before, before.end_s - MOVE_S / 2, middle_s)
        out = [(-at_s, angle) for at_s, angle in reversed(self._angles(after, middle_s, after.start_s + MOVE_S / 2))]
        start_s = max(hold.start_s, arrived_s(way_in, 0.0, between_deg(before.pose, hold.pose)) or hold.start_s)
        end_s = min(hold.end_s, -(arrived_s(out, 0.0, between_deg(after.pose, hold.pose)) or -hold.end_s))
        return Hold(start_s, max(start_s, end_s), hold.pose)

    def _angles(self, against: Stay, start_s: float, end_s: float) -> list[tuple[float, float]]:
        return [(at_s, between_deg(pose, against.pose)) for at_s, pose in self.trace if start_s <= at_s <= end_s]

    @staticmethod
    def _near(one: Stay, other: Stay, within_deg: float) -> bool:
        return between_deg(one.pose, other.pose) <= within_deg
