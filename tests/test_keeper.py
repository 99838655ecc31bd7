"""Store, then tell; and when the disk takes nothing, tell all the same and go on trying."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from pathlib import Path

import pytest

from monitor import keeper as keeping
from monitor.event_ids import event_id
from monitor.events import BoutStarted
from monitor.exchange import Message, Update, WearerState
from monitor.history.outbox import History
from monitor.history.store import Commit
from monitor.keeper import Keeper, Unsaved
from tests.support.disk import full_disk


@pytest.fixture
def hasty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeping, "RETRY_S", 0.0)


def step(number: int, checkpoint: str | None = None) -> Unsaved:
    at_s = 1_700_000_000.0 + number
    event = BoutStarted(id=event_id(at_s, "me", "bout"), at_s=at_s, bout_start_s=at_s)
    said = {"mqtt": (Message("topic", f"step {number}", event_id=event.id),)}
    commit = Commit("me", events=(event,), messages=said, checkpoint=checkpoint)
    update = Update("me", (event,), WearerState(at_s=at_s))
    return Unsaved(commit, update, (0, number) if checkpoint else None)


def count(tmp_path: Path, what: str) -> int:
    with sqlite3.connect(f"file:{tmp_path / 'history.sqlite3'}?mode=ro", uri=True) as connection:
        (found,) = connection.execute(f"SELECT count(*) FROM {what}").fetchone()
    return int(found)


async def test_what_is_stored_is_told_and_need_not_be_kept_by_the_wearable(history: History, tmp_path: Path) -> None:
    steps = [step(1), step(2, "state")]
    assert await Keeper("me", history).keep(steps) == (steps, (0, 2))
    assert count(tmp_path, "events") == 2


async def test_a_full_disk_keeps_nobody_from_being_told_and_releases_nothing(
    history: History, tmp_path: Path, hasty: None
) -> None:
    keeper = Keeper("me", history)
    with full_disk():
        for number in range(3):
            steps = [step(number, "state")]
            assert await keeper.keep(steps) == (steps, None)
        assert keeper.is_blocked
    offered = await history.outbox("mqtt").pending(0, 10)
    assert [row.message.payload for row in offered] == ["step 0", "step 1", "step 2"]
    assert count(tmp_path, "events") == 0


async def test_when_there_is_space_again_everything_is_stored_once_and_in_order(
    history: History, tmp_path: Path, hasty: None, caplog: pytest.LogCaptureFixture
) -> None:
    keeper = Keeper("me", history)
    with full_disk():
        for number in range(5):
            await keeper.keep([step(number, f"state {number}")])
    told, progress = await keeper.keep([])
    assert (told, progress) == ([], (0, 4))
    assert not keeper.is_blocked
    assert count(tmp_path, "events") == count(tmp_path, "bouts") == count(tmp_path, "outbox") == 5
    assert await history.checkpoint("me") == "state 4"
    levels = [record.levelno for record in caplog.records]
    assert levels == [logging.ERROR, logging.WARNING]
    assert "disk" in caplog.records[0].getMessage()


async def test_of_the_states_that_wait_only_the_newest_is_kept(history: History, hasty: None) -> None:
    keeper = Keeper("me", history)
    with full_disk():
        for number in range(50):
            await keeper.keep([step(number, "x" * 1000)])
    assert sum(1 for waiting in keeper._waiting if waiting.commit.checkpoint) == 1


async def test_what_waits_is_bounded_and_what_is_given_up_is_the_oldest(
    history: History, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "MOST_WAITING", 10)
    keeper = Keeper("me", history)
    with full_disk():
        for number in range(25):
            await keeper.keep([step(number)])
    await keeper.keep([], last=True)
    assert count(tmp_path, "events") == 10
    offered = await history.outbox("mqtt").pending(0, 100)
    assert len(offered) == 25  # given up by the books, but told


async def test_a_blocked_disk_is_not_tried_with_every_step(history: History, tmp_path: Path) -> None:
    keeper = Keeper("me", history)
    with full_disk():
        await keeper.keep([step(1)])
    await keeper.keep([step(2)])
    assert count(tmp_path, "events") == 0
    await keeper.keep([step(3)], last=True)
    assert count(tmp_path, "events") == 3


async def test_a_file_that_another_program_holds_is_waited_for(
    history: History, tmp_path: Path, hasty: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    await asyncio.get_running_loop().run_in_executor(
        history._executor, lambda: history._store._database._connection.execute("PRAGMA busy_timeout = 10")
    )
    keeper = Keeper("me", history)
    other = sqlite3.connect(tmp_path / "history.sqlite3", isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    told, _ = await keeper.keep([step(1)])
    assert len(told) == 1
    other.execute("ROLLBACK")
    other.close()
    await keeper.keep([step(2, "state")])
    assert count(tmp_path, "events") == 2


async def test_what_is_lost_at_the_end_is_counted(history: History, caplog: pytest.LogCaptureFixture) -> None:
    keeper = Keeper("me", history)
    with full_disk():
        await keeper.keep([step(1), step(2)], last=True)
    assert "2 steps could not be stored and are lost" in caplog.text
