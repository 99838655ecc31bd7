"""DeskBand blocks into facts: every sample exactly once, by (session, index), with holes announced and filled."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from monitor.model import AccelBlock, Fact, Floats, Quality
from monitor.wearables.deskband_profile.codec import Block, BlockFlag
from monitor.wearables.deskband_profile.replay import Backfill
from monitor.wearables.holes import Fill, Hole, Missing
from monitor.wearables.sample_clock import Anchor, SampleClock, unwrap

LEAD = 0.5
"""The border of two sessions lies half a sample before the first; old samples keep half their distance."""
SLOW_HZ = 10.0
"""Below this a step cadence of 2.5 Hz and its harmonics cannot be seen."""


Bounds = tuple[Anchor | None, Anchor | None]
"""What is known of the times before and after."""


@dataclass
class Memory:
    """What outlives a link, and, stored as JSON, a crash."""

    clock: SampleClock
    device_id: int | None = None
    segment: int | None = None
    """Session id of the device, plus 65536 for every time that the 16-bit id began anew."""
    next_index: int | None = None
    """Index expected next in this segment; None until a first sample was delivered."""
    rate_hz: float = 25.0
    asked_config: tuple[int, int, int, int] | None = None
    applied_config: tuple[int, int, int, int] | None = None
    backfill: Backfill = field(default_factory=Backfill)
    stored: dict[int, int] = field(default_factory=dict)
    """By segment: what the host has on disk."""
    acked: dict[int, int] = field(default_factory=dict)
    """By segment: what the device was told of it."""

    @property
    def known(self) -> bool:
        """True once any sample of this device was delivered."""
        return self.clock.floor_s is not None

    @property
    def session(self) -> int | None:
        """The 16-bit session id as the device says it."""
        return None if self.segment is None else self.segment & 0xFFFF

    def is_newer(self, session: int) -> bool:
        """Serial-number comparison with the current session: the 16-bit id wraps."""
        return 0 < (session - (self.session or 0)) % 65536 < 32768

    def enter(self, segment: int, rate_hz: float) -> None:
        """A new session begins."""
        self.segment, self.rate_hz = segment, rate_hz
        self.next_index = 0 if self.known else None
        self.clock.restart(rate_hz)
        self._forget_told()

    def keep_stored(self, segment: int, upto_index: int) -> None:
        """The host has everything on disk that was delivered before ``upto_index``, perhaps by another device."""
        if self.segment is None:
            return
        if segment == self.segment:
            upto_index = min(upto_index, self.next_index or 0)
        self.stored[segment] = max(upto_index, self.stored.get(segment, 0))

    def acknowledged(self, segment: int, upto_index: int) -> None:
        """The device was told so."""
        self.acked[segment] = max(upto_index, self.acked.get(segment, 0))
        self._forget_told()

    def _forget_told(self) -> None:
        """Of sessions that are over and whole, and all of which was told, nothing more is to be told."""
        waiting = {self.segment, *(hole.segment for hole in self.backfill.holes)}
        for segment in [each for each in self.acked if each not in waiting]:
            if self.acked[segment] >= self.stored.get(segment, 0):
                self.stored.pop(segment, None)
                del self.acked[segment]

    def plausible(self, block: Block, at_s: float, slack_s: float) -> bool:
        """False where a block claims more samples than time has passed for."""
        if self.next_index is None or self.clock.floor_s is None:
            return True
        ahead_s = (block.first_index - self.next_index) * self.clock.period_s
        return ahead_s <= 1.25 * max(0.0, at_s - self.clock.floor_s) + slack_s


def take_live(memory: Memory, block: Block, at_s: float, not_worn: bool, ready_at_s: float) -> list[Fact]:
    """A live block of the current session: late parts into their holes, the rest to the end of the stream."""
    if memory.segment is None:
        return []
    facts = take_late(memory, memory.segment, block)
    start = max(block.first_index, memory.next_index or 0)
    if start >= block.end_index:
        return facts
    hole_first = memory.next_index
    before, floor_s = memory.clock.last, memory.clock.floor_s
    lost_inside = bool(block.flags & BlockFlag.DISCONTINUITY)
    times = memory.clock.place(start, block.end_index - start, block.stamp_us, at_s, lost_inside)
    memory.next_index = block.end_index
    if before is None and floor_s is not None:
        before = _between_sessions(memory, start, float(times[0]), floor_s)
    gap_s = None if before is None or before.device_us is None else 0.0
    if hole_first is not None and start > hole_first:
        after = Anchor(start, float(times[0]), _device_us_at(memory.clock, start))
        facts.append(_open(memory, (hole_first, start), (before, after), ready_at_s))
        gap_s = None if gap_s is None else (start - hole_first) * memory.clock.period_s
    quality = _quality(block, memory.rate_hz)
    if not_worn:
        quality |= Quality.DEVICE_NOT_WORN
    facts.append(_accel_block(block, Fill(start, times, gap_s), memory.rate_hz, memory.segment, quality))
    return facts


def take_late(memory: Memory, segment: int, block: Block) -> list[Fact]:
    """A block that may hold samples of open holes; everything else in it is a duplicate."""
    facts: list[Fact] = []
    for hole in memory.backfill.holes:
        if hole.segment != segment or not _overlap(hole, block):
            continue
        quality = _quality(block, hole.rate_hz) | Quality.REPLAYED
        fills = hole.fill(block.first_index, block.end_index, _device_times(hole, block))
        facts += [_accel_block(block, fill, hole.rate_hz, segment, quality) for fill in fills]
        if fills and memory.clock.last is None and memory.clock.floor_s is not None:
            # Nothing of the new session was placed yet: it will begin after all that was seen of the old ones.
            memory.clock.floor_s = max(memory.clock.floor_s, float(fills[-1].t_s[-1]))
    return facts + list(memory.backfill.closed())


def open_tail(memory: Memory, segment: int, indices: tuple[int, int], rate_hz: float, bounds: Bounds) -> Fact:
    """A hole at the end of a session that is over, ready to be asked for."""
    hole = Hole(segment, *indices, rate_hz, period_of(memory, rate_hz), memory.clock.pace, ready_at_s=0.0)
    hole.missing = [Missing(*indices, *bounds)]
    memory.backfill.open(hole)
    return hole.opened()


def newest_anchor(memory: Memory, now_s: float) -> Anchor:
    """After what the next session's samples come: the newest one delivered, or the guessed end of what is awaited."""
    if memory.clock.last is not None:
        return memory.clock.last
    newest_s = memory.clock.floor_s if memory.clock.floor_s is not None else now_s
    for hole in memory.backfill.holes:
        for part in hole.missing:
            if part.after is None and part.before is not None:
                end_s = part.before.at_s + (part.end_index - part.before.index) * hole.period_s
                part.after = Anchor(part.end_index, max(newest_s, end_s))
                newest_s = part.after.at_s
    return Anchor(-1, newest_s)


