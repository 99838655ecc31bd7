"""Thingy:52's values: motion configuration, raw motion, lights and sounds; what is out of range is no value."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Self

import numpy as np

COUNTS_PER_G = 1024
"""6Q10."""
TURN_COUNTS_PER_DPS, COMPASS_COUNTS_PER_UT = 32, 16
"""11Q5 and 12Q4."""
GRAVITY_M_S2 = 9.80665
FREQUENCY, PCM, SAMPLE = 1, 2, 3
"""Speaker modes."""
HIGHEST_SAMPLE = 8
SAMPLE_US = 1_000_000
"""About as long as the built-in sounds last."""


@dataclass(frozen=True, slots=True)
class MotionConfiguration:
    """Characteristic 0401."""

    pedometer_ms: int = 1000
    temperature_ms: int = 500
    compass_ms: int = 500
    rate_hz: int = 10
    wake_on_motion: int = 1

    def encode(self) -> bytes:
        """Pack nine bytes."""
        return struct.pack(
            "<HHHHB", self.pedometer_ms, self.temperature_ms, self.compass_ms, self.rate_hz, self.wake_on_motion
        )

    @classmethod
    def decode(cls, value: bytes) -> Self | None:
        """Read nine bytes; None where length or a field is wrong."""
        if len(value) != 9:
            return None
        own = cls(*struct.unpack("<HHHHB", value))
        valid = (
            100 <= own.pedometer_ms <= 5000
            and 100 <= own.temperature_ms <= 5000
            and 100 <= own.compass_ms <= 1000
            and 5 <= own.rate_hz <= 200
            and own.wake_on_motion <= 1
        )
        return own if valid else None


def encode_raw(acceleration_g: np.ndarray, turn_dps: np.ndarray, compass_ut: np.ndarray) -> bytes:
    """Pack three (3,) vectors as the raw characteristic's 18 bytes."""
    scaled = (acceleration_g * COUNTS_PER_G, turn_dps * TURN_COUNTS_PER_DPS, compass_ut * COMPASS_COUNTS_PER_UT)
    counts = np.clip(np.rint(np.concatenate(scaled)), -32768, 32767)
    return bytes(counts.astype("<i2").tobytes())


def is_light(value: bytes) -> bool:
    """Say whether a value of the LED characteristic (0301) is one of its four modes."""
    match len(value), value[:1]:
        case (1, b"\x00") | (4, b"\x01"):
            return True
        case 5, b"\x02":
            delay_ms = int.from_bytes(value[3:], "little")
            return 1 <= value[1] <= 7 and 1 <= value[2] <= 100 and 50 <= delay_ms <= 10000
        case 3, b"\x03":
            return 1 <= value[1] <= 7 and 1 <= value[2] <= 100
    return False


def is_dark(value: bytes) -> bool:
    """Say whether a light shows nothing."""
    return value[0] == 0 or (value[0] == 1 and not any(value[1:]))


@dataclass(frozen=True, slots=True)
class Sound:
    """What the speaker plays."""

    lasts_us: int
    audible: bool


def decode_sound(mode: int, value: bytes) -> Sound | None:
    """Read the speaker's data in a mode; None where it cannot be played."""
    if mode == FREQUENCY and len(value) == 5:
        frequency_hz, lasts_ms, volume_pct = struct.unpack("<HHB", value)
        audible = frequency_hz > 0 and lasts_ms > 0 and volume_pct > 0
        return Sound(lasts_ms * 1000, audible) if volume_pct <= 100 else None
    if mode == SAMPLE and len(value) == 1 and value[0] <= HIGHEST_SAMPLE:
        return Sound(SAMPLE_US, True)
    if mode == PCM and value:
        return Sound(len(value) * 125, True)  # 8 kHz, a byte a sample
    return None
