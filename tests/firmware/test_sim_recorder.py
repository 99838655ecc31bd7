"""Samples become blocks by number, by payload and by stamp; never by how they happened to arrive."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_sim.profiles.deskband_codec import BlockFlag
from firmware_sim.profiles.deskband_state import Configuration
from firmware_sim.profiles.recorder import Recorder
from firmware_sim.profiles.ring_buffer import RingBuffer
from firmware_sim.sensor import Samples
from tests.firmware.mini_decoder import Read, read_block


def samples(number: int, first: int = 0, rough: int = 20) -> Samples:
    rng = np.random.default_rng(5)
    counts = rng.integers(-rough, rough, (first + number, 3))[first:].astype(np.int16)
    device_us = (np.arange(first, first + number) + 1) * 40_000
    return Samples(device_us, counts, np.zeros(number, bool))


def recorder(payload_bytes: int = 244, latency_ds: int = 10, options: int = 0) -> Recorder:
    configuration = Configuration(latency_ds=latency_ds, options=options)
    return Recorder(7, configuration, RingBuffer(1_000_000), payload_bytes)


def read(blocks: list[bytes]) -> list[Read]:
    return [read_block(block) for block in blocks]


def test_a_block_is_complete_when_the_latency_has_passed() -> None:
    blocks = read(recorder(latency_ds=10).feed(samples(60)))
    assert [(block.index, block.end) for block in blocks] == [(0, 25), (25, 50)]


@pytest.mark.parametrize(("mtu", "number"), [(131, 19), (185, 28), (247, 38)])
def test_a_block_is_complete_when_the_payload_is_full(mtu: int, number: int) -> None:
    blocks = read(recorder(mtu - 3, latency_ds=255).feed(samples(100)))
    assert {len(block.samples) for block in blocks} == {number}
    assert all(block.t_us == block.end * 40_000 for block in blocks)


def test_at_the_smallest_mtu_every_second_has_one_stamp() -> None:
    blocks = recorder(payload_bytes=20).feed(samples(200))
    stamped = [block for block in read(blocks) if block.t_us is not None]
    assert {len(block) for block in blocks} == {20}
    assert {len(block.samples) for block in stamped} == {1}
    assert 7 <= len(stamped) <= 9
    assert all(block.t_us == block.end * 40_000 for block in stamped)


def test_differences_put_more_samples_into_a_payload() -> None:
    blocks = recorder(latency_ds=255, options=0x01).feed(samples(400))
    assert min(len(block.samples) for block in read(blocks)) > 60
    assert max(len(block) for block in blocks) <= 244


def test_at_small_payloads_there_are_no_differences() -> None:
    assert {block.fmt for block in read(recorder(20, options=0x01).feed(samples(50)))} == {0}


def test_every_block_is_stored_before_it_is_handed_out() -> None:
    one = recorder()
    blocks = read(one.feed(samples(75)))
    assert [(held.first_index, held.end_index) for held in one.ring.blocks] == [(b.index, b.end) for b in blocks]


def test_a_flush_leaves_nothing_behind() -> None:
    one = recorder()
    one.feed(samples(30))
    assert one.stored_index == 25
    assert read(one.flush())[0].end == 30
    assert one.stored_index == one.next_index == 30


def test_samples_never_taken_are_counted_and_the_next_block_says_so() -> None:
    one = recorder()
    one.feed(samples(30))
    one.skip(100)
    (block,) = read(one.feed(samples(25, first=130)))
    assert block.index == 130
    assert block.flags & BlockFlag.DISCONTINUITY


def test_clipping_and_the_button_mark_their_own_block_only() -> None:
    one = recorder()
    clipped = samples(25)
    clipped.clipped[3] = True
    one.user_event = True
    first, second = read([*one.feed(clipped), *one.feed(samples(25, first=25))])
    assert first.flags & BlockFlag.CLIPPED
    assert first.flags & BlockFlag.USER_EVENT
    assert not second.flags & (BlockFlag.CLIPPED | BlockFlag.USER_EVENT)


@given(
    cuts=st.lists(st.integers(1, 90), min_size=1, max_size=12),
    payload_bytes=st.sampled_from([20, 61, 128, 244]),
    options=st.sampled_from([0, 1]),
    rough=st.sampled_from([1, 20, 3000]),
)
def test_where_the_samples_are_cut_makes_no_difference(
    cuts: list[int], payload_bytes: int, options: int, rough: int
) -> None:
    total = sum(cuts)
    at_once, piecewise = recorder(payload_bytes, options=options), recorder(payload_bytes, options=options)
    expected = at_once.feed(samples(total, rough=rough))
    every = samples(total, rough=rough)
    blocks: list[bytes] = []
    first = 0
    for number in cuts:
        blocks += piecewise.feed(every.part(first, first + number))
        first += number
    assert blocks == expected
    assert piecewise.flush() == at_once.flush()
