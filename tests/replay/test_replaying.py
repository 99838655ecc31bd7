"""Recordings through the pipeline, by the command line's own door."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from monitor.cli import app
from monitor.errors import MonitorError
from monitor.replay.row_text import COLUMNS
from tests.support.recorded import write_csv
from tests.support.wearers import wear

MORNING = wear(("walk", 40), ("sit", 200), ("walk", 40))


def replay(tmp_path: Path, source: Path, *options: str) -> tuple[list[str], list[dict[str, object]]]:
    epochs, events = tmp_path / "epochs.csv", tmp_path / "events.jsonl"
    CliRunner().invoke(
        app, ["replay", str(source), "--epochs", str(epochs), "--events", str(events), *options], catch_exceptions=False
    )
    return epochs.read_text().splitlines(), [json.loads(line) for line in events.read_text().splitlines()]


def test_one_row_a_second_with_data_and_an_alert_by_the_limit_set(tmp_path: Path) -> None:
    rows, events = replay(
        tmp_path, write_csv(tmp_path / "r.csv", MORNING), "--set", "coach.limit_s=100", "--set", "coach.early_s=0"
    )
    assert rows[0] == COLUMNS
    assert [float(row.split(",")[0]) for row in rows[1:]] == list(range(1000, 1280))
    (due,) = [event for event in events if event["type"] == "break_due"]
    assert due["due_s"] == pytest.approx(1140, abs=3)
    assert due["at_s"] == pytest.approx(1142, abs=3)


def test_standing_that_is_told_is_used_when_the_stream_gets_there(tmp_path: Path) -> None:
    person = wear(("stand", 20), ("sit", 100))
    source = write_csv(tmp_path / "r.csv", person)
    untold, _ = replay(tmp_path, source)
    assert {row.split(",")[2] for row in untold[1:]} == {"unknown"}
    told, _ = replay(tmp_path, source, "--standing", "1002:1014")
    assert told[:2] == untold[:2]
    assert told[80].split(",")[2] == "sitting"


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (['{"format": 1}'], "header"),
        (['{"format": 1, "wearer": "me", "settings": {"nonsense": 1}}'], "header"),
        (
            ['{"format": 1, "wearer": "me", "settings": {}, "checkpoint": ""}', '{"kind": "packet", "now_s": 1}'],
            "line 2",
        ),
    ],
)
def test_a_damaged_packet_log_is_said_in_words(tmp_path: Path, lines: list[str], words: str) -> None:
    path = tmp_path / "log.jsonl"
    path.write_text("\n".join(lines) + "\n")
    with pytest.raises(MonitorError, match=words):
        CliRunner().invoke(app, ["replay", str(path)], catch_exceptions=False)


@pytest.mark.parametrize("options", [["--placement", "wrist"], ["--speed", "2"], ["--set", "coach.limit_s=100"]])
def test_a_packet_log_takes_no_settings(tmp_path: Path, options: list[str]) -> None:
    result = CliRunner().invoke(app, ["replay", str(tmp_path / "log.jsonl"), *options])
    assert result.exit_code == 2
