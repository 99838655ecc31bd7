"""From the rows of a file to blocks: bad samples are left out and counted, gaps start segments.

How the file is cut into pieces changes nothing: the last row of a piece is held back until the next row is known.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitor.model import AccelBlock, Bools, Floats, Quality

HIGHEST_G = 400.0
"""The widest range sold in one chip (H3LIS331DL); more is damage."""
LATEST_S = 32503680000.0
"""The year 3000; a later time is in other units, or damage."""
GAP_S = 2.0
GAP_SAMPLES = 5.0
BURST_S = 0.5
"""A wearable that sends its samples in bursts sends at least two a second."""
CADENCE_RATE_HZ = 5.0
"""Twice the fastest walk of 2.5 steps a second: below it there is no cadence."""


@dataclass(frozen=True, slots=True)
class Rows:
    """Samples as a file has them; what could not be read is NaN."""

    t_s: Floats
    xyz_g: NDArray[np.floating[Any]]
    segment: NDArray[np.int64]
    """(N,) the file's own count of continuous pieces; all 0 where it has none."""

    def __len__(self) -> int:
        return len(self.t_s)

    def only(self, keep: Bools | slice) -> Rows:
        """The rows of a mask or a slice."""
        return Rows(self.t_s[keep], self.xyz_g[keep], self.segment[keep])

    def followed_by(self, other: Rows) -> Rows:
        """Both, one after the other."""
        return Rows(
            np.concatenate((self.t_s, other.t_s)),
            np.concatenate((self.xyz_g, other.xyz_g)),
            np.concatenate((self.segment, other.segment)),
        )


def gap_s(rate_hz: float) -> float:
    """A longer step from sample to sample is a gap."""
    return max(GAP_S, GAP_SAMPLES / rate_hz)


@dataclass(slots=True)
class Screen:
    """Lets good samples pass, in time order, and counts the others by what is wrong with them."""

    gap_s: float
    last_s: float = -np.inf
    """Time of the last row that has passed."""
    before_s: float = -np.inf
    """Time of the row before the last one, or before the next where none is held back."""
    kept: int = 0
    dropped: dict[str, int] = field(default_factory=dict)

    def passing(self, pieces: Iterable[Rows]) -> Iterator[Rows]:
        """The good rows of all pieces."""
        iterator = iter(pieces)
        held, piece = None, next(iterator, None)
        while piece is not None:
            following = next(iterator, None)
            rows = self._plausible(piece)
            rows = self._unspiked(held.followed_by(rows) if held is not None else rows)
            # whether a last row that jumps ahead is in order, the row after it has to tell
            waits = following is not None and len(rows) > 0 and rows.t_s[-1] - self.before_s > self.gap_s
            ready = len(rows) - waits
            held, piece = rows.only(slice(ready, None)) if waits else None, following
            if ready == len(rows) > 0:
                self.before_s = float(rows.t_s[-1])
            yield from self._ordered(rows.only(slice(ready)))

    def _drop(self, rows: Rows, bad: Bools, why: str) -> Rows:
        count = int(np.count_nonzero(bad))
        if not count:
            return rows
        self.dropped[why] = self.dropped.get(why, 0) + count
        return rows.only(~bad)

    def _plausible(self, rows: Rows) -> Rows:
        if _within(rows.xyz_g, HIGHEST_G) and _within(rows.t_s, LATEST_S):
            return rows
        finite = np.isfinite(rows.t_s) & np.isfinite(rows.xyz_g).all(axis=1)
        rows = self._drop(rows, ~finite, "not a number")
        rows = self._drop(rows, np.abs(rows.xyz_g).max(axis=1, initial=0.0) > HIGHEST_G, f"beyond {HIGHEST_G:.0f} g")
        return self._drop(rows, np.abs(rows.t_s) > LATEST_S, "time beyond the year 3000")

    def _unspiked(self, rows: Rows) -> Rows:
        """Without single samples that jump ahead in time and whose successor is back: they would hide what follows."""
        if len(rows) < 2:
            return rows
        first_before_s, self.before_s = self.before_s, float(rows.t_s[-2])
        t_s, after_s = rows.t_s[:-1], rows.t_s[1:]
        if (after_s > t_s).all():
            return rows
        before_s = np.concatenate(([first_before_s], t_s[:-1]))
        spike = (t_s - before_s > self.gap_s) & (after_s <= t_s) & (after_s > before_s)
        return self._drop(rows, np.append(spike, False), "out of order")

    def _ordered(self, rows: Rows) -> Iterator[Rows]:
        if not _grows(rows.t_s, self.last_s):
            latest_s = np.maximum.accumulate(np.concatenate(([self.last_s], rows.t_s)))[:-1]
            rows = self._drop(rows, np.less_equal(rows.t_s, latest_s), "out of order")
        if len(rows):
            self.kept += len(rows)
            self.last_s = float(rows.t_s[-1])
            yield rows


