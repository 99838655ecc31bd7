"""The ring: the oldest gives way, what is acknowledged is forgotten, holes stay visible."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from firmware_sim.profiles.deskband_codec import BlockFlag
from firmware_sim.profiles.ring_buffer import RingBuffer, StoredBlock


def block(first: int, number: int = 10, session: int = 1, size: int = 100) -> StoredBlock:
    counts = np.arange(first, first + number).repeat(3).reshape(-1, 3).astype(np.int16)
    last_us = (first + number - 1) * 40_000
    return StoredBlock(session, first, counts, last_us, 40_000.0, BlockFlag.DISCONTINUITY, size)


def test_the_oldest_block_gives_way_and_is_counted() -> None:
    ring = RingBuffer(250)
    assert [ring.append(block(first)) for first in (0, 10, 20, 30)] == [0, 0, 1, 1]
    assert ring.oldest_index(1) == 20
    assert ring.overwritten_blocks == 2


def test_acknowledged_blocks_go_and_a_block_across_the_border_stays() -> None:
    ring = RingBuffer(10_000)
    for first in (0, 10, 20):
        ring.append(block(first))
    ring.append(block(0, session=2))
    ring.acknowledge(1, 15)
    assert ring.span(1) == (10, 30)
    assert ring.span(2) == (0, 10)
    assert ring.used_bytes == 300


def test_a_hole_in_the_samples_shows_as_two_ranges() -> None:
    ring = RingBuffer(10_000)
    for first in (0, 10, 50):
        ring.append(block(first))
    assert ring.held_in(1, 5, 55) == [(5, 20), (50, 55)]
    assert ring.held_in(1, 20, 50) == []
    assert ring.held_in(2, 0, 50) == []


def test_a_part_has_the_stamp_of_its_own_last_sample() -> None:
    part = block(100, 10).part(102, 105)
    assert part.counts[:, 0].tolist() == [102, 103, 104]
    assert part.last_us == 104 * 40_000


def test_only_the_part_with_the_first_sample_follows_the_discontinuity() -> None:
    assert block(100).part(100, 103).flags & BlockFlag.DISCONTINUITY
    assert not block(100).part(101, 103).flags & BlockFlag.DISCONTINUITY


def test_erasing_forgets_samples_and_counts() -> None:
    ring = RingBuffer(100)
    ring.append(block(0))
    ring.append(block(10))
    ring.erase()
    assert (list(ring.blocks), ring.used_bytes, ring.overwritten_blocks) == ([], 0, 0)


@given(sizes=st.lists(st.integers(14, 244), min_size=1, max_size=60), capacity=st.integers(244, 2000))
def test_the_ring_never_holds_more_than_its_capacity(sizes: list[int], capacity: int) -> None:
    ring = RingBuffer(capacity)
    lost = sum(ring.append(block(10 * number, size=size)) for number, size in enumerate(sizes))
    assert ring.used_bytes == sum(one.size_bytes for one in ring.blocks) <= capacity
    assert lost + len(ring.blocks) == len(sizes)
    assert ring.blocks[-1].first_index == 10 * (len(sizes) - 1)
