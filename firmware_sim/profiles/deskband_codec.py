"""DeskBand 1.0 on the wire, the peripheral's side: what it writes and what it reads. PROTOCOL.md has the tables."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum, IntFlag
from typing import Final

import numpy as np

from firmware_sim.profiles import delta_code

VERSION: Final = 1
HEADER_BYTES: Final = 8
STAMP_BYTES: Final = 6
SAMPLE_BYTES: Final = 6
COUNTS_PER_G: Final = 4096
UP_TO_NOW: Final = 0xFFFFFFFF
ERASE_MAGIC: Final = b"ERAS"


class Format(IntEnum):
    """Low half of a block's first byte."""

    TRIPLETS = 0
    DELTA = 1
    HEARTBEAT = 15


class BlockFlag(IntFlag):
    """Second byte of a block."""

    TIMESTAMP = 0x01
    REPLAY = 0x02
    DISCONTINUITY = 0x04
    CLIPPED = 0x08
    NOT_WORN = 0x10
    USER_EVENT = 0x20
    SYNCED = 0x40


class StatusFlag(IntFlag):
    """Byte 13 of Status."""

    SAMPLING = 0x01
    REPLAYING = 0x02
    CHARGING = 0x04
    WORN = 0x08
    SYNCED = 0x10
    OVERWRITTEN = 0x20
    STORAGE_ERROR = 0x40


class Feature(IntFlag):
    """Bytes 2 and 3 of Info."""

    DELTA = 0x001
    FLASH = 0x002
    HAPTIC = 0x004
    RGB_LED = 0x008
    BUZZER = 0x010
    BUTTON = 0x020
    WEAR_DETECTION = 0x040
    STEP_COUNT = 0x080
    DISPLAY = 0x100


class Op(IntEnum):
    """First byte of a control request."""

    START = 0x01
    STOP = 0x02
    REPLAY = 0x03
    ABORT = 0x04
    ACK = 0x05
    TIME_SYNC = 0x06
    SET_CONFIG = 0x07
    ERASE = 0x08
    PING = 0x09
    SLEEP = 0x0A
    GET_SESSION = 0x0B
    SET_PLACEMENT = 0x0C


PARAMETER_BYTES: Final[dict[Op, int]] = {
    Op.START: 0,
    Op.STOP: 0,
    Op.REPLAY: 10,
    Op.ABORT: 0,
    Op.ACK: 6,
    Op.TIME_SYNC: 8,
    Op.SET_CONFIG: 4,
    Op.ERASE: 4,
    Op.PING: 0,
    Op.SLEEP: 2,
    Op.GET_SESSION: 1,
    Op.SET_PLACEMENT: 1,
}


class ControlStatus(IntEnum):
    """Third byte of a control response."""

    OK = 0
    UNKNOWN_OP = 1
    BAD_LENGTH = 2
    BAD_PARAMETER = 3
    WRONG_STATE = 4
    UNKNOWN_SESSION = 5
    NOT_AVAILABLE = 6
    BUSY = 7
    STORAGE_ERROR = 8
    ABORTED = 9


class AlertKind(IntEnum):
    """First byte of an alert."""

    STOP = 0
    NUDGE = 1
    STAND_UP = 2
    URGENT = 3
    WELL_DONE = 4
    IDENTIFY = 5


class AlertEvent(IntEnum):
    """First byte of an alert's notification."""

    STARTED = 1
    FINISHED = 2
    ACKNOWLEDGED = 3
    SNOOZED = 4
    REFUSED = 5


@dataclass(frozen=True, slots=True)
class Block:
    """Consecutive samples of one session, as one notification carries them."""

    session: int
    first_index: int
    counts: np.ndarray
    """(N, 3) int16, 4096 counts a g."""
    flags: BlockFlag
    device_us: int | None
    """Device clock at the last sample; None leaves the stamp out."""


def u48(value: int) -> bytes:
    """Code an unsigned number of six bytes; it wraps, as a clock does."""
    return (value & 0xFFFF_FFFF_FFFF).to_bytes(6, "little")


def encode_block(block: Block, allow_delta: bool) -> bytes:
    """Code a block, with differences where allowed and shorter."""
    raw = block.counts.astype("<i2").tobytes()
    code, body = Format.TRIPLETS, raw
    if allow_delta and len(block.counts) > 1:
        packed = delta_code.encode(block.counts)
        if packed is not None and len(packed) < len(raw):
            code, body = Format.DELTA, packed
    return _head(code, block.flags, block.session, block.first_index, block.device_us) + body