def _within(values: NDArray[np.floating[Any]], limit: float) -> bool:
    """All are numbers from -limit to limit; the quick look that nearly every piece passes."""
    return not values.size or bool(values.min() >= -limit and values.max() <= limit)


def _grows(t_s: Floats, last_s: float) -> bool:
    """Each is later than the one before, and the first later than ``last_s``."""
    return not len(t_s) or bool(t_s[0] > last_s and (t_s[1:] > t_s[:-1]).all())


def cut_blocks(pieces: Iterable[Rows], rate_hz: float, block_s: float) -> Iterator[AccelBlock]:
    """Good rows as blocks: none crosses a gap, a border of the pieces, or ``block_s`` seconds."""
    segment, origin_s, last_s, last_number = -1, 0.0, -np.inf, 0
    quality = Quality.LOW_RATE if rate_hz < CADENCE_RATE_HZ else Quality.NONE
    for rows in pieces:
        origin_s = origin_s if segment >= 0 else float(rows.t_s[0])
        step_s = np.diff(rows.t_s, prepend=last_s)
        starts = step_s > gap_s(rate_hz)
        if not last_number == rows.segment[0] == rows.segment[-1]:  # they only grow
            starts |= np.diff(rows.segment, prepend=last_number) != 0
        cuts = np.flatnonzero(starts | _new_slots(rows.t_s - origin_s, block_s)).tolist()
        for first, end in pairwise(sorted({0, *cuts, len(rows)})):
            gap_before_s: float | None = 0.0
            if starts[first]:
                segment += 1
                gap_before_s = max(0.0, float(step_s[first]) - 1.0 / rate_hz) if segment else None
            yield AccelBlock(
                t_s=rows.t_s[first:end],
                xyz_g=rows.xyz_g[first:end].astype(np.float32, copy=False),
                rate_hz=rate_hz,
                segment=segment,
                gap_before_s=gap_before_s,
                quality=quality,
            )
        last_s, last_number = float(rows.t_s[-1]), int(rows.segment[-1])


def _new_slots(at_s: Floats, block_s: float) -> Bools:
    """(N,) true where a growing time enters a new slot of ``block_s`` seconds."""
    if np.floor(at_s[0] / block_s) == np.floor(at_s[-1] / block_s):
        return np.zeros(len(at_s), np.bool_)
    slot = np.floor(at_s / block_s)
    return np.asarray(np.diff(slot, prepend=slot[0]) != 0)


def rate_of(t_s: Floats) -> float:
    """Samples a second of ordered times; 1 for a single sample.

    The mean over steps that are neither gaps nor stutters, because samples may come in bursts, which fool a median.
    """
    step_s = np.diff(t_s)
    if not len(step_s):
        return 1.0
    longest_s = GAP_S if step_s.min() <= GAP_S else float(np.median(step_s))
    near_s = float(step_s[step_s <= longest_s].mean())
    rate_hz = 1.0 / float(step_s[step_s <= max(BURST_S, GAP_SAMPLES * near_s)].mean())
    return float(f"{rate_hz:.6g}")


def latest_s(t_s: Floats) -> float:
    """The latest time that can be one; minus infinity where none can."""
    return float(possible_times(t_s).max(initial=-np.inf))


def possible_times(t_s: Floats) -> Floats:
    """Those that are numbers, and in seconds."""
    possible: Floats = t_s[np.isfinite(t_s) & (np.abs(t_s) <= LATEST_S)].astype(np.float64)
    return possible
