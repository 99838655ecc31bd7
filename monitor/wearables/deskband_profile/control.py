"""DeskBand's control point: requests, answers, and the rule of one request at a time.

A request is ``op tag params``, its answer ``0x80|op tag status params``, an event ``0xC0|op ...``. The tag is echoed;
every try has a tag of its own, and the answer to any try of a request is its answer, however late it comes.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from enum import IntEnum

from monitor.wearables.base import DecodeError, Write
from monitor.wearables.deskband_profile.codec import CONTROL

REPLAY_DONE = 0xC3
ERROR_PAUSE_S = 2.0
"""A write that the radio refused is tried again no sooner: the link is often on its way down."""


class Op(IntEnum):
    """Operations of the control point."""

    START = 1
    STOP = 2
    REPLAY = 3
    ABORT = 4
    ACK = 5
    TIME_SYNC = 6
    SET_CONFIG = 7
    PING = 9
    GET_SESSION = 11


class ControlStatus(IntEnum):
    """What the device says to a request."""

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


@dataclass(frozen=True, slots=True)
class ControlAnswer:
    """The device's answer to one request."""

    op: int
    tag: int
    status: int
    params: bytes


@dataclass(frozen=True, slots=True)
class ReplayDone:
    """The event at the end of a replay."""

    tag: int
    status: int
    session: int
    next_index: int
    blocks: int
    """Blocks sent, modulo 65536."""


@dataclass(frozen=True, slots=True)
class SessionRecord:
    """One retained session, as GET_SESSION tells it."""

    session: int
    first_index: int
    end_index: int
    rate_code: int
    started_utc_ms: int
    """UTC of index 0; 0 where the device does not know."""


def decode_control(data: bytes) -> ControlAnswer | ReplayDone | None:
    """An indication of the control point; None for an event of a newer minor."""
    if len(data) >= 1 and data[0] == REPLAY_DONE:
        if len(data) < 11:
            raise DecodeError("replay done: shorter than 11 bytes", data)
        return ReplayDone(*struct.unpack_from("<BBHIH", data, 1))
    if len(data) >= 3 and data[0] & 0x80:
        return ControlAnswer(data[0] & 0x7F, data[1], data[2], data[3:])
    if len(data) >= 1 and data[0] & 0xC0 == 0xC0:
        return None
    raise DecodeError("control point: no answer and no event", data)


def decode_start(params: bytes) -> tuple[int, int]:
    """Session and next index."""
    session, next_index = _unpack("<HI", params, "start")
    return session, next_index


def decode_replay_range(params: bytes) -> tuple[int, int]:
    """The range [from, to) that the device has and will send."""
    first, end = _unpack("<II", params, "replay")
    return first, end


def decode_device_us(params: bytes) -> int:
    """The device clock in a TIME_SYNC or PING answer."""
    if len(params) < 6:
        raise DecodeError("time sync: no device clock", params)
    return int.from_bytes(params[:6], "little")


def decode_config(params: bytes) -> tuple[tuple[int, int, int, int], int]:
    """Rate code, range code, latency and options as applied; and the session that now runs."""
    rate, span, latency, options, session = _unpack("<BBBBH", params, "configuration")
    return (rate, span, latency, options), session


def decode_session(params: bytes) -> SessionRecord:
    """One row of GET_SESSION."""
    session, first, end, rate, low, high = _unpack("<HIIBIH", params, "session")
    return SessionRecord(session, first, end, rate, high << 32 | low)


def _unpack(layout: str, params: bytes, what: str) -> tuple[int, ...]:
    if len(params) < struct.calcsize(layout):
        raise DecodeError(f"{what}: the answer is too short", params)
    return struct.unpack_from(layout, params)


def encode_request(op: Op, tag: int, params: bytes = b"") -> bytes:
    """The bytes of a request."""
    return bytes((op, tag)) + params


def replay_params(session: int, first_index: int, end_index: int) -> bytes:
    """REPLAY of [first_index, end_index)."""
    return struct.pack("<HII", session, first_index, end_index)


def ack_params(session: int, upto_index: int) -> bytes:
    """ACK of everything before ``upto_index``."""
    return struct.pack("<HI", session, upto_index)


def time_sync_params(now_s: float) -> bytes:
    """TIME_SYNC with UTC in microseconds."""
    return struct.pack("<Q", max(0, round(now_s * 1e6)))


@dataclass
class Request:
    """A request under way."""

    op: Op
    params: tuple[int, ...]
    tags: list[int]
    """One for each try."""
    due_s: float
    """When to try again."""


@dataclass
class ControlPoint:
    """One request at a time, repeated when nothing comes back."""

    timeout_s: float
    last_tag: int = 0
    request: Request | None = None

    def ask(self, op: Op, params: bytes, now_s: float) -> Write:
        """Send a new request; the last one must be over."""
        self.request = Request(op, tuple(params), [], now_s)
        return self.again(now_s)

    def again(self, now_s: float) -> Write:
        """Send the request under way (anew), with a tag of its own."""
        request = self.request
        if request is None:
            raise ValueError("no request is under way")
        self.last_tag = self.last_tag % 255 + 1
        request.tags.append(self.last_tag)
        request.due_s = now_s + self.timeout_s
        # The time inside a TIME_SYNC is that of the try, not of the first.
        params = time_sync_params(now_s) if request.op is Op.TIME_SYNC else bytes(request.params)
        return Write(CONTROL, encode_request(request.op, self.last_tag, params), note=request.op.name)

    def failed(self, tag: int, now_s: float) -> None:
        """The radio could not write a try: do not wait for its answer."""
        if self.request is not None and self.request.tags[-1:] == [tag]:
            self.request.due_s = now_s + ERROR_PAUSE_S

    def take(self, op: int, tag: int) -> Request | None:
        """The request that an answer belongs to, which is over with it; None for stray answers."""
        request = self.request
        if request is None or request.op != op or tag not in request.tags:
            return None
        self.request = None
        return request
