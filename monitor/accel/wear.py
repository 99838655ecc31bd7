"""On the body or not: a sensor that nothing moves at all is doubted, then suspected, then settled as not worn.

People sit still with a thigh patch: exactly the same value for over 200 s has been seen on worn patches of coarse
resolution. So stillness is given time, and the steps are 300 s (doubt: what was learned of the mounting may be
replaced sooner, and nobody stands so still), 600 s (suspected: no statement, the clock stands) and 1800 s (settled: not
worn). The wearable's own word settles it at once. Time is counted in rows: what was not observed proves nothing.

A table is knocked, typed at and leant on, and the sensor on it lies as before when that is over. So a short bump does
not end the stillness if the sensor then points where it did; whoever wears one rarely comes back to a third of a
degree. In the labelled recordings, bumps forgiven, nobody sat so for over 220 s or stood for over 140 s. Lying still
fills whole takes of seven to nine minutes: longer ones, which we do not have, may well come to no statement.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from monitor.accel.metrics import norm
from monitor.model import Bools, Epochs, Floats, Quality
from monitor.rules import Rules

BUMP_TURNS_MG = 100.0
"""A knock leaves the mean of its second within so much of where the sensor rests; a hand or a leg turns it further."""


class WearRules(Rules, frozen=True):
    """When a still sensor is no longer believed to be worn."""

    doubt_s: Annotated[
        float, Meta(ge=60, le=3600, description="After so long without any movement the mounting becomes doubtful.")
    ] = 300.0
    suspect_s: Annotated[
        float,
        Meta(
            ge=120,
            le=7200,
            description="After so long without any movement the program makes no statement and the clock stands.",
        ),
    ] = 600.0
    settle_s: Annotated[
        float, Meta(ge=300, le=14400, description="After so long without any movement the wearable counts as not worn.")
    ] = 1800.0
    jitter_max_mg: Annotated[
        float,
        Meta(
            ge=0.0,
            le=50.0,
            description="Within a second an unworn sensor shakes no more than this: its own noise, all axes together.",
        ),
    ] = 20.0
    shift_max_mg: Annotated[
        float, Meta(ge=0.1, le=50.0, description="From one second to the next an unworn sensor's mean moves no more.")
    ] = 6.0
    bump_max_s: Annotated[
        int,
        Meta(
            ge=0,
            le=60,
            description="A bump of the table ends the stillness only where it lasts longer, or turns the sensor.",
        ),
    ] = 5


@dataclass(frozen=True, slots=True, eq=False)
class WearColumns:
    """Row by row."""

    flat_s: NDArray[np.int64]
    """Seconds without any movement up to and with this row."""
    doubted: Bools
    """Still for so long that the mounting is doubtful."""
    suspected: Bools
    """No statement can be made."""
    settled: Bools
    """Not worn."""


@dataclass(eq=False)
class Wear:
    """Counts how long nothing has moved."""

    rules: WearRules = field(default_factory=WearRules)
    still_s: int = 0
    """Seconds of stillness up to the last row that was still."""
    bumped_s: int = 0
    """Moved rows since then: a bump that is not over."""
    mean_g: Floats = field(default_factory=lambda: np.full(3, np.inf))
    """Mean of the last row."""
    still_g: Floats = field(default_factory=lambda: np.full(3, np.inf))
    """Mean of the last row that was still."""

    def advance(self, epochs: Epochs) -> WearColumns:
        """One row for every epoch."""
        before_g = np.concatenate((self.mean_g[None], epochs.mean_g))
        with np.errstate(invalid="ignore"):
            shift_g = norm(before_g[1:] - before_g[:-1])
        quiet = epochs.jitter_g <= self.rules.jitter_max_mg / 1000
        flat = quiet & (shift_g <= self.rules.shift_max_mg / 1000)
        flat_s, held_s = self._count(epochs.mean_g, quiet, flat)
        if len(epochs):
            self.mean_g = epochs.mean_g[-1].copy()
        told = (epochs.quality & int(Quality.DEVICE_NOT_WORN)) != 0
        settled = told | (held_s >= self.rules.settle_s)
        suspected = settled | (held_s >= self.rules.suspect_s)
        return WearColumns(
            flat_s, doubted=suspected | (held_s >= self.rules.doubt_s), suspected=suspected, settled=settled
        )

    def _count(self, mean_g: Floats, quiet: Bools, flat: Bools) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Seconds of stillness in each row, 0 where it moves; and the same, held through what may be a mere bump.

        Few moves end a stillness that is long enough to be bumped: only those are followed row by row.
        """
        rows, still = len(flat), flat.copy()
        held_s, moves = _in_a_row(flat, self.still_s), np.flatnonzero(~flat)
        knocks = moves[np.append(self.still_s, held_s)[moves] > self.rules.bump_max_s]
        row = 0 if self.bumped_s else _first_from(knocks, 0, rows)
        while row < rows:
            if not self.bumped_s and row:
                self.still_s, self.still_g = int(held_s[row - 1]), mean_g[row - 1].copy()
            row = self._follow_bump(row, mean_g, quiet, held_s, still)
            end = row if self.bumped_s else _first_from(moves, row, rows)
            held_s[row:end] = self.still_s + np.arange(1, end - row + 1)
            knocked = end < rows and held_s[end - 1] > self.rules.bump_max_s
            row = end if knocked else _first_from(knocks, end + 1, rows)
        if rows and not self.bumped_s:
            self.still_s = int(held_s[-1])
        if still.any():
            self.still_g = mean_g[np.flatnonzero(still)[-1]].copy()
        return np.where(still, held_s, 0), held_s

    def _follow_bump(self, first: int, mean_g: Floats, quiet: Bools, held_s: NDArray[np.int64], still: Bools) -> int:
        """Write the rows of a bump into ``held_s`` and ``still``; the first row after it."""
        for row in range(first, len(still)):
            self._bump(mean_g[row], bool(quiet[row]))
            held_s[row], still[row] = self.still_s, not self.bumped_s and self.still_s > 0
            if not self.bumped_s:
                return row + 1
        return len(still)

    def _bump(self, mean_g: Floats, quiet: bool) -> None:
        """A row of a bump, which ends when the sensor lies as before, or proves to be more than a bump."""
        self.bumped_s += 1
        away_mg = 1000 * float(norm(mean_g - self.still_g))
        if quiet and away_mg <= self.rules.shift_max_mg:
            self.still_s, self.bumped_s, self.still_g = self.still_s + self.bumped_s, 0, mean_g.copy()
        elif self.bumped_s > self.rules.bump_max_s or away_mg > BUMP_TURNS_MG:
            self.still_s = self.bumped_s = 0


def _in_a_row(flat: Bools, before: int) -> NDArray[np.int64]:
    """How many rows up to and with this one were flat without a break, ``before`` of them earlier."""
    index = np.arange(len(flat))
    moved = np.maximum.accumulate(np.where(flat, -1 - before, index))
    return np.asarray(index - moved)


def _first_from(sorted_rows: NDArray[np.int64], row: int, rows: int) -> int:
    """The first of some rows from ``row`` on; ``rows`` where there is none."""
    place = int(np.searchsorted(sorted_rows, row))
    return int(sorted_rows[place]) if place < len(sorted_rows) else rows
