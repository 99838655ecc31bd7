"""Decisions that do not flicker."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from monitor.model import Bools, Floats


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
    """How much of the recent past something was so, 0 to 1; what is older counts by half for every halving time."""

    value: float = 0.0

    def advance(self, flags: Bools, halving_s: float) -> Floats:
        """(n,) share up to each row; rows count, time without rows does not."""
        kept, shares = 0.5 ** (1.0 / halving_s), np.empty(len(flags))
        value = self.value
        for place, flag in enumerate(flags.tolist()):
            value = kept * value + (1.0 - kept if flag else 0.0)
            shares[place] = value
        self.value = value
        return shares
