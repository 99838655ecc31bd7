"""Samples become epochs: one row for every whole second that has a sample.

Row k depends on the samples of [k - 1, k + 3) and on nothing else: not on where the blocks were cut, not on
what came before. To that end the samples of unfinished seconds are held back until a sample at or after k + 3
has come, or until the clock says that none will (``tick``). Whoever is later than that is dropped and counted.
A placement that wants to see what comes next asks for 4 or 5 s in place of 3 (``decides_after_s``).
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields, replace
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from monitor.accel.metrics import norm
from monitor.accel.movement import movement_in
from monitor.accel.windows import SECONDS_BEFORE, WINDOW_S, Seconds, gather_seconds, windows_around
from monitor.model import AHEAD_S, AccelBlock, Epochs, Floats

SECONDS_AFTER = WINDOW_S - SECONDS_BEFORE
"""The window of second k ends at k + 3."""
_PIECE_SAMPLES = 100_000
"""Long blocks are taken in pieces: a week of 50 Hz needs no more memory than half an hour."""
_PIECE_ROWS = 2_000
_SHAPES: dict[str, tuple[int, ...]] = {
    "mean_g": (3,),
    "window_mean_g": (3,),
    "ahead_mean_g": (AHEAD_S, 3),
    "ahead_jitter_g": (AHEAD_S,),
}
_TYPES = {
    "sample_count": np.int32,
    "rate_hz": np.float32,
    "segment": np.int64,
    "quality": np.int32,
    "rhythm_known": np.bool_,
}


class EpochRules(BaseModel, frozen=True, extra="forbid"):
    """How samples become epochs."""

    wait_s: float = Field(
        5.0,
        ge=4.0,
        le=5.0,
        description="A second is closed this long after its start even if no later sample has come.",
    )
    rhythm_min_hz: float = Field(
        8.0,
        ge=4.0,
        le=12.5,
        description="Below this sample rate steps are not looked for; posture comes from the tilt alone.",
    )
    rhythm_hole_cells: int = Field(
        4,
        ge=1,
        le=12,
        description="Longest run of missing samples, in cells of 0.08 s, across which a rhythm is still read.",
    )
    limit_g: float = Field(
        40.0, ge=4.0, le=400.0, description="Samples stronger than this are faults and count as missing."
    )


@dataclass(eq=False)
class Pending:
    """Samples that are still needed, in time order."""

    t_s: Floats = field(default_factory=lambda: np.empty(0))
    xyz_g: NDArray[np.float32] = field(default_factory=lambda: np.empty((0, 3), np.float32))
    rate_hz: NDArray[np.float32] = field(default_factory=lambda: np.empty(0, np.float32))
    segment: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    quality: NDArray[np.int32] = field(default_factory=lambda: np.empty(0, np.int32))

    def __len__(self) -> int:
        return len(self.t_s)

    def part(self, chosen: slice) -> Pending:
        """Some of the samples."""
        return Pending(**{column.name: getattr(self, column.name)[chosen] for column in fields(self)})

    def extend(self, more: Pending) -> None:
        """Take samples that follow."""
        for column in fields(self):
            both = (getattr(self, column.name), getattr(more, column.name))
            setattr(self, column.name, np.concatenate(both))


@dataclass
class EpochBuilder:
    """Holds back what is unfinished, and hands out each second once, in order."""

    rules: EpochRules = field(default_factory=EpochRules)
    decides_after_s: int = SECONDS_AFTER
    """A row is final so long after its start: 3 to 5 s; what comes after the window shows in the ``ahead`` columns."""
    pending: Pending = field(default_factory=Pending)
    last_s: float | None = None
    """Time of the newest sample accepted."""
    next_s: float | None = None
    """The first second that is not yet decided."""

    def feed(self, block: AccelBlock) -> Epochs:
        """Take the samples of a block; returns the rows that became final."""
        pieces = [slice(at, at + _PIECE_SAMPLES) for at in range(0, len(block.t_s), _PIECE_SAMPLES)]
        return join([self._feed_piece(block, piece) for piece in pieces])

    def tick(self, now_s: float) -> Epochs:
        """Close the seconds that have waited long enough at ``now_s``."""
        if self.next_s is None:
            return join([])
        return self._decide(np.floor(now_s - max(self.rules.wait_s, self.decides_after_s)) + 1.0)

    def _feed_piece(self, block: AccelBlock, piece: slice) -> Epochs:
        fresh = self._accept(block, piece)
        if not len(fresh):
            return join([])
        self.pending.extend(fresh)
        self.last_s = float(fresh.t_s[-1])
        if self.next_s is None:
            self.next_s = float(np.floor(fresh.t_s[0]))
        return self._decide(np.floor(self.last_s) - self.decides_after_s + 1.0)

    def _accept(self, block: AccelBlock, piece: slice) -> Pending:
        """The samples of a piece that are sound and in time.

        Dropped is what is no acceleration (not a number, or stronger than any sensor measures), and what comes out of
        order or after its second was decided.
        """
        t_s = np.asarray(block.t_s[piece], np.float64)
        xyz_g = np.asarray(block.xyz_g[piece], np.float32)
        if not self._all_good(t_s, xyz_g):
            t_s, xyz_g = self._only_good(t_s, xyz_g)
        return Pending(
            t_s=t_s,
            xyz_g=xyz_g,
            rate_hz=np.full(len(t_s), block.rate_hz, np.float32),
            segment=np.full(len(t_s), block.segment, np.int64),
            quality=np.full(len(t_s), int(block.quality), np.int32),
        )

    def _all_good(self, t_s: Floats, xyz_g: NDArray[np.float32]) -> bool:
        """The quick look that nearly every piece passes: in order, and no axis so strong that it must be looked at."""
        if not len(t_s):
            return True
        after_s = -np.inf if self.last_s is None else self.last_s
        from_s = -np.inf if self.next_s is None else self.next_s
        limit_g = self.rules.limit_g / 2.0  # a vector of three such is below the limit
        return bool(
            after_s < t_s[0] >= from_s
            and t_s[-1] < np.inf
            and (t_s[1:] > t_s[:-1]).all()
            and xyz_g.max() <= limit_g
            and xyz_g.min() >= -limit_g
        )

    def _only_good(self, t_s: Floats, xyz_g: NDArray[np.float32]) -> tuple[Floats, NDArray[np.float32]]:
        """Without what is no acceleration, out of order or too late."""
        with np.errstate(invalid="ignore", over="ignore"):
            sound = np.isfinite(t_s) & (norm(xyz_g.astype(np.float64)) <= self.rules.limit_g)
        t_s, xyz_g = t_s[sound], xyz_g[sound]
        floor_s = -np.inf if self.last_s is None else self.last_s
        newest_s = np.maximum.accumulate(np.concatenate(([floor_s], t_s)))[:-1]
        in_time = (t_s > newest_s) & (t_s >= (-np.inf if self.next_s is None else self.next_s))
        return t_s[in_time], xyz_g[in_time]

    def _decide(self, until_s: float) -> Epochs:
        """Every row before second ``until_s`` that is not yet out."""
        if self.next_s is None or until_s <= self.next_s:
            return join([])
        end = int(np.searchsorted(self.pending.t_s, until_s + self.decides_after_s - 1.0))
        rows = _rows(self.pending.part(slice(0, end)), self.next_s, until_s, self.rules, self.decides_after_s)
        keep = int(np.searchsorted(self.pending.t_s, until_s - SECONDS_BEFORE))
        self.pending = self.pending.part(slice(keep, None))
        self.next_s = until_s
        return rows


def _rows(samples: Pending, from_s: float, until_s: float, rules: EpochRules, after_s: int) -> Epochs:
    """Rows of the seconds in [from_s, until_s); windows see the samples of their own segment only."""
    if not len(samples):
        return join([])
    borders = np.flatnonzero(np.diff(samples.segment)) + 1
    edges = [0, *borders.tolist(), len(samples)]
    parts = [_segment_rows(samples.part(slice(a, b)), from_s, until_s, rules, after_s) for a, b in pairwise(edges)]
    rows = join(parts)
    if len(parts) == 1 or not len(rows):
        return rows
    # a second in which a new segment begins belongs to the new one
    return take(rows, np.append(np.diff(rows.start_s) > 0, True))


def _segment_rows(samples: Pending, from_s: float, until_s: float, rules: EpochRules, after_s: int) -> Epochs:
    seconds = gather_seconds(samples.t_s, samples.xyz_g)
    first, last = np.searchsorted(seconds.start_s, (from_s, until_s)).tolist()
    if first == last:
        return join([])
    end = np.cumsum(seconds.count)
    last_sample, quality = end - 1, np.bitwise_or.reduceat(samples.quality, end - seconds.count)
    parts = []
    for at in range(first, last, _PIECE_ROWS):
        rows = np.arange(at, min(last, at + _PIECE_ROWS))
        windows = windows_around(seconds, rows)
        rate_hz = samples.rate_hz[last_sample[rows]]
        rhythm_known = (rate_hz >= rules.rhythm_min_hz) & (windows.longest_hole <= rules.rhythm_hole_cells)
        movement = movement_in(windows, rhythm_known)
        ahead_mean_g, ahead_jitter_g = _ahead(seconds, rows, after_s)
        parts.append(
            Epochs(
                start_s=seconds.start_s[rows],
                decided_s=seconds.start_s[rows] + after_s,
                sample_count=seconds.count[rows],
                rate_hz=rate_hz,
                segment=samples.segment[last_sample[rows]],
                quality=quality[rows],
                mean_g=seconds.mean_g[rows],
                spread_g=seconds.spread_g[rows],
                jitter_g=seconds.jitter_g[rows],
                magnitude_g=seconds.magnitude_g[rows],
                magnitude_moment=seconds.magnitude_moment[rows],
                window_mean_g=windows.mean_g,
                rhythm_known=rhythm_known,
                ahead_mean_g=ahead_mean_g,
                ahead_jitter_g=ahead_jitter_g,
                **{column.name: getattr(movement, column.name) for column in fields(movement)},
            )
        )
    return join(parts)


def _ahead(seconds: Seconds, rows: NDArray[np.int64], after_s: int) -> tuple[Floats, Floats]:
    """Mean and jitter of the seconds after each row, (n, AHEAD_S, 3) and (n, AHEAD_S); NaN from ``after_s`` on."""
    mean_g, jitter_g = np.full((len(rows), AHEAD_S, 3), np.nan), np.full((len(rows), AHEAD_S), np.nan)
    wanted_s = seconds.start_s[rows][:, None] + np.arange(1, after_s)
    found = np.minimum(np.searchsorted(seconds.start_s, wanted_s), len(seconds.start_s) - 1)
    there = seconds.start_s[found] == wanted_s
    mean_g[:, : after_s - 1] = np.where(there[:, :, None], seconds.mean_g[found], np.nan)
    jitter_g[:, : after_s - 1] = np.where(there, seconds.jitter_g[found], np.nan)
    return mean_g, jitter_g


def take(rows: Epochs, chosen: NDArray[np.bool_] | slice) -> Epochs:
    """Some of the rows, in order."""
    return replace(rows, **{column.name: getattr(rows, column.name)[chosen] for column in fields(rows)})


def join(parts: list[Epochs]) -> Epochs:
    """Rows one after the other; no parts give no rows."""
    parts = [part for part in parts if len(part)]
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return Epochs(
            **{c.name: np.empty((0, *_SHAPES.get(c.name, ())), _TYPES.get(c.name, np.float64)) for c in fields(Epochs)}
        )
    return Epochs(**{c.name: np.concatenate([getattr(part, c.name) for part in parts]) for c in fields(Epochs)})
