"""DeskBand 1.x on the wire: motion blocks, Info, Status and Alert (the control point: ``control``).

All values little-endian. Longer Info and Status values and unknown flags come from newer minors and are accepted.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum, IntFlag

import numpy as np
from numpy.typing import NDArray

from monitor.model import AnswerKind
from monitor.wearables.base import DecodeError
from monitor.wearables.delta import decode_delta

SERVICE, INFO, CONTROL, LIVE, REPLAY, STATUS, ALERT = (
    f"e820{number:04x}-ac6e-48f1-9b41-d591858ee542" for number in range(1, 8)
)

COUNTS_PER_G = 4096.0
RATES_HZ = (12.5, 25.0, 50.0, 100.0, 6.25)
"""By rate code, which is also the bit number in ``Info.rates``."""
RANGES_G = (2, 4, 8)
"""By range code, which is also the bit number in ``Info.ranges``."""
PLACEMENT_WORDS = (None, "thigh", "waist", "wrist", "chest", None, "pocket", "lower_back")
"""By placement byte; unknown (0) and ankle (5) are left to the wearer to say."""
VERSION = 1
_HEADER = struct.Struct("<BBHI")
_INFO = struct.Struct("<BBHHBBIHHI")
_STATUS = struct.Struct("<HIIHBBHBBbx")
_ALERT = struct.Struct("<BBBBHH3BBHH")


class Format(IntEnum):
    """How the samples of a block are written; 2 to 14 are reserved."""

    PLAIN = 0
    DELTA = 1
    HEARTBEAT = 15


class BlockFlag(IntFlag):
    """Flags of a motion block."""

    STAMPED = 1
    REPLAYED = 2
    DISCONTINUITY = 4
    CLIPPED = 8
    NOT_WORN = 16
    BUTTON = 32
    SYNCED = 64


class Feature(IntFlag):
    """What the hardware has."""

    DELTA = 1
    FLASH = 2
    HAPTIC = 4
    LED = 8
    BUZZER = 16
    BUTTON = 32
    WEAR_DETECTION = 64
    STEP_COUNT = 128
    DISPLAY = 256


CAN_ALERT = Feature.HAPTIC | Feature.LED | Feature.BUZZER | Feature.DISPLAY


class StatusFlag(IntFlag):
    """What the device is doing."""

    SAMPLING = 1
    REPLAYING = 2
    CHARGING = 4
    WORN = 8
    SYNCED = 16
    OVERWRITTEN = 32
    STORAGE_ERROR = 64


@dataclass(frozen=True, slots=True, eq=False)
class Block:
    """One motion block."""

    format: int
    flags: int
    session: int
    first_index: int
    """Index of the first sample; the next index in a heartbeat."""
    stamp_us: int | None
    """Device clock at the last sample (48 bits), where the block carries it."""
    counts: NDArray[np.int16]
    """(N, 3), 1/4096 g; N = 0 in heartbeats and reserved formats."""

    @property
    def end_index(self) -> int:
        """Index after the last sample."""
        return self.first_index + len(self.counts)

    @property
    def xyz_g(self) -> NDArray[np.float32]:
        """(N, 3) acceleration in g."""
        return (self.counts / COUNTS_PER_G).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Info:
    """What the device is (0002)."""

    major: int
    minor: int
    features: int
    rates: int
    ranges: int
    placement: int
    capacity_bytes: int
    hardware: int
    firmware: int
    device_id: int


@dataclass(frozen=True, slots=True)
class Status:
    """How the device is (0006)."""

    session: int
    next_index: int
    oldest_index: int
    oldest_session: int
    battery: int | None
    flags: int
    dropped_blocks: int
    rate_code: int
    range_code: int
    temperature_c: int | None


@dataclass(frozen=True, slots=True)
class AlertEvent:
    """What became of an alert (0007)."""

    kind: AnswerKind | None
    """None: an event of a newer minor."""
    alert_number: int
    device_us: int


@dataclass(frozen=True, slots=True)
class AlertPattern:
    """How one kind of alert feels, looks and sounds."""

    kind: int
    channels: int = 0
    intensity_pct: int = 0
    repeats: int = 0
    on_ms: int = 0
    off_ms: int = 0
    rgb: tuple[int, int, int] = (0, 0, 0)


ALERT_PATTERNS: dict[str, AlertPattern] = {
    "stop": AlertPattern(0),
    "nudge": AlertPattern(1, 0b0001, 40, 1, 200, 0, (0, 80, 255)),
    "stand_up": AlertPattern(2, 0b0011, 80, 3, 250, 150, (255, 80, 0)),
    "urgent": AlertPattern(3, 0b0111, 100, 5, 400, 200, (255, 0, 0)),
    "well_done": AlertPattern(4, 0b0011, 50, 2, 100, 100, (0, 255, 0)),
    "identify": AlertPattern(5, 0b0111, 60, 4, 500, 500, (255, 255, 255)),
}
"""By ``Nudge.kind``. Channels: bit 0 haptic, 1 LED, 2 buzzer; a device ignores what it lacks. ``stand_up`` is the
profile's own example; the others step down or up from it."""

