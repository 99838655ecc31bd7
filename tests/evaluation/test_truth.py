"""What the labels of a second state, and where they are left out."""

from __future__ import annotations

import numpy as np

from monitor.evaluation.truth import SITTING, STANDING, WALKING, truth_of
from tests.evaluation.lettered import samples, truth


def test_a_second_needs_four_fifths_of_one_label() -> None:
    t_s, label = samples((SITTING, 18), (STANDING, 2), (SITTING, 7), (STANDING, 3))
    assert truth_of(t_s, label).label.tolist() == [SITTING, SITTING, 0]


def test_labels_of_a_second_leave_out_two_around_a_change_and_finer_ones_one() -> None:
    t_s, label = samples((SITTING, 50), (WALKING, 50))
    assert np.flatnonzero(truth_of(t_s, label, "harth__S1").near_change).tolist() == [3, 4, 5, 6]
    assert np.flatnonzero(truth_of(t_s, label, "hapt__1").near_change).tolist() == [4, 5]


def test_a_change_within_a_class_is_not_left_out() -> None:
    t_s, label = samples((STANDING, 50), (WALKING, 50))
    assert not truth_of(t_s, label).near_change.any()


def test_labels_known_to_be_wrong_make_no_statement() -> None:
    t_s, label = samples((STANDING, 30), (WALKING, 30))
    assert truth_of(t_s, label, "harth__S032", "thigh").kind.tolist() == [0, 0, 0, 2, 2, 2]
    assert truth_of(t_s, label, "harth__S032", "lower_back").kind.tolist() == [2] * 6


def test_seconds_without_samples_are_unlabelled() -> None:
    t_s = np.array([10.0, 10.5, 13.0, 13.5])
    assert truth_of(t_s, np.full(4, SITTING, np.uint8)).label.tolist() == [SITTING, 0, 0, SITTING]


def test_the_first_ten_seconds_of_standing_are_taught_else_of_walking() -> None:
    assert truth("w" * 30 + "S" * 5 + "s" * 5 + "S" * 12).standing(10) == (40, 50)
    assert truth("s" * 5 + "w" * 30 + "S" * 5).standing(10) == (5, 15)
    assert truth("s" * 50).standing(10) is None
