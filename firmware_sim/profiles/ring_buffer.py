"""The band's flash: a ring of blocks, written connected or not; the oldest gives way.

Its size is that of the blocks as they are coded on the wire; the samples stay as numbers here, since a replay cuts them
anew for the MTU of the day.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field, replace

import numpy as np

from firmware_sim.profiles.deskband_codec import BlockFlag


@dataclass(frozen=True, slots=True)
class StoredBlock:
    """Consecutive samples as they were written."""

    session: int
    first_index: int
    counts: np.ndarray
    """(N, 3) int16, 4096 counts a g."""
    last_us: int
    """Device clock at the last sample."""
    period_us: float
    flags: BlockFlag
    size_bytes: int

    @property
    def end_index(self) -> int:
        """Index after the last sample."""
        return self.first_index + len(self.counts)

    def part(self, start: int, end: int) -> StoredBlock:
        """Return the samples of an index range that lies inside, with their own stamp."""
        last_us = self.last_us - round((self.end_index - end) * self.period_us)
        flags = self.flags if start == self.first_index else self.flags & ~BlockFlag.DISCONTINUITY
        counts = self.counts[start - self.first_index : end - self.first_index]
        return replace(self, first_index=start, counts=counts, last_us=last_us, flags=flags)


@dataclass
class RingBuffer:
    """Blocks of all sessions, oldest first."""

    capacity_bytes: int
    blocks: deque[StoredBlock] = field(default_factory=deque)
    used_bytes: int = 0
    overwritten_blocks: int = 0
    """Blocks lost before the host acknowledged them, since the last erasure."""

    def append(self, block: StoredBlock) -> int:
        """Store a block; return how many had to give way for it."""
        lost = 0
        while self.blocks and self.used_bytes + block.size_bytes > self.capacity_bytes:
            self._drop_oldest()
            lost += 1
        self.blocks.append(block)
        self.used_bytes += block.size_bytes
        self.overwritten_blocks += lost
        return lost

    def _drop_oldest(self) -> None:
        self.used_bytes -= self.blocks.popleft().size_bytes

    def acknowledge(self, session: int, upto_index: int) -> None:
        """Forget the blocks of a session that end at or before an index."""
        kept = [block for block in self.blocks if block.session != session or block.end_index > upto_index]
        self.blocks = deque(kept)
        self.used_bytes = sum(block.size_bytes for block in kept)

    def erase(self) -> None:
        """Forget everything."""
        self.blocks.clear()
        self.used_bytes = 0
        self.overwritten_blocks = 0

    def sessions(self) -> list[int]:
        """Return the sessions that still have samples, oldest first."""
        return list(dict.fromkeys(block.session for block in self.blocks))

    def span(self, session: int) -> tuple[int, int] | None:
        """Return the first index and the end of a session's samples; None when there are none."""
        held = [block for block in self.blocks if block.session == session]
        return (held[0].first_index, held[-1].end_index) if held else None

    def oldest_index(self, session: int) -> int | None:
        """Return the first retained index of a session; None when it has no samples."""
        return next((block.first_index for block in self.blocks if block.session == session), None)

    def held_in(self, session: int, start: int, end: int) -> list[tuple[int, int]]:
        """Return the unbroken index ranges of a session that are held within [start, end)."""
        ranges: list[tuple[int, int]] = []
        for block in self.blocks:
            first, last = max(start, block.first_index), min(end, block.end_index)
            if block.session != session or first >= last:
                continue
            if ranges and ranges[-1][1] == first:
                ranges[-1] = (ranges[-1][0], last)
            else:
                ranges.append((first, last))
        return ranges
