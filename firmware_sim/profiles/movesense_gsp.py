"""Movesense's GATT SensorData Protocol (GSP): commands with a reference of the client's choice, answers, data.

The page leaves the codes of refusals open; they are taken from HTTP as its 200 and 409 are. Logs can be switched on and
off, but hold nothing.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from enum import IntEnum

RATES_HZ = (13, 26, 52, 104, 208, 416, 833, 1666)
VECTORS = {"Acc": 1, "IMU6": 2, "IMU9": 3}
"""Kinds of measurement: acceleration, with turn rate, with magnetic field too."""
ANSWER, DATA, DATA_PART2 = 1, 2, 3
OK, BAD_REQUEST, NOT_FOUND, CONFLICT, NOT_IMPLEMENTED = 200, 400, 404, 409, 501
START_LOG, STOP_LOG = 3, 2
MESSAGE_BYTES_MAX = 161
"""Longest notification of the firmware, whatever the MTU."""


class Command(IntEnum):
    """First byte of a command; the second is its reference."""

    HELLO = 0
    SUBSCRIBE = 1
    UNSUBSCRIBE = 2
    FETCH_LOG = 3
    GET = 4
    CLEAR_LOGBOOK = 5
    CONFIGURE_LOG = 6
    SYSTEM_MODE = 7
    SET_UTC_TIME = 8
    LOG_STATE = 9


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a client has asked for."""

    reference: int
    rate_hz: int
    vectors: int
    """Three-axis values a sample."""


@dataclass
class Gsp:
    """What commands change, and the answers to them."""

    serial: str
    battery_pct: int = 100
    subscriptions: dict[int, Subscription] = field(default_factory=dict)
    starts: int = 0
    logging: bool = False

    def answer(self, command: bytes) -> bytes:
        """Carry out a command of at least two bytes; return its answer."""
        code, reference, payload = command[0], command[1], command[2:]
        if code == Command.HELLO:
            return bytes((ANSWER, reference)) + self._hello()
        status, result = self._carry_out(code, reference, payload)
        return struct.pack("<BBH", ANSWER, reference, status) + result

    def _hello(self) -> bytes:
        """Protocol version, serial, product, name and version of the app; strings end with NUL."""
        return b"\x01" + b"".join(text.encode() + b"\0" for text in (self.serial, "Movesense", "GSP", "1.0.0"))

    def _carry_out(self, code: int, reference: int, payload: bytes) -> tuple[int, bytes]:
        match code:
            case Command.SUBSCRIBE:
                return self._subscribe(reference, path_of(payload)), b""
            case Command.UNSUBSCRIBE:
                return (OK if self.subscriptions.pop(reference, None) else NOT_FOUND), b""
            case Command.GET:
                return self._get(path_of(payload))
            case Command.FETCH_LOG:
                return (CONFLICT if self.logging else NOT_FOUND), b""
            case Command.CLEAR_LOGBOOK:
                return (CONFLICT if self.logging else OK), b""
            case Command.LOG_STATE:
                return self._switch_log(payload), b""
            case Command.SET_UTC_TIME:
                return (OK if len(payload) == 8 else BAD_REQUEST), b""
            case Command.CONFIGURE_LOG | Command.SYSTEM_MODE:
                return OK, b""
        return NOT_IMPLEMENTED, b""

    def _subscribe(self, reference: int, path: str | None) -> int:
        if path is None:
            return BAD_REQUEST
        parts = path.strip("/").split("/")
        rate = parts[-1]
        if len(parts) != 3 or parts[0] != "Meas" or parts[1] not in VECTORS or not rate.isdigit():
            return NOT_FOUND
        if int(rate) not in RATES_HZ:
            return BAD_REQUEST
        running = {subscription.rate_hz for subscription in self.subscriptions.values()}
        if reference in self.subscriptions or running - {int(rate)}:  # one chip, one rate
            return CONFLICT
        self.starts += not running
        self.subscriptions[reference] = Subscription(reference, int(rate), VECTORS[parts[1]])
        return OK

    def _get(self, path: str | None) -> tuple[int, bytes]:
        match path:
            case "/System/Energy/Level":
                return OK, bytes((self.battery_pct,))
            case "/Meas/Acc/Config":
                return OK, bytes((8,))
            case None:
                return BAD_REQUEST, b""
        return NOT_FOUND, b""

    def _switch_log(self, payload: bytes) -> int:
        if len(payload) != 1 or payload[0] not in (START_LOG, STOP_LOG):
            return BAD_REQUEST
        self.logging = payload[0] == START_LOG
        return OK


def path_of(payload: bytes) -> str | None:
    """Read a path, which clients end with NUL; None where it is no ASCII."""
    try:
        return payload.split(b"\0")[0].decode("ascii")
    except UnicodeDecodeError:
        return None


def encode_data(reference: int, time_ms: int, values: bytes, payload: int) -> list[bytes]:
    """Pack a measurement as one message, or as two where a notification of `payload` bytes cannot hold it."""
    content = struct.pack("<I", time_ms & 0xFFFFFFFF) + values
    room = min(payload, MESSAGE_BYTES_MAX) - 2
    pieces = [content[:room], content[room:]]
    return [bytes((code, reference)) + piece for code, piece in zip((DATA, DATA_PART2), pieces, strict=True) if piece]


def most_samples(vectors: int, payload: int) -> int:
    """Return how many samples two messages of at most `payload` bytes can hold."""
    return (2 * (min(payload, MESSAGE_BYTES_MAX) - 2) - 4) // (12 * vectors)
