"""The last few rows, kept from one call to the next, so that looking back does not depend on where blocks were cut."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from monitor.accel.metrics import angle_deg, degrees_of, unit
from monitor.model import Bools, Epochs, Floats


@dataclass(eq=False)
class RecentCount:
    """In how many of the last seconds, this one included, something was so."""

    start_s: Floats = field(default_factory=lambda: np.empty(0))
    flags: Bools = field(default_factory=lambda: np.empty(0, np.bool_))

    def advance(self, start_s: Floats, flags: Bools, width_s: int) -> NDArray[np.int64]:
        """Count over the ``width_s`` seconds up to each row, (n,); seconds without a row count as not so."""
        past = len(self.flags)
        all_s, all_flags = np.concatenate((self.start_s, start_s)), np.concatenate((self.flags, flags))
        so_far = np.concatenate(([0], np.cumsum(all_flags)))
        count: NDArray[np.int64] = so_far[past + 1 :] - so_far[_first_within(all_s, past, width_s)]
        self.start_s, self.flags = all_s[-width_s:].copy(), all_flags[-width_s:].copy()
        return count


def _first_within(all_s: Floats, past: int, width_s: int) -> NDArray[np.int64]:
    """The first row that is less than ``width_s`` seconds before each row from ``past`` on."""
    if len(all_s) and all_s[-1] - all_s[0] == len(all_s) - 1:  # whole seconds without a hole
        return np.maximum(np.arange(past, len(all_s)) - (width_s - 1), 0)
    return np.searchsorted(all_s, all_s[past:] - width_s, side="right")


@dataclass(eq=False)
class RecentTurn:
    """How far a direction has turned within the last seconds."""

    start_s: Floats = field(default_factory=lambda: np.empty(0))
    vectors: Floats = field(default_factory=lambda: np.empty((0, 3)))

    def advance(self, start_s: Floats, vectors: Floats, width_s: int) -> Floats:
        """Largest angle in degrees to any row of the last ``width_s`` seconds; inf where the oldest is missing."""
        past = len(self.start_s)
        all_s, all_vectors = np.concatenate((self.start_s, start_s)), np.concatenate((self.vectors, vectors))
        x, y, z = np.ascontiguousarray(unit(all_vectors).T)
        cosine = np.ones(len(all_s))
        for back in range(1, min(width_s, len(all_s) - 1) + 1):
            to_that = x[back:] * x[:-back] + y[back:] * y[:-back] + z[back:] * z[:-back]
            np.minimum(cosine[back:], to_that, out=cosine[back:])
        whole = np.zeros(len(all_s), np.bool_)
        whole[width_s:] = all_s[width_s:] - all_s[:-width_s] == width_s
        self.start_s, self.vectors = all_s[-width_s:].copy(), all_vectors[-width_s:].copy()
        return np.where(whole, degrees_of(cosine), np.inf)[past:]


@dataclass(eq=False)
class RecentSway:
    """How much a direction turns from one second to the next, as a rule, over the last seconds."""

    start_s: Floats = field(default_factory=lambda: np.empty(0))
    segment: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    vectors: Floats = field(default_factory=lambda: np.empty((0, 3)))

    def advance(self, epochs: Epochs, width_s: int) -> Floats:
        """Median turn in degrees over ``width_s`` seconds, (n,); NaN where not all of them are in one piece."""
        past = len(self.start_s)
        start_s = np.concatenate((self.start_s, epochs.start_s))
        segment = np.concatenate((self.segment, epochs.segment))
        vectors = np.concatenate((self.vectors, epochs.mean_g))
        near = (np.diff(start_s) == 1.0) & (np.diff(segment) == 0)
        turn_deg = np.where(near, angle_deg(vectors[1:], vectors[:-1]), np.nan)
        padded = np.concatenate((np.full(width_s, np.nan), turn_deg))
        usual_deg = _middle(sliding_window_view(padded, width_s))[: len(start_s)]
        kept = slice(-(width_s + 1), None)
        self.start_s, self.segment = start_s[kept].copy(), segment[kept].copy()
        self.vectors = vectors[kept].copy()
        recent_deg: Floats = usual_deg[past:]
        return recent_deg


def _middle(rows: Floats) -> Floats:
    """(n,) the median of each row, NaN where one is in it; numpy's own loads its masked arrays, three megabytes."""
    ordered, width = np.sort(rows, axis=1), rows.shape[1]  # NaN comes last
    middle: Floats = (ordered[:, (width - 1) // 2] + ordered[:, width // 2]) / 2.0
    return np.where(np.isnan(ordered[:, -1]), np.nan, middle)


@dataclass
class RisingEdge:
    """The rows in which something begins to be so."""

    before: bool = False

    def advance(self, flags: Bools) -> Bools:
        """(n,) true where the flag is and was not in the row before."""
        rises: Bools = flags & ~np.concatenate(([self.before], flags))[:-1]
        self.before = bool(flags[-1]) if len(flags) else self.before
        return rises


def stretches(flags: Bools) -> list[tuple[int, int]]:
    """First and end row of every unbroken stretch of rows in which something is so."""
    edges = np.flatnonzero(np.diff(flags, prepend=False, append=False))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))