def period_of(memory: Memory, rate_hz: float) -> float:
    """Stream seconds a sample at any rate: what was learned at one rate holds for the crystal at all."""
    return memory.clock.period_s * memory.clock.nominal_hz / rate_hz


def _open(memory: Memory, indices: tuple[int, int], bounds: Bounds, ready_at_s: float) -> Fact:
    assert memory.segment is not None
    clock = memory.clock
    hole = Hole(memory.segment, *indices, memory.rate_hz, clock.period_s, clock.pace, ready_at_s)
    hole.missing = [Missing(*indices, *bounds)]
    memory.backfill.open(hole)
    return hole.opened()


def _between_sessions(memory: Memory, first_index: int, first_s: float, floor_s: float) -> Anchor:
    """The border in time between the sessions before and the head of this one: all keep to their side."""
    old = [part for hole in memory.backfill.holes if hole.segment != memory.segment for part in hole.missing]
    waiting = sum(part.end_index - part.first_index for part in old)
    border_s = first_s - (first_index + LEAD) * memory.clock.period_s
    if border_s <= floor_s + LEAD * memory.clock.period_s * waiting:
        # Less time than samples: share what there is.
        border_s = floor_s + (first_s - floor_s) * (waiting + 1) / (waiting + first_index + 2)
    limits = [anchor for part in old for anchor in (part.before, part.after) if anchor and anchor.at_s > floor_s]
    latest_s = max((anchor.at_s for anchor in limits), default=floor_s)
    if latest_s >= border_s:
        # The guessed borders of sessions that nobody saw reach too far: draw them together, in their order.
        for anchor in limits:
            anchor.at_s = floor_s + (anchor.at_s - floor_s) * (1 - 0.1 * LEAD) * (border_s - floor_s) / (
                latest_s - floor_s
            )
    for part in old:
        if part.after is None:
            part.after = Anchor(part.end_index, border_s)
    return Anchor(-1, border_s)


def _overlap(hole: Hole, block: Block) -> bool:
    return block.first_index < hole.end_index and hole.first_index < block.end_index


def _device_times(hole: Hole, block: Block) -> Floats | None:
    """Device clock at the block's samples, where it is stamped."""
    if block.stamp_us is None:
        return None
    anchors = [anchor for part in hole.missing for anchor in (part.before, part.after) if anchor is not None]
    near_us = next((anchor.device_us for anchor in anchors if anchor.device_us is not None), None)
    count = len(block.counts)
    period_us = 1e6 * hole.period_s / hole.pace
    before_last = np.arange(count - 1, -1, -1, dtype=np.float64)
    return unwrap(block.stamp_us, near_us) - before_last * period_us


def _device_us_at(clock: SampleClock, index: int) -> float | None:
    """Device clock at a sample of the block placed last."""
    if clock.last is None or clock.last.device_us is None:
        return None
    return clock.last.device_us - (clock.last.index - index) * clock.line.period_us


def _quality(block: Block, rate_hz: float) -> Quality:
    quality = Quality.NONE
    if block.flags & BlockFlag.CLIPPED:
        quality |= Quality.CLIPPED
    if block.flags & BlockFlag.NOT_WORN:
        quality |= Quality.DEVICE_NOT_WORN
    if rate_hz < SLOW_HZ:
        quality |= Quality.LOW_RATE
    return quality


def _accel_block(block: Block, fill: Fill, rate_hz: float, segment: int, quality: Quality) -> AccelBlock:
    start = fill.first_index - block.first_index
    xyz_g = block.xyz_g[start : start + len(fill.t_s)]
    return AccelBlock(fill.t_s, xyz_g, rate_hz, segment, fill.first_index, fill.gap_before_s, quality)
