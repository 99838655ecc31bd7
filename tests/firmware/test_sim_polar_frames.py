"""Polar's frames against the bytes of the protocol's page, and the framer against any cutting of its input."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_sim.profiles import delta_code
from firmware_sim.profiles.polar_frames import Framer, FrameType, encode_frame
from firmware_sim.sensor import Samples

VERITY_PUBLIC = [
    (750, -481, -126), (766, -519, -94), (724, -612, -83), (685, -665, -108), (643, -675, -168), (617, -690, -199),
    (604, -722, -178), (630, -724, -138), (657, -732, -83), (701, -695, -83), (701, -695, -83),
]  # fmt: skip


def counts(*rows: tuple[int, int, int]) -> np.ndarray:
    return np.array(rows, dtype=np.int16)


@pytest.mark.parametrize(
    ("time_ns", "frame_type", "samples", "expected"),
    [
        (
            599616005000000000,
            FrameType.RAW_MG,
            [(12, -985, 110), (10, -987, 112), (-3, -990, 121)],
            "0200F2A9639443520801 0C0027FC6E00 0A0025FC7000 FDFF22FC7900",
        ),
        (
            762028708863099136,
            FrameType.DELTA_MG,
            [(12, -985, 110), (15, -983, 108), (9, -990, 111), (11, -986, 110)],
            "0200416FC41245930A81 0C0027FC6E00 0403 23AE39420F",
        ),
    ],
)
def test_frames_of_the_page_byte_for_byte(
    time_ns: int, frame_type: FrameType, samples: list[tuple[int, int, int]], expected: str
) -> None:
    assert encode_frame(time_ns, frame_type, counts(*samples)).hex() == bytes.fromhex(expected).hex()


def test_a_block_of_a_real_verity_byte_for_byte() -> None:
    deltas = np.diff(np.array(VERITY_PUBLIC), axis=0)
    published = bytes.fromhex("080A 10DA20 D6A30B D9CBE7 D6F6C4 E6F1E1 F3E015 1AFE28 1BF837 2C25")
    assert delta_code.encode_run(deltas) == published.ljust(2 + 30, b"\0")  # cut off where only zeros followed


def test_blocks_of_other_widths_each_fill_whole_bytes() -> None:
    samples = counts((100, -50, 1000), (103, -54, 1000), (87, -39, 1001), (89, -42, 1000))
    deltas = np.diff(samples.astype(np.int64), axis=0)
    blocks = [delta_code.encode_run(part) for part in (deltas[:1], deltas[1:])]
    assert samples[0].astype("<i2").tobytes() + b"".join(blocks) == bytes.fromhex("6400CEFFE80303012300 0502F005D13F")


def stream(number: int, spread: int) -> Samples:
    rng = np.random.default_rng(7)
    values = np.clip(rng.normal(0, spread, (number, 3)), -32768, 32767).astype(np.int16)
    return Samples((np.arange(number) + 1) * 20_000, values, np.zeros(number, dtype=bool))


@given(cuts=st.lists(st.integers(1, 150), min_size=1, max_size=12), spread=st.sampled_from([2, 60, 9000]))
@pytest.mark.parametrize("frame_type", list(FrameType))
def test_how_the_samples_come_makes_no_difference(frame_type: FrameType, cuts: list[int], spread: int) -> None:
    whole = stream(sum(cuts), spread)
    at_once = Framer(frame_type).add(whole, 244, 0)
    piecewise, framer, start = [], Framer(frame_type), 0
    for cut in cuts:
        piecewise += framer.add(whole.part(start, start + cut), 244, 0)
        start += cut
    assert piecewise == at_once
    assert all(len(frame) <= 229 for frame in at_once)


def test_a_leap_beyond_sixteen_bits_begins_another_frame() -> None:
    samples = Samples(
        np.array([1, 2, 3]) * 1000, counts((-32768, 0, 0), (32767, 0, 0), (32767, 0, 0)), np.zeros(3, dtype=bool)
    )
    (frame,) = Framer(FrameType.DELTA_COUNTS).add(samples, 244, 0)
    assert len(frame) == 16
