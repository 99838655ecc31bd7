"""The folder, the file and the disk."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from monitor.doctor.finding import Verdict
from monitor.doctor.storage import disk, history, of_room, state_directory
from monitor.history.outbox import History
from tests.doctor.cases import case, only


def test_a_private_folder_that_can_be_written_is_well_and_nothing_stays_in_it(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    assert only(state_directory(case(tmp_path))).verdict is Verdict.OK
    assert not list(tmp_path.iterdir())


def test_a_folder_that_others_may_read_is_a_warning(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    found = only(state_directory(case(tmp_path)))
    assert (found.verdict, found.remedy) == (Verdict.WARNING, f"chmod 700 {tmp_path}")


def test_a_folder_that_is_not_there_is_not_made_by_looking(tmp_path: Path) -> None:
    missing = tmp_path / "new" / "state"
    assert only(state_directory(case(missing))).verdict is Verdict.NOTE
    assert only(history(case(missing))).verdict is Verdict.NOTE
    assert only(disk(case(missing))).verdict is not Verdict.NOTE
    assert not missing.parent.exists()


@pytest.mark.skipif(not Path("/proc/self").exists(), reason="needs a folder that nobody can write")
def test_a_folder_that_cannot_be_written_fails() -> None:
    assert only(state_directory(case(Path("/proc/self")))).verdict is Verdict.FAILED


def test_a_file_in_the_folders_place_fails(tmp_path: Path) -> None:
    (tmp_path / "state").touch()
    assert only(state_directory(case(tmp_path / "state"))).verdict is Verdict.FAILED


async def test_a_whole_history_is_well_also_while_the_daemon_has_it_open(tmp_path: Path) -> None:
    daemon = await History.open(tmp_path / "history.sqlite3")
    assert only(history(case(tmp_path))).verdict is Verdict.OK
    await daemon.close()
    assert only(history(case(tmp_path))).verdict is Verdict.OK


async def test_a_damaged_history_fails_and_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    await (await History.open(path)).close()
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(os.urandom(3 * 4096))
    before = path.read_bytes()
    assert only(history(case(tmp_path))).verdict is Verdict.FAILED
    assert path.read_bytes() == before


def test_no_database_at_all_fails(tmp_path: Path) -> None:
    (tmp_path / "history.sqlite3").write_text("a letter to my aunt, and not a short one" * 100)
    assert only(history(case(tmp_path))).verdict is Verdict.FAILED


async def test_a_history_of_a_newer_program_fails(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    await (await History.open(path)).close()
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 999")
    found = only(history(case(tmp_path)))
    assert found.verdict is Verdict.FAILED
    assert "newer sitbreak" in found.told


@pytest.mark.parametrize(
    ("free_mb", "verdict"), [(49, Verdict.FAILED), (50, Verdict.WARNING), (499, Verdict.WARNING), (500, Verdict.OK)]
)
def test_little_room_is_a_warning_and_next_to_none_fails(free_mb: float, verdict: Verdict) -> None:
    assert of_room(free_mb, "here").verdict is verdict
