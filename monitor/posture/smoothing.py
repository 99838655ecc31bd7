"""Decisions that do not flicker."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from monitor.model import Bools, Floats

_SHARE_ROWS = 4096
"""Rows that are taken together at the most: how much more one may weigh than another has its limits."""
_SHARE_LEAST = 1e-200
"""A share so small is none: numbers that can hardly be held would lose digits sooner or later, as rows are cut."""


@dataclass
class Hysteresis:
    """True above an upper limit, false below a lower one, as before in between and where nothing is known (NaN)."""

    state: bool = False

    def advance(self, values: Floats, lower: float, upper: float) -> Bools:
        """(n,) decision for each value."""
        if not len(values):
            return np.empty(0, np.bool_)
        place = np.arange(1, len(values) + 1)
        last_clear = np.maximum.accumulate(np.where((values > upper) | (values < lower), place, 0))
        clear = np.concatenate(([self.state], values > upper))
        decided: Bools = clear[last_clear]
        self.state = bool(decided[-1])
        return decided


@dataclass
class Holding:
    """True while something is so, and for some seconds after, unless something ends it."""

    last_s: float | None = None
    """When it was so last; None: not yet, or ended since."""

    def advance(self, start_s: Floats, flags: Bools, hold_s: float, ends: Bools | None = None) -> Bools:
        """(n,) decision for each second; in ``ends`` it is over at once, and stays so until it is so again."""
        if not len(start_s):
            return np.empty(0, np.bool_)
        before_s = -np.inf if self.last_s is None else self.last_s
        latest_s = np.maximum.accumulate(np.where(flags, start_s, before_s))
        ended_s = np.full(len(start_s), -np.inf)
        if ends is not None:
            ended_s = np.maximum.accumulate(np.where(ends & ~flags, start_s, -np.inf))
        going = np.isfinite(latest_s) & (latest_s > ended_s)
        self.last_s = float(latest_s[-1]) if going[-1] else None
        held: Bools = going & (start_s - latest_s <= hold_s)
        return held


@dataclass
class Lasting:
    """How long something has been as it is, so or not so."""

    state: bool | None = None
    since_s: float = 0.0

    def advance(self, start_s: Floats, flags: Bools) -> Floats:
        """(n,) seconds from the last change, or from the very first row, to each row."""
        if not len(start_s):
            return np.empty(0)
        first = bool(flags[0]) if self.state is None else self.state
        changed = flags != np.concatenate(([first], flags[:-1]))
        begin_s = float(start_s[0]) if self.state is None else self.since_s
        since_s = np.maximum.accumulate(np.where(changed, start_s, begin_s))
        self.state, self.since_s = bool(flags[-1]), float(since_s[-1])
        lasted_s: Floats = start_s - since_s
        return lasted_s


@dataclass
class LastClear:
    """The last value that was clear, which counts on for a while where values are unclear."""

    value: float = 0.0
    at_s: float | None = None

    def advance(self, start_s: Floats, unclear: Bools, values: Floats, share: float, longest_s: float) -> Floats:
        """(n,) values; the unclear ones mixed with ``share`` of the last clear one, if that is recent."""
        if not len(start_s):
            return np.empty(0)
        past_s = -np.inf if self.at_s is None else self.at_s
        all_s, all_values = np.concatenate(([past_s], start_s)), np.concatenate(([self.value], values))
        last = np.maximum.accumulate(np.where(unclear, 0, np.arange(1, len(start_s) + 1)))
        mixed = share * all_values[last] + (1.0 - share) * values
        self.value = float(all_values[last[-1]])
        self.at_s = float(all_s[last[-1]]) if np.isfinite(all_s[last[-1]]) else None
        held: Floats = np.where(unclear & (start_s - all_s[last] <= longest_s), mixed, values)
        return held


@dataclass
class Share:
    """How much of the recent past something was so, 0 to 1; what is older counts by half for every halving time.

    What is old is left as it is, and each row weighs more than the one before (forward decay, as in
    ``accel.candidates``): so the share is one running sum over another number, and not a loop.
    """

    total: float = 0.0
    """Weights of the rows in which it was so."""
    weight: float = 1.0
    """Of the last row."""

    def advance(self, flags: Bools, halving_s: float) -> Floats:
        """(n,) share up to each row; rows count, time without rows does not."""
        pieces = [flags[at : at + _SHARE_ROWS] for at in range(0, len(flags), _SHARE_ROWS)]
        return np.concatenate([np.empty(0), *(self._advance(piece, 2.0 ** (1.0 / halving_s)) for piece in pieces)])

    def _advance(self, flags: Bools, growth: float) -> Floats:
        weights = np.multiply.accumulate(np.concatenate(([self.weight], np.full(len(flags), growth))))[1:]
        totals = np.add.accumulate(np.concatenate(([self.total], np.where(flags, weights, 0.0))))[1:]
        shares: Floats = (1.0 - 1.0 / growth) * totals / weights
        self.weight, twos = math.frexp(weights[-1])  # smaller by a power of two: that costs no digit
        self.total = math.ldexp(totals[-1], -twos)
        if self.total < _SHARE_LEAST:
            self.total = 0.0
        return shares
