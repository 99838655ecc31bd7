"""Artificial recordings: long days stitched of a person's own minutes, and takes in another order.

Stitched: 8 hours made of one person's labelled minutes, with sitting long enough for real limits.

The labelled recordings hold hardly any sitting of half an hour. A stitched day begins with a person's walking and goes
on in turns: sitting of a drawn length (one in three longer than the limit) and 1 to 15 minutes upright, each put
together from that person's pieces in random order. Pieces are joined without a pause, as if the body moved at once.

Shuffled: scripts give the answer away (a clock alone scores 98 % on some sets), so every stretch of one label becomes a
take of its own, and the takes come in random order with 30 s between.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import cycle, pairwise

import numpy as np
from numpy.typing import NDArray

from monitor.evaluation.stretches import SEDENTARY, UPRIGHT, runs
from monitor.evaluation.truth import WALKING, Truth
from monitor.model import AccelBlock, Floats

DAY_S = 8 * 3600.0
LIMIT_S = 1800.0
PIECE_MIN_S = 15
WALK_FIRST_S = 60.0
SITTING_SHORT_MIN, SITTING_LONG_MIN, UPRIGHT_MIN = (2.0, 28.0), (31.0, 70.0), (1.0, 15.0)
LONG_SHARE = 1.0 / 3.0
TAKE_GAP_S, BETWEEN_TAKES_S = 1.5, 30.0
"""A gap longer than the first begins a new take; shuffled takes are the second apart."""


@dataclass(frozen=True, slots=True, eq=False)
class Pieces:
    """Ranges of samples, [start, end), that are surely of one kind."""

    sitting: list[tuple[int, int]]
    upright: list[tuple[int, int]]
    walking: list[tuple[int, int]]

    def enough(self) -> bool:
        """Whether a day can be made of them."""
        return bool(self.sitting and self.upright and self.walking)


def pieces_of(truth: Truth, t_s: Floats) -> Pieces:
    """Scored stretches of at least 15 s, without a gap in the samples."""
    usable = np.where(truth.near_change, 0, truth.kind)
    walking = truth.scored_label == WALKING
    found = [(value, start, end) for value, start, end in runs(usable) if end - start >= PIECE_MIN_S]
    return Pieces(
        sitting=_samples([(a, b) for value, a, b in found if value == SEDENTARY], truth, t_s),
        upright=_samples([(a, b) for value, a, b in found if value == UPRIGHT], truth, t_s),
        walking=_samples([(a, b) for value, a, b in runs(walking) if value and b - a >= PIECE_MIN_S], truth, t_s),
    )


def _samples(seconds: list[tuple[int, int]], truth: Truth, t_s: Floats) -> list[tuple[int, int]]:
    ranges = []
    for start, end in seconds:
        first, last = np.searchsorted(t_s, (truth.first_s + start, truth.first_s + end)).tolist()
        if last > first + 1 and np.diff(t_s[first:last]).max() < 1.0:
            ranges.append((first, last))
    return ranges


@dataclass(frozen=True, slots=True, eq=False)
class Day:
    """An artificial recording; times from 0."""

    t_s: Floats
    xyz_g: Floats
    label: NDArray[np.uint8]
    rate_hz: float

    def blocks(self) -> list[AccelBlock]:
        """Take by take."""
        edges = [0, *(np.flatnonzero(np.diff(self.t_s) > TAKE_GAP_S) + 1).tolist(), len(self.t_s)]
        return [
            AccelBlock(self.t_s[a:b], self.xyz_g[a:b].astype(np.float32), self.rate_hz, segment)
            for segment, (a, b) in enumerate(pairwise(edges))
        ]


def stitched(pieces: Pieces, xyz_g: Floats, label: NDArray[np.uint8], rate_hz: float, rng: np.random.Generator) -> Day:
    """One day of a person."""
    index = [_filled(pieces.walking, WALK_FIRST_S, rate_hz, rng)]
    total_s, sits = WALK_FIRST_S, True
    while total_s < DAY_S:
        length_s = 60.0 * float(rng.uniform(*_range(sits, rng)))
        index.append(_filled(pieces.sitting if sits else pieces.upright, length_s, rate_hz, rng))
        total_s, sits = total_s + length_s, not sits
    order = np.concatenate(index)
    return Day(np.arange(len(order)) / rate_hz, xyz_g[order], label[order], rate_hz)


def shuffled(t_s: Floats, xyz_g: Floats, label: NDArray[np.uint8], rate_hz: float, rng: np.random.Generator) -> Day:
    """Takes of one label each, in random order."""
    cuts = np.flatnonzero((np.diff(label.astype(np.int16)) != 0) | (np.diff(t_s) > TAKE_GAP_S)) + 1
    takes = list(pairwise([0, *cuts.tolist(), len(t_s)]))
    index, times, next_s = [], [], 0.0
    for place in rng.permutation(len(takes)).tolist():
        first, end = takes[place]
        index.append(np.arange(first, end))
        times.append(t_s[first:end] - t_s[first] + next_s)
        next_s = float(np.ceil(times[-1][-1])) + BETWEEN_TAKES_S
    order = np.concatenate(index)
    return Day(np.concatenate(times), xyz_g[order], label[order], rate_hz)


def _range(sits: bool, rng: np.random.Generator) -> tuple[float, float]:
    if not sits:
        return UPRIGHT_MIN
    return SITTING_LONG_MIN if rng.random() < LONG_SHARE else SITTING_SHORT_MIN


def _filled(
    ranges: list[tuple[int, int]], length_s: float, rate_hz: float, rng: np.random.Generator
) -> NDArray[np.int64]:
    """Sample numbers of pieces in random order, again and again, until the length is reached."""
    wanted, parts, have = round(length_s * rate_hz), [], 0
    for place in cycle(rng.permutation(len(ranges)).tolist()):
        parts.append(np.arange(*ranges[place]))
        have += len(parts[-1])
        if have >= wanted:
            break
    return np.concatenate(parts)[:wanted]
