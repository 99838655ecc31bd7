"""A short seeded run of the crash tool: killed at random moments, the daemon loses, doubles and invents nothing."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.crash import Verdict, crash, differences, look
from benchmarks.listening import MOSQUITTO

KILLS = 15


@pytest.mark.mosquitto
@pytest.mark.skipif(MOSQUITTO is None, reason="mosquitto is not installed")
def test_after_fifteen_kills_history_state_and_broker_are_those_of_an_unkilled_run(tmp_path: Path) -> None:
    verdict = crash(tmp_path, KILLS, days=0.05, seed=1)
    assert not verdict.faults
    assert verdict.kills == KILLS
    counts = {what: number for what, number, _ in verdict.rows}
    assert counts["history: alerts"] > 0
    assert counts["history: exercises"] > 0
    assert counts["running bouts at a kill"] > 0


def test_a_row_that_one_of_both_does_not_have_is_named() -> None:
    assert differences([(1, "a")], [(1, "a")]) == []
    assert differences([(1, "a")], [(1, "a"), (1, "a")]) == ["too many (1, 'a')"]
    assert differences([(1, "a"), (2, "b")], [(1, "a")]) == ["missing (2, 'b')"]


def test_a_fault_makes_the_table_say_wrong() -> None:
    verdict = Verdict(3)
    verdict.count("bouts", 7, "all went on", ["bout 3"])
    assert "| bouts | 7 | WRONG: 1 |" in str(verdict)
    assert verdict.faults == ["bouts: bout 3"]


def test_before_the_first_commit_there_is_nothing_to_lose(tmp_path: Path) -> None:
    seen = look(tmp_path / "history.sqlite3")
    assert (seen.bout, seen.mounting, seen.ids, seen.pending) == (None, False, frozenset(), frozenset())
