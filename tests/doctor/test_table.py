"""The table of checks, and the command that goes through it."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from typer.testing import CliRunner

from firmware_sim.air import Air
from firmware_sim.clock import ScaledClock
from monitor.cli import app
from monitor.doctor import table
from monitor.doctor.finding import Case, Finding, Verdict, failed, ok
from monitor.doctor.table import CHECKS, Check, examine
from monitor.errors import MonitorError
from monitor.lock import is_held, state_lock
from tests.doctor.cases import case

ROOT = Path(__file__).parents[2]


def asked(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["doctor", *arguments])
    return result.exit_code, result.stdout


def report(*arguments: str) -> tuple[int, dict[str, list[tuple[str, str]]]]:
    code, text = asked("--json", *arguments)
    told = json.loads(text)
    assert told["healthy"] == (code == 0)
    subjects: dict[str, list[tuple[str, str]]] = {}
    for each in told["findings"]:
        assert set(each) == {"subject", "verdict", "told", "remedy"}
        subjects.setdefault(each["subject"], []).append((each["verdict"], each["told"]))
    return code, subjects


def with_air(*arguments: str) -> tuple[int, dict[str, list[tuple[str, str]]]]:
    """With a virtual radio, so that nothing need fail on a computer without one."""

    async def served() -> tuple[int, dict[str, list[tuple[str, str]]]]:
        async with Air(ScaledClock()) as air:
            port = await air.serve("127.0.0.1", 0)
            backend = f"radio.backend=bumble:tcp-client:127.0.0.1:{port}"
            return await asyncio.to_thread(report, "--set", backend, *arguments)

    return asyncio.run(served())


@pytest.fixture(autouse=True)
def _nobodys_settings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))


def test_exit_code_0_where_nothing_fails(tmp_path: Path) -> None:
    code, found = with_air("--state-dir", str(tmp_path))
    assert code == 0
    assert list(found) == [check.subject for check in CHECKS if check.subject not in ("certificate", "topics", "push")]
    assert found["daemon"][0][0] == "note"


def test_exit_code_1_where_something_fails_and_each_fault_is_one_line_with_its_remedy(tmp_path: Path) -> None:
    code, text = asked("--state-dir", str(tmp_path), "--set", "radio.backend=bumble:tcp-client:127.0.0.1:1")
    assert code == 1
    (fault,) = [line for line in text.splitlines() if line.startswith("failed")]
    assert fault.split()[1] == "adapter"
    assert " -> " in fault
    assert text.splitlines()[-1].startswith("1 failed, ")


def test_a_daemon_that_runs_is_said_and_left_alone(tmp_path: Path) -> None:
    with state_lock(tmp_path):
        code, found = report("--state-dir", str(tmp_path), "--set", "radio.backend=bumble:tcp-client:127.0.0.1:1")
        assert is_held(tmp_path)
    assert code == 0
    assert found["daemon"] == [("ok", f"runs, with {tmp_path}")]
    assert "running daemon" in found["adapter"][0][1]
    assert not is_held(tmp_path)


def test_asking_whether_a_daemon_runs_makes_no_folder(tmp_path: Path) -> None:
    assert not is_held(tmp_path / "state")
    assert not (tmp_path / "state").exists()


def test_wrong_settings_are_a_fault_and_what_needs_none_is_looked_at_all_the_same(tmp_path: Path) -> None:
    code, found = report("--state-dir", str(tmp_path), "--set", "coach.limit_s=2")
    assert code == 1
    assert found["config"][0][0] == "failed"
    assert "coach" in found["config"][0][1]
    assert {"disk", "clock", "state", "history", "daemon"} <= set(found)
    assert not {"broker", "adapter", "extras"} & set(found)


async def test_a_check_that_hangs_or_fails_by_itself_ends_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def hangs(case: Case) -> Sequence[Finding]:
        await asyncio.Event().wait()
        return []

    def stumbles(case: Case) -> Sequence[Finding]:
        raise MonitorError("no such thing; plug it in")

    monkeypatch.setattr(table, "LIMIT_S", 0.01)
    checks = (Check("a", hangs), Check("b", stumbles), Check("c", lambda case: [ok("well")]))
    found = [(subject, finding.verdict) async for subject, finding in examine(case(tmp_path), checks)]
    assert found == [("a", Verdict.FAILED), ("b", Verdict.FAILED), ("c", Verdict.OK)]


def test_every_subject_is_once_in_the_table_and_in_the_documentation() -> None:
    subjects = [check.subject for check in CHECKS]
    assert len(subjects) == len(set(subjects))
    page = (ROOT / "docs" / "observability.md").read_text(encoding="utf-8")
    for subject in subjects:
        assert f"| {subject} |" in page, subject


def test_a_fault_cannot_be_made_without_a_remedy() -> None:
    with pytest.raises(TypeError):
        failed("something")  # type: ignore[call-arg]
