"""A file that cannot be read is put aside whole, and what must not change goes into the new one."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from monitor.exchange import Message
from monitor.history import readiness
from monitor.history.aside import put_aside
from monitor.history.database import HistoryBlockedError, HistoryError
from monitor.history.outbox import History
from monitor.history.readiness import Readiness
from monitor.history.store import Commit, Store
from monitor.model import Posture
from monitor.outlets.mqtt.leftovers import Announced
from tests.history.builders import T0, bout_started, rows
from tests.support.disk import full_disk

PAGE = 4096


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A history with a wearer, rows and answers, closed."""
    path = tmp_path / "history.sqlite3"
    with closing(Store(path)) as store:
        store.commit(Commit("me", rows(T0, *[(Posture.SITTING, 5), (Posture.STANDING, 5)] * 2000), (bout_started(T0),)))
        store.note_announced(Announced(store.node_id("me"), "sitbreak", "homeassistant", "device"))
    readiness.write(path, "me", Readiness(T0, ("knees",)))
    return path


def spoilt(path: Path, page: int | None = None) -> bytes:
    """Damage a page of the posture rows (the largest table), and return what is in the file now."""
    with closing(sqlite3.connect(path)) as connection:
        (root,) = connection.execute("SELECT rootpage FROM sqlite_master WHERE name = 'posture_runs'").fetchone()
    content = bytearray(path.read_bytes())
    start = ((page or root) - 1) * PAGE
    content[start : start + 200] = b"\xde\xad" * 100
    path.write_bytes(content)
    return bytes(content)


def asides(path: Path) -> list[Path]:
    return sorted(each for each in path.parent.iterdir() if ".damaged-" in each.name)


def test_a_damaged_file_is_moved_away_unchanged_and_said_loudly(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    content = spoilt(path)
    Store(path).close()
    (kept,) = asides(path)
    assert kept.read_bytes() == content
    (record,) = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert str(path) in record.getMessage()
    assert kept.name in record.getMessage()


def test_the_names_in_topics_and_the_answers_outlive_the_damage(path: Path) -> None:
    with closing(Store(path)) as before:
        node = before.node_id("me")
    spoilt(path)
    with closing(Store(path)) as store:
        assert store.node_id("me") == node
        assert store.announced() == [Announced(node, "sitbreak", "homeassistant", "device")]
        assert store.readiness("me") == Readiness(T0, ("knees",))


def test_a_file_that_is_no_database_at_all_is_moved_away_too(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    path.write_bytes(b"no database " * 1000)
    with closing(Store(path)) as store:
        store.commit(Commit("me", checkpoint="{}"))
        assert store.checkpoint("me") == "{}"
    (kept,) = asides(path)
    assert kept.read_bytes() == b"no database " * 1000


def test_nothing_that_was_put_aside_is_ever_overwritten(path: Path) -> None:
    contents = set()
    for _ in range(3):  # within one second: the same time in the name
        contents.add(spoilt(path))
        with closing(Store(path)) as store:
            store.commit(Commit("me", rows(T0, (Posture.SITTING, 5)), checkpoint="x" * len(contents)))
    assert {kept.read_bytes() for kept in asides(path) if kept.suffix not in ("-wal", "-shm")} == contents


def test_the_write_ahead_log_goes_with_its_file(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    for ending in ("", "-wal", "-shm"):
        path.with_name(path.name + ending).write_text(f"old{ending}")
    kept = put_aside(path, "is damaged")
    assert [kept.with_name(kept.name + ending).read_text() for ending in ("", "-wal", "-shm")] == [
        "old",
        "old-wal",
        "old-shm",
    ]
    assert not path.exists()


@pytest.mark.parametrize(("version", "said"), [(99, "newer sitbreak"), (0, "another program")])
def test_a_newer_file_and_another_programs_database_are_refused_and_left_where_they_are(
    tmp_path: Path, version: int, said: str
) -> None:
    path = tmp_path / "history.sqlite3"
    with closing(sqlite3.connect(path)) as connection:
        connection.executescript(f"CREATE TABLE theirs (x); PRAGMA user_version = {version};")
    with pytest.raises(HistoryError, match=said):
        Store(path)
    assert path.exists()
    assert not asides(path)


async def test_damage_found_at_work_moves_the_file_and_the_step_is_stored_in_the_new_one(path: Path) -> None:
    history = await History.open(path)
    node = await history.node_id("me")
    await history.commit(Commit("me", messages={"mqtt": (Message("t", "before"),)}))
    (before,) = await history.outbox("mqtt").pending(0, 10)
    spoilt(path)
    with closing(sqlite3.connect(path)) as other:  # another reader takes the pages anew, as this program will
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    spoilt(path)
    step = Commit("me", rows(T0 + 30_000, (Posture.LYING, 9)), messages={"mqtt": (Message("t", "after"),)})
    await history.commit(step)
    assert await history.node_id("me") == node
    waiting = await history.outbox("mqtt").pending(0, 10)
    assert [row.message.payload for row in waiting] == ["before", "after"]
    assert waiting[0] == before
    for row in waiting:
        await history.outbox("mqtt").sent(row.number)
    await history.close()
    assert asides(path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM posture_runs").fetchone() == (1,)
        assert connection.execute("SELECT count(*) FROM outbox").fetchone() == (0,)


@pytest.mark.parametrize("trouble", ["damaged", "taken away"])
async def test_a_new_file_that_found_no_room_is_begun_later_with_what_must_not_change(path: Path, trouble: str) -> None:
    history = await History.open(path)
    node, outbox = await history.node_id("me"), history.outbox("mqtt")
    await history.commit(Commit("me", messages={"mqtt": tuple(Message("t", each) for each in "abc")}))
    for row in await outbox.pending(0, 10):
        await outbox.sent(row.number)
    step = Commit("me", rows(T0 + 30_000, (Posture.LYING, 9)), messages={"mqtt": (Message("t", "after"),)})
    with closing(sqlite3.connect(path)) as other:
        other.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    if trouble == "damaged":
        spoilt(path)
    else:
        await asyncio.to_thread(path.rename, path.with_name("elsewhere.sqlite3"))
    with full_disk(), pytest.raises(HistoryBlockedError):
        await history.commit(step)
    await history.commit(step)
    assert await history.node_id("me") == node
    assert [row.message.payload for row in await outbox.pending(0, 10)] == ["after"]
    await history.close()


def test_on_a_full_disk_the_start_is_refused_so_that_systemd_tries_again_and_nothing_is_moved(path: Path) -> None:
    content = spoilt(path)
    with full_disk(), pytest.raises(HistoryBlockedError) as caught:
        Store(path)
    assert caught.value.exit_code == 3
    assert path.read_bytes() == content
    assert not asides(path)


async def test_a_file_that_is_taken_away_at_work_is_missed_at_once(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    history = await History.open(path)
    node = await history.node_id("me")
    elsewhere = path.with_name("elsewhere.sqlite3")
    await asyncio.to_thread(path.rename, elsewhere)
    await history.commit(Commit("me", rows(T0 + 30_000, (Posture.LYING, 9)), checkpoint="{}"))
    assert await history.node_id("me") == node
    await history.close()
    assert "was taken away" in caplog.text
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM posture_runs").fetchone() == (1,)
    with closing(sqlite3.connect(elsewhere)) as connection:
        assert connection.execute("SELECT count(*) FROM posture_runs").fetchone() == (4000,)
