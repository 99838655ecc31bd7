"""Held poses with the body lower than standing and the trunk upright: a lunge, seen from the trunk.

The trunk stays as it was, so no angle tells the pose. But the body sinks into it and rises out of it, both by about the
same height (``heights.py``). Sitting down is a sink, too: there the trunk is thrown forwards on both ways (30 to 50
degrees; Schenkman et al. 1990, Tully et al. 2005), and the pelvis turns back on the seat. And hardly anybody sits down
twice in a row for as long, to get up at once.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from statistics import fmean
from typing import Annotated

from msgspec import Meta

from monitor.accel.heights import Heights, HeightStep
from monitor.accel.hold_sets import Hold, HoldSet, SetRules
from monitor.accel.holds import TRACED
from monitor.accel.limb import BIN_S, Bins, Vector, between_deg, unit
from monitor.rules import Rules


class SinkRules(Rules, frozen=True):
    """What such a hold looks like; measured on simulated trunks, and on HAPT, HARTH, SisFall and UCI's chests."""

    sink_m: Annotated[tuple[float, float], Meta(description="So far the body sinks and rises.")] = (0.14, 0.7)
    way_s: Annotated[
        float, Meta(ge=0.5, le=10, description="No way takes longer; slower ones cannot be told from drifting.")
    ] = 3.5
    match: Annotated[float, Meta(ge=0.1, le=1, description="The smaller of both ways, as a share of the other.")] = 0.5
    least_s: Annotated[float, Meta(ge=1, le=120, description="The shortest hold.")] = 15.0
    longest_s: Annotated[float, Meta(ge=5, le=900, description="Who stays longer has not held a pose, but rests.")] = (
        100.0
    )
    pose_deg: Annotated[float, Meta(ge=1, le=90, description="So near to standing the trunk is held.")] = 15.0
    lean_deg: Annotated[float, Meta(ge=1, le=90, description="The trunk leans no further on the ways.")] = 22.0
    back_deg: Annotated[
        float, Meta(ge=1, le=90, description="So near the trunk is afterwards to where it was before.")
    ] = 12.0
    shake_g: Annotated[float, Meta(ge=0.01, le=1, description="With more jolting the wearer walks.")] = 0.08
    restless: Annotated[float, Meta(ge=0, le=1, description="The share of a hold that may jolt or lean.")] = 0.2
    sets: Annotated[SetRules, Meta(description="Which holds belong together.")] = SetRules()


ASIDE_S = 2.0
"""The pose beside a way is the mean of so long."""

Trace = tuple[float, float, float, float, float]
"""Time, direction and shake of a bin."""


@dataclass
class Sinking:
    """Adds up the seconds in which the body was held low."""

    rules: SinkRules
    set: HoldSet
    heights: Heights = field(default_factory=Heights)
    trace: list[Trace] = field(default_factory=list)
    downs: list[HeightStep] = field(default_factory=list)
    """Ways down since the last way up; the first is the one into the pose, but for shifts in standing."""

    @classmethod
    def of(cls, rules: SinkRules) -> Sinking:
        """Nothing seen yet."""
        return cls(rules, HoldSet(rules.sets))

    def may_hold(self, at_s: float) -> bool:
        """Whether the wearer has sunk lately, and not risen yet, or has risen from a hold that another may follow."""
        sunk = any(at_s - down.end_s <= self.rules.longest_s for down in self.downs)
        return sunk or self.set.may_go_on(at_s)

    def feed(self, bins: Bins) -> float | None:
        """Bins in order; when the holds have last changed, if they have."""
        changed_s = None
        rows = zip(
            bins.at_s.tolist(), bins.direction.tolist(), bins.shake_g.tolist(), bins.strength_g.tolist(), strict=True
        )
        for at_s, (x, y, z), shake_g, strength_g in rows:
            self.trace.append((at_s, x, y, z, shake_g))
            del self.trace[:-TRACED]
            step = self.heights.see(at_s, strength_g)
            if step is not None and self._take(step):
                changed_s = at_s
        return changed_s

    def _take(self, step: HeightStep) -> bool:
        """One move up or down; whether a hold was recognised with it."""
        if not self.rules.sink_m[0] <= abs(step.rise_m) <= self.rules.sink_m[1] or step.lasts_s > self.rules.way_s:
            return False
        if step.rise_m < 0.0:
            lately = [each for each in self.downs if step.start_s - each.end_s <= self.rules.longest_s]
            self.downs = [*lately[-3:], step]
            return False
        deepest_m = -min((each.rise_m for each in self.downs), default=0.0)
        hold = next((hold for each in self.downs if (hold := self._hold(each, step)) is not None), None)
        if hold is not None or step.rise_m >= self.rules.match * deepest_m:
            self.downs = []
        return hold is not None and self.set.add(hold)

    def _hold(self, down: HeightStep, up: HeightStep) -> Hold | None:
        """What lies between both, if it is one."""
        rules, lasts_s = self.rules, up.start_s - down.end_s
        if not rules.least_s <= lasts_s <= rules.longest_s or not _alike(-down.rise_m, up.rise_m, rules.match):
            return None
        before = self._pose(down.start_s - ASIDE_S, down.start_s)
        held = self._pose(down.end_s, up.start_s)
        after = self._pose(up.end_s, up.end_s + ASIDE_S)
        if before is None or held is None or after is None:
            return None
        upright = between_deg(before, held) <= rules.pose_deg and between_deg(before, after) <= rules.back_deg
        steady = upright and self._is_steady(down.end_s, up.start_s, held)
        return Hold(down.end_s, up.start_s, held) if steady and self._is_upright(down, up, before, held) else None

    def _is_steady(self, start_s: float, end_s: float, held: Vector) -> bool:
        """Hardly any steps, and hardly ever another pose."""
        rows = self._between(start_s, end_s)
        rest = [
            row for row in rows if row[4] <= self.rules.shake_g and between_deg(row[1:4], held) <= self.rules.pose_deg
        ]
        return len(rest) >= (1.0 - self.rules.restless) * (end_s - start_s) / BIN_S

    def _is_upright(self, down: HeightStep, up: HeightStep, before: Vector, held: Vector) -> bool:
        """The trunk is not thrown forwards on the ways."""
        return max(self._lean_deg(down, before, held), self._lean_deg(up, before, held)) <= self.rules.lean_deg

    def _lean_deg(self, way: HeightStep, before: Vector, held: Vector) -> float:
        rows = self._between(way.start_s - 0.5, way.end_s + 1.0)
        poses = [
            unit(*(fmean(row[axis] for row in rows[n : n + 6]) for axis in (1, 2, 3)))
            for n in range(0, len(rows) - 5, 2)
        ]
        return max((min(between_deg(pose, before), between_deg(pose, held)) for pose in poses), default=90.0)

    def _pose(self, start_s: float, end_s: float) -> Vector | None:
        rows = self._between(start_s, end_s)
        if len(rows) < 0.8 * (end_s - start_s) / BIN_S:
            return None
        return unit(*(fmean(row[axis] for row in rows) for axis in (1, 2, 3)))

    def _between(self, start_s: float, end_s: float) -> list[Trace]:
        return [row for row in self.trace if start_s <= row[0] <= end_s]


def _alike(one: float, other: float, share: float) -> bool:
    return min(one, other) >= share * max(one, other)
