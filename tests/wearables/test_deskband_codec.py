"""Every vector of the profile, and the edges of motion blocks, Info, Status and Alert."""

from __future__ import annotations

from typing import Any

import pytest

from monitor.model import AnswerKind
from monitor.wearables.base import DecodeError
from monitor.wearables.deskband_profile import codec, control
from tests.support.vectors import each, named, refused, valid

DECODERS = {
    "block": codec.decode_block,
    "status": codec.decode_status,
    "info": codec.decode_info,
    "alert_event": codec.decode_alert_event,
    "control": control.decode_control,
}


@each(refused("deskband", *DECODERS))
def test_what_breaks_the_protocol_is_refused(vector: dict[str, Any]) -> None:
    with pytest.raises(DecodeError):
        DECODERS[vector["kind"]](bytes.fromhex(vector["hex"]))


@each(valid("deskband", "block"))
def test_block_vectors(vector: dict[str, Any]) -> None:
    block, expect = codec.decode_block(bytes.fromhex(vector["hex"])), vector["expect"]
    found = (block.format, block.flags, block.session, block.first_index, block.stamp_us)
    assert found == tuple(expect[key] for key in ("fmt", "flags", "session", "index", "t_us"))
    assert block.counts.tolist() == (expect["samples"] or [])


@each(valid("deskband", "status"))
def test_status_vectors(vector: dict[str, Any]) -> None:
    status, expect = codec.decode_status(bytes.fromhex(vector["hex"])), vector["expect"]
    for ours, theirs in (("dropped_blocks", "dropped"), ("temperature_c", "temp_c")):
        assert getattr(status, ours) == expect.pop(theirs)
    assert {key: getattr(status, key) for key in expect} == expect


@each(valid("deskband", "info"))
def test_info_vectors(vector: dict[str, Any]) -> None:
    info, expect = codec.decode_info(bytes.fromhex(vector["hex"])), vector["expect"]
    for ours, theirs in (("capacity_bytes", "capacity"), ("hardware", "hw"), ("firmware", "fw")):
        assert getattr(info, ours) == expect.pop(theirs)
    assert {key: getattr(info, key) for key in expect} == expect


@each(valid("deskband", "alert_event"))
def test_alert_event_vectors(vector: dict[str, Any]) -> None:
    event, expect = codec.decode_alert_event(bytes.fromhex(vector["hex"])), vector["expect"]
    assert event.kind is AnswerKind(expect["event"].lower())
    assert (event.alert_number, event.device_us) == (expect["alert_id"], expect["t_us"])


@each(named("deskband", "alert", "alert-stop"))
def test_alert_vectors_of_full_length_are_what_is_written(vector: dict[str, Any]) -> None:
    expect = vector["expect"]
    names = ("kind", "channels", "intensity", "repeats", "on_ms", "off_ms")
    pattern = codec.AlertPattern(*(expect[name] for name in names), tuple(expect["rgb"]))
    assert codec.encode_alert(pattern, expect["alert_id"], expect["ttl_s"]).hex() == vector["hex"]


def test_the_stand_up_alert_is_the_profiles_own() -> None:
    data = codec.encode_alert(codec.ALERT_PATTERNS["stand_up"], 0x0102, 120.0)
    assert data.hex() == "02035003fa009600ff50000002017800"


def test_a_life_beyond_the_field_is_the_longest() -> None:
    assert codec.encode_alert(codec.ALERT_PATTERNS["nudge"], 1, 1e9)[-2:] == b"\xff\xff"


def test_counts_are_4096_to_the_g() -> None:
    block = codec.decode_block(bytes.fromhex("10000700e80300002900f4fffa0f2b00f5fffc0f"))
    assert block.xyz_g[0] == pytest.approx([0.0100, -0.0029, 0.9985], abs=5e-5)


def test_an_unknown_alert_event_has_no_kind() -> None:
    assert codec.decode_alert_event(bytes([99]) + bytes(8)).kind is None
