"""The delta code, by hand-computed blocks, by the public Polar vector, and against a second reading of the bits."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.wearables.base import DecodeError
from monitor.wearables.delta import decode_delta

TRIPLETS = st.lists(st.tuples(*[st.integers(-300, 300)] * 3), min_size=1, max_size=60)


def packed(steps: list[tuple[int, int, int]], width: int) -> bytes:
    """Written bit by bit, lowest first."""
    bits = [value >> place & 1 for step in steps for value in step for place in range(width)]
    bits += [0] * (-len(bits) % 8)
    octets = bytes(sum(bit << place for place, bit in enumerate(bits[at : at + 8])) for at in range(0, len(bits), 8))
    return bytes((width, len(steps))) + octets


def test_two_blocks_of_other_widths() -> None:
    data = bytes.fromhex("6400ceffe80303012300" + "0502f005d13f")
    assert decode_delta(data).tolist() == [[100, -50, 1000], [103, -54, 1000], [87, -39, 1001], [89, -42, 1000]]


def test_the_reference_alone_is_one_sample() -> None:
    assert decode_delta(bytes.fromhex("f1ff1400f003")).tolist() == [[-15, 20, 1008]]


def test_the_frame_of_the_polar_sdk_test() -> None:
    assert decode_delta(bytes.fromhex("f1ff1400f00306017b0f08")).tolist() == [[-15, 20, 1008], [-20, 17, 1008]]


@given(steps=TRIPLETS, width=st.integers(10, 16))
def test_what_was_packed_comes_back(steps: list[tuple[int, int, int]], width: int) -> None:
    found = decode_delta(struct.pack("<hhh", 1, -2, 3) + packed(steps, width)).tolist()
    x, y, z = 1, -2, 3
    expected = [[x, y, z]]
    for dx, dy, dz in steps:
        x, y, z = x + dx, y + dy, z + dz
        expected.append([x, y, z])
    assert found == expected


@pytest.mark.parametrize(
    "data",
    [
        "",
        "0000000000",
        "00000000000003",
        "00000000000000010000",
        "0000000000001101000000000000ff",
        "0000000000000801ff",
    ],
    ids=["empty", "cut reference", "cut head", "width 0", "width 17", "cut bits"],
)
def test_broken_blocks_are_refused(data: str) -> None:
    with pytest.raises(DecodeError):
        decode_delta(bytes.fromhex(data))


def test_a_sample_beyond_16_bits_is_refused() -> None:
    with pytest.raises(DecodeError):
        decode_delta(struct.pack("<hhh", 32767, 0, 0) + packed([(1, 0, 0)], 2))


@given(data=st.binary(max_size=80))
def test_no_bytes_raise_anything_but_decode_error(data: bytes) -> None:
    try:
        assert decode_delta(data).shape[1] == 3
    except DecodeError:
        return
