"""Polar's bytes: the published vectors, the ends of every range, and garbage."""

from __future__ import annotations

import contextlib
import struct
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.wearables.base import DecodeError
from monitor.wearables.delta import decode_delta
from monitor.wearables.polar import codec
from monitor.wearables.polar.about import refusal
from monitor.wearables.polar.codec import Answer, Measurement, Op, Setting, Status, Stopped
from tests.support.vectors import each, named, vectors

NAMES = {
    "SAMPLE_RATE": Setting.RATE,
    "RESOLUTION": Setting.RESOLUTION,
    "RANGE": Setting.RANGE,
    "CHANNELS": Setting.CHANNELS,
}


def answer(data: bytes) -> Answer:
    message = codec.decode_control(data)
    assert isinstance(message, Answer)
    return message


@each(vectors("polar", "frame"))
def test_frames_decode_to_their_published_values(vector: dict[str, Any]) -> None:
    data, expect = bytes.fromhex(vector["hex"]), vector["expect"]
    if expect is None:
        assert codec.decode_frame(data) is None
        return
    if "error" in expect:
        with pytest.raises(DecodeError, match=expect["error"]):
            codec.decode_frame(data)
        return
    frame = codec.decode_frame(data + bytes(vector.get("short", 0)), vector.get("factor"))
    assert frame is not None
    assert frame.xyz_mg.tolist() == expect["samples_mg"]
    assert frame.stamp_ns == expect.get("timestamp_ns", frame.stamp_ns)
    assert frame.kind == expect.get("frame_type", frame.kind)


def test_a_frame_that_is_cut_short_is_refused_whole() -> None:
    (vector,) = named("polar", "pmd-delta1-verity-public")
    with pytest.raises(DecodeError, match="cut off"):
        codec.decode_frame(bytes.fromhex(vector["hex"]))


@each(vectors("polar", "delta", "delta_prefix"))
def test_packed_differences_decode_to_their_published_values(vector: dict[str, Any]) -> None:
    content, expect = bytes.fromhex(vector["hex"]), vector["expect"]
    if vector["kind"] == "delta":
        assert decode_delta(content).tolist() == expect["samples"]
        return
    whole = content + bytes((3 * expect["delta_count"] * expect["delta_bits"] + 7) // 8 - len(content) + 8)
    samples = decode_delta(whole)
    assert samples[0].tolist() == expect["reference_counts"]
    assert (samples[1] - samples[0]).tolist() == expect["first_delta"]
    assert content[6:8] == bytes((expect["delta_bits"], expect["delta_count"]))
    frame = codec.decode_frame(bytes(9).replace(b"\0", b"\2", 1) + b"\x80" + whole, expect["factor"])
    assert frame is not None
    assert frame.xyz_mg[0].tolist() == [464, 6679, -7144]  # 1905, 27376, -29282 counts of 0.244 mg, cut off


@each(vectors("polar", "start"))
def test_a_start_bears_one_value_of_every_setting(vector: dict[str, Any]) -> None:
    expect = vector["expect"]
    chosen: dict[int, int] = {Setting.RATE: expect["rate"], Setting.RESOLUTION: expect["resolution"]}
    chosen[Setting.RANGE] = expect["range"]
    if vector["id"].endswith("verity"):
        chosen[Setting.CHANNELS] = 3
    assert codec.encode_command(Op.START, Measurement.ACC, chosen).hex() == vector["hex"]


@each(vectors("polar", "answer", "settings"))
def test_answers_decode_to_their_published_values(vector: dict[str, Any]) -> None:
    data, expect = bytes.fromhex(vector["hex"]), vector["expect"]
    if "error" in expect:
        with pytest.raises(DecodeError, match=expect["error"]):
            codec.decode_settings(answer(data).params)
    elif vector["kind"] == "settings":
        assert codec.decode_settings(answer(data).params) == {NAMES[name]: values for name, values in expect.items()}
    else:
        said = answer(data)
        assert (said.op, said.measurement, said.status, said.more) == (
            expect["op"],
            expect["type"],
            expect["status"],
            bool(expect["more"]),
        )
        if not said.more:
            factor = codec.decode_factor(said.params)
            assert factor == (expect["factor"] if expect["factor"] is None else pytest.approx(expect["factor"]))


@each(vectors("polar", "features"))
def test_the_feature_map_names_what_is_measured(vector: dict[str, Any]) -> None:
    data, expect = bytes.fromhex(vector["hex"]), vector["expect"]
    if "error" in expect:
        with pytest.raises(DecodeError, match=expect["error"]):
            codec.decode_features(data)
        return
    assert codec.decode_features(data) == {Measurement[name] for name in expect["types"]}


@each(vectors("polar", "stopped"))
def test_the_device_tells_what_it_has_stopped(vector: dict[str, Any]) -> None:
    assert codec.decode_control(bytes.fromhex(vector["hex"])) == Stopped(tuple(vector["expect"]["types"]))


def test_every_command_of_the_page_is_encoded() -> None:
    assert codec.encode_command(Op.GET_SETTINGS, Measurement.ACC).hex() == "0102"
    assert codec.encode_command(Op.STOP, Measurement.ACC).hex() == "0302"
    assert codec.encode_command(Op.START, Measurement.SDK_MODE).hex() == "0209"


@pytest.mark.parametrize("factor", [float("nan"), float("inf"), 0.0, -1.0])
def test_a_factor_without_sense_is_none(factor: float) -> None:
    assert codec.decode_factor(b"\x05\x01" + struct.pack("<f", factor)) is None


@pytest.mark.parametrize("status", [*Status, 200])
def test_every_refusal_says_what_to_do(status: int) -> None:
    assert len(refusal(status)) > 30


@given(st.binary(max_size=300))
def test_no_bytes_make_anything_but_decode_error(data: bytes) -> None:
    for decode in (codec.decode_control, codec.decode_features, codec.decode_settings, codec.decode_factor):
        try:
            decode(data)
        except DecodeError as error:
            assert error.reason  # noqa: PT017
    for kind in (0x00, 0x01, 0x02, 0x80, 0x81, 0x90):
        try:
            frame = codec.decode_frame(b"\x02" + data[:8].ljust(8, b"\0") + bytes((kind,)) + data)
        except DecodeError:
            continue
        assert frame is not None
        assert np.isfinite(frame.xyz_mg).all()


def test_a_long_random_run_makes_nothing_but_decode_error() -> None:
    rng = np.random.default_rng(20261122)
    heads = [bytes.fromhex(vector["hex"]) for vector in vectors("polar")]
    for _ in range(20_000):
        data = bytearray(heads[rng.integers(len(heads))] + rng.bytes(rng.integers(0, 40)))
        for _ in range(rng.integers(0, 4)):
            data[rng.integers(len(data))] = rng.integers(256)
        for decode in (codec.decode_control, codec.decode_frame, codec.decode_settings, codec.decode_features):
            with contextlib.suppress(DecodeError):
                decode(bytes(data))
