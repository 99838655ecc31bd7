"""Movesense's bytes: the published vectors, ends, and garbage."""

from __future__ import annotations

import contextlib
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.wearables.base import DecodeError
from monitor.wearables.movesense import codec
from monitor.wearables.movesense.codec import Continuation, Data, Op, Response
from tests.support.vectors import each, named, vectors


def measured(data: bytes) -> tuple[Data, Any, bytes]:
    message = codec.decode_message(data)
    assert isinstance(message, Data)
    return message, *codec.split_vectors(message.content)


@each(vectors("movesense", "data"))
def test_measurements_decode_to_their_published_values(vector: dict[str, Any]) -> None:
    data, expect = bytes.fromhex(vector["hex"]), vector["expect"]
    if "error" in expect:
        with pytest.raises(DecodeError, match=expect["error"]):
            measured(data)
        return
    message, xyz_g, rest = measured(data)
    assert (message.ref, message.stamp_ms) == (expect["ref"], expect["timestamp_ms"])
    assert np.allclose(xyz_g * 9.80665, np.array(expect["ms2"]).reshape(-1, 3))
    assert rest.hex() == expect.get("rest", "")


def test_the_published_measurement_is_one_g() -> None:
    (vector,) = named("movesense", "movesense-acc-data")
    xyz_g, _ = codec.split_vectors(bytes.fromhex(vector["hex"])[6:])
    assert np.allclose(xyz_g, [[0.0510, -0.9942, 0.1275], [0.0255, -0.9687, 0.1020]], atol=5e-5)


@each(vectors("movesense", "response"))
def test_answers_bear_a_status_and_a_body(vector: dict[str, Any]) -> None:
    message, expect = codec.decode_message(bytes.fromhex(vector["hex"])), vector["expect"]
    assert isinstance(message, Response)
    assert (message.ref, message.status, message.body.hex()) == (expect["ref"], expect["status"], expect["body"])


@each(vectors("movesense", "continuation"))
def test_what_did_not_fit_goes_on_in_another_message(vector: dict[str, Any]) -> None:
    expect = vector["expect"]
    assert codec.decode_message(bytes.fromhex(vector["hex"])) == Continuation(
        expect["ref"], bytes.fromhex(expect["content"])
    )


def test_commands_are_the_published_ones() -> None:
    (subscribe,) = vectors("movesense", "subscribe")
    (unsubscribe,) = vectors("movesense", "unsubscribe")
    assert codec.encode_command(Op.SUBSCRIBE, 99, codec.acceleration_path(13)).hex() == subscribe["hex"]
    assert codec.encode_command(Op.UNSUBSCRIBE, 99).hex() == unsubscribe["hex"]


def test_hello_tells_product_and_firmware() -> None:
    assert codec.decode_hello(b"\x01" + b"174630000123\0Movesense\0GSP sample\x001.0.2\0") == (
        "Movesense",
        "GSP sample 1.0.2",
    )
    assert codec.decode_hello(b"\x01" + b"174630000123\0Move") == ("Movesense", "")
    assert codec.decode_hello(b"") == ("Movesense", "")


@given(st.binary(max_size=200))
def test_no_bytes_make_anything_but_decode_error(data: bytes) -> None:
    codec.decode_hello(data)
    with contextlib.suppress(DecodeError):
        codec.decode_message(data)
    with contextlib.suppress(DecodeError):
        xyz_g, rest = codec.split_vectors(data)
        assert np.isfinite(xyz_g).all()
        assert len(xyz_g) * 12 + len(rest) == len(data)
