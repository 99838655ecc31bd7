"""What standing looks like besides walking: shown on the wearer's word, seen after getting up, seen between two walks.

The trunk of somebody who stands is not tilted as in walking (by 2 to 9 degrees on harth, which is as much as an
upright seat differs from standing), so a pose of standing is the better one to compare with, where there is one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

import numpy as np
from msgspec import Meta

from monitor.accel.metrics import unit
from monitor.model import Bools, Floats
from monitor.posture.rises import RiseColumns
from monitor.rules import Rules


@dataclass(eq=False)
class Shown:
    """The pose that the wearer has shown by standing on their own word."""

    stretches: list[tuple[float, float]] = field(default_factory=list)
    vector: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])
    """Sum of directions; zero where none was shown."""
    from_s: float | None = None
    """Start of the stretch that is being added up."""

    def begins(self, start_s: Floats) -> Bools:
        """Rows with which a stretch begins."""
        first = np.zeros(len(start_s), np.bool_)
        for from_s, until_s in self.stretches:
            inside = (start_s >= from_s) & (start_s + 1.0 <= until_s)
            if inside.any() and self.from_s != from_s:
                first[int(inside.argmax())] = True
        return first

    def advance(self, start_s: Floats, directions: Floats, forget: Bools) -> Floats:
        """(n, 3) direction that may be used in each row, NaN where none; what a row shows holds from the next on."""
        taught: dict[int, float] = {}
        for from_s, until_s in self.stretches:
            inside = (start_s >= from_s) & (start_s + 1.0 <= until_s)
            taught |= dict.fromkeys(np.flatnonzero(inside).tolist(), from_s)
        places = sorted({*taught, *np.flatnonzero(forget).tolist()})
        from_row, states = [0], [list(self.vector)]
        for place in places:
            if forget[place]:
                self.vector = [0.0, 0.0, 0.0]
                from_row.append(place)
                states.append(self.vector)
            if place in taught:
                self._add(taught[place], directions[place].tolist())
            from_row.append(place + 1)
            states.append(list(self.vector))
        if len(start_s):
            self.stretches = [stretch for stretch in self.stretches if stretch[1] > start_s[-1]]
        return unit(np.repeat(np.array(states), np.diff([*from_row, len(start_s)]), axis=0))

    def _add(self, from_s: float, direction: list[float]) -> None:
        if self.from_s != from_s:
            self.from_s, self.vector = from_s, [0.0, 0.0, 0.0]
        if not np.isnan(direction[0]):
            self.vector = [a + b for a, b in zip(self.vector, direction, strict=True)]


class GuessRules(Rules, frozen=True):
    """Which rises and falls show what standing looks like.

    The least rise is at the lower end of what getting up reads on hapt (``rises``); the others are our own judgement.
    """

    rise_min_m: Annotated[float, Meta(ge=0.05, le=0.5, description="Who rises by so much has got up.")] = 0.18
    fall_min_m: Annotated[float, Meta(ge=0.05, le=0.5, description="Who sinks by so much has sat down.")] = 0.15
    rise_max_m: Annotated[float, Meta(ge=0.3, le=2.0, description="Nobody rises by more than this from a seat.")] = 0.8
    turn_min_deg: Annotated[
        float, Meta(ge=0.0, le=20.0, description="Whoever gets up or sits down turns the trunk by this or more.")
    ] = 5.0
    turn_max_deg: Annotated[
        float,
        Meta(ge=20.0, le=90.0, description="Where the trunk turns more than this between two still moments it lay."),
    ] = 55.0


@dataclass(eq=False)
class Guessed:
    """The pose in which somebody stood after getting up, or before sitting down."""

    rules: GuessRules = field(default_factory=GuessRules)
    vector: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])
    """Sum of directions, of which the older count half; zero where none was seen."""

    def advance(self, directions: Floats, rises: RiseColumns, forget: Bools) -> Floats:
        """(n, 3) direction that may be used in each row, NaN where none."""
        rules = self.rules
        near = (rises.turn_deg >= rules.turn_min_deg) & (rises.turn_deg < rules.turn_max_deg)
        near &= rises.ended & (np.abs(rises.rise_m) < rules.rise_max_m)
        got_up, sat_down = near & (rises.rise_m > rules.rise_min_m), near & (rises.rise_m < -rules.fall_min_m)
        standing = np.where(got_up[:, None], directions, unit(rises.before_g))
        from_row, states = [0], [self.vector]
        for place in np.flatnonzero(got_up | sat_down | forget).tolist():
            if forget[place]:
                self.vector = [0.0, 0.0, 0.0]
            if (got_up | sat_down)[place]:
                self.vector = [0.5 * a + b for a, b in zip(self.vector, standing[place].tolist(), strict=True)]
            from_row.append(place)
            states.append(self.vector)
        return unit(np.repeat(np.array(states), np.diff([*from_row, len(directions)]), axis=0))


class PauseRules(Rules, frozen=True):
    """Which seconds between steps show standing; our own judgement."""

    longest_s: Annotated[int, Meta(ge=3, le=30, description="Who walks on within so many seconds has only paused.")] = (
        10
    )
    enough_s: Annotated[
        float, Meta(ge=1.0, le=60.0, description="Standing is known after so many seconds of pauses.")
    ] = 4.0
    keep: Annotated[float, Meta(ge=0.0, le=1.0, description="What earlier pauses still count after a new one.")] = 0.8


@dataclass(eq=False)
class Pauses:
    """Adds up the still seconds of pauses; remembers the last few rows."""

    rules: PauseRules = field(default_factory=PauseRules)
    start_s: Floats = field(default_factory=lambda: np.empty(0))
    stepping: Bools = field(default_factory=lambda: np.empty(0, np.bool_))
    directions: Floats = field(default_factory=lambda: np.empty((0, 3)))
    """Of still seconds; NaN elsewhere."""
    vector: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])

    def advance(self, start_s: Floats, stepping: Bools, still: Bools, directions: Floats, forget: Bools) -> Floats:
        """(n, 3) direction of standing that may be used in each row, NaN where none."""
        past, rows = len(self.start_s), len(start_s)
        self.start_s = np.concatenate((self.start_s, start_s))
        self.stepping = np.concatenate((self.stepping, stepping))
        self.directions = np.concatenate((self.directions, np.where(still[:, None], directions, np.nan)))
        pauses = self._pauses(past)
        from_row, states = [0], [self._state()]
        for place in sorted({*pauses, *np.flatnonzero(forget).tolist()}):
            if forget[place]:
                self.vector = [0.0, 0.0, 0.0]
            elif place in pauses:
                self._add(*pauses[place])
            from_row.append(place)
            states.append(self._state())
        kept = slice(-(self.rules.longest_s + 1), None)
        self.start_s, self.stepping = self.start_s[kept].copy(), self.stepping[kept].copy()
        self.directions = self.directions[kept].copy()
        return unit(np.repeat(np.array(states), np.diff([*from_row, rows]), axis=0))

    def _pauses(self, past: int) -> dict[int, tuple[int, int]]:
        """Rows between two steps, by the new row in which the wearer walks on."""
        walking = np.flatnonzero(self.stepping)
        first, end = walking[:-1] + 1, walking[1:]
        short = (end > first) & (end >= past)
        short &= self.start_s[end] - self.start_s[first - 1] <= self.rules.longest_s
        return {b - past: (a, b) for a, b in zip(first[short].tolist(), end[short].tolist(), strict=True)}

    def _add(self, first: int, end: int) -> None:
        self.vector = [self.rules.keep * part for part in self.vector]
        for direction in self.directions[first:end].tolist():
            if direction[0] == direction[0]:
                self.vector = [a + b for a, b in zip(self.vector, direction, strict=True)]

    def _state(self) -> list[float]:
        x, y, z = self.vector
        enough = (x * x + y * y + z * z) ** 0.5 >= self.rules.enough_s
        return self.vector if enough else [0.0, 0.0, 0.0]
