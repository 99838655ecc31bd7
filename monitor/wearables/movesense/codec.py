"""Bytes of Movesense's GATT SensorData Protocol (GSP)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from monitor.wearables.base import G_MS2, DecodeError

SERVICE = "34802252-7185-4d5d-b431-630e7050e8f0"
COMMAND = "34800001-7185-4d5d-b431-630e7050e8f0"
NOTIFY = "34800002-7185-4d5d-b431-630e7050e8f0"

RATES_HZ = (13, 26, 52, 104, 208, 416, 833, 1666)
STAMP_WRAP_MS = 1 << 32
HIGHEST_MS2 = 1000.0
"""No accelerometer of these reaches 100 g."""
VECTOR_BYTES = 12
OK = 200


class Op(IntEnum):
    """Commands."""

    HELLO = 0
    SUBSCRIBE = 1
    UNSUBSCRIBE = 2
    GET = 4


@dataclass(frozen=True, slots=True)
class Response:
    """The answer to a command; to a HELLO, all of ``payload`` is ``body``."""

    ref: int
    payload: bytes

    @property
    def status(self) -> int:
        """HTTP-like; 0 where the answer has none."""
        return int.from_bytes(self.payload[:2], "little") if len(self.payload) >= 2 else 0

    @property
    def body(self) -> bytes:
        """What follows the status."""
        return self.payload[2:]


@dataclass(frozen=True, slots=True)
class Data:
    """The beginning of a measurement, and as much of it as fitted."""

    ref: int
    stamp_ms: int
    """Device clock at the first sample."""
    content: bytes


@dataclass(frozen=True, slots=True)
class Continuation:
    """The rest of the measurement before."""

    ref: int
    content: bytes


def encode_command(op: Op, ref: int, path: str = "") -> bytes:
    """A command; paths end with NUL."""
    return bytes((op, ref)) + (path.encode("ascii") + b"\0" if path else b"")


def acceleration_path(rate_hz: int) -> str:
    """What to subscribe to."""
    return f"/Meas/Acc/{rate_hz}"


def decode_message(data: bytes) -> Response | Data | Continuation:
    """A notification."""
    if len(data) < 2:
        raise DecodeError("message: shorter than 2 bytes", data)
    kind, ref, rest = data[0], data[1], data[2:]
    if kind == 1:
        return Response(ref, rest)
    if kind == 2 and len(rest) >= 4:
        return Data(ref, int.from_bytes(rest[:4], "little"), rest[4:])
    if kind == 3:
        return Continuation(ref, rest)
    raise DecodeError(f"message: kind {kind} is unknown or cut off", data)


def split_vectors(content: bytes) -> tuple[NDArray[np.float64], bytes]:
    """Whole acceleration vectors (N, 3) in g, N >= 0, and the bytes of one that is not complete yet."""
    whole = len(content) // VECTOR_BYTES * VECTOR_BYTES
    with np.errstate(invalid="ignore"):  # a signalling NaN complains already when it is converted
        xyz_ms2 = np.frombuffer(content[:whole], "<f4").reshape(-1, 3).astype(np.float64)
    if not (np.abs(xyz_ms2) < HIGHEST_MS2).all():  # false for NaN, too
        raise DecodeError("acceleration: no number that can be", content)
    return xyz_ms2 / G_MS2, content[whole:]


def decode_hello(payload: bytes) -> tuple[str, str]:
    """Product and firmware: strings that follow protocol version and serial number, and that short packets cut."""
    words = [word.decode("utf-8", "replace").strip() for word in payload[1:].split(b"\0")]
    words = [word for word in words if word.isprintable() and word]
    product = words[1] if len(words) > 1 else ""
    return ("Movesense" if "Movesense".startswith(product) else product), " ".join(words[2:])
