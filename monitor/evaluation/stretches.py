"""Bouts and transitions in a row of seconds, labelled or said: the same definition for both.

* Bout: a run of sedentary seconds; interruptions of up to 10 s are ignored. Found whole: one said bout covers 95 % of
  it, and its labelled ends (those with an upright label at most 10 s away) are met within 15 s.
* Transition: sedentary to upright or back with at most 10 s between; hit by one of the same direction that is at most
  5 s away. Those said count where the labels around them are known.
* Usual bout duration: half of all sitting time is spent in bouts shorter than it, half in longer ones (Chastin &
  Granat 2010, Gait Posture 31(1):82-86), read off the cumulative curve between its points.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitor.model import Bools

NOTHING, SEDENTARY, UPRIGHT = 0, 1, 2
BRIDGE_S = 10
HIT_S = 5
WHOLE_SHARE, WHOLE_END_S, WHOLE_MIN_S = 0.95, 15, 120

Kinds = NDArray[np.int8]


def runs(column: NDArray[Any]) -> list[tuple[int, int, int]]:
    """(value, start, end) of every run of equal values."""
    if not len(column):
        return []
    edges = [0, *(np.flatnonzero(np.diff(column.astype(np.int16))) + 1).tolist(), len(column)]
    return [(int(column[start]), start, end) for start, end in pairwise(edges)]


@dataclass(frozen=True, slots=True)
class Bout:
    """Sedentary seconds [start, end); whether an upright label bounds it at either side."""

    start: int
    end: int
    upright_before: bool = False
    upright_after: bool = False

    def __len__(self) -> int:
        return self.end - self.start


def bouts_in(kind: Kinds) -> list[Bout]:
    """Every sedentary bout."""
    joined: list[tuple[int, int]] = []
    for value, start, end in runs(kind == SEDENTARY):
        if value and joined and start - joined[-1][1] <= BRIDGE_S:
            joined[-1] = (joined[-1][0], end)
        elif value:
            joined.append((start, end))
    return [
        Bout(start, end, _first(kind[max(0, start - BRIDGE_S) : start][::-1]), _first(kind[end : end + BRIDGE_S]))
        for start, end in joined
    ]


def _first(nearby: Kinds) -> bool:
    """Whether the first statement is upright."""
    stated = nearby[nearby != NOTHING]
    return bool(len(stated)) and int(stated[0]) == UPRIGHT


def known_in(kind: Kinds) -> Bools:
    """Seconds with a statement, or at most 10 s without between two of them."""
    known: Bools = kind != NOTHING
    for value, start, end in runs(known):
        if not value and start > 0 and end < len(kind) and end - start <= BRIDGE_S:
            known[start:end] = True
    return known


@dataclass(frozen=True, slots=True)
class Transition:
    """From the end of the old posture to the start of the new one."""

    to: int
    start: int
    end: int

    def distance(self, other: Transition) -> int:
        """Seconds between the two intervals; 0 where they touch."""
        return max(0, other.start - self.end, self.start - other.end)


def transitions_in(kind: Kinds) -> list[Transition]:
    """Every change between sedentary and upright."""
    stated = [run for run in runs(kind) if run[0] != NOTHING]
    return [
        Transition(after[0], before[2], after[1])
        for before, after in pairwise(stated)
        if after[0] != before[0] and after[1] - before[2] <= BRIDGE_S
    ]


@dataclass
class TransitionScore:
    """Labelled transitions and those hit; said ones and those that are right."""

    labelled: int = 0
    hit: int = 0
    said: int = 0
    right: int = 0

    def add(self, truth: Kinds, said: Kinds, counts: Bools) -> None:
        """Count one recording; only transitions that begin in ``counts`` seconds."""
        known, in_truth, in_said = known_in(truth), transitions_in(truth), transitions_in(said)
        pairs = dict(_pairs(in_truth, in_said))
        for place, one in enumerate(in_truth):
            if counts[min(one.start, len(counts) - 1)]:
                self.labelled += 1
                self.hit += place in pairs
        matched = set(pairs.values())
        for place, one in enumerate(in_said):
            around = slice(max(0, one.start - HIT_S), one.end + HIT_S)
            if counts[min(one.start, len(counts) - 1)] and known[around].all():
                self.said += 1
                self.right += place in matched


def _pairs(truth: Sequence[Transition], said: Sequence[Transition]) -> list[tuple[int, int]]:
    """Each labelled transition with the nearest free said one of its direction."""
    near = [
        (one.distance(other), i, j)
        for i, one in enumerate(truth)
        for j, other in _around(said, one)
        if one.to == other.to and one.distance(other) <= HIT_S
    ]
    pairs: dict[int, int] = {}
    for _, i, j in sorted(near):
        if i not in pairs and j not in pairs.values():
            pairs[i] = j
    return list(pairs.items())


def _around(said: Sequence[Transition], one: Transition) -> list[tuple[int, Transition]]:
    starts = np.array([other.start for other in said])
    first, end = np.searchsorted(starts, (one.start - HIT_S - BRIDGE_S, one.end + HIT_S + 1)).tolist()
    return [(j, said[j]) for j in range(first, end)]


@dataclass
class BoutScore:
    """Labelled bouts of 2 minutes and more, those found whole, how far off their ends were; all durations."""

    labelled: int = 0
    whole: int = 0
    start_errors_s: list[int] = field(default_factory=list)
    """Said minus labelled, where the start is labelled and the bout was found at all."""
    end_errors_s: list[int] = field(default_factory=list)
    labelled_s: list[int] = field(default_factory=list)
    said_s: list[int] = field(default_factory=list)

    def add(self, truth: Kinds, said: Kinds, counts: Bools, labelled: Bools) -> None:
        """Count one recording; only bouts that begin in ``counts`` seconds, and durations in ``labelled`` time."""
        in_said = bouts_in(said)
        for bout in bouts_in(truth):
            if counts[bout.start]:
                self.labelled_s.append(len(bout))
                if len(bout) >= WHOLE_MIN_S:
                    self._find(bout, in_said)
        in_labelled = bouts_in(np.where(labelled, said, NOTHING).astype(np.int8))
        self.said_s += [len(bout) for bout in in_labelled if counts[bout.start]]

    def _find(self, bout: Bout, said: list[Bout]) -> None:
        self.labelled += 1
        best = max(said, key=lambda other: _overlap(bout, other), default=None)
        if best is None or not _overlap(bout, best):
            return
        start_error_s, end_error_s = best.start - bout.start, best.end - bout.end
        if bout.upright_before:
            self.start_errors_s.append(start_error_s)
        if bout.upright_after:
            self.end_errors_s.append(end_error_s)
        self.whole += (
            _overlap(bout, best) >= WHOLE_SHARE * len(bout)
            and (not bout.upright_before or abs(start_error_s) <= WHOLE_END_S)
            and (not bout.upright_after or abs(end_error_s) <= WHOLE_END_S)
        )


def _overlap(one: Bout, other: Bout) -> int:
    return max(0, min(one.end, other.end) - max(one.start, other.start))


def usual_duration_s(durations_s: Sequence[int]) -> float:
    """The duration at which half of the time is reached, from the shortest bout up; NaN for none.

    Between two bouts the cumulative curve is taken to be straight: a step would jump from one bout to the next, by
    3 % in the middle of 170 labelled ones, for a difference of a second.
    """
    if not durations_s:
        return float("nan")
    ordered = np.concatenate(([0], np.sort(np.asarray(durations_s))))
    reached = np.cumsum(ordered)
    return float(np.interp(reached[-1] / 2.0, reached, ordered))
