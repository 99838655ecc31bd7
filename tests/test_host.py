"""What the machine under the daemon does to it: the day goes on, and nothing that was known is lost or told falsely."""

from __future__ import annotations

import asyncio
import logging
import os
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from monitor.app import App
from monitor.clock import Clock
from monitor.events import Event, Update
from monitor.settings import load
from tests.support.disk import full_disk
from tests.support.receiver import Receiver
from tests.test_app import LIMIT_S, SHORT, SPEED, stored, worn_band


class Witness:
    """Everything that the daemon has told."""

    def __init__(self, app: App) -> None:
        self.updates: list[Update] = []
        self._news = asyncio.Event()
        self._feed = app.bus.subscribe()

    async def listen(self) -> None:
        async for update in self._feed:
            self.updates.append(update)
            self._news.set()

    @property
    def events(self) -> list[Event]:
        return [event for update in self.updates for event in update.events]

    async def until(self, enough: Callable[[], bool]) -> None:
        async with asyncio.timeout(LIMIT_S):
            while not enough():
                self._news.clear()
                await self._news.wait()

    async def until_told(self, kind: str, times: int = 1) -> None:
        await self.until(lambda: sum(1 for event in self.events if event.type == kind) >= times)


@asynccontextmanager
async def daemon(port: int, state_dir: Path, clock: Clock, *more: str) -> AsyncIterator[Witness]:
    """The daemon at work, ended cleanly with the block."""
    overrides = (*SHORT, *more, f"radio.backend=bumble:tcp-client:127.0.0.1:{port}")
    app = App(load(None, overrides, {}).settings, state_dir, clock)
    witness = Witness(app)
    listening, running = asyncio.create_task(witness.listen()), asyncio.create_task(app.run())
    try:
        yield witness
    finally:
        running.cancel()
        await asyncio.wait({running})
        await asyncio.sleep(0)
        listening.cancel()
    assert running.cancelled(), running.exception()


async def test_on_a_full_disk_the_alert_reaches_the_phone_and_the_books_are_whole_when_there_is_space(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    origin_s = time.time()
    async with worn_band(origin_s) as port, Receiver() as phone:
        push = (f"push.urls={phone.address}", "push.from_level=1")
        async with daemon(port, tmp_path, Clock(origin_s, SPEED), *push) as witness:
            await witness.until(lambda: bool(witness.updates) and witness.updates[-1].state.bout_s > 20)
            with full_disk():
                await witness.until_told("break_taken")
                before = {event["id"] for event in stored(tmp_path)}
            await phone.until(1)
    due = next(event for event in witness.events if event.type == "break_due")
    assert due.id not in before
    assert phone.pushes[0]["title"] == due.title
    assert [event["id"] for event in stored(tmp_path)] == [event.id for event in witness.events]
    loud = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert len(loud) == 1
    assert "free the disk" in loud[0]
    assert "goes on watching" in loud[0]


async def test_a_damaged_history_is_moved_away_and_the_day_begins(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "history.sqlite3").write_bytes(os.urandom(50_000))
    content = (tmp_path / "history.sqlite3").read_bytes()
    origin_s = time.time()
    async with worn_band(origin_s) as port, daemon(port, tmp_path, Clock(origin_s, SPEED)) as witness:
        await witness.until_told("bout_started")
    (kept,) = [entry for entry in os.scandir(tmp_path) if ".damaged-" in entry.name]
    assert (tmp_path / kept.name).read_bytes() == content
    assert kept.name in caplog.text
    assert "bout_started" in [event["type"] for event in stored(tmp_path)]
