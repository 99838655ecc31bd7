"""Thingy:52 on the wire: motion, its settings, light, tone, button."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monitor.wearables.base import DecodeError
from monitor.wearables.triplets import decode_triplets


def _uuid(short: str) -> str:
    return f"ef68{short}-9b35-4933-9b10-52ffa9740042"


CONFIGURATION, ADVERTISING = _uuid("0100"), _uuid("0102")
LED, BUTTON = _uuid("0301"), _uuid("0302")
MOTION_CONFIG, RAW = _uuid("0401"), _uuid("0406")
SOUND_CONFIG, SPEAKER = _uuid("0501"), _uuid("0502")

ADVERTISING_UNITS = 608
"""380 ms in units of 0.625 ms: as delivered."""
RAW_BYTES = 18
BUTTON_DOWN = 1
FREQUENCY_MODE = 1
RED, GREEN, YELLOW, BLUE = 1, 2, 3, 4
LIGHT_OFF = b"\x00"


@dataclass(frozen=True, slots=True)
class MotionConfig:
    """How the motion unit is set (0401)."""

    pedometer_ms: int
    temperature_ms: int
    compass_ms: int
    motion_hz: int
    wake_on_motion: int


AS_DELIVERED = MotionConfig(1000, 500, 500, 10, 1)
_CONFIG = struct.Struct("<HHHHB")


def decode_config(data: bytes) -> MotionConfig:
    """The nine bytes of the motion configuration."""
    if len(data) != _CONFIG.size:
        raise DecodeError(f"motion configuration: {len(data)} bytes, not {_CONFIG.size}", data)
    config = MotionConfig(*_CONFIG.unpack(data))
    if not 5 <= config.motion_hz <= 200:
        raise DecodeError(f"motion configuration: {config.motion_hz} Hz is not 5 to 200", data)
    return config


def encode_config(config: MotionConfig) -> bytes:
    """The same, written."""
    return _CONFIG.pack(
        config.pedometer_ms, config.temperature_ms, config.compass_ms, config.motion_hz, config.wake_on_motion
    )


def decode_raw(data: bytes) -> NDArray[np.float32]:
    """(1, 3) acceleration in g, of raw motion (0406); turning rate and magnetic field, which follow, are not needed."""
    if len(data) != RAW_BYTES:
        raise DecodeError(f"raw motion: {len(data)} bytes, not {RAW_BYTES}", data)
    return decode_triplets(data[:6])


def decode_advertising(data: bytes) -> tuple[int, int]:
    """Interval in units of 0.625 ms, and after how many seconds it switches itself off (0: never)."""
    if len(data) < 3:
        raise DecodeError("advertising parameters: shorter than 3 bytes", data)
    interval, timeout_s = struct.unpack_from("<HB", data)
    return interval, timeout_s


def encode_advertising(interval: int, timeout_s: int) -> bytes:
    """The same, written."""
    return struct.pack("<HB", interval, timeout_s)


def decode_button(data: bytes) -> int:
    """1 pressed, 0 let go."""
    if not data:
        raise DecodeError("button: empty")
    return data[0]


def encode_breathing(colour: int, intensity_pct: int, pause_ms: int) -> bytes:
    """A light that comes and goes."""
    return struct.pack("<BBBH", 2, colour, intensity_pct, pause_ms)


def encode_flash(colour: int, intensity_pct: int = 100) -> bytes:
    """One flash."""
    return bytes((3, colour, intensity_pct))


def encode_tone(frequency_hz: int, duration_ms: int, volume_pct: int) -> bytes:
    """One tone, in frequency mode."""
    return struct.pack("<HHB", frequency_hz, duration_ms, volume_pct)
