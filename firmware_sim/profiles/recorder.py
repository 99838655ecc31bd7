"""Samples become blocks: cut by latency and payload, stored first, then handed out as they go on the wire.

Where the incoming samples are cut makes no difference: a block ends at a number of samples, never at a moment.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from firmware_sim.profiles import delta_code
from firmware_sim.profiles.deskband_codec import (
    HEADER_BYTES,
    SAMPLE_BYTES,
    STAMP_BYTES,
    Block,
    BlockFlag,
    encode_block,
)
from firmware_sim.profiles.deskband_state import Configuration
from firmware_sim.profiles.ring_buffer import RingBuffer, StoredBlock
from firmware_sim.sensor import Samples

SMALL_PAYLOAD_BYTES = 64
"""Below this a stamp in every block would cost too much, and differences do not pay."""
STAMP_EVERY_US = 1_000_000


@dataclass
class Recorder:
    """The samples of one session on their way into the ring."""

    session: int
    configuration: Configuration
    ring: RingBuffer
    payload_bytes: int = 244
    """Size of the largest notification; the last link's, while there is none."""
    next_index: int = 0
    """Samples counted so far in this session."""
    synced: bool = False
    not_worn: bool = False
    discontinuity: bool = False
    user_event: bool = False
    overwrote: bool = False
    """A block gave way before the host had acknowledged it."""
    _pending: list[Samples] = field(default_factory=list)
    _pending_count: int = 0
    _last_stamp_us: int | None = None

    @property
    def stored_index(self) -> int:
        """Index after the last sample that is in a block."""
        return self.next_index - self._pending_count

    def skip(self, number: int) -> list[bytes]:
        """Count samples that were never taken: the index goes on, the next block says so."""
        blocks = self.flush()
        self.next_index += number
        self.discontinuity = True
        return blocks

    def feed(self, samples: Samples) -> list[bytes]:
        """Take consecutive samples; return the blocks that became complete, as they go on the wire."""
        if len(samples.counts) == 0:
            return []
        self._pending.append(samples)
        self._pending_count += len(samples.counts)
        self.next_index += len(samples.counts)
        return self._complete_blocks()

    def flush(self) -> list[bytes]:
        """Make blocks of everything pending."""
        blocks = self._complete_blocks()
        if self._pending_count:
            blocks.append(self._cut(self._pending_count))
        return blocks

    def stamp_next(self) -> None:
        """Let the next block carry a stamp, whatever its size."""
        self._last_stamp_us = None

    def _complete_blocks(self) -> list[bytes]:
        blocks = []
        while number := self._complete_length():
            blocks.append(self._cut(number))
        return blocks

    def _complete_length(self) -> int:
        """Return how many of the pending samples make the next block; 0 while it may still grow."""
        if not self._pending_count:
            return 0
        by_latency = max(1, round(self.configuration.latency_ds * self.configuration.rate_hz / 10))
        number = min(by_latency, self._longest_for_payload(by_latency))
        return number if self._pending_count >= number else 0

    def _longest_for_payload(self, enough: int) -> int:
        room = self.payload_bytes - HEADER_BYTES - (STAMP_BYTES if self._stamp_due() else 0)
        by_triplets = max(1, room // SAMPLE_BYTES)
        if not self._delta() or by_triplets >= enough:
            return by_triplets
        longest = min(enough, delta_code.COUNT_MAX + 1)
        sizes = delta_code.encoded_bytes(self._first_pending(longest).counts)
        fitting = int(np.searchsorted(sizes, room, side="right"))
        # While everything pending fits, one more sample may fit too.
        return max(by_triplets, min(longest, fitting + 1) if fitting == len(sizes) else fitting)

    def _delta(self) -> bool:
        return self.configuration.allow_delta and self.payload_bytes >= SMALL_PAYLOAD_BYTES

    def _stamp_due(self) -> bool:
        if self.payload_bytes >= SMALL_PAYLOAD_BYTES or self._last_stamp_us is None:
            return True
        return int(self._pending[0].device_us[0]) - self._last_stamp_us >= STAMP_EVERY_US

    def _first_pending(self, number: int) -> Samples:
        if len(self._pending) > 1:
            self._pending = [Samples.joined(self._pending)]
        return self._pending[0].part(0, number)

    def _cut(self, number: int) -> bytes:
        """Store the next block; return it as it goes on the wire."""
        stamped = self._stamp_due()
        first_index = self.stored_index
        taken = self._first_pending(number)
        self._pending[0] = self._pending[0].part(number)
        self._pending_count -= number
        self._pending = self._pending if self._pending_count else []
        last_us = int(taken.device_us[-1])
        flags = self._take_flags(bool(taken.clipped.any()))
        wire = encode_block(
            Block(self.session, first_index, taken.counts, flags, last_us if stamped else None), self._delta()
        )
        period_us = taken.period_us(self.configuration.rate_hz)
        stored = StoredBlock(self.session, first_index, taken.counts, last_us, period_us, flags, len(wire))
        if self.ring.append(stored):
            self.overwrote = True
        if stamped:
            self._last_stamp_us = last_us
        return wire

    def _take_flags(self, clipped: bool) -> BlockFlag:
        raised = (
            (clipped, BlockFlag.CLIPPED),
            (self.discontinuity, BlockFlag.DISCONTINUITY),
            (self.user_event, BlockFlag.USER_EVENT),
            (self.synced, BlockFlag.SYNCED),
            (self.not_worn, BlockFlag.NOT_WORN),
        )
        self.discontinuity = self.user_event = False
        flags = BlockFlag(0)
        for is_raised, flag in raised:
            flags |= flag if is_raised else BlockFlag(0)
        return flags
