"""The DeskBand's control point: one request of bytes, one answer of bytes."""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass

from firmware_sim.profiles.deskband import Channel, DeskBandFirmware
from firmware_sim.profiles.deskband_codec import (
    ERASE_MAGIC,
    PARAMETER_BYTES,
    UP_TO_NOW,
    ControlStatus,
    Feature,
    Op,
    encode_response,
    u48,
)
from firmware_sim.profiles.deskband_state import Session
from firmware_sim.profiles.replay import Replay

OPTIONS_KNOWN = 0x03


@dataclass(frozen=True, slots=True)
class Request:
    """One request, checked for its length."""

    tag: int
    params: bytes
    now_us: int
    """Device clock when the write was processed."""


Answer = tuple[ControlStatus, bytes]
OK: Answer = (ControlStatus.OK, b"")


def handle(firmware: DeskBandFirmware, value: bytes, now_us: int) -> None:
    """Obey a write to the control point and put the answer into the outbox.

    Parameters
    ----------
    value : at least two bytes, the operation and the host's tag.
    now_us : device clock at this moment.
    """
    op, tag, params = value[0], value[1], value[2:]
    if op not in list(Op):
        status, result = ControlStatus.UNKNOWN_OP, b""
    elif len(params) != PARAMETER_BYTES[Op(op)]:
        status, result = ControlStatus.BAD_LENGTH, b""
    else:
        status, result = HANDLERS[Op(op)](firmware, Request(tag, params, now_us))
    # An ended replay may have spoken already; the answer to this request comes first.
    firmware.outbox.insert(0, (Channel.CONTROL, encode_response(op, tag, status, result)))


def start(firmware: DeskBandFirmware, _request: Request) -> Answer:
    """START: live blocks from here on."""
    firmware.start_live()
    return ControlStatus.OK, struct.pack("<HI", firmware.session.number, firmware.recorder.next_index)


def stop(firmware: DeskBandFirmware, _request: Request) -> Answer:
    """STOP: no more live blocks; sampling and storing go on."""
    firmware.live = False
    return OK


def replay(firmware: DeskBandFirmware, request: Request) -> Answer:
    """REPLAY: send stored samples again, as far as they are still there."""
    number, start_index, end_index = struct.unpack("<HII", request.params)
    session = find_session(firmware, number)
    if session is None:
        return ControlStatus.UNKNOWN_SESSION, b""
    if start_index > end_index:
        return ControlStatus.BAD_PARAMETER, b""
    if not firmware.replay_heard:
        return ControlStatus.WRONG_STATE, b""
    if firmware.replay is not None:
        return ControlStatus.BUSY, b""
    if session is firmware.session and end_index > firmware.recorder.stored_index:
        firmware.store_pending()
    end = retained(firmware, session)[1]
    wanted_end = end if end_index == UP_TO_NOW else end_index
    held = firmware.ring.held_in(number, start_index, wanted_end)
    if not held and start_index != wanted_end:
        return ControlStatus.NOT_AVAILABLE, struct.pack("<II", end, end)
    first, last = (held[0][0], held[-1][1]) if held else (start_index, wanted_end)
    whole = sum(stop - begin for begin, stop in held) == wanted_end - start_index
    firmware.replay = Replay(firmware.ring, request.tag, number, first, last, firmware.configuration.allow_delta)
    return ControlStatus.OK if whole else ControlStatus.NOT_AVAILABLE, struct.pack("<II", first, last)


def abort(firmware: DeskBandFirmware, _request: Request) -> Answer:
    """ABORT: end the running replay."""
    if firmware.replay is None:
        return ControlStatus.WRONG_STATE, b""
    firmware.end_replay(ControlStatus.ABORTED)
    return OK


def acknowledge(firmware: DeskBandFirmware, request: Request) -> Answer:
    """ACK: the host has everything before an index."""
    number, upto_index = struct.unpack("<HI", request.params)
    session = find_session(firmware, number)
    if session is None:
        return ControlStatus.UNKNOWN_SESSION, b""
    if upto_index > retained(firmware, session)[1]:
        return ControlStatus.BAD_PARAMETER, b""
    firmware.ring.acknowledge(number, upto_index)
    firmware.recorder.overwrote = False
    return OK


