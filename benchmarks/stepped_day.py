"""A day of the daemon with a simulated DeskBand, in one process on a real (virtual) air, whose time is moved by hand.

async with stepped_day(state_dir, scenario, rules) as day:
    await day.step()                         # five seconds pass for both
    await day.caught_up()                    # the daemon has what the band has sent
    day.band.out_of_range(True)
lived = books(state_dir / "history.sqlite3")
"""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.led_clock import LedClock
from firmware_sim.air import Air
from firmware_sim.clock import SteppedClock
from firmware_sim.peripheral import VirtualWearable, virtual_band
from firmware_sim.scenario import Scenario
from monitor.app import App
from monitor.settings.loading import load

ORIGIN_S = 1_790_000_000.0
STEP_S = 5.0
BORDER_S = 2.0
"""Two bodies of the same seed are sampled on clocks of their own: borders agree to this."""
SPEED = 20.0
"""What the daemon believes, for its pauses."""


@dataclass
class SteppedDay:
    """The band and the daemon that reads it."""

    band: VirtualWearable[Any]
    app: App
    leader: SteppedClock

    @property
    def is_streaming(self) -> bool:
        """Whether the daemon has samples of this very link."""
        return "me" in self.app.parts and self.app.parts["me"].live.state.link_fresh

    @property
    def open_holes(self) -> bool:
        """Whether the band's memory has still to be read."""
        return bool(self.app.parts["me"].live.intake.backfill.open_holes)

    async def step(self) -> None:
        """Time passes."""
        await self.band.advance(STEP_S)

    async def caught_up(self) -> None:
        """Wait until a streaming daemon has what the band has sent; one that is still connecting gets a moment."""
        await asyncio.sleep(0.0 if self.is_streaming else 0.05)
        enough_s = self.leader.now_s() - 2 * STEP_S
        # The link is real, and tells nobody what is on its way
        while self.is_streaming and (self.app.parts["me"].live.state.last_sample_s or 0.0) < enough_s:  # noqa: ASYNC110
            await asyncio.sleep(0.005)

    async def link_lost(self) -> None:
        """Wait until the daemon has noticed that the link is gone."""
        while self.is_streaming:  # noqa: ASYNC110
            await asyncio.sleep(0.005)

    async def memory_read(self) -> None:
        """Wait until the band's memory has been read; time passes only while a lost link has not come back."""
        while not self.is_streaming:
            await self.step()
            await self.caught_up()
        while self.open_holes:  # noqa: ASYNC110
            await asyncio.sleep(0.005)


@asynccontextmanager
async def stepped_day(
    state_dir: Path, scenario: Scenario, rules: Sequence[str], **band: Any
) -> AsyncIterator[SteppedDay]:
    """Run both; ``rules`` are settings of the daemon as on its command line, ``band`` options of the device."""
    leader = SteppedClock(ORIGIN_S)
    async with Air() as air, virtual_band(air=air, scenario=scenario, seed=3, clock=leader, **band) as worn:
        overrides = (*rules, f"radio.backend=bumble:tcp-client:127.0.0.1:{await air.serve('127.0.0.1', 0)}")
        app = App(load(None, overrides, {}).settings, state_dir, LedClock(ORIGIN_S, SPEED, leader=leader))
        running = asyncio.create_task(app.run(), name="daemon")
        try:
            yield SteppedDay(worn, app, leader)
        finally:
            running.cancel()
            await asyncio.wait({running})
        if not running.cancelled():
            running.result()


@dataclass
class Lived:
    """What the history of one day holds, in seconds since its origin."""

    bouts: list[tuple[float, float]]
    breaks: list[tuple[float, float]]
    gaps: list[tuple[float, float]]
    seconds: set[int]
    """Those with a posture."""


def books(path: Path) -> Lived:
    """Read a history."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:

        def spans(table: str) -> list[tuple[float, float]]:
            rows = connection.execute(f"SELECT start_s, end_s FROM {table} WHERE end_s IS NOT NULL ORDER BY start_s")
            return [(start_s - ORIGIN_S, end_s - ORIGIN_S) for start_s, end_s in rows]

        runs = spans("posture_runs")
        found = spans("bouts"), spans("breaks"), spans("gaps")
    return Lived(*found, {second for start_s, end_s in runs for second in range(round(start_s), round(end_s))})
