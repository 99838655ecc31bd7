"""The history file: private, brought up to date, and refused in words when it is not ours."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing, suppress
from pathlib import Path

import pytest

from monitor.history.database import Database, HistoryError, packaged_scripts

SECOND_STEP = "ALTER TABLE wearers ADD COLUMN label TEXT; PRAGMA user_version = 2;"


def version_one_file(path: Path) -> Path:
    """A file as the first release wrote it, with one wearer."""
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(packaged_scripts()[1])
        connection.execute("INSERT INTO wearers VALUES (1, 'me', '0123456789ab')")
        connection.commit()
    return path


def test_every_step_sets_its_own_number() -> None:
    scripts = packaged_scripts()
    assert sorted(scripts) == list(range(1, len(scripts) + 1))
    with closing(sqlite3.connect(":memory:")) as connection:
        for number in sorted(scripts):
            connection.executescript(scripts[number])
            assert connection.execute("PRAGMA user_version").fetchone() == (number,)


def test_a_version_one_file_opens_with_what_it_holds(tmp_path: Path) -> None:
    path = version_one_file(tmp_path / "history.sqlite3")
    with closing(Database(path)) as database, database.reading() as connection:
        assert connection.execute("SELECT name, node_id FROM wearers").fetchall() == [("me", "0123456789ab")]
        assert connection.execute("PRAGMA user_version").fetchone() == (max(packaged_scripts()),)


def test_only_the_missing_steps_are_taken(tmp_path: Path) -> None:
    path = version_one_file(tmp_path / "history.sqlite3")
    for _ in range(2):
        with (
            closing(Database(path, packaged_scripts() | {2: SECOND_STEP})) as database,
            database.reading() as connection,
        ):
            assert connection.execute("SELECT name, label FROM wearers").fetchall() == [("me", None)]


def test_a_step_that_fails_leaves_the_file_as_it_was(tmp_path: Path) -> None:
    path = version_one_file(tmp_path / "history.sqlite3")
    broken = "CREATE TABLE new (x); ALTER TABLE nowhere ADD COLUMN label TEXT; PRAGMA user_version = 2;"
    with pytest.raises(HistoryError):
        Database(path, packaged_scripts() | {2: broken})
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA user_version").fetchone() == (1,)
        assert not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'new'").fetchall()


def test_a_newer_file_is_refused_with_a_remedy(tmp_path: Path) -> None:
    path = version_one_file(tmp_path / "history.sqlite3")
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(HistoryError, match=r"newer sitbreak .*version 99.*start the newer sitbreak") as caught:
        Database(path)
    assert caught.value.path == path
    assert caught.value.exit_code == 2


@pytest.mark.parametrize(
    "content", [b"this is no database, however long one looks at it" * 100, b"SQLite format 3\0" + b"x" * 5000]
)
def test_what_is_no_database_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "history.sqlite3"
    path.write_bytes(content)
    with pytest.raises(HistoryError, match=r"history\.sqlite3: is damaged or no history"):
        Database(path)
    assert path.read_bytes() == content


def test_a_damaged_page_is_found_at_the_start(tmp_path: Path) -> None:
    path = version_one_file(tmp_path / "history.sqlite3")
    content = bytearray(path.read_bytes())
    content[4096:8192] = b"\xff" * 4096
    path.write_bytes(content)
    with pytest.raises(HistoryError, match="damaged"):
        Database(path)


def test_the_database_of_another_program_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "photos.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE photos (name)")
    with pytest.raises(HistoryError, match="another program"):
        Database(path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name FROM sqlite_master").fetchall() == [("photos",)]


def test_a_folder_that_cannot_be_made_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(HistoryError, match="cannot be opened"):
        Database(tmp_path / "file" / "history.sqlite3")


def test_only_the_owner_may_read_it(tmp_path: Path) -> None:
    path = tmp_path / "state" / "history.sqlite3"
    with closing(Database(path)) as database, database.transaction() as connection:
        connection.execute("INSERT INTO wearers VALUES (1, 'me', 'x')")
        files = sorted(path.parent.iterdir())
        assert len(files) == 3  # with the write-ahead log and its index
        assert {stat.S_IMODE(file.stat().st_mode) for file in files} == {0o600}
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_transaction_that_raises_leaves_nothing(tmp_path: Path) -> None:
    with closing(Database(tmp_path / "h.sqlite3")) as database:
        with suppress(RuntimeError), database.transaction() as connection:
            connection.execute("INSERT INTO wearers VALUES (1, 'me', 'x')")
            raise RuntimeError
        with database.reading() as connection:
            assert not connection.execute("SELECT * FROM wearers").fetchall()


def test_a_commit_waits_for_the_disk_and_an_acknowledgement_does_not(tmp_path: Path) -> None:
    with closing(Database(tmp_path / "h.sqlite3")) as database:
        with database.transaction() as connection:
            assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
        with database.transaction("NORMAL") as connection:
            assert connection.execute("PRAGMA synchronous").fetchone() == (1,)
        with database.reading() as connection:
            assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)