def time_sync(firmware: DeskBandFirmware, request: Request) -> Answer:
    """TIME_SYNC: learn the time of day, for sessions and display only."""
    (utc_us,) = struct.unpack("<Q", request.params)
    firmware.utc_offset_us = firmware.session.utc_offset_us = utc_us - request.now_us
    firmware.recorder.synced = True
    return ControlStatus.OK, u48(request.now_us)


def set_config(firmware: DeskBandFirmware, request: Request) -> Answer:
    """SET_CONFIG: another rate or range begins a new session; latency and options do not."""
    rate_code, range_code, latency_ds, options = request.params
    if not (firmware.settings.rates >> rate_code) & 1 or not (firmware.settings.ranges >> range_code) & 1:
        return ControlStatus.BAD_PARAMETER, b""
    if firmware.replay is not None:
        return ControlStatus.BUSY, b""
    now = firmware.configuration
    other = (rate_code, range_code) != (now.rate_code, now.range_code)
    if other:
        firmware.store_pending()
    now.latency_ds = max(1, latency_ds)
    now.options = options & (OPTIONS_KNOWN if firmware.settings.features & Feature.DELTA else 0x02)
    now.rate_code, now.range_code = rate_code, range_code
    if other:
        firmware.begin_session()
    applied = bytes((now.rate_code, now.range_code, now.latency_ds, now.options))
    return ControlStatus.OK, applied + struct.pack("<H", firmware.session.number)


def erase(firmware: DeskBandFirmware, request: Request) -> Answer:
    """ERASE: forget all samples, if the magic is right."""
    if request.params != ERASE_MAGIC:
        return ControlStatus.BAD_PARAMETER, b""
    if firmware.replay is not None:
        return ControlStatus.BUSY, b""
    firmware.erase()
    return OK


def ping(_firmware: DeskBandFirmware, request: Request) -> Answer:
    """PING: say the device's clock."""
    return ControlStatus.OK, u48(request.now_us)


def sleep(firmware: DeskBandFirmware, request: Request) -> Answer:
    """SLEEP: sample nothing for some minutes; 0 means until it is moved or its button is pressed."""
    (minutes,) = struct.unpack("<H", request.params)
    firmware.asleep_until_us = request.now_us + minutes * 60_000_000 if minutes else 0
    return OK


def get_session(firmware: DeskBandFirmware, request: Request) -> Answer:
    """GET_SESSION: describe the nth retained session, oldest first; the running one is the last."""
    number = request.params[0]
    held = set(firmware.ring.sessions())
    sessions = [one for one in firmware.sessions if one.number in held or one is firmware.session]
    if number >= len(sessions):
        return ControlStatus.NOT_AVAILABLE, b""
    session = sessions[number]
    first, end = retained(firmware, session)
    described = struct.pack("<HIIB", session.number, first, end, session.rate_code) + u48(session.utc_ms)
    return ControlStatus.OK, described


def set_placement(firmware: DeskBandFirmware, request: Request) -> Answer:
    """SET_PLACEMENT: remember where it is worn."""
    if request.params[0] > 7:
        return ControlStatus.BAD_PARAMETER, b""
    firmware.placement = request.params[0]
    return OK


HANDLERS: dict[Op, Callable[[DeskBandFirmware, Request], Answer]] = {
    Op.START: start,
    Op.STOP: stop,
    Op.REPLAY: replay,
    Op.ABORT: abort,
    Op.ACK: acknowledge,
    Op.TIME_SYNC: time_sync,
    Op.SET_CONFIG: set_config,
    Op.ERASE: erase,
    Op.PING: ping,
    Op.SLEEP: sleep,
    Op.GET_SESSION: get_session,
    Op.SET_PLACEMENT: set_placement,
}


def find_session(firmware: DeskBandFirmware, number: int) -> Session | None:
    """Return the running session or one that still has samples; None when it is not known."""
    if firmware.session.number == number:
        return firmware.session
    held = firmware.ring.sessions()
    return next((one for one in firmware.sessions if one.number == number and number in held), None)


def retained(firmware: DeskBandFirmware, session: Session) -> tuple[int, int]:
    """Return the first retained index of a session and the index after its last sample."""
    span = firmware.ring.span(session.number)
    if session is firmware.session:
        return (span[0] if span else firmware.recorder.stored_index), firmware.recorder.next_index
    assert span is not None, "a past session is remembered only while it has samples"
    return span
