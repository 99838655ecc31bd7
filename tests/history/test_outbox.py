"""Store, then publish: what a commit has stored is offered until it is acknowledged, whatever happens in between."""

from __future__ import annotations

import asyncio
import threading
from pathlib import Path
from typing import Any

import pytest

from monitor.exchange import Message
from monitor.history.database import HistoryError
from monitor.history.outbox import History
from monitor.history.store import Commit, Store
from monitor.outlets.base import Outbox
from tests.support.disk import full_disk


def said(*payloads: str) -> dict[str, tuple[Message, ...]]:
    return {"mqtt": tuple(Message("topic", payload) for payload in payloads)}


async def waiting(outbox: Outbox, after: int = 0) -> list[str]:
    return [row.message.payload for row in await outbox.pending(after, 100)]


async def test_a_committed_message_is_pending_at_once_and_in_order(history: History) -> None:
    outbox: Outbox = history.outbox("mqtt")
    for step in range(5):
        await history.commit(Commit("me", messages=said(f"{step}a", f"{step}b")))
    assert await waiting(outbox) == [f"{step}{part}" for step in range(5) for part in "ab"]
    assert await waiting(history.outbox("push")) == []


async def test_acknowledged_refused_and_expired_rows_are_offered_no_more(history: History) -> None:
    outbox: Outbox = history.outbox("mqtt")
    await history.commit(Commit("me", messages=said("a", "b", "c", "d")))
    rows = await outbox.pending(0, 10)
    await outbox.sent(rows[1].number)
    await outbox.refused(rows[0].number, "0x87 not authorized")
    await outbox.expired(rows[3].number)
    assert await outbox.pending(0, 10) == [rows[2]]
    assert await outbox.pending(rows[2].number, 10) == []


async def test_unacknowledged_rows_are_offered_again_by_the_next_run(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    first = await History.open(path)
    await first.commit(Commit("me", messages=said("a", "b")))
    rows = await first.outbox("mqtt").pending(0, 10)
    await first.outbox("mqtt").sent(rows[0].number)
    await first.close()
    second = await History.open(path)
    await asyncio.wait_for(second.outbox("mqtt").changed(), 5)  # says at once that there may be something
    assert await second.outbox("mqtt").pending(0, 10) == rows[1:]
    await second.close()


async def test_changed_waits_for_a_commit_with_messages_of_its_outlet(history: History) -> None:
    outbox = history.outbox("mqtt")
    await outbox.changed()
    waiter = asyncio.create_task(outbox.changed())
    await history.commit(Commit("me", checkpoint="x", messages={"push": (Message("t", "p"),), "mqtt": ()}))
    assert not waiter.done()
    await history.commit(Commit("me", messages=said("a")))
    await asyncio.wait_for(waiter, 5)
    assert await waiting(outbox) == ["a"]


async def test_what_was_added_before_the_call_is_not_missed(history: History) -> None:
    outbox = history.outbox("mqtt")
    await outbox.changed()
    await history.commit(Commit("me", messages=said("a")))
    await history.commit(Commit("me", messages=said("b")))
    await asyncio.wait_for(outbox.changed(), 5)
    waiter = asyncio.create_task(outbox.changed())
    await asyncio.sleep(0)
    assert not waiter.done()
    waiter.cancel()


async def test_a_cancelled_caller_does_not_cancel_the_commit(history: History) -> None:
    outbox = history.outbox("mqtt")
    await outbox.changed()
    caller = asyncio.create_task(history.commit(Commit("me", messages=said("a"))))
    await asyncio.sleep(0)
    caller.cancel()
    with pytest.raises(asyncio.CancelledError):
        await caller
    await asyncio.wait_for(outbox.changed(), 5)
    assert await waiting(outbox) == ["a"]


async def test_commits_asked_for_at_the_same_time_are_done_in_the_order_of_asking(history: History) -> None:
    await asyncio.gather(*(history.commit(Commit("me", messages=said(str(n)))) for n in range(20)))
    assert await waiting(history.outbox("mqtt")) == [str(n) for n in range(20)]


async def test_state_and_node_id_pass_through(history: History) -> None:
    await history.commit(Commit("me", checkpoint="state"))
    assert await history.checkpoint("me") == "state"
    assert await history.node_id("me") == await history.node_id("me")
    await history.close_open("me")


async def test_a_file_that_cannot_be_used_is_said_and_leaves_no_thread(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    path.mkdir()
    with pytest.raises(HistoryError):
        await History.open(path)
    for thread in threading.enumerate():
        if thread.name.startswith("history"):
            thread.join(5)
            assert not thread.is_alive()


async def test_commits_asked_for_while_the_writer_is_busy_go_to_the_disk_together(
    history: History, monkeypatch: pytest.MonkeyPatch
) -> None:
    transactions: list[list[str]] = []
    commit = Store.commit

    def counted(store: Store, *steps: Commit) -> Any:
        transactions.append([step.wearer for step in steps])
        return commit(store, *steps)

    monkeypatch.setattr(Store, "commit", counted)
    free = threading.Event()
    busy = asyncio.get_running_loop().run_in_executor(history._executor, free.wait, 10.0)
    wearers = [f"w{number}" for number in range(5)]
    callers = [asyncio.create_task(history.commit(Commit(name, messages=said(name)))) for name in wearers]
    await asyncio.sleep(0)
    callers[1].cancel()
    free.set()
    await busy
    await asyncio.wait(callers)
    assert transactions == [wearers]
    assert [caller.cancelled() for caller in callers] == [False, True, False, False, False]
    assert await waiting(history.outbox("mqtt")) == wearers
    await history.commit(Commit("w0"))
    assert transactions[1:] == [["w0"]]


async def test_when_the_disk_takes_nothing_everybody_whose_commit_was_in_it_is_told(history: History) -> None:
    await history.commit(Commit("me"), Commit("you"))
    with full_disk():
        ends = await asyncio.gather(
            *(history.commit(Commit(name, messages=said(name))) for name in ("me", "you")), return_exceptions=True
        )
    assert all(isinstance(end, HistoryError) for end in ends)
    await history.commit(Commit("me", messages=said("later")))
    assert await waiting(history.outbox("mqtt")) == ["later"]
