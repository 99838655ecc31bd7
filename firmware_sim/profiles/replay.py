"""A replay under way: stored samples of one index range, cut anew for the link, in order."""

from __future__ import annotations

from dataclasses import dataclass, field

from firmware_sim.profiles.deskband_codec import (
    HEADER_BYTES,
    SAMPLE_BYTES,
    STAMP_BYTES,
    Block,
    BlockFlag,
    ControlStatus,
    encode_block,
    encode_replay_done,
)
from firmware_sim.profiles.recorder import SMALL_PAYLOAD_BYTES
from firmware_sim.profiles.ring_buffer import RingBuffer, StoredBlock


@dataclass
class Replay:
    """What a REPLAY request asked for and how far it has come."""

    ring: RingBuffer
    tag: int
    session: int
    next_index: int
    end_index: int
    allow_delta: bool
    blocks_sent: int = 0
    overtaken: bool = False
    """Samples were overwritten before their turn came."""
    _blocks: list[StoredBlock] = field(init=False)

    def __post_init__(self) -> None:
        # Taken once: looking every block up in a ring of thousands would take longer than sending it.
        held = [block for block in self.ring.blocks if block.session == self.session]
        self._blocks = [block for block in held if block.end_index > self.next_index][::-1]

    def next_block(self, payload_bytes: int) -> bytes | None:
        """Return the next block for a notification of this size; None when the range is done."""
        stored = self._next_stored()
        if stored is None:
            return None
        allow_delta = self.allow_delta and payload_bytes >= SMALL_PAYLOAD_BYTES
        stamped = payload_bytes >= SMALL_PAYLOAD_BYTES or self.blocks_sent == 0
        number = len(stored.counts)
        wire = self._encode(stored, stamped, allow_delta)
        if len(wire) > payload_bytes:
            head = HEADER_BYTES + (STAMP_BYTES if stamped else 0)
            number = (payload_bytes - head) // SAMPLE_BYTES
            wire = self._encode(stored.part(stored.first_index, stored.first_index + number), stamped, allow_delta)
        self.next_index = stored.first_index + number
        self.blocks_sent += 1
        return wire

    def _next_stored(self) -> StoredBlock | None:
        oldest = self.ring.oldest_index(self.session)
        while self.next_index < self.end_index and self._blocks and self._blocks[-1].first_index < self.end_index:
            block = self._blocks[-1]
            if block.end_index <= self.next_index:
                self._blocks.pop()
            elif oldest is None or block.first_index < oldest:
                self.overtaken = True
                self._blocks.pop()
            else:
                return block.part(max(self.next_index, block.first_index), min(self.end_index, block.end_index))
        return None

    def _encode(self, stored: StoredBlock, stamped: bool, allow_delta: bool) -> bytes:
        flags = stored.flags | BlockFlag.REPLAY
        device_us = stored.last_us if stamped else None
        return encode_block(Block(stored.session, stored.first_index, stored.counts, flags, device_us), allow_delta)

    def finished(self, status: ControlStatus | None = None) -> bytes:
        """Code the event that tells the host how it ended."""
        if status is None:
            status = ControlStatus.NOT_AVAILABLE if self.overtaken else ControlStatus.OK
            self.next_index = self.end_index
        return encode_replay_done(self.tag, status, self.session, self.next_index, self.blocks_sent)
