"""Trained parameters: what the files say, and the formula that uses them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from monitor.accel.stepping import SteppingRules, steps
from monitor.model import Floats
from monitor.posture.chest import Chest
from monitor.posture.likely import Likely
from monitor.posture.logistic import LikelyModel, Logistic, TrunkModel, load_model, probability
from monitor.posture.lower_back import LowerBack
from monitor.posture.signs import Signs
from monitor.posture.trunk import Trunk
from monitor.posture.upright import Source
from monitor.posture.waist import Waist
from monitor.posture.wrist import Wrist
from tests.support.wearers import rows_of, wear


def signs_at(tilt_deg: float) -> dict[str, Floats]:
    """Of somebody who walks, sits and stands, tilted by so much against walking."""
    rows = rows_of(wear(("walk", 20), ("sit", 20), ("stand", 20)))
    return Signs().advance(rows, np.full(len(rows), tilt_deg), steps(rows, SteppingRules()))


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
    model = load_model(TrunkModel, site.NAME)  # type: ignore[attr-defined]
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
    model = load_model(LikelyModel, site.NAME)  # type: ignore[attr-defined]
    assert model == site.MODEL
    assert {*model.walked.weights, *model.unwalked.weights} <= set(signs_at(0.0))
    assert min(model.sedentary_from, model.unwalked_sedentary_from) > 0.5
    assert min(model.upright_from, model.unwalked_upright_from) > 0.5


def test_before_a_walk_no_sign_is_used_that_needs_one() -> None:
    signs = signs_at(np.nan)
    known = {name for name, column in signs.items() if not np.isnan(column).any()}
    for site in (Chest, Wrist):
        assert set(site.MODEL.unwalked.weights) <= known
