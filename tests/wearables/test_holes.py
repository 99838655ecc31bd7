"""A hole is filled exactly once, in any order, with times between its neighbours."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import HoleClosed, HoleOpened
from monitor.wearables.holes import Hole, Missing
from monitor.wearables.sample_clock import Anchor


def hole(before: Anchor | None = None, after: Anchor | None = None) -> Hole:
    """Samples 100 to 199 at 25 Hz, between two known neighbours."""
    before = before or Anchor(99, 1000.0, 4e6)
    after = after or Anchor(200, 1004.04, 8.04e6)
    return Hole(7, 100, 200, 25.0, 0.04, 1.0, 0.0, missing=[Missing(100, 200, before, after)])


def test_it_says_what_it_is() -> None:
    assert hole().opened() == HoleOpened(7, 100, 200)
    assert hole().closed() == HoleClosed(7, 100, 200, filled=True)


def test_a_block_that_reaches_out_is_cut() -> None:
    (fill,) = hole().fill(90, 120, None)
    assert (fill.first_index, len(fill.t_s)) == (100, 20)


def test_the_same_block_twice_fills_nothing_the_second_time() -> None:
    one = hole()
    assert one.fill(120, 140, None)
    assert one.fill(120, 140, None) == []
    assert one.missing_count == 80


def test_times_follow_the_stamps_between_the_neighbours() -> None:
    one = hole(after=Anchor(200, 1008.08, 8.04e6))  # stream time ran twice as fast as the device clock
    (fill,) = one.fill(100, 110, 4e6 + 4e4 * np.arange(1, 11))
    assert np.allclose(fill.t_s, 1000 + 0.08 * np.arange(1, 11))


def test_the_gap_before_counts_what_is_still_missing() -> None:
    one = hole()
    (late,) = one.fill(150, 160, None)
    assert late.gap_before_s is not None
    assert round(late.gap_before_s / 0.04) == 50
    (early,) = one.fill(100, 110, None)
    assert early.gap_before_s == 0.0


def test_what_is_given_up_makes_it_lost() -> None:
    one = hole()
    one.fill(150, 200, None)
    one.give_up(100, 150)
    assert one.missing == []
    assert one.closed().filled is False


def test_giving_up_what_is_already_here_loses_nothing() -> None:
    one = hole()
    one.fill(100, 150, None)
    one.give_up(100, 150)
    assert not one.lost


@given(
    blocks=st.permutations([(90 + 7 * place, 90 + 7 * place + 9) for place in range(16)]),
    stamped=st.lists(st.booleans(), min_size=16, max_size=16),
    wild_us=st.lists(st.floats(-3e6, 3e6), min_size=16, max_size=16),
)
def test_in_any_order_every_sample_comes_once_and_times_increase(
    blocks: list[tuple[int, int]], stamped: list[bool], wild_us: list[float]
) -> None:
    one, times = hole(), dict[int, float]()
    for (first, end), has_stamp, off_us in zip(blocks, stamped, wild_us, strict=True):
        own_us = 4e6 + 4e4 * (np.arange(first, end) - 99) + off_us if has_stamp else None
        for fill in one.fill(first, end, own_us):
            for place, time_s in enumerate(fill.t_s):
                assert fill.first_index + place not in times
                times[fill.first_index + place] = float(time_s)
    assert sorted(times) == list(range(100, 200))
    assert one.missing == []
    ordered = np.array([1000.0, *(times[index] for index in sorted(times)), 1004.04])
    assert (np.diff(ordered) > 0).all()
