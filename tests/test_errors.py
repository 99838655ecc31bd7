"""Which error of a group of tasks the user is told."""

from __future__ import annotations

from monitor.errors import MonitorError, told_by


def test_of_tasks_that_failed_together_the_first_error_is_told() -> None:
    first, second = MonitorError("give another --state-dir"), MonitorError("plug the radio in")
    assert told_by(ExceptionGroup("", [ExceptionGroup("", [first]), second])) is first


def test_a_bug_beside_an_error_is_not_covered_up() -> None:
    assert told_by(ExceptionGroup("", [MonitorError("plug the radio in"), ZeroDivisionError()])) is None
    assert told_by(ExceptionGroup("", [ZeroDivisionError()])) is None
