"""What a replay leaves behind: all of it, or nothing."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner

from monitor.cli import app
from monitor.errors import MonitorError
from tests.support.recorded import write_csv
from tests.support.wearers import wear

MORNING = wear(("walk", 40), ("sit", 200), ("walk", 40))


def test_an_output_that_cannot_be_written_is_said_and_nothing_is_overwritten(tmp_path: Path) -> None:
    source = write_csv(tmp_path / "r.csv", MORNING)
    before = source.read_text()
    for path in (tmp_path / "no" / "where.csv", tmp_path, source):
        with pytest.raises(MonitorError, match="cannot be written"):
            CliRunner().invoke(app, ["replay", str(source), "--epochs", str(path)], catch_exceptions=False)
    assert source.read_text() == before


FULL = pytest.param("full", marks=pytest.mark.skipif(not Path("/dev/full").exists(), reason="no such device here"))


@pytest.mark.parametrize("where", ["no", FULL])
def test_of_two_outputs_neither_is_left_behind_where_one_cannot_be_written(tmp_path: Path, where: str) -> None:
    source = write_csv(tmp_path / "r.csv", MORNING)
    events = tmp_path / where / "events.jsonl"
    if where == "full":
        events.parent.mkdir()
        events.with_name(".events.jsonl.part").symlink_to("/dev/full")
    options = ["--epochs", str(tmp_path / "epochs.csv"), "--events", str(events)]
    with pytest.raises(MonitorError, match=r"events\.jsonl cannot be written"):
        CliRunner().invoke(app, ["replay", str(source), *options], catch_exceptions=False)
    assert {path.name for path in tmp_path.rglob("*")} - {where} == {"r.csv"}


def test_a_replay_that_fails_leaves_earlier_outputs_alone(tmp_path: Path) -> None:
    kept, broken = tmp_path / "kept.csv", tmp_path / "broken.csv"
    kept.write_text("from yesterday")
    broken.write_text("no numbers here")
    with pytest.raises(MonitorError):
        CliRunner().invoke(app, ["replay", str(broken), "--epochs", str(kept)], catch_exceptions=False)
    assert kept.read_text() == "from yesterday"
    assert {path.name for path in tmp_path.iterdir()} == {"kept.csv", "broken.csv"}


def test_without_outputs_a_summary_is_printed(tmp_path: Path) -> None:
    result = CliRunner().invoke(app, ["replay", str(write_csv(tmp_path / "r.csv", MORNING))], catch_exceptions=False)
    assert "280 s seen, 3.3 min sedentary; 1 bouts" in result.output
