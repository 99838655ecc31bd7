"""Signs of sitting: means over what belongs together, and no more memory than they need."""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.accel.epochs import take
from monitor.accel.stepping import SteppingRules, steps
from monitor.model import Epochs
from monitor.posture.signs import BACK_S, RecentMean, Signs, StillMean
from tests.support.wearers import rows_of, wear


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


def epochs() -> Epochs:
    return rows_of(wear(("walk", 20), ("sit", 20), ("stand", 20)))


def signs_of(rows: Epochs, tilt_deg: np.ndarray) -> dict[str, np.ndarray]:
    return Signs().advance(rows, tilt_deg, steps(rows, SteppingRules()))


def test_no_sign_remembers_more_than_twenty_seconds() -> None:
    rows = epochs()
    whole = signs_of(rows, np.full(60, 20.0))
    late = signs_of(take(rows, slice(30, None)), np.full(30, 20.0))
    for name, column in whole.items():
        assert column[51:].tolist() == late[name][21:].tolist(), name


def test_running_is_no_more_a_sign_than_walking() -> None:
    rows = epochs()
    faster = replace(rows, window_spread_g=rows.window_spread_g * 3.0)
    before, after = signs_of(rows, np.zeros(60)), signs_of(faster, np.zeros(60))
    for name in ("moves", "stirs"):
        assert after[name][12:16] == pytest.approx(before[name][12:16], abs=0.05)


def test_a_chest_that_lies_leans_no_more_than_one_that_leans_back() -> None:
    lying, leaning = (signs_of(epochs(), np.full(60, tilt_deg))["lean"] for tilt_deg in (90.0, 45.0))
    assert lying.tolist() == leaning.tolist()


def test_after_a_missing_second_the_turn_since_then_is_not_counted() -> None:
    rows = epochs()
    gap = take(rows, np.r_[0:25, 27:60])
    turned = replace(gap, mean_g=np.where(np.arange(58)[:, None] < 25, gap.mean_g, -gap.mean_g))
    assert signs_of(turned, np.zeros(58))["turning"].tolist() == signs_of(gap, np.zeros(58))["turning"].tolist()


def test_where_no_step_can_be_seen_strong_movement_stands_for_one() -> None:
    rows = epochs()
    blind = replace(rows, rhythm_known=np.zeros(60, np.bool_), jerk_g=np.full(60, np.nan))
    signs = Signs().advance(blind, np.zeros(60), np.zeros(60, np.bool_))
    assert signs["steps"][15] > 0.9
    assert signs["steps"][35] == 0.0
    assert (signs["jolts"] == 0.0).all()


@settings(max_examples=30)
@given(st.lists(st.integers(1, 59), max_size=8))
def test_signs_do_not_depend_on_where_the_rows_are_cut(cuts: list[int]) -> None:
    rows, tilt_deg, parted = epochs(), np.linspace(0.0, 120.0, 60), Signs()
    stepping = steps(rows, SteppingRules())
    edges = [0, *sorted(set(cuts)), 60]
    parts = [parted.advance(take(rows, slice(a, b)), tilt_deg[a:b], stepping[a:b]) for a, b in pairwise(edges)]
    for name, column in Signs().advance(rows, tilt_deg, stepping).items():
        assert np.concatenate([part[name] for part in parts]).tobytes() == column.tobytes(), name


def test_a_recent_mean_leaves_out_what_is_unknown_and_what_is_long_ago() -> None:
    start_s = np.array([0.0, 1.0, 2.0, 60.0])
    values = np.array([[1.0], [np.nan], [3.0], [np.nan]])
    mean = RecentMean().advance(start_s, values, 10)[:, 0]
    assert mean[:3].tolist() == [1.0, 1.0, 2.0]
    assert math.isnan(mean[3])
