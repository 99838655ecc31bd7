"""From settings to the parts of one wearer."""

from __future__ import annotations

import logging
import subprocess
import sys
from pathlib import Path

import pytest

from monitor.assembly.wearer import exercise_catalogue, new_pipeline
from monitor.settings.loading import load
from monitor.settings.sections import Settings
from tests.coach.test_catalogue import OWN


def with_exercises(folder: Path, text: str) -> Settings:
    config = folder / "sitbreak.toml"
    config.write_text("", encoding="utf-8")
    (folder / "exercises.toml").write_text(text, encoding="utf-8")
    return load(config, environment={}).settings


def test_own_exercises_are_suggested_too(tmp_path: Path) -> None:
    settings = with_exercises(tmp_path, OWN)
    backfill = new_pipeline(settings, "me")
    assert backfill.pipeline.coach is not None
    assert "calf_raise" in backfill.pipeline.coach.suggester.catalogue.exercises


def test_a_bad_exercise_is_logged_and_the_rest_stays(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    settings = with_exercises(tmp_path, OWN.replace("[12, 15]", "[0, 0]"))
    with caplog.at_level(logging.WARNING):
        new_pipeline(settings, "me")
    assert "exercises.toml line 11 [calf_raise] repetitions" in caplog.text
    catalogue, complaints = exercise_catalogue(settings, "en")
    assert len(catalogue.exercises) == 6
    assert len(complaints) == 1


def test_a_file_that_is_no_text_is_a_complaint(tmp_path: Path) -> None:
    settings = with_exercises(tmp_path, "")
    (tmp_path / "exercises.toml").write_bytes(b"\xff\xfe")
    _, complaints = exercise_catalogue(settings, "en")
    assert "cannot be read" in str(complaints[0])


@pytest.mark.parametrize(
    ("override", "buzzes"),
    [
        ("wearers.me.wearable=deskband", True),
        ("wearers.me.wearable=polar", False),
        ("buzz.enabled=false", False),
    ],
)
def test_the_first_call_goes_to_the_wearable_only_where_that_can_and_may_call(override: str, buzzes: bool) -> None:
    coach = new_pipeline(load(None, [override], environment={}).settings, "me").pipeline.coach
    assert coach is not None
    assert coach.level(0) == (1 if buzzes else 2)


WRITE = """
print(checkpoint.dumps({"backfill": new_pipeline(settings, "me")}, fingerprint(settings, "me")))
"""
READ = """
import sys
print(type(restored(sys.stdin.read().strip(), settings, "me")["backfill"].pipeline.placement).__name__)
"""


@pytest.mark.parametrize(("placement", "kind"), [("thigh", "Thigh"), ("chest", "Chest"), ("wrist", "Wrist")])
def test_a_state_can_be_read_by_who_has_made_no_pipeline(placement: str, kind: str) -> None:
    def alone(code: str, text: str = "") -> str:
        head = f"""
from monitor import checkpoint
from monitor.assembly.wearer import fingerprint, new_pipeline, restored
from monitor.settings.loading import load
settings = load(None, ["wearers.me.placement={placement}"], {{}}).settings
"""
        done = subprocess.run(
            [sys.executable, "-c", head + code], input=text, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    assert alone(READ, alone(WRITE)) == kind
