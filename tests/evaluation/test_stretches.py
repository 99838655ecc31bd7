"""Bouts and transitions, labelled and said."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from monitor.evaluation.stretches import (
    UPRIGHT,
    Bout,
    BoutScore,
    Transition,
    TransitionScore,
    bouts_in,
    known_in,
    transitions_in,
    usual_duration_s,
)
from tests.evaluation.lettered import everywhere, kinds


def test_interruptions_of_ten_seconds_do_not_end_a_bout_but_eleven_do() -> None:
    kind = kinds(("u", 5), ("s", 20), ("u", 10), ("s", 20), (".", 11), ("s", 5), (".", 3), ("u", 2))
    assert bouts_in(kind) == [Bout(5, 55, True, False), Bout(66, 71, False, True)]


def test_time_is_known_where_at_most_ten_seconds_say_nothing() -> None:
    known = known_in(kinds((".", 3), ("s", 5), (".", 10), ("u", 5), (".", 11), ("u", 1)))
    assert np.flatnonzero(~known).tolist() == [0, 1, 2, *range(23, 34)]


def test_a_transition_has_at_most_ten_seconds_between() -> None:
    kind = kinds(("s", 20), (".", 10), ("u", 20), (".", 11), ("s", 20), ("u", 5))
    assert transitions_in(kind) == [Transition(UPRIGHT, 20, 30), Transition(UPRIGHT, 81, 81)]


def test_a_transition_is_hit_within_five_seconds_and_once() -> None:
    score = TransitionScore()
    labels = kinds(("s", 50), ("u", 50), ("s", 50), ("u", 50))
    answers = kinds(("s", 55), ("u", 39), ("s", 106))  # 5 s late; 6 s early; never up again
    score.add(labels, answers, everywhere(labels))
    assert (score.labelled, score.hit, score.said, score.right) == (3, 1, 2, 1)


def test_a_flicker_costs_precision() -> None:
    score = TransitionScore()
    labels = kinds(("s", 50), ("u", 50))
    answers = kinds(("s", 20), ("u", 1), ("s", 29), ("u", 50))
    score.add(labels, answers, everywhere(labels))
    assert (score.labelled, score.hit, score.said, score.right) == (1, 1, 3, 1)


def test_transitions_in_unlabelled_time_are_not_judged() -> None:
    score = TransitionScore()
    labels = kinds(("s", 50), (".", 50))
    answers = kinds(("s", 48), ("u", 52))
    score.add(labels, answers, everywhere(labels))
    assert score.said == 0


@pytest.mark.parametrize(
    ("answers", "whole"),
    [
        (kinds(("u", 65), ("s", 195), ("u", 100)), 1),  # 97.5 %, 5 s late at the start
        (kinds(("u", 60), ("s", 90), ("u", 11), ("s", 99), ("u", 100)), 0),  # in two
        (kinds(("u", 44), ("s", 216), ("u", 100)), 0),  # 16 s early
        (kinds(("u", 360)), 0),
    ],
)
def test_a_bout_is_found_whole_in_one_piece_with_both_ends(answers: NDArray[np.int8], whole: int) -> None:
    labels = kinds(("u", 60), ("s", 200), ("u", 100))
    score = BoutScore()
    score.add(labels, answers, everywhere(labels), everywhere(labels))
    assert (score.labelled, score.whole) == (1, whole)


def test_an_end_without_a_label_is_not_held_against_a_bout() -> None:
    labels, answers = kinds(("u", 60), ("s", 200), (".", 100)), kinds(("u", 58), ("s", 302))
    score = BoutScore()
    score.add(labels, answers, everywhere(labels), labels != 0)
    assert (score.whole, score.start_errors_s, score.end_errors_s) == (1, [-2], [])
    assert (score.labelled_s, score.said_s) == ([200], [202])


def test_the_usual_bout_halves_the_sitting_time() -> None:
    assert usual_duration_s([10, 10, 10, 10, 40]) == 10  # 40 of 80 s are spent by the fourth
    assert usual_duration_s([10, 20, 40, 50]) == 35  # 60 of 120 s: 30 by the second, 70 by the third


def test_a_second_more_moves_the_usual_bout_by_little() -> None:
    assert usual_duration_s([473, 486, 486, 473]) == pytest.approx(usual_duration_s([473, 486, 487, 473]), rel=0.002)
    assert np.isnan(usual_duration_s([]))
