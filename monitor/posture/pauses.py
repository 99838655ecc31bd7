"""Standing between two walks: whoever stops for a few seconds and walks on has not sat down meanwhile.

The trunk of somebody who stands is not tilted as in walking (by 2 to 9 degrees on harth, which is as much as an
upright seat differs from standing), so the pose in such pauses is upright too, and the better one to compare with.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from pydantic import BaseModel, Field

from monitor.accel.metrics import unit
from monitor.model import Bools, Floats


class PauseRules(BaseModel, frozen=True, extra="forbid"):
    """Which seconds between steps show standing."""

    longest_s: int = Field(10, ge=3, le=30, description="Who walks on within so many seconds has only paused.")
    enough_s: float = Field(4.0, ge=1.0, le=60.0, description="Standing is known after so many seconds of pauses.")
    keep: float = Field(0.8, ge=0.0, le=1.0, description="What earlier pauses still count after a new one.")


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
