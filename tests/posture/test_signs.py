"""Means over what belongs together."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.posture.signs import BACK_S, StillMean


def test_still_seconds_are_averaged_and_a_movement_begins_anew() -> None:
    kind, values = np.array([1, 1, -1, 1, 1]), np.array([[2.0], [4.0], [100.0], [6.0], [8.0]])
    assert StillMean().advance(np.arange(5.0), kind, values)[:, 0].tolist() == [2.0, 3.0, 100.0, 6.0, 7.0]


def test_seconds_of_another_kind_and_seconds_before_a_hole_do_not_belong_to_it() -> None:
    start_s, kind = np.array([0.0, 1.0, 2.0, 5.0]), np.array([1, 1, 2, 2])
    values = np.array([[1.0], [3.0], [10.0], [20.0]])
    assert StillMean().advance(start_s, kind, values)[:, 0].tolist() == [1.0, 2.0, 10.0, 20.0]


def test_nothing_is_remembered_for_longer_than_ten_seconds() -> None:
    values = np.arange(40.0)[:, None]
    mean = StillMean().advance(np.arange(40.0), np.zeros(40, np.int64), values)
    assert mean[-1, 0] == np.mean(np.arange(40.0 - BACK_S, 40.0))


@settings(max_examples=30)
@given(st.lists(st.integers(-1, 1), min_size=30, max_size=30), st.lists(st.integers(1, 29), max_size=8))
def test_means_do_not_depend_on_where_the_rows_are_cut(kinds: list[int], cuts: list[int]) -> None:
    start_s, kind, values = np.arange(30.0), np.array(kinds), np.random.default_rng(1).normal(size=(30, 2))
    parted, edges = StillMean(), [0, *sorted(set(cuts)), 30]
    parts = [parted.advance(start_s[a:b], kind[a:b], values[a:b]) for a, b in pairwise(edges)]
    assert np.concatenate(parts).tobytes() == StillMean().advance(start_s, kind, values).tobytes()
