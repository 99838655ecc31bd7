"""The computer's clock."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.doctor.finding import Verdict
from monitor.doctor.host_clock import BEFORE_THIS_PROGRAM_S, host_clock, judged, newest_in, synchronised
from monitor.history.outbox import History
from tests.doctor.cases import case, only, verdicts

NOW_S = BEFORE_THIS_PROGRAM_S + 1e7


@pytest.mark.parametrize(("kept", "verdict"), [(True, Verdict.OK), (False, Verdict.WARNING), (None, Verdict.NOTE)])
def test_a_plausible_clock_is_as_good_as_who_keeps_it(kept: bool | None, verdict: Verdict) -> None:
    assert only(judged(NOW_S, NOW_S - 5, kept)).verdict is verdict


def test_a_clock_before_this_program_fails_whoever_keeps_it() -> None:
    assert only(judged(0.0, None, True)).verdict is Verdict.FAILED


def test_a_clock_behind_the_books_fails_and_a_small_step_back_does_not() -> None:
    assert only(judged(NOW_S, NOW_S + 3600, True)).verdict is Verdict.FAILED
    assert only(judged(NOW_S, NOW_S + 60, True)).verdict is Verdict.OK


async def test_without_books_there_is_nothing_to_be_behind_of(tmp_path: Path) -> None:
    assert newest_in(case(tmp_path)) is None
    await (await History.open(tmp_path / "history.sqlite3")).close()
    assert newest_in(case(tmp_path)) is None


def test_this_computers_own_clock_is_judged(tmp_path: Path) -> None:
    assert synchronised() in (True, False, None)
    assert Verdict.FAILED not in verdicts(host_clock(case(tmp_path)))