_ALERT_EVENTS = {
    1: AnswerKind.STARTED,
    2: AnswerKind.FINISHED,
    3: AnswerKind.ACKNOWLEDGED,
    4: AnswerKind.SNOOZED,
    5: AnswerKind.REFUSED,
}


def decode_block(data: bytes) -> Block:
    """A motion block; a reserved format comes back without samples."""
    if len(data) < _HEADER.size:
        raise DecodeError("block: shorter than its header", data)
    first, flags, session, index = _HEADER.unpack_from(data)
    if first >> 4 != VERSION:
        raise DecodeError(f"block: version {first >> 4}, not {VERSION}", data)
    position, stamp_us = _HEADER.size, None
    if flags & BlockFlag.STAMPED:
        position += 6
        if len(data) < position:
            raise DecodeError("block: cut off inside the timestamp", data)
        stamp_us = int.from_bytes(data[8:position], "little")
    return Block(first & 15, flags, session, index, stamp_us, _samples(first & 15, data, position))


def _samples(block_format: int, data: bytes, position: int) -> NDArray[np.int16]:
    """(N, 3) counts of a block's body."""
    if block_format == Format.DELTA:
        return decode_delta(data[position:]).astype(np.int16)
    if block_format != Format.PLAIN:
        return np.empty((0, 3), np.int16)
    length = len(data) - position
    if length % 6:
        raise DecodeError(f"block: {length} bytes are no whole samples of 6", data)
    return np.frombuffer(data, "<i2", offset=position).reshape(-1, 3).astype(np.int16)


def decode_info(data: bytes) -> Info:
    """The Info characteristic; a tail from a newer minor is ignored, another major refused."""
    if len(data) < _INFO.size:
        raise DecodeError("info: shorter than 20 bytes", data)
    info = Info(*_INFO.unpack_from(data))
    if info.major != VERSION:
        raise DecodeError(f"info: protocol {info.major}.{info.minor}, this program speaks {VERSION}.x", data)
    return info


def decode_status(data: bytes) -> Status:
    """The Status characteristic; a tail from a newer minor is ignored."""
    if len(data) < _STATUS.size:
        raise DecodeError("status: shorter than 20 bytes", data)
    session, next_index, oldest, oldest_session, battery, flags, dropped, rate, span, celsius = _STATUS.unpack_from(
        data
    )
    return Status(
        session,
        next_index,
        oldest,
        oldest_session,
        battery if battery <= 100 else None,
        flags,
        dropped,
        rate,
        span,
        celsius if celsius != -128 else None,
    )


def decode_alert_event(data: bytes) -> AlertEvent:
    """What the device says of an alert."""
    if len(data) < 9:
        raise DecodeError("alert event: shorter than 9 bytes", data)
    number = int.from_bytes(data[1:3], "little")
    return AlertEvent(_ALERT_EVENTS.get(data[0]), number, int.from_bytes(data[3:9], "little"))


def encode_alert(pattern: AlertPattern, alert_number: int, time_to_live_s: float) -> bytes:
    """The 16 bytes that make the device speak."""
    live_s = int(min(max(time_to_live_s, 0.0), 0xFFFF))
    return _ALERT.pack(
        pattern.kind,
        pattern.channels,
        pattern.intensity_pct,
        pattern.repeats,
        pattern.on_ms,
        pattern.off_ms,
        *pattern.rgb,
        0,
        alert_number & 0xFFFF,
        live_s,
    )
