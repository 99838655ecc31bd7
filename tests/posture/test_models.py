"""Trained parameters: what the files say, the formula that uses them, and the signs they weigh."""

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
from monitor.posture.chest import Chest
from monitor.posture.likely import Likely
from monitor.posture.logistic import LikelyModel, Logistic, TrunkModel, model_text, probability
from monitor.posture.lower_back import LowerBack
from monitor.posture.signs import RecentMean, Signs
from monitor.posture.trunk import Trunk
from monitor.posture.upright import Source
from monitor.posture.waist import Waist
from monitor.posture.wrist import Wrist
from tests.support.wearers import rows_of, wear


def epochs() -> Epochs:
    return rows_of(wear(("walk", 20), ("sit", 20), ("stand", 20)))


def signs_of(rows: Epochs, tilt_deg: np.ndarray) -> dict[str, np.ndarray]:
    return Signs().advance(rows, tilt_deg, steps(rows, SteppingRules()))


def test_log_odds_are_the_bias_and_the_weighted_signs() -> None:
    model = Logistic(bias=-1.0, weights={"a": 2.0, "b": 0.5})
    odds = model.log_odds({"a": np.array([0.0, 1.0]), "b": np.array([4.0, -2.0]), "unused": np.array([9.0, 9.0])})
    assert odds.tolist() == [1.0, 0.0]


def test_an_unknown_sign_gives_an_unknown_answer() -> None:
    assert math.isnan(Logistic(bias=0.0, weights={"a": 1.0}).log_odds({"a": np.array([np.nan])})[0])


def test_probability_of_log_odds() -> None:
    share = probability(np.array([0.0, math.log(3.0), -math.log(3.0), 1e6, -1e6]))
    assert share[:3] == pytest.approx([0.5, 0.75, 0.25])
    assert ((share > 0.0) & (share < 1.0 + 1e-12)).all()


@pytest.mark.parametrize("site", [Waist, LowerBack])
def test_a_trunk_file_is_plausible_and_says_where_it_comes_from(site: type[Trunk]) -> None:
    model = TrunkModel.model_validate_json(model_text(site.NAME))  # type: ignore[attr-defined]
    assert model == site.MODEL
    assert "seed" in model.provenance.trained_on
    assert "benchmarks/train.py" in model.provenance.command
    sources = {source.name.lower() for source in Source}
    assert set(model.confidence) == sources
    assert set(model.pose) == sources - {"none"}
    for pose in model.pose.values():
        assert pose.weights["tilt"] > 0.0
        assert pose.weights["sway"] < 0.0
    assert all(confidence.weights["evidence"] > 0.0 for confidence in model.confidence.values())


@pytest.mark.parametrize("site", [Chest, Wrist])
def test_a_weak_sites_file_knows_only_signs_that_exist(site: type[Likely]) -> None:
    model = LikelyModel.model_validate_json(model_text(site.NAME))  # type: ignore[attr-defined]
    assert model == site.MODEL
    assert {*model.walked.weights, *model.unwalked.weights} <= set(signs_of(epochs(), np.zeros(60)))
    assert min(model.sedentary_from, model.unwalked_sedentary_from) > 0.5
    assert min(model.upright_from, model.unwalked_upright_from) > 0.5


def test_before_a_walk_no_sign_is_used_that_needs_one() -> None:
    signs = signs_of(epochs(), np.full(60, np.nan))
    known = {name for name, column in signs.items() if not np.isnan(column).any()}
    for site in (Chest, Wrist):
        assert set(site.MODEL.unwalked.weights) <= known


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
