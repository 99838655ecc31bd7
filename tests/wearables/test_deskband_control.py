"""The control point: bytes of requests and answers, tags, time-outs."""

from __future__ import annotations

import struct
from typing import Any

import pytest

from monitor.wearables.base import DecodeError
from monitor.wearables.deskband_profile import control
from monitor.wearables.deskband_profile.control import ControlAnswer, ControlPoint, Op, ReplayDone
from tests.support.vectors import each, vectors


def with_status(known: bool) -> pytest.MarkDecorator:
    chosen = [v for v in vectors("deskband", "control") if ("status" in v["expect"] or "event" in v["expect"]) is known]
    if not known:
        chosen = [v for v in chosen if v["expect"]["op"] in Op.__members__]  # what this program asks for
    return each(chosen)


def request_of(expect: dict[str, Any]) -> bytes:
    """The parameters of the request that a vector describes."""
    match expect["op"]:
        case "REPLAY":
            return control.replay_params(expect["session"], expect["from_index"], expect["to_index"])
        case "ACK":
            return control.ack_params(expect["session"], expect["upto"])
        case "TIME_SYNC":
            return control.time_sync_params(expect["utc_us"] * 1e-6)
        case "SET_CONFIG":
            return bytes(expect[key] for key in ("rate_code", "range_code", "latency_ds", "options"))
    return b""


@with_status(False)
def test_request_vectors(vector: dict[str, Any]) -> None:
    data, expect = bytes.fromhex(vector["hex"]), vector["expect"]
    tag = expect.get("tag", data[1])
    assert control.encode_request(Op[expect["op"]], tag, request_of(expect)) == data


def params_of(answer: ControlAnswer) -> dict[str, Any]:
    """The decoded parameters of an answer, by the vectors' names."""
    if not answer.params:
        return {}
    match answer.op:
        case Op.START:
            return dict(zip(("session", "next_index"), control.decode_start(answer.params), strict=True))
        case Op.REPLAY:
            return dict(zip(("from_actual", "to_actual"), control.decode_replay_range(answer.params), strict=True))
        case Op.TIME_SYNC | Op.PING:
            return {"device_us": control.decode_device_us(answer.params)}
        case Op.SET_CONFIG:
            applied, session = control.decode_config(answer.params)
            names = ("rate_code", "range_code", "latency_ds", "options", "session")
            return dict(zip(names, (*applied, session), strict=True))
        case Op.GET_SESSION:
            record = control.decode_session(answer.params)
            names = ("session", "first_index", "end_index", "rate_code")
            return {name: getattr(record, name) for name in names} | {"utc_ms": record.started_utc_ms}
    return {}


@with_status(True)
def test_answer_vectors(vector: dict[str, Any]) -> None:
    message, expect = control.decode_control(bytes.fromhex(vector["hex"])), vector["expect"]
    if "event" in expect:
        names = ("tag", "status", "session", "next_index", "blocks")
        assert message == ReplayDone(*(expect[name] for name in names))
        return
    assert isinstance(message, ControlAnswer)
    op = Op[expect["op"]] if isinstance(expect["op"], str) else expect["op"]
    found = {"op": message.op, "tag": message.tag, "status": message.status} | params_of(message)
    assert found == {"tag": message.tag} | expect | {"op": op}


def test_an_event_of_a_newer_minor_is_passed_over() -> None:
    assert control.decode_control(b"\xc9\x01") is None


@pytest.mark.parametrize("data", [b"", b"\x81", b"\x81\x01", b"\x01\x02\x03", b"\xc3\x01\x00"])
def test_what_is_no_answer_is_refused(data: bytes) -> None:
    with pytest.raises(DecodeError):
        control.decode_control(data)


def test_a_short_answer_is_refused() -> None:
    for decode in (
        control.decode_start,
        control.decode_replay_range,
        control.decode_device_us,
        control.decode_config,
        control.decode_session,
    ):
        with pytest.raises(DecodeError):
            decode(b"\x01")


def test_every_try_has_a_tag_of_its_own_and_any_of_them_may_be_answered() -> None:
    point = ControlPoint(timeout_s=10.0)
    first = point.ask(Op.START, b"", 100.0)
    second = point.again(110.0)
    assert first.data[1] != second.data[1]
    assert point.take(Op.START, first.data[1]) is not None
    assert point.take(Op.START, second.data[1]) is None


def test_an_answer_to_another_request_is_no_answer() -> None:
    point = ControlPoint(timeout_s=10.0)
    tag = point.ask(Op.START, b"", 100.0).data[1]
    assert point.take(Op.ACK, tag) is None
    assert point.request is not None


def test_a_repeated_time_sync_carries_the_time_of_the_try() -> None:
    point = ControlPoint(timeout_s=10.0)
    point.ask(Op.TIME_SYNC, b"", 100.0)
    (sent_us,) = struct.unpack("<Q", point.again(110.0).data[2:])
    assert sent_us == 110_000_000


def test_a_try_that_was_not_written_is_repeated_soon() -> None:
    point = ControlPoint(timeout_s=10.0)
    tag = point.ask(Op.START, b"", 100.0).data[1]
    point.failed(tag, 100.5)
    assert point.request is not None
    assert point.request.due_s == 102.5


def test_tags_never_become_zero() -> None:
    point = ControlPoint(timeout_s=10.0)
    assert 0 not in {point.ask(Op.PING, b"", 0.0).data[1] for _ in range(600)}
