"""Time off the body, and how late rows are."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.evaluation.truth import SITTING, Said, Truth
from monitor.evaluation.wear import WearScore, flat_stretches
from monitor.model import Posture


def test_a_stretch_that_ends_within_the_second_in_which_it_would_count_counts_nothing() -> None:
    t_s = 0.5 + np.arange(9001) / 10.0
    xyz_g, label = np.tile([0.0, 0.0, 1.0], (9001, 1)), np.zeros(9001, np.uint8)
    assert flat_stretches(t_s, xyz_g, label) == []


def test_flat_time_counts_from_fifteen_minutes_and_only_unlabelled() -> None:
    t_s = np.arange(4000.0)
    xyz_g = np.tile([0.0, 0.0, 1.0], (4000, 1))
    xyz_g[:1000, 0] = np.arange(1000) % 2
    label = np.zeros(4000, np.uint8)
    label[3500:] = SITTING
    assert flat_stretches(t_s, xyz_g, label) == [(1900, 3500)]
    grid = Truth(0, label, label > 99, label > 99)
    score = WearScore()
    worn = np.ones(4000, np.bool_)
    worn[3500:3505] = False
    answers = np.full(4000, int(Posture.NOT_WORN), np.uint8)
    answers[1800:1960] = int(Posture.SITTING)
    score.add(t_s, xyz_g, label, grid, Said(answers, worn, np.ones(4000), np.full(4000, 3.0)))
    found = score.figures()
    assert found["flat_min"] == pytest.approx(1600 / 60, abs=0.1)
    assert found["flat_called_sedentary_min"] == 1.0  # 1900 to 1960
    assert found["worn_called_not_worn"] == 1.0  # 5 of 500
    assert (found["delay_mean_s"], found["delay_max_s"]) == (3.0, 3.0)
