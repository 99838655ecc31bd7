"""One recording of a study: its numbers are those of a replay."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from monitor.assembly.wearer import new_pipeline
from monitor.events import BoutEnded
from monitor.replay.replaying import replay_recording
from monitor.settings.loading import load
from monitor.study.one import Part, Work, chosen, examine
from monitor.study.tables import COLUMNS, WHOSE
from monitor.transport.packet_log import PacketLog
from monitor.transport.recording import open_recording
from tests.support.recorded import START_S, worked, write_npz

SETTINGS = load(None, (), {}).settings


def told(part: Part, table: str) -> list[dict[str, object]]:
    names = [name for name in COLUMNS[table] if name not in WHOSE]
    return [dict(zip(names, row, strict=True)) for row in getattr(part, table)]


def examined(path: Path, *overrides: str, placement: str = "thigh") -> Part:
    part = examine(Work(str(path), "P01", chosen(load(None, overrides, {}).settings, placement)))
    assert not part.error
    return part


def test_the_bouts_are_those_of_a_replay_of_the_same_recording(tmp_path: Path) -> None:
    path = write_npz(tmp_path / "P01.npz", worked(1))
    steps = [step for _, step in replay_recording(open_recording(path), new_pipeline(SETTINGS, "me"))]
    ended = [event for step in steps for event in step.events if isinstance(event, BoutEnded)]
    assert len(ended) == 2
    bouts = told(examined(path), "bouts")
    assert [(row["start_s"], row["end_s"], row["sedentary_s"], row["ended_by"]) for row in bouts] == [
        (event.bout_start_s, event.bout_end_s, event.sedentary_s, event.ended_by) for event in ended
    ]


def test_the_days_add_up_to_the_recording(tmp_path: Path) -> None:
    midnight_s = START_S - START_S % 86400.0
    path = write_npz(tmp_path / "P01.npz", worked(1, midnight_s - 300.0))
    part = examined(path)
    days, (whole,) = told(part, "days"), told(part, "recordings")
    assert [day["date"] for day in days] == ["2026-09-20", "2026-09-21"]
    assert whole["days"] == 2
    for name in ("sedentary_s", "upright_s", "unknown_s", "worn_s"):
        assert sum(int(str(day[name])) for day in days) == pytest.approx(int(str(whole[name])), abs=2), name
    for day in days:
        postures = sum(int(str(value)) for name, value in day.items() if name.startswith("posture_"))
        assert postures == int(str(day["worn_s"])) + int(str(day["not_worn_s"]))
        assert int(str(day["worn_s"])) + int(str(day["not_recorded_s"])) == 86400


def test_a_day_is_one_of_the_time_zone_that_is_set(tmp_path: Path) -> None:
    midnight_s = START_S - START_S % 86400.0
    path = write_npz(tmp_path / "P01.npz", worked(1, midnight_s - 300.0))
    (day,) = told(examined(path, "coach.time_zone=Europe/Vienna"), "days")
    assert day["date"] == "2026-09-21"


def test_a_bout_is_whole_where_midnight_lies_in_it_and_its_halves_count_for_their_days(tmp_path: Path) -> None:
    midnight_s = START_S - START_S % 86400.0
    part = examined(write_npz(tmp_path / "P01.npz", worked(1, midnight_s - 200.0)))
    first = told(part, "bouts")[0]
    assert float(str(first["start_s"])) < midnight_s < float(str(first["end_s"]))
    assert not first["cut"]
    assert [day["bouts"] for day in told(part, "days")] == [1, 2]


def test_another_placement_and_other_rules_are_obeyed(tmp_path: Path) -> None:
    path = write_npz(tmp_path / "P01.npz", worked(1))
    assert len(examined(path, "bouts.break_min_s=240").bouts) == 1
    assert told(examined(path, placement="wrist"), "recordings")[0]["placement"] == "wrist"


def test_a_broken_recording_is_told_and_not_raised(tmp_path: Path) -> None:
    path = tmp_path / "P01.npz"
    path.write_bytes(b"PK and then nothing")
    part = examine(Work(str(path), "P01", chosen(SETTINGS, "thigh")))
    assert "damaged" in part.error
    assert told(part, "recordings")[0]["error"] == part.error
    assert str(path) not in part.error
    assert not part.bouts


def test_a_worker_of_another_version_refuses(tmp_path: Path) -> None:
    path = write_npz(tmp_path / "P01.npz", worked(1))
    part = examine(Work(str(path), "P01", chosen(SETTINGS, "thigh"), version="0.0.1"))
    assert "0.0.1" in part.error


def test_only_settings_that_bear_on_a_study_are_chosen_and_no_zone_is_a_workers_own() -> None:
    quiet = load(None, ("mqtt.host=broker.example", "coach.limit_s=1200"), {}).settings
    assert chosen(quiet, "thigh") == chosen(SETTINGS, "thigh")
    assert chosen(SETTINGS, "thigh")["coach"] == {"time_zone": "UTC"}
    assert chosen(SETTINGS, "thigh") != chosen(load(None, ("bouts.settle_s=9",), {}).settings, "thigh")


def test_what_a_killed_worker_has_left_behind_goes_and_what_a_living_one_uses_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "tmp"))
    with subprocess.Popen([sys.executable, "-c", ""]) as ended:
        ended.wait()
    ours = f"sitbreak-study-{socket.gethostname()}"
    left, used = (tmp_path / "tmp" / f"{ours}-{pid}-abc" for pid in (ended.pid, os.getppid()))
    for folder in (left, used):
        folder.mkdir(parents=True)
    examined(write_npz(tmp_path / "P01.npz", worked(1)))
    assert list((tmp_path / "tmp").iterdir()) == [used]


def test_a_packet_log_is_a_recording_with_a_placement_of_its_own(tmp_path: Path) -> None:
    said = {"wearer": "me", "settings": {}, "checkpoint": ""}
    log = PacketLog(tmp_path, said)
    log.write("tick", START_S)
    log.close()
    (path,) = tmp_path.iterdir()
    part = examine(Work(str(path), "P01", chosen(SETTINGS, "thigh")))
    assert "too short" in part.error
    assert told(part, "recordings")[0]["placement"] is None
