"""WitMotion's byte stream: frames of 20 bytes, found again after garbage; registers; the battery's voltage.

There is no checksum. A frame is believed where the next one follows it or the notification ends with it; where the one
before has not just ended, its acceleration must be that of a body. Vibration sensors (WTVB01) send longer frames under
the same two bytes: refused.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

SERVICE = "0000ffe5-0000-1000-8000-00805f9a34fb"
NOTIFY = "0000ffe4-0000-1000-8000-00805f9a34fb"
WRITE = "0000ffe9-0000-1000-8000-00805f9a34fb"
"""The vendor's base ends in 9a34fb, not in Bluetooth's 9b34fb."""

FRAME_BYTES = 20
VIBRATION_BYTES = 30
MOTION, REGISTER = b"\x55\x61", b"\x55\x71"
COUNTS_PER_G = 2048
RANGE_G = 16.0
LEAST_G, MOST_G = 0.3, 4.0
RATE_CODES = {1: 3, 5: 5, 10: 6, 20: 7, 50: 8, 100: 9, 200: 11}
"""Hz -> value of the rate register."""
BANDWIDTH_CODES = {256: 0, 188: 1, 98: 2, 42: 3, 20: 4, 10: 5, 5: 6}
"""Hz -> value of the bandwidth register, by the vendor's register list."""
RATE_REGISTER, BANDWIDTH_REGISTER, BATTERY_REGISTER = 0x03, 0x1F, 0x64
UNLOCK = bytes.fromhex("ffaa6988b5")
SAVE = bytes.fromhex("ffaa000000")
READ_BATTERY = bytes.fromhex("ffaa276400")
BATTERY_STEPS = (
    (3.96, 100),
    (3.93, 90),
    (3.87, 75),
    (3.82, 60),
    (3.79, 50),
    (3.77, 40),
    (3.73, 30),
    (3.70, 20),
    (3.68, 15),
    (3.50, 10),
    (3.40, 5),
)
"""(above so many volts, percent), as the vendor's application has it."""


@dataclass
class Framer:
    """Puts notifications together and cuts them into frames."""

    buffer: str = ""
    """Hexadecimal."""
    in_step: bool = False
    """The buffer begins where a frame ended."""
    skipped: int = 0
    """Bytes thrown away since the last frame."""
    longer: int = 0
    """Frames in a row that looked like those of a vibration sensor."""

    def take(self, data: bytes) -> list[bytes]:
        """The frames that are complete with this notification."""
        buffer = bytes.fromhex(self.buffer) + data
        frames = []
        while len(buffer) >= FRAME_BYTES:
            if self._is_longer(buffer):
                self.longer += 1
                self.skipped += VIBRATION_BYTES
                buffer = buffer[VIBRATION_BYTES:]
            elif self._is_frame(buffer):
                frames.append(buffer[:FRAME_BYTES])
                buffer = buffer[FRAME_BYTES:]
                self.in_step, self.skipped, self.longer = True, 0, 0
            else:
                self.in_step = False
                self.skipped += 1
                buffer = buffer[1:]
        self.buffer = buffer.hex()
        return frames

    def _is_frame(self, buffer: bytes) -> bool:
        after = buffer[FRAME_BYTES : FRAME_BYTES + 2]
        # Two halves with a lost notification between them look like a frame, but for what follows.
        followed = any(head.startswith(after) for head in (MOTION, REGISTER))
        return _is_head(buffer) and followed and (self.in_step or _is_plausible(buffer))

    def _is_longer(self, buffer: bytes) -> bool:
        ends = len(buffer) == VIBRATION_BYTES or buffer[VIBRATION_BYTES : VIBRATION_BYTES + 2] == MOTION
        return buffer[:2] == MOTION and ends and not _is_head(buffer[FRAME_BYTES:])


def _is_plausible(frame: bytes) -> bool:
    """Whether the acceleration of a frame found among garbage is that of a body."""
    if frame[:2] == REGISTER:
        return True
    norm_g = float(np.linalg.norm(np.frombuffer(frame[2:8], "<i2") / COUNTS_PER_G))
    return LEAST_G <= norm_g <= MOST_G


def _is_head(data: bytes) -> bool:
    return data[:2] in (MOTION, REGISTER)


def decode_motion(frames: list[bytes]) -> NDArray[np.float32]:
    """(N, 3) acceleration in g of the frames that carry some, N >= 0."""
    own = [frame[2:8] for frame in frames if frame[:2] == MOTION]
    return (np.frombuffer(b"".join(own), "<i2").reshape(-1, 3) / COUNTS_PER_G).astype(np.float32)


def decode_battery(frame: bytes) -> int | None:
    """Percent, from a frame that reads the battery's register back; None for any other frame."""
    if frame[:2] != REGISTER or frame[2] != BATTERY_REGISTER:
        return None
    volts = int.from_bytes(frame[4:6], "little", signed=True) / 100
    return next((percent for above, percent in BATTERY_STEPS if volts > above), 0)


def encode_register(register: int, value: int) -> bytes:
    """Write a register."""
    return bytes((0xFF, 0xAA, register, value & 0xFF, value >> 8))
