"""Polar's data frames: samples collected until a frame is full, raw or delta-compressed, with the last one's time."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from firmware_sim.profiles import delta_code
from firmware_sim.sensor import Samples

ACC = 0x02
HEADER_BYTES = 10
FRAME_BYTES_MAX = 229
RAW_SAMPLES, RAW_SAMPLE_BYTES = 36, 6


class FrameType(IntEnum):
    """Byte 9 of a frame: bit 7 is set where it is compressed."""

    RAW_MG = 0x01
    """x, y, z as i16 in mg: H10."""
    DELTA_COUNTS = 0x80
    """Deltas of counts; mg = counts * factor * 1000: older Verity Sense."""
    DELTA_MG = 0x81
    """Deltas of mg: newer Verity Sense."""


def encode_frame(time_ns: int, frame_type: FrameType, counts: np.ndarray) -> bytes:
    """Pack (N, 3) samples, the last of which was taken at `time_ns`."""
    header = struct.pack("<BQB", ACC, time_ns, frame_type)
    if frame_type is FrameType.RAW_MG:
        return header + bytes(counts.astype("<i2").tobytes())
    content = delta_code.encode(counts)
    assert content is not None, "a difference needs more than 16 bits: `fitting` leaves it to the next frame"
    return header + content


def fitting(frame_type: FrameType, counts: np.ndarray, payload: int) -> int:
    """Return how many of these samples, at least one, go into one frame of at most `payload` bytes."""
    room = min(payload, FRAME_BYTES_MAX) - HEADER_BYTES
    if frame_type is FrameType.RAW_MG:
        return min(RAW_SAMPLES, room // RAW_SAMPLE_BYTES)
    sizes = delta_code.encoded_bytes(counts)
    return max(1, int(np.searchsorted(sizes, room, side="right")))


@dataclass
class Framer:
    """Collects samples of one stream."""

    frame_type: FrameType
    waiting: Samples | None = None

    def add(self, samples: Samples, payload: int, zero_ns: int) -> list[bytes]:
        """Take samples; return the frames that are full. `zero_ns` is what the clock showed when `device_us` was 0."""
        held = samples if self.waiting is None else Samples.joined([self.waiting, samples])
        frames = []
        while len(held.counts) and (number := fitting(self.frame_type, held.counts, payload)) <= self._complete(held):
            time_ns = zero_ns + int(held.device_us[number - 1]) * 1000
            frames.append(encode_frame(time_ns, self.frame_type, held.counts[:number]))
            held = held.part(number)
        self.waiting = held
        return frames

    def _complete(self, held: Samples) -> int:
        """Return the length up to which a frame is known to be full: compressed, the next sample must not fit."""
        return len(held.counts) - (self.frame_type is not FrameType.RAW_MG)
