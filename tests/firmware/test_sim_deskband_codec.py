"""The band's side of the wire against hand-made bytes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_sim.profiles import deskband_codec as codec
from tests.firmware.mini_decoder import read_block
from tests.support.vectors import named, valid


def of_kind(kind: str) -> list[Any]:
    """The bytes, and what they say."""
    chosen = valid("deskband", kind)
    return [pytest.param(bytes.fromhex(vector["hex"]), vector["expect"], id=vector["id"]) for vector in chosen]


def can_be_sent(expect: dict[str, Any]) -> bool:
    return expect["fmt"] in (0, 1, 15)


def written(expect: dict[str, Any]) -> bytes:
    """What the simulated band sends for the same samples."""
    flags = codec.BlockFlag(expect["flags"])
    if expect["fmt"] == 15:
        return codec.encode_heartbeat(expect["session"], expect["index"], expect["t_us"], flags)
    counts = np.array(expect["samples"], np.int16).reshape(-1, 3)
    block = codec.Block(expect["session"], expect["index"], counts, flags, expect["t_us"])
    return codec.encode_block(block, allow_delta=expect["fmt"] == 1)


SENT = [one for one in of_kind("block") if can_be_sent(one.values[1])]
CHOSEN_OTHERWISE = {"fmt1-reference-only", "fmt1-two-runs", "fmt1-widest"}
"""The protocol allows them, but the band has a form for these samples that is no longer, and simpler."""


@pytest.mark.parametrize(("value", "expect"), [one for one in SENT if one.id not in CHOSEN_OTHERWISE])
def test_a_block_is_written_byte_for_byte(value: bytes, expect: dict[str, Any]) -> None:
    assert written(expect) == value


@pytest.mark.parametrize(("value", "expect"), [one for one in SENT if one.id in CHOSEN_OTHERWISE])
def test_where_the_band_chooses_another_form_it_says_the_same_in_no_more_bytes(
    value: bytes, expect: dict[str, Any]
) -> None:
    chosen = written(expect)
    assert chosen != value
    assert len(chosen) <= len(value)
    assert read_block(chosen)[1:] == read_block(value)[1:]


@pytest.mark.parametrize(("value", "expect"), SENT)
def test_the_vectors_agree_with_an_independent_reading(value: bytes, expect: dict[str, Any]) -> None:
    read = read_block(value)
    assert read == (
        expect["fmt"],
        expect["flags"],
        expect["session"],
        expect["index"],
        expect["t_us"],
        expect["samples"],
    )


@pytest.mark.parametrize(("value", "expect"), [one for one in of_kind("status") if len(one.values[0]) == 20])
def test_status_is_written_byte_for_byte(value: bytes, expect: dict[str, Any]) -> None:
    status = codec.Status(
        session=expect["session"], next_index=expect["next_index"], oldest_index=expect["oldest_index"],
        oldest_session=expect["oldest_session"], battery_pct=expect["battery"], flags=codec.StatusFlag(expect["flags"]),
        overwritten_blocks=expect["dropped"], rate_code=expect["rate_code"], range_code=expect["range_code"],
        temperature_c=expect["temp_c"],
    )  # fmt: skip
    assert status.encode() == value


def test_the_count_of_overwritten_blocks_saturates() -> None:
    status = codec.Status(1, 0, 0, 1, 50, codec.StatusFlag(0), 70_000, 1, 2, 20)
    assert status.encode()[14:16] == b"\xff\xff"


def test_info_is_written_byte_for_byte() -> None:
    (vector,) = named("deskband", "info")
    expect = vector["expect"]
    info = codec.Info(
        codec.Feature(expect["features"]), expect["rates"], expect["ranges"], expect["placement"], expect["capacity"],
        expect["hw"], expect["fw"], expect["device_id"],
    )  # fmt: skip
    assert info.encode().hex() == vector["hex"]


@pytest.mark.parametrize(("value", "expect"), of_kind("alert"))
def test_an_alert_is_read_with_defaults_for_what_is_cut_off(value: bytes, expect: dict[str, Any]) -> None:
    alert = codec.decode_alert(value)
    assert alert == codec.Alert(
        expect["kind"], expect["channels"], expect["intensity"], expect["repeats"], expect["on_ms"], expect["off_ms"],
        tuple(expect["rgb"]), expect["alert_id"], expect["ttl_s"],
    )  # fmt: skip


@pytest.mark.parametrize(("value", "expect"), of_kind("alert_event"))
def test_an_alert_event_is_written_byte_for_byte(value: bytes, expect: dict[str, Any]) -> None:
    event = codec.AlertEvent[expect["event"]]
    assert codec.encode_alert_event(event, expect["alert_id"], expect["t_us"]) == value


@pytest.mark.parametrize(("value", "expect"), [one for one in of_kind("control") if "event" in one.values[1]])
def test_the_end_of_a_replay_is_written_byte_for_byte(value: bytes, expect: dict[str, Any]) -> None:
    status = codec.ControlStatus(expect["status"])
    written = codec.encode_replay_done(expect["tag"], status, expect["session"], expect["next_index"], expect["blocks"])
    assert written == value


counts = st.lists(st.tuples(*[st.integers(-32768, 32767)] * 3), min_size=1, max_size=60)
calm = st.lists(st.tuples(*[st.integers(-9, 9)] * 3), min_size=1, max_size=256)


@given(samples=counts | calm, allow_delta=st.booleans(), t_us=st.none() | st.integers(0, 2**48 - 1))
def test_what_is_written_reads_back_the_same(
    samples: list[tuple[int, int, int]], allow_delta: bool, t_us: int | None
) -> None:
    block = codec.Block(7, 1000, np.array(samples, np.int16), codec.BlockFlag.SYNCED, t_us)
    value = codec.encode_block(block, allow_delta)
    read = read_block(value)
    assert [tuple(sample) for sample in read.samples] == samples
    assert (read.session, read.index, read.t_us) == (7, 1000, t_us)
    assert len(value) <= 14 + 6 * len(samples)


def test_the_clock_wraps_after_48_bits() -> None:
    assert codec.u48(2**48 + 5) == codec.u48(5)
