"""The wearer's own trial: do calls make me get up? By lot, half of the days or bouts go without.

What is compared is the same in both halves: at the moment when a call would be made, does a break begin within five
minutes? The lot is made from the day or the bout, so that a restart draws the same.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

Z_95 = 1.959963984540054
DRAWS = 10_000
LEAST_UNITS = 5
"""Fewer days (or bouts) on a side than this say nothing."""


def trial_calls(unit: str) -> bool:
    """Whether the lot lets calls be made in this day or bout."""
    return bool(hashlib.sha256(f"trial\x1f{unit}".encode()).digest()[0] & 1)


class Point(Protocol):
    """One moment at which a call was, or would have been, made."""

    @property
    def unit(self) -> str:
        """The day or the bout."""

    @property
    def called(self) -> bool:
        """Whether the call was made."""

    @property
    def got_up(self) -> bool:
        """Whether a break began within five minutes."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a trial has shown so far; shares are 0..1."""

    called: int
    called_up: int
    silent: int
    silent_up: int
    difference: float
    low: float
    high: float
    """95 % interval of the difference."""
    enough: bool

    @property
    def shows_an_effect(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.enough and (self.low > 0 or self.high < 0)


def judge(points: Sequence[Point], by_day: bool) -> Verdict:
    """The difference in getting up, with its interval: Newcombe's for bouts, days drawn anew for days."""
    with_calls, without = ([point for point in points if point.called is side] for side in (True, False))
    ups = [sum(point.got_up for point in side) for side in (with_calls, without)]
    units = [len({point.unit for point in side}) for side in (with_calls, without)]
    enough = min(units) >= LEAST_UNITS
    difference, low, high = 0.0, -1.0, 1.0
    if with_calls and without:
        difference = ups[0] / len(with_calls) - ups[1] / len(without)
        if enough:
            low, high = (
                _between_days(with_calls, without)
                if by_day
                else newcombe(ups[0], len(with_calls), ups[1], len(without))
            )
    return Verdict(len(with_calls), ups[0], len(without), ups[1], difference, low, high, enough)


def newcombe(yes_1: int, n_1: int, yes_2: int, n_2: int) -> tuple[float, float]:
    """95 % interval of a difference of two shares: Newcombe (1998), Statistics in Medicine 17:873, method 10."""
    p_1, p_2 = yes_1 / n_1, yes_2 / n_2
    (low_1, high_1), (low_2, high_2) = _wilson(yes_1, n_1), _wilson(yes_2, n_2)
    difference = p_1 - p_2
    return (
        difference - math.hypot(p_1 - low_1, high_2 - p_2),
        difference + math.hypot(high_1 - p_1, p_2 - low_2),
    )


def _wilson(yes: int, n: int) -> tuple[float, float]:
    share, square = yes / n, Z_95**2
    middle, half = share + square / (2 * n), Z_95 * math.sqrt(share * (1 - share) / n + square / (4 * n * n))
    return (middle - half) / (1 + square / n), (middle + half) / (1 + square / n)


def _between_days(with_calls: Sequence[Point], without: Sequence[Point]) -> tuple[float, float]:
    """The points of a day go together, so whole days are drawn anew (cluster bootstrap, percentiles)."""
    random = np.random.default_rng(0)
    sides = [_drawn_shares(side, random) for side in (with_calls, without)]
    low, high = np.percentile(sides[0] - sides[1], [2.5, 97.5])
    return float(low), float(high)


def _drawn_shares(points: Sequence[Point], random: np.random.Generator) -> np.ndarray:
    days = sorted({point.unit for point in points})
    count = np.array([sum(point.unit == day for point in points) for day in days], dtype=float)
    up = np.array([sum(point.got_up for point in points if point.unit == day) for day in days], dtype=float)
    drawn = random.integers(0, len(days), (DRAWS, len(days)))
    return np.asarray(up[drawn].sum(axis=1) / count[drawn].sum(axis=1))
