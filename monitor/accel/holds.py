"""Held poses: stillness in the exercise's pose, entered from another one and left again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Annotated

from msgspec import Meta

from monitor.accel.limb import Seen, Signal
from monitor.accel.metrics import MIDDLE_HALF
from monitor.rules import Rules


class HoldRules(Rules, frozen=True):
    """What a held pose looks like: stillness in a pose that was entered and left.

    The figures are our own, as those of ``MotionRules``: ``docs/exercises.md`` has what they give.
    """

    signal: Annotated[Signal, Meta(description="Which angle is followed.")] = "flexion"
    least_s: Annotated[float, Meta(ge=1, le=120, description="The shortest hold.")] = 5.0
    longest_s: Annotated[float, Meta(ge=5, le=900, description="Who stays longer has not held a pose, but rests.")] = (
        100.0
    )
    still_deg: Annotated[
        float, Meta(ge=0.5, le=20, description="Stillness: the direction stays within this angle.")
    ] = 5.0
    differs_deg: Annotated[float, Meta(ge=2, le=90, description="So far from the pose before and after it.")] = 6.0
    pose_deg: Annotated[tuple[float, float], Meta(description="Where the pose is, against upright.")] = (-180.0, 360.0)
    other_deg: Annotated[tuple[float, float], Meta(description="Where it is when the other leg does it.")] | None = None
    least_count: Annotated[int, Meta(ge=1, le=20, description="So many holds are needed to believe them.")] = 2


STILL_S = 1.0
"""The shortest stillness that says where the limb is."""
BRIDGED_S = 2.5
"""Who moves for less, and comes back, is still holding."""
LEFT_S = 5.0
"""Without any stillness for so long the pose was left, wherever to."""
TRACED = 1300
"""Bins that are remembered: the longest hold, and the ways into it and out of it."""
MOVE_S = 6.0
"""No move into a pose takes longer."""


@dataclass
class Plateau:
    """A stretch of stillness."""

    start_s: float
    end_s: float
    angle_deg: float
    """Mean."""
    count: int = 1

    @property
    def lasts_s(self) -> float:
        """From its first to its last bin."""
        return self.end_s - self.start_s

    def join(self, other: Plateau) -> None:
        """The other belongs to it."""
        share = other.count / (self.count + other.count)
        self.angle_deg += share * (other.angle_deg - self.angle_deg)
        self.end_s, self.count = other.end_s, self.count + other.count


@dataclass
class Holder:
    """Adds up the seconds in which a pose was held."""

    rules: HoldRules
    absolute: bool = False
    now: Plateau | None = None
    latest: Plateau | None = None
    """The last stillness that has ended; it may go on yet."""
    before: Plateau | None = None
    """The one before it."""
    judged: bool = True
    """Whether the latest one was a hold has been decided."""
    holds: list[Plateau] = field(default_factory=list)
    trace: list[tuple[float, float]] = field(default_factory=list)
    """Time and angle of the last bins."""

    @property
    def is_believed(self) -> bool:
        """Enough holds; with one leg and the other, where there are sides."""
        if len(self.holds) < self.rules.least_count:
            return False
        return self.rules.other_deg is None or len({self._is_other(hold) for hold in self.holds}) == 2

    @property
    def held_s(self) -> float:
        """Seconds held, of all that were entered and left."""
        return sum(hold.lasts_s for hold in self.holds)

    def follow(self, bins: Sequence[Seen]) -> list[float]:
        """More bins; the times of those with which a hold was recognised.

        Most go on with a stillness of which nothing is to be decided any more; ``see`` would do the same with them.
        """
        found_s, trace, still_deg = [], self.trace, self.rules.still_deg
        for at_s, angle_deg, _, _ in bins:
            now = self.now
            goes_on = now is not None and abs(angle_deg - now.angle_deg) <= still_deg and at_s - now.end_s < 1.0
            if now is not None and goes_on and self.judged:
                trace.append((at_s, angle_deg))
                if len(trace) > TRACED:
                    del trace[0]
                now.end_s, now.count = at_s, now.count + 1
                now.angle_deg += (angle_deg - now.angle_deg) / (now.count if now.count < 50 else 50)
            elif self.see(at_s, angle_deg):
                found_s.append(at_s)
        return found_s

    def see(self, at_s: float, angle_deg: float) -> bool:
        """One bin more; whether a hold was recognised with it."""
        self.trace.append((at_s, angle_deg))
        if len(self.trace) > TRACED:
            del self.trace[0]
        now = self.now
        if now is not None and abs(angle_deg - now.angle_deg) <= self.rules.still_deg and at_s - now.end_s < 1.0:
            now.end_s, now.count = at_s, now.count + 1
            now.angle_deg += (angle_deg - now.angle_deg) / min(now.count, 50)
            over = not self.judged and now.lasts_s >= 2 * STILL_S and not self._goes_on(now)
            return over and self._judge(now)
        if now is not None and now.lasts_s >= STILL_S:
            found = self._settle(now)
        else:
            found = self.latest is not None and at_s - self.latest.end_s > LEFT_S and self._judge(None)
        self.now = Plateau(at_s, at_s, angle_deg)
        return found

    def _settle(self, plateau: Plateau) -> bool:
        """One stillness has ended: it goes on with the one before, or else that one is over."""
        if self.latest is not None and self._goes_on(plateau):
            self.latest.join(plateau)
            return False
        found = self._judge(plateau)
        self.before, self.latest, self.judged = self.latest, plateau, False
        return found

    def _goes_on(self, plateau: Plateau) -> bool:
        """The latest stillness, after a wriggle."""
        latest = self.latest
        if latest is None or self.judged or plateau.start_s - latest.end_s > BRIDGED_S:
            return False
        return abs(plateau.angle_deg - latest.angle_deg) < self.rules.differs_deg

    def _judge(self, after: Plateau | None) -> bool:
        """Whether the latest stillness was a hold, now that it was left."""
        latest, before, judged, self.judged = self.latest, self.before, self.judged, True
        if judged or latest is None or before is None:
            return False
        if not self.rules.least_s <= latest.lasts_s <= self.rules.longest_s or not self._is_pose(latest):
            return False
        if not self._stands_out(latest, before) or (after is not None and not self._stands_out(latest, after)):
            return False
        self.holds.append(self._trimmed(latest, before, after))
        return True

    def _trimmed(self, hold: Plateau, before: Plateau, after: Plateau | None) -> Plateau:
        """Without the last of the way in and the first of the way out, which are slow, too."""
        middle_s, start_s, end_s = (hold.start_s + hold.end_s) / 2, hold.start_s, hold.end_s
        way_in = [each for each in self.trace if before.end_s - MOVE_S / 2 <= each[0] <= middle_s]
        start_s = max(start_s, arrived_s(way_in, before.angle_deg, hold.angle_deg) or start_s)
        if after is not None:
            out = [each for each in self.trace if middle_s <= each[0] <= after.start_s + MOVE_S / 2]
            backwards = [(-at_s, angle_deg) for at_s, angle_deg in reversed(out)]
            end_s = min(end_s, -(arrived_s(backwards, after.angle_deg, hold.angle_deg) or -end_s))
        return Plateau(start_s, max(start_s, end_s), hold.angle_deg, hold.count)

    def _stands_out(self, plateau: Plateau, other: Plateau) -> bool:
        """Far enough from the pose before or after it, in the direction in which the own leg's pose lies."""
        change_deg = plateau.angle_deg - other.angle_deg
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


def arrived_s(trace: list[tuple[float, float]], from_deg: float, to_deg: float) -> float | None:
    """When a move from one angle to the other was over, by the middle half of its way."""
    done = [(at_s, (angle_deg - from_deg) / (to_deg - from_deg)) for at_s, angle_deg in trace]
    last = max((number for number, (_, share) in enumerate(done) if share <= 0.25), default=None)
    if last is None:
        return None
    half_s = next((at_s for at_s, share in done[last:] if share >= 0.5), None)
    most_s = next((at_s for at_s, share in done[last:] if share >= 0.75), None)
    if half_s is None or most_s is None:
        return None
    return half_s + min((most_s - done[last][0]) / MIDDLE_HALF, MOVE_S) / 2