def encode_heartbeat(session: int, next_index: int, device_us: int, flags: BlockFlag) -> bytes:
    """Code a block without samples: the clock and the index that comes next."""
    return _head(Format.HEARTBEAT, flags, session, next_index, device_us)


def _head(code: Format, flags: BlockFlag, session: int, index: int, device_us: int | None) -> bytes:
    flags = flags & ~BlockFlag.TIMESTAMP if device_us is None else flags | BlockFlag.TIMESTAMP
    stamp = b"" if device_us is None else u48(device_us)
    return struct.pack("<BBHI", VERSION << 4 | code, flags, session, index) + stamp


@dataclass(frozen=True, slots=True)
class Info:
    """What the device is."""

    features: Feature
    rates: int
    ranges: int
    placement: int
    capacity_bytes: int
    hardware_id: int
    firmware_build: int
    device_id: int

    def encode(self) -> bytes:
        """Return the 20 bytes of the Info characteristic."""
        return struct.pack(
            "<BBHHBBIHHI",
            1,
            0,
            self.features,
            self.rates,
            self.ranges,
            self.placement,
            self.capacity_bytes,
            self.hardware_id,
            self.firmware_build,
            self.device_id,
        )


@dataclass(frozen=True, slots=True)
class Status:
    """How the device is."""

    session: int
    next_index: int
    oldest_index: int
    oldest_session: int
    battery_pct: int | None
    flags: StatusFlag
    overwritten_blocks: int
    rate_code: int
    range_code: int
    temperature_c: int | None

    def encode(self) -> bytes:
        """Return the 20 bytes of the Status characteristic."""
        return struct.pack(
            "<HIIHBBHBBbB",
            self.session,
            self.next_index,
            self.oldest_index,
            self.oldest_session,
            255 if self.battery_pct is None else self.battery_pct,
            self.flags,
            min(self.overwritten_blocks, 0xFFFF),
            self.rate_code,
            self.range_code,
            -128 if self.temperature_c is None else self.temperature_c,
            0,
        )


def encode_response(op: int, tag: int, status: ControlStatus, params: bytes = b"") -> bytes:
    """Code the indication that answers a request."""
    return bytes((0x80 | op, tag, status)) + params


def encode_replay_done(tag: int, status: ControlStatus, session: int, next_index: int, blocks: int) -> bytes:
    """Code the event that ends a replay."""
    head = bytes((0xC0 | Op.REPLAY, tag, status))
    return head + struct.pack("<HIH", session, next_index, min(blocks, 0xFFFF))


@dataclass(frozen=True, slots=True)
class Alert:
    """What the host wants the wearer to feel."""

    kind: int
    channels: int = 0x03
    intensity_pct: int = 80
    repeats: int = 3
    on_ms: int = 250
    off_ms: int = 150
    rgb: tuple[int, int, int] = (255, 80, 0)
    alert_id: int = 0
    time_to_live_s: int = 120

    @property
    def duration_us(self) -> int:
        """How long it buzzes."""
        return max(1, self.repeats) * (self.on_ms + self.off_ms) * 1000


def decode_alert(value: bytes) -> Alert:
    """Read an alert of 1 to 16 bytes; fields cut off have their defaults, bytes beyond are ignored."""
    default = Alert(kind=0)
    full = struct.pack("<BBBBHHBBBBHH", 0, default.channels, default.intensity_pct, default.repeats, default.on_ms,
                       default.off_ms, *default.rgb, 0, default.alert_id, default.time_to_live_s)  # fmt: skip
    fields = struct.unpack("<BBBBHHBBBBHH", (value + full[len(value) :])[:16])
    kind, channels, intensity, repeats, on_ms, off_ms, red, green, blue, _reserved, alert_id, life = fields
    return Alert(kind, channels, intensity, repeats, on_ms, off_ms, (red, green, blue), alert_id, life)


def encode_alert_event(event: AlertEvent, alert_id: int, device_us: int) -> bytes:
    """Code what became of an alert."""
    return struct.pack("<BH", event, alert_id) + u48(device_us)
