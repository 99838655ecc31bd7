"""Alerts that are due, missed and false."""

from __future__ import annotations

from monitor.evaluation.alerts import AlertScore, Told
from tests.evaluation.lettered import everywhere, kinds


def test_an_alert_is_due_five_seconds_past_the_limit_after_a_labelled_start() -> None:
    labels = kinds(("u", 50), ("s", 125), ("u", 50), ("s", 124), (".", 50), ("s", 300))
    score = AlertScore()
    score.add(labels, [Told(50 + 122.0, 50 + 120.0)], 120.0, everywhere(labels))
    assert (score.due, score.missed, score.told_errors_s, score.due_errors_s) == (1, 0, [2.0], [0.0])
    assert (score.judged, score.false) == (1, 0)


def test_an_interruption_that_belongs_to_a_bout_does_not_run_its_clock() -> None:
    labels = kinds(("u", 50), ("s", 100), ("u", 10), ("s", 60), ("u", 50))
    score = AlertScore()
    score.add(labels, [Told(50 + 131.0, 50 + 130.0)], 120.0, everywhere(labels))
    assert (score.due, score.missed, score.told_errors_s, score.due_errors_s) == (1, 0, [1.0], [0.0])


def test_an_alert_that_never_comes_is_missed() -> None:
    labels = kinds(("u", 50), ("s", 200), ("u", 50))
    score = AlertScore()
    score.add(labels, [], 120.0, everywhere(labels))
    assert (score.due, score.missed, score.judged) == (1, 1, 0)
    assert score.labelled_s == 300.0


def test_an_alert_without_a_bout_is_false_only_where_all_labels_are_known() -> None:
    labels = kinds(("u", 300), (".", 100), ("u", 300))
    score = AlertScore()
    score.add(labels, [Told(200.0, 198.0), Told(450.0, 448.0)], 120.0, everywhere(labels))
    assert (score.due, score.judged, score.false) == (0, 1, 1)
