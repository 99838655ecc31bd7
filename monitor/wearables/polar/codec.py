"""Bytes of Polar Measurement Data (PMD): features, settings, answers of the control point, acceleration frames."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from monitor.wearables.base import DecodeError
from monitor.wearables.delta import decode_delta

CONTROL = "fb005c81-02e7-f387-1cad-8acd2d8df0c8"
DATA = "fb005c82-02e7-f387-1cad-8acd2d8df0c8"

FEATURES_MARK = 0x0F
ANSWER_MARK = 0xF0
STOPPED_MARK = 0x01
TYPE_MASK = 0x3F
COMPRESSED = 0x80
COUNT_FACTOR = 2.44e-4
"""g a count where a frame of counts comes and no factor was told: 8 g over 16 bits."""
LEAST_MG_FACTOR = 0.01
"""A smaller factor turns counts into g; frames in milli-g are taken as they are then."""


class Measurement(IntEnum):
    """What a Polar can measure; also the bit numbers of the feature map's first byte up to SKIN_TEMP."""

    ECG = 0
    PPG = 1
    ACC = 2
    PPI = 3
    GYRO = 5
    MAG = 6
    SKIN_TEMP = 7
    SDK_MODE = 9
    LOCATION = 10
    PRESSURE = 11
    TEMPERATURE = 12
    OFFLINE_RECORDING = 13
    OFFLINE_HR = 14


class Op(IntEnum):
    """Commands of the control point."""

    GET_SETTINGS = 1
    START = 2
    STOP = 3
    GET_SDK_SETTINGS = 4


class Status(IntEnum):
    """What the device says to a command."""

    SUCCESS = 0
    INVALID_OP = 1
    INVALID_TYPE = 2
    NOT_SUPPORTED = 3
    INVALID_LENGTH = 4
    INVALID_PARAMETER = 5
    ALREADY_IN_STATE = 6
    INVALID_RESOLUTION = 7
    INVALID_RATE = 8
    INVALID_RANGE = 9
    INVALID_MTU = 10
    INVALID_CHANNELS = 11
    INVALID_STATE = 12
    IN_CHARGER = 13
    DISK_FULL = 14


class Setting(IntEnum):
    """Settings of a measurement."""

    RATE = 0
    RESOLUTION = 1
    RANGE = 2
    RANGE_MILLIUNIT = 3
    CHANNELS = 4
    FACTOR = 5
    SECURITY = 6


SIZES = {
    Setting.RATE: 2,
    Setting.RESOLUTION: 2,
    Setting.RANGE: 2,
    Setting.RANGE_MILLIUNIT: 4,
    Setting.CHANNELS: 1,
    Setting.FACTOR: 4,
    Setting.SECURITY: 16,
}
"""Bytes of one value."""

Settings = dict[int, list[int]]
"""Setting -> its values, as unsigned numbers; a factor by the bits of its float."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer of the control point, or a part of one."""

    op: int
    measurement: int
    status: int
    more: bool
    """Another part follows."""
    params: bytes


@dataclass(frozen=True, slots=True)
class Stopped:
    """The device itself has stopped these measurements."""

    measurements: tuple[int, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """Acceleration, as one notification brings it."""

    stamp_ns: int
    """Device clock at the last sample."""
    kind: int
    """Frame type as sent; the top bit says compressed."""
    xyz_mg: NDArray[np.float64]
    """(N, 3), N >= 1."""


def decode_features(data: bytes) -> frozenset[Measurement]:
    """What the device can measure: the value of the control point when read."""
    if len(data) < 3 or data[0] != FEATURES_MARK:
        raise DecodeError("features: no feature map", data)
    bits = data[1] | data[2] << 8
    return frozenset(each for each in Measurement if bits >> each & 1)


def decode_control(data: bytes) -> Answer | Stopped:
    """An indication of the control point."""
    if data[:1] == bytes((STOPPED_MARK,)) and len(data) > 1:
        return Stopped(tuple(each & TYPE_MASK for each in data[1:]))
    if len(data) < 4 or data[0] != ANSWER_MARK:
        raise DecodeError("control point: no answer and no notice", data)
    status, more = data[3], len(data) > 4 and data[4] != 0
    return Answer(data[1], data[2] & TYPE_MASK, status, more and status == 0, data[5:] if status == 0 else b"")


def decode_settings(params: bytes) -> Settings:
    """Settings with their values, from an answer."""
    settings: Settings = {}
    position = 0
    while position + 2 <= len(params):
        setting, count = params[position], params[position + 1]
        size = SIZES.get(Setting(setting)) if setting in SIZES else None
        if size is None:
            raise DecodeError(f"settings: {setting} is unknown", params)
        position += 2
        if position + size * count > len(params):
            raise DecodeError(f"settings: values of {setting} are cut off", params)
        ends = range(position, position + size * count, size)
        settings[setting] = [int.from_bytes(params[each : each + size], "little") for each in ends]
        position += size * count
    if position != len(params):
        raise DecodeError("settings: a byte too many", params)
    return settings


def decode_factor(params: bytes) -> float | None:
    """The factor in the answer to START; None where it has none that makes sense."""
    values = decode_settings(params).get(Setting.FACTOR)
    if not values:
        return None
    factor: float = struct.unpack("<f", values[0].to_bytes(4, "little"))[0]
    return factor if np.isfinite(factor) and 0 < factor < 100 else None


def encode_command(op: Op, measurement: Measurement, chosen: dict[int, int] | None = None) -> bytes:
    """A command; ``chosen`` has one value for every setting that the device listed."""
    values = b"".join(
        bytes((setting, 1)) + value.to_bytes(SIZES[Setting(setting)], "little")
        for setting, value in (chosen or {}).items()
    )
    return bytes((op, measurement)) + values


def decode_frame(data: bytes, factor: float | None = None) -> Frame | None:
    """A notification of the data characteristic; None where it is another measurement's."""
    if len(data) < 10:
        raise DecodeError("frame: shorter than its header", data)
    if data[0] & TYPE_MASK != Measurement.ACC:
        return None
    kind, content = data[9], data[10:]
    xyz_mg = _from_deltas(kind, content, factor) if kind & COMPRESSED else _from_integers(kind, content)
    return Frame(int.from_bytes(data[1:9], "little"), kind, xyz_mg)


def _from_deltas(kind: int, content: bytes, factor: float | None) -> NDArray[np.float64]:
    """Types 0x80 (counts) and 0x81 (milli-g), three axes of 16 bits."""
    if kind not in (0x80, 0x81):
        raise DecodeError(f"frame: type {kind:#04x} is unknown", content)
    samples = decode_delta(content).astype(np.float64)
    if kind == 0x80:
        return np.asarray(np.trunc(samples * (factor or COUNT_FACTOR) * 1000))
    return samples * factor if factor is not None and factor >= LEAST_MG_FACTOR else samples


def _from_integers(kind: int, content: bytes) -> NDArray[np.float64]:
    """Types 0, 1 and 2: milli-g in one, two or three bytes an axis."""
    if kind > 2:
        raise DecodeError(f"frame: type {kind:#04x} is unknown", content)
    size = kind + 1
    if not content or len(content) % (3 * size):
        raise DecodeError(f"frame: {len(content)} bytes are no whole samples of {3 * size}", content)
    octets = np.frombuffer(content, np.uint8).reshape(-1, 3, size).astype(np.int64)
    values = (octets << (8 * np.arange(size))).sum(axis=2)
    signed = np.where(values >> (8 * size - 1), values - (1 << 8 * size), values)
    return np.asarray(signed, np.float64)
