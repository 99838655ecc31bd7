"""Messages that the disk does not take are offered from memory, once, and settle their rows when they have got them."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from monitor.exchange import Message
from monitor.history.database import HistoryBlockedError
from monitor.history.outbox import History
from monitor.history.store import Commit
from monitor.outlets.base import Outbox
from tests.support.disk import full_disk


def step(*payloads: str) -> Commit:
    return Commit("me", messages={"mqtt": tuple(Message("topic", payload) for payload in payloads)})


async def waiting(outbox: Outbox, after: int = 0) -> list[str]:
    return [row.message.payload for row in await outbox.pending(after, 100)]


def stored(tmp_path: Path) -> list[str]:
    with sqlite3.connect(f"file:{tmp_path / 'history.sqlite3'}?mode=ro", uri=True) as connection:
        return [payload for (payload,) in connection.execute("SELECT payload FROM outbox ORDER BY number")]


async def lent(history: History, *steps: Commit) -> None:
    """What happens when the disk takes nothing."""
    with full_disk(), pytest.raises(HistoryBlockedError):
        await history.commit(*steps)
    history.lend(*steps)


async def test_what_cannot_be_stored_is_offered_after_what_is_stored(history: History) -> None:
    await history.commit(step("stored"))
    await lent(history, step("lent"))
    assert await waiting(history.outbox("mqtt")) == ["stored", "lent"]
    assert await waiting(history.outbox("push")) == []


async def test_a_lent_message_that_was_acknowledged_gets_no_row(history: History, tmp_path: Path) -> None:
    late = step("acknowledged", "not yet")
    await lent(history, late)
    outbox = history.outbox("mqtt")
    first, _ = await outbox.pending(0, 10)
    await outbox.sent(first.number)
    await history.commit(late)
    assert stored(tmp_path) == ["not yet"]
    assert await waiting(outbox) == ["not yet"]


async def test_a_lent_message_is_offered_once_though_it_has_got_a_row(history: History, tmp_path: Path) -> None:
    late = step("once")
    await lent(history, late)
    outbox = history.outbox("mqtt")
    (row,) = await outbox.pending(0, 10)
    await history.commit(late)
    await history.commit(step("next"))
    assert await waiting(outbox, row.number) == ["next"]
    await outbox.sent(row.number)
    assert stored(tmp_path) == ["next"]


async def test_a_lent_message_that_nobody_took_outlives_the_process_once_it_is_stored(tmp_path: Path) -> None:
    first = await History.open(tmp_path / "history.sqlite3")
    late = step("kept")
    await lent(first, late)
    await first.commit(late)
    await first.close()
    second = await History.open(tmp_path / "history.sqlite3")
    assert await waiting(second.outbox("mqtt")) == ["kept"]
    await second.close()


async def test_rows_stored_later_come_after_the_place_that_the_sender_has_reached(history: History) -> None:
    await lent(history, *(late := [step("a"), step("b"), step("c")]))
    outbox = history.outbox("mqtt")
    rows = await outbox.pending(0, 10)
    await history.commit(*late)
    await history.commit(step("d"))
    assert await waiting(outbox, rows[-1].number) == ["d"]
    assert await waiting(outbox) == ["a", "b", "c", "d"]


async def test_an_acknowledgement_that_the_full_disk_cannot_note_is_noted_later(
    history: History, tmp_path: Path
) -> None:
    await history.commit(step("a", "b"))
    outbox = history.outbox("mqtt")
    first, second = await outbox.pending(0, 10)
    with full_disk():
        await outbox.sent(first.number)
        await outbox.refused(second.number, "0x87 not authorized")
        assert await waiting(outbox) == []
    assert stored(tmp_path) == ["a", "b"]
    assert await waiting(outbox) == []
    with sqlite3.connect(f"file:{tmp_path / 'history.sqlite3'}?mode=ro", uri=True) as connection:
        assert connection.execute("SELECT payload, state FROM outbox").fetchall() == [("b", "refused")]


async def test_changed_wakes_for_what_is_lent(history: History) -> None:
    outbox = history.outbox("mqtt")
    await outbox.changed()
    await lent(history, step("a"))
    await outbox.changed()
    assert await waiting(outbox) == ["a"]


async def test_all_steps_of_a_commit_are_stored_or_none(history: History, tmp_path: Path) -> None:
    with full_disk(), pytest.raises(HistoryBlockedError):
        await history.commit(step("a"), step("b" * 100_000))
    assert stored(tmp_path) == []
    await history.commit(step("a"), step("b"))
    assert stored(tmp_path) == ["a", "b"]
