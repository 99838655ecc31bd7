"""Samples become epochs: one row for every whole second that has a sample.

Row k depends on the samples of [k - 1, k + 3) and on nothing else: not on where the blocks were cut, not on
what came before. To that end the samples of the running second and what the last few seconds sum up to are held back
until a sample at or after k + 3 has come, or until the clock says that none will (``tick``). Whoever is later than that
is dropped.
A placement that wants to see what comes next asks for 4 or 5 s in place of 3 (``decides_after_s``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from itertools import pairwise
from typing import Annotated

import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from monitor.accel.metrics import norm
from monitor.accel.movement import movement_in
from monitor.accel.seconds import Seconds, gather_seconds
from monitor.accel.windows import SECONDS_BEFORE, WINDOW_S, cells_at, slots_of, windows_at
from monitor.model import AHEAD_S, AccelBlock, Epochs, Floats
from monitor.rules import Rules

SECONDS_AFTER = WINDOW_S - SECONDS_BEFORE
"""The window of second k ends at k + 3."""
_PIECE_S = 6000.0
"""Long blocks are taken in pieces; for shorter ones than this calls cost more than the caches save."""
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


class EpochRules(Rules, frozen=True):
    """How samples become epochs."""

    wait_s: Annotated[
        float,
        Meta(
            ge=4.0, le=5.0, description="A second is closed this long after its start even if no later sample has come."
        ),
    ] = 5.0
    rhythm_min_hz: Annotated[
        float,
        Meta(
            ge=4.0,
            le=12.5,
            description="Below this sample rate steps are not looked for; posture comes from the tilt alone.",
        ),
    ] = 8.0
    rhythm_hole_cells: Annotated[
        int,
        Meta(
            ge=1,
            le=12,
            description="Longest run of missing samples, in cells of 0.08 s, across which a rhythm is still read.",
        ),
    ] = 4
    limit_g: Annotated[
        float, Meta(ge=4.0, le=400.0, description="Samples stronger than this are faults and count as missing.")
    ] = 40.0


@dataclass(eq=False)
class OpenSecond:
    """The samples of a second of one segment that is not over."""

    t_s: Floats = field(default_factory=lambda: np.empty(0))
    xyz_g: NDArray[np.float32] = field(default_factory=lambda: np.empty((0, 3), np.float32))
    rate_hz: float = 0.0
    segment: int = 0
    quality: int = 0

    def __len__(self) -> int:
        return len(self.t_s)

    @property
    def end_s(self) -> float:
        """When it is over."""
        return float(np.floor(self.t_s[0])) + 1.0

    def extend(self, t_s: Floats, xyz_g: NDArray[np.float32], block: AccelBlock) -> None:
        """Take samples of the same second."""
        self.t_s, self.xyz_g = np.concatenate((self.t_s, t_s)), np.concatenate((self.xyz_g, xyz_g))
        self.rate_hz, self.quality = block.rate_hz, self.quality | int(block.quality)

    def summed_up(self) -> Seconds:
        """What its samples say so far."""
        return gather_seconds(self.t_s, self.xyz_g, self.rate_hz, self.segment, self.quality)


@dataclass
class EpochBuilder:
    """Holds back what is unfinished, and hands out each second once, in order."""

    rules: EpochRules = field(default_factory=EpochRules)
    decides_after_s: int = SECONDS_AFTER
    """A row is final so long after its start: 3 to 5 s; what comes after the window shows in the ``ahead`` columns."""
    running: OpenSecond = field(default_factory=OpenSecond)
    seconds: Seconds = field(default_factory=Seconds)
    """Those that are over and still needed."""
    last_s: float | None = None
    """Time of the newest sample accepted."""
    next_s: float | None = None
    """The first second that is not yet decided."""

    def feed(self, block: AccelBlock) -> Epochs:
        """Take the samples of a block; returns the rows that became final."""
        t_s, xyz_g = self._accept(block)
        if not len(t_s):
            return join([])
        self.last_s = float(t_s[-1])
        if self.next_s is None:
            self.next_s = float(np.floor(t_s[0]))
        if len(self.running) and block.segment == self.running.segment:
            same = int(np.searchsorted(t_s, self.running.end_s))
            self.running.extend(t_s[:same], xyz_g[:same], block)
            t_s, xyz_g = t_s[same:], xyz_g[same:]
        if not len(t_s):
            return join([])
        if len(self.running):
            self.seconds = self.seconds.followed_by(self.running.summed_up())
        return join([*self._over(t_s, xyz_g, block), self._decide(self._known_until(self.last_s), self.seconds)])

    def tick(self, now_s: float) -> Epochs:
        """Close the seconds that have waited long enough at ``now_s``."""
        if self.next_s is None:
            return join([])
        until_s = np.floor(now_s - max(self.rules.wait_s, self.decides_after_s)) + 1.0
        known = self.seconds
        if len(self.running) and self.running.end_s < until_s + self.decides_after_s:
            known = known.followed_by(self.running.summed_up())  # more of it may come: it stays open
        return self._decide(until_s, known)

    def _over(self, t_s: Floats, xyz_g: NDArray[np.float32], block: AccelBlock) -> Iterator[Epochs]:
        """Sum up the seconds that are over, some at a time, and keep the last one open; rows that became final."""
        end = int(np.searchsorted(t_s, np.floor(t_s[-1])))
        first, facts = 0, (block.rate_hz, block.segment, int(block.quality))
        while first < end:
            until_s = np.floor(t_s[first]) + _PIECE_S
            last = min(end, int(np.searchsorted(t_s, until_s)))
            fresh = gather_seconds(t_s[first:last], xyz_g[first:last], *facts)
            self.seconds, first = self.seconds.followed_by(fresh), last
            yield self._decide(self._known_until(float(fresh.start_s[-1]) + 1.0), self.seconds)
        self.running = OpenSecond(t_s[end:].copy(), xyz_g[end:].copy(), *facts)

    def _known_until(self, time_s: float) -> float:
        """The first second that cannot be decided while only what was before the second of ``time_s`` is known."""
        return float(np.floor(time_s)) - self.decides_after_s + 1.0

    def _accept(self, block: AccelBlock) -> tuple[Floats, NDArray[np.float32]]:
        """The samples of a block that are sound and in time.

        Dropped is what is no acceleration (not a number, or stronger than any sensor measures), and what comes out of
        order or after its second was decided.
        """
        t_s, xyz_g = np.asarray(block.t_s, np.float64), np.asarray(block.xyz_g, np.float32)
        return (t_s, xyz_g) if self._all_good(t_s, xyz_g) else self._only_good(t_s, xyz_g)

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

    def _decide(self, until_s: float, known: Seconds) -> Epochs:
        """Every row before second ``until_s`` that is not yet out, from what is known."""
        if self.next_s is None or until_s <= self.next_s:
            return join([])
        rows = _rows(known, self.next_s, until_s, self.rules, self.decides_after_s)
        keep = int(np.searchsorted(self.seconds.start_s, until_s - SECONDS_BEFORE))
        self.seconds = self.seconds.part(slice(keep, None))
        self.next_s = until_s
        return rows


def _rows(seconds: Seconds, from_s: float, until_s: float, rules: EpochRules, after_s: int) -> Epochs:
    """Rows of the seconds in [from_s, until_s); windows see the seconds of their own segment only."""
    borders = np.flatnonzero(np.diff(seconds.segment)) + 1
    if not len(borders):
        return _segment_rows(seconds, from_s, until_s, rules, after_s)
    edges = [0, *borders.tolist(), len(seconds)]
    parts = [_segment_rows(seconds.part(slice(a, b)), from_s, until_s, rules, after_s) for a, b in pairwise(edges)]
    rows = join(parts)
    # a second in which a new segment begins belongs to the new one
    return take(rows, np.append(np.diff(rows.start_s) > 0, True)) if len(rows) else rows


def _segment_rows(seconds: Seconds, from_s: float, until_s: float, rules: EpochRules, after_s: int) -> Epochs:
    first, last = np.searchsorted(seconds.start_s, (from_s, until_s)).tolist()
    if first == last:
        return join([])
    own = slice(first, last)
    near = slots_of(seconds, seconds.start_s[own] + np.arange(-SECONDS_BEFORE, AHEAD_S + 1)[:, None])
    slots, ahead = near[:WINDOW_S], near[SECONDS_BEFORE + 1 :]
    windows, rate_hz = windows_at(seconds, slots), seconds.rate_hz[own]
    rhythm_known = (rate_hz >= rules.rhythm_min_hz) & (windows.longest_hole <= rules.rhythm_hole_cells)
    movement = movement_in(windows, rhythm_known, lambda rows: cells_at(seconds, slots[:, rows])[0])
    ahead[after_s - 1 :] = -1  # not known when the row is decided
    return Epochs(
        start_s=seconds.start_s[own],
        decided_s=seconds.start_s[own] + after_s,
        sample_count=seconds.count[own],
        rate_hz=rate_hz,
        segment=seconds.segment[own],
        quality=seconds.quality[own],
        mean_g=_by_row(seconds.mean_g[:, own]),
        spread_g=seconds.spread_g[own],
        jitter_g=seconds.jitter_g[own],
        magnitude_g=seconds.magnitude_g[own],
        magnitude_moment=seconds.magnitude_moment[own],
        window_mean_g=_by_row(windows.mean_g),
        rhythm_known=rhythm_known,
        ahead_mean_g=_by_row(np.where(ahead >= 0, seconds.mean_g[:, ahead], np.nan)),
        ahead_jitter_g=_by_row(np.where(ahead >= 0, seconds.jitter_g[ahead], np.nan)),
        **{column.name: getattr(movement, column.name) for column in fields(movement)},
    )


def _by_row(columns: Floats) -> Floats:
    """From (..., n) to (n, ...)."""
    return np.ascontiguousarray(columns.T)


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
