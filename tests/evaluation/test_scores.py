"""Shares of seconds, against numbers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.evaluation.scores import Score
from tests.evaluation.lettered import said, truth


def figures(labels: str, answers: str) -> dict[str, float]:
    score = Score()
    score.add("set__1", truth(labels), said(answers), np.ones(len(labels), np.bool_))
    return score.figures()


def test_sensitivity_and_specificity_with_unknown_left_out_and_counted_wrong() -> None:
    found = figures("ssssSSSSww", "ss?SSSs?ww")
    assert found["sensitivity"] == 50.0  # 2 of 4
    assert found["specificity"] == pytest.approx(100 * 4 / 6, abs=1e-3)
    assert found["balanced_accuracy"] == pytest.approx((50 + 400 / 6) / 2, abs=1e-3)
    assert found["sensitivity_said"] == pytest.approx(100 * 2 / 3, abs=1e-3)
    assert found["specificity_said"] == 80.0  # 4 of 5
    assert found["unknown"] == 20.0
    assert found["right_of_said"] == 75.0  # 6 of 8
    assert found["sedentary_precision"] == pytest.approx(100 * 2 / 3, abs=1e-3)
    assert found["upright_precision"] == 80.0


def test_what_is_called_sedentary_by_label() -> None:
    found = figures("SSSSwwwwwcc", "sSSSwwwww?s")
    assert found["standing_called_sedentary"] == 25.0
    assert found["walking_called_sedentary"] == 0.0
    assert found["cycling_called_sedentary"] == 50.0
    assert found["specificity"] == pytest.approx(100 * 8 / 9, abs=1e-3)  # cycling makes no statement


def test_the_worst_person_has_a_minute_of_the_class() -> None:
    score = Score()
    for name, labels, answers in (
        ("a", "s" * 60, "s" * 59 + "S"),
        ("b", "s" * 59, "S" * 59),
        ("c", "s" * 90, "s" * 90),
    ):
        score.add(name, truth(labels), said(answers), np.ones(len(labels), np.bool_))
    found = score.figures()
    assert (found["worst_sensitivity_subject"], found["worst_sensitivity"]) == ("a", pytest.approx(98.3333, abs=1e-3))
    assert found["worst_specificity"] is None
