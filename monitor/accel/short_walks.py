"""A few steps between two pauses in the same pose: upright before anybody has walked for long.

Who gets up, takes three steps and stops, stands before and after them as he walked. A patch that is carried, turned
over in a hand or shaken in bed also gives seconds that look like steps, but it hardly rests in the very pose in
which it was shaken, before and after. One short walk can still be chance (one in twenty on harth and sens was); two
in the same direction were never wrong there. How much one counts is ``MountingRules.short_walk_s``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import Annotated

import numpy as np
from msgspec import Meta

from monitor.accel.metrics import angle_deg, unit
from monitor.model import Bools, Epochs, Floats
from monitor.rules import Rules


class ShortWalkRules(Rules, frozen=True):
    """What counts as a short walk."""

    steps_min_s: Annotated[
        int, Meta(ge=1, le=10, description="A short walk has at least so many seconds of sure steps.")
    ] = 2
    steps_max_s: Annotated[
        int, Meta(ge=5, le=120, description="A walk longer than this teaches upright by itself.")
    ] = 30
    turn_max_deg: Annotated[
        float, Meta(ge=1.0, le=60.0, description="No second of a short walk points further from their mean than this.")
    ] = 14.0
    pause_s: Annotated[int, Meta(ge=5, le=60, description="The pauses are looked for so long before and after.")] = 15
    still_min_s: Annotated[int, Meta(ge=1, le=30, description="So many still seconds make a pause.")] = 3
    same_deg: Annotated[
        float, Meta(ge=1.0, le=60.0, description="A pause in the same pose points no further from the steps than this.")
    ] = 15.0
    still_spread_max_g: Annotated[
        float,
        Meta(ge=0.0, le=0.2, description="A still second changes the strength of the acceleration no more than this."),
    ] = 0.03
    still_across_max_g: Annotated[
        float, Meta(ge=0.0, le=0.5, description="A still second sways across gravity no more than this.")
    ] = 0.10


@dataclass(frozen=True, slots=True)
class ShortWalk:
    """A few steps between two pauses."""

    begin_s: float
    """When the first pause was seen."""
    direction: list[float]
    """Mean direction of gravity in the steps, a unit vector."""


@dataclass(eq=False)
class ShortWalks:
    """Finds short walks; remembers the last minute."""

    rules: ShortWalkRules = field(default_factory=ShortWalkRules)
    start_s: Floats = field(default_factory=lambda: np.empty(0))
    sure: Bools = field(default_factory=lambda: np.empty(0, np.bool_))
    still: Bools = field(default_factory=lambda: np.empty(0, np.bool_))
    walking_g: Floats = field(default_factory=lambda: np.empty((0, 3)))
    resting_g: Floats = field(default_factory=lambda: np.empty((0, 3)))

    def advance(self, epochs: Epochs, sure: Bools, asked: bool = True) -> dict[int, ShortWalk]:
        """The short walks, by the row in which the second pause is long enough; none where nobody asks."""
        past = len(self.start_s)
        still = (epochs.window_spread_g < self.rules.still_spread_max_g) & (
            epochs.across_g < self.rules.still_across_max_g
        )
        self.start_s = np.concatenate((self.start_s, epochs.start_s))
        self.sure, self.still = np.concatenate((self.sure, sure)), np.concatenate((self.still, still))
        self.walking_g = np.concatenate((self.walking_g, epochs.window_mean_g))
        self.resting_g = np.concatenate((self.resting_g, epochs.mean_g))
        found = {}
        for first, end in self._walks() if asked else ():
            seen = self._seen(first, end)
            if seen is not None and seen[0] >= past:
                found[seen[0] - past] = seen[1]
        self._keep(2 * self.rules.pause_s + self.rules.steps_max_s + 2)
        return found

    def _walks(self) -> list[tuple[int, int]]:
        """First and end row of every unbroken run of sure steps that is short enough."""
        if not len(self.sure):
            return []
        breaks = (np.diff(self.sure) != 0) | (np.diff(self.start_s) != 1.0)
        edges = [0, *(np.flatnonzero(breaks) + 1).tolist(), len(self.sure)]
        rules = self.rules
        return [(a, b) for a, b in pairwise(edges) if self.sure[a] and rules.steps_min_s <= b - a <= rules.steps_max_s]

    def _seen(self, first: int, end: int) -> tuple[int, ShortWalk] | None:
        """The row that completes the second pause, and the walk."""
        steps = unit(self.walking_g[first:end])
        direction = unit(steps.sum(axis=0))
        if not (angle_deg(steps, direction) <= self.rules.turn_max_deg).all():
            return None
        before = self._pause(direction, self.start_s[first] - self.rules.pause_s, self.start_s[first])
        after = self._pause(direction, self.start_s[end - 1] + 0.5, self.start_s[end - 1] + self.rules.pause_s + 1.0)
        if min(len(before), len(after)) < self.rules.still_min_s:
            return None
        begin_s = float(self.start_s[before[-self.rules.still_min_s]])
        return after[self.rules.still_min_s - 1], ShortWalk(begin_s, [float(part) for part in direction])

    def _pause(self, direction: Floats, from_s: float, until_s: float) -> list[int]:
        """Rows of stillness in this direction."""
        a, b = np.searchsorted(self.start_s, (from_s, until_s)).tolist()
        same = self.still[a:b] & (angle_deg(self.resting_g[a:b], direction) < self.rules.same_deg)
        rows: list[int] = (np.flatnonzero(same) + a).tolist()
        return rows

    def _keep(self, rows: int) -> None:
        self.start_s = self.start_s[-rows:].copy()
        self.sure, self.still = self.sure[-rows:].copy(), self.still[-rows:].copy()
        self.walking_g, self.resting_g = self.walking_g[-rows:].copy(), self.resting_g[-rows:].copy()
