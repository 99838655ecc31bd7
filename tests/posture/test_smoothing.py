"""Decisions that do not flicker, whatever the cuts."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.posture.smoothing import Holding, Hysteresis, LastClear, Lasting, Share


def test_in_between_it_stays_as_it_was() -> None:
    values = np.array([46.0, 49.0, 46.0, np.nan, 45.0, 43.0, 46.0, 48.0])
    assert Hysteresis().advance(values, 44.0, 48.0).tolist() == [False, True, True, True, True, False, False, False]


@given(st.lists(st.floats(0, 90), max_size=30), st.integers(0, 30))
def test_hysteresis_does_not_depend_on_the_cut(values: list[float], cut: int) -> None:
    column, parted = np.array(values), Hysteresis()
    parts = [parted.advance(column[:cut], 40.0, 50.0), parted.advance(column[cut:], 40.0, 50.0)]
    assert np.concatenate(parts).tolist() == Hysteresis().advance(column, 40.0, 50.0).tolist()


def test_it_holds_for_the_time_and_no_longer() -> None:
    holding = Holding()
    first = holding.advance(np.array([0.0, 1.0]), np.array([False, True]), 3.0)
    later = holding.advance(np.array([2.0, 4.0, 5.0]), np.zeros(3, bool), 3.0)
    assert first.tolist() == [False, True]
    assert later.tolist() == [True, True, False]


def test_what_ends_it_ends_it_until_it_is_so_again() -> None:
    start_s = np.arange(6.0)
    flags, ends = np.array([1, 0, 0, 0, 1, 0], bool), np.array([0, 0, 1, 0, 0, 0], bool)
    whole = Holding().advance(start_s, flags, 10.0, ends)
    assert whole.tolist() == [True, True, False, False, True, True]
    holding = Holding()
    parts = [
        holding.advance(*(column[k : k + 1] for column in (start_s, flags)), 10.0, ends[k : k + 1]) for k in range(6)
    ]
    assert np.concatenate(parts).tolist() == whole.tolist()


def test_how_long_something_has_been_so() -> None:
    start_s, flags = np.array([5.0, 6.0, 8.0, 9.0, 10.0]), np.array([True, True, False, False, True])
    assert Lasting().advance(start_s, flags).tolist() == [0, 1, 0, 1, 0]


def test_how_long_does_not_depend_on_the_cuts() -> None:
    lasting = Lasting()
    start_s, flags = np.arange(6.0), np.array([False, True, True, True, False, False])
    parts = [lasting.advance(start_s[k : k + 1], flags[k : k + 1]) for k in range(6)]
    assert np.concatenate(parts).tolist() == Lasting().advance(start_s, flags).tolist()


def test_an_unclear_second_keeps_a_share_of_the_last_clear_one_for_a_while() -> None:
    values, unclear = np.array([4.0, -2.0, -2.0, -2.0, 6.0]), np.array([False, True, True, True, False])
    start_s = np.array([0.0, 1.0, 2.0, 3.0, 4.0])
    assert LastClear().advance(start_s, unclear, values, 0.5, 2.0).tolist() == [4.0, 1.0, 1.0, -2.0, 6.0]


def test_before_anything_was_clear_nothing_is_kept() -> None:
    unclear, values = np.array([True, True]), np.array([3.0, 5.0])
    assert LastClear().advance(np.arange(2.0), unclear, values, 0.5, 9.0).tolist() == [3.0, 5.0]


@given(st.lists(st.booleans(), min_size=12, max_size=12), st.lists(st.integers(1, 11), max_size=5))
def test_what_is_kept_does_not_depend_on_where_the_rows_are_cut(flags: list[bool], cuts: list[int]) -> None:
    start_s, unclear, values = np.arange(12.0), np.array(flags), np.random.default_rng(1).normal(size=12)
    parted, edges = LastClear(), [0, *sorted(set(cuts)), 12]
    parts = [parted.advance(start_s[a:b], unclear[a:b], values[a:b], 0.5, 3.0) for a, b in pairwise(edges)]
    assert np.concatenate(parts).tobytes() == LastClear().advance(start_s, unclear, values, 0.5, 3.0).tobytes()


def test_a_share_halves_with_its_time_and_does_not_depend_on_the_cuts() -> None:
    flags = np.array([True] * 60 + [False] * 60)
    whole = Share().advance(flags, 60.0)
    assert whole[59] == pytest.approx(0.5)
    assert whole[119] == pytest.approx(0.25)
    share = Share()
    parts = [share.advance(flags[k : k + 11], 60.0) for k in range(0, 120, 11)]
    assert np.concatenate(parts).tobytes() == whole.tobytes()
