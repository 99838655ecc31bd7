"""What the machine under the daemon does to it: the day goes on, and nothing that was known is lost or told falsely."""

from __future__ import annotations

import asyncio
import io
import itertools
import logging
import os
import sqlite3
import subprocess
import sys
import time
import zipfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path

import numpy as np
import pytest

from monitor.app import App
from monitor.clock import Clock, SteadyClock, since_boot_s
from monitor.events import Event
from monitor.exchange import Update
from monitor.settings.loading import load
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


class Steps:
    """A computer whose clock is set while the daemon works; stream time runs ``SPEED`` times as fast as the wall."""

    def __init__(self) -> None:
        self.origin_s = time.time()
        self.set_by_s = 0.0
        self.slept_s = 0.0
        """Stream seconds."""

    @property
    def clock(self) -> SteadyClock:
        return SteadyClock(
            self.origin_s,
            SPEED,
            wall_s=lambda: time.time() + (self.set_by_s + self.slept_s) / SPEED,
            steady_s=lambda: since_boot_s() + self.slept_s / SPEED,
        )


def bouts(tmp_path: Path) -> list[tuple[float, float | None, str | None]]:
    with closing(sqlite3.connect(f"file:{tmp_path / 'history.sqlite3'}?mode=ro", uri=True)) as connection:
        return connection.execute("SELECT start_s, end_s, ended_by FROM bouts ORDER BY start_s").fetchall()


def rows_stored(tmp_path: Path) -> list[tuple[float, float]]:
    with closing(sqlite3.connect(f"file:{tmp_path / 'history.sqlite3'}?mode=ro", uri=True)) as connection:
        return connection.execute("SELECT start_s, end_s FROM posture_runs ORDER BY start_s").fetchall()


async def test_a_clock_set_back_by_an_hour_leaves_no_trace_in_the_books(tmp_path: Path) -> None:
    steps = Steps()
    async with worn_band(steps.origin_s) as port, daemon(port, tmp_path, steps.clock) as witness:
        await witness.until(lambda: bool(witness.updates) and witness.updates[-1].state.bout_s > 40)
        steps.set_by_s = -3600.0
        await witness.until_told("break_taken")
    assert [event["type"] for event in stored(tmp_path)].count("bout_started") == 1
    assert [event.type for event in witness.events].count("break_due") == 1
    ((start_s, end_s, ended_by),) = bouts(tmp_path)
    assert ended_by == "upright"
    assert end_s is not None
    assert 120.0 < end_s - start_s < 400.0
    times = [update.state.at_s for update in witness.updates]
    assert times == sorted(times)


@pytest.mark.parametrize("how", ["set_by_s", "slept_s"])
async def test_hours_that_are_missing_are_a_gap_and_no_sitting(tmp_path: Path, how: str) -> None:
    steps = Steps()
    async with worn_band(steps.origin_s) as port, daemon(port, tmp_path, steps.clock) as witness:
        await witness.until(lambda: bool(witness.updates) and witness.updates[-1].state.bout_s > 40)
        setattr(steps, how, 5 * 3600.0)  # a clock set forward, or a computer asleep
        await witness.until_told("bout_ended")
        await witness.until(lambda: witness.updates[-1].state.posture not in ("unknown", "not_worn"))
    ended = next(event for event in stored(tmp_path) if event["type"] == "bout_ended")
    assert ended["sedentary_s"] < 200.0
    assert ended["ended_by"] == "gap"
    assert all(event.at_s - event.due_s < 60.0 for event in witness.events if event.type == "break_due")
    seen_s = sum(end_s - start_s for start_s, end_s in rows_stored(tmp_path))
    assert seen_s < 3600.0


async def test_a_restart_on_a_computer_that_has_forgotten_the_time_records_nothing_twice(tmp_path: Path) -> None:
    steps = Steps()
    async with worn_band(steps.origin_s) as port:
        async with daemon(port, tmp_path, steps.clock) as witness:
            await witness.until(lambda: bool(witness.updates) and witness.updates[-1].state.bout_s > 40)
        before_s = rows_stored(tmp_path)[-1][1]
        steps.set_by_s = -7200.0
        async with daemon(port, tmp_path, steps.clock) as witness:
            await witness.until(lambda: bool(witness.updates) and witness.updates[-1].state.bout_s > 90)
            assert witness.updates[0].state.at_s >= before_s
    runs = rows_stored(tmp_path)
    assert all(first[1] <= second[0] for first, second in itertools.pairwise(runs))
    assert runs[-1][1] > before_s


def test_a_small_machine_refuses_what_does_not_fit_in_one_line(tmp_path: Path) -> None:
    path = tmp_path / "huge.npz"
    header = io.BytesIO()
    np.lib.format.write_array_header_1_0(header, {"descr": "<i2", "fortran_order": False, "shape": (2 * 10**9, 3)})
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("acc.npy", header.getvalue() + bytes(1000))
        for name, array in (("fs", 50.0), ("seg_start", [0]), ("seg_t0", [1e9])):
            content = io.BytesIO()
            np.save(content, np.array(array))
            archive.writestr(f"{name}.npy", content.getvalue())
    limited = (
        "import resource; resource.setrlimit(resource.RLIMIT_AS, (2 << 30, 2 << 30));"
        "import monitor.cli; monitor.cli.main()"
    )
    ended = subprocess.run(
        [sys.executable, "-c", limited, "replay", str(path)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={**os.environ, "OPENBLAS_NUM_THREADS": "1"},
    )
    assert ended.returncode == 2, ended.stderr
    assert ended.stderr.count("\n") == 1, ended.stderr
    assert "cannot be read" in ended.stderr
    assert str(path) in ended.stderr
