"""Ten minutes out of reach: the band's memory gives the books back, as far as it reaches."""

from __future__ import annotations

import asyncio
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from firmware_sim.air import Air
from firmware_sim.clock import SteppedClock
from firmware_sim.peripheral import virtual_band
from firmware_sim.profiles.deskband_state import DeskBandSettings
from firmware_sim.scenario import load_scenario
from monitor.app import App
from monitor.clock import Clock
from monitor.settings import load

SCENARIO = load_scenario(Path(__file__).parent / "scenarios" / "ten_minutes_away.toml")
RULES = ("bouts.break_min_s=30", "bouts.settle_s=5", "coach.limit_s=14400", "deskband.allow_delta=false")
DAY_S = 1600.0
ORIGIN_S = 1_790_000_000.0
AWAY_S, BACK_S = 300.0, 900.0
STEP_S = 5.0
BORDER_S = 2.0
"""Two bodies of the same seed are sampled on clocks of their own: borders agree to this."""
PATIENCE_S = 60.0
"""Wall seconds for the slowest machine."""


@dataclass(frozen=True, slots=True)
class Follower(Clock):
    """The daemon's clock as the band's own: time passes only when the test lets it."""

    leader: SteppedClock = field(default_factory=SteppedClock)

    def now_s(self) -> float:
        return self.leader.now_s()


@dataclass
class Lived:
    """What the history of one day holds, in seconds since its origin."""

    bouts: list[tuple[float, float]]
    breaks: list[tuple[float, float]]
    gaps: list[tuple[float, float]]
    seconds: set[int]


async def live(state_dir: Path, with_hole: bool, buffer_bytes: int) -> Lived:
    scenario = SCENARIO if with_hole else SCENARIO.model_copy(update={"faults": ()})
    leader = SteppedClock(ORIGIN_S)
    band_settings = DeskBandSettings(buffer_bytes=buffer_bytes)
    async with (
        Air() as air,
        virtual_band(air=air, scenario=scenario, seed=3, clock=leader, settings=band_settings) as band,
    ):
        overrides = (*RULES, f"radio.backend=bumble:tcp-client:127.0.0.1:{await air.serve('127.0.0.1', 0)}")
        app = App(load(None, overrides, {}).settings, state_dir, Follower(ORIGIN_S, 20.0, leader))
        running = asyncio.create_task(app.run())
        async with asyncio.timeout(PATIENCE_S):
            for step in range(round(DAY_S / STEP_S)):
                await band.advance(STEP_S)
                if not (with_hole and AWAY_S <= step * STEP_S + STEP_S < BACK_S):
                    await caught_up(app, leader)
            await memory_read(app)
        running.cancel()
        await asyncio.wait({running})
        if not running.cancelled():
            running.result()
    return books(state_dir / "history.sqlite3", ORIGIN_S)


async def caught_up(app: App, leader: SteppedClock) -> None:
    """Wait until a streaming daemon has what the band has sent; one that is still connecting gets a moment."""
    await asyncio.sleep(0.0 if is_streaming(app) else 0.05)
    enough_s = leader.now_s() - 2 * STEP_S
    # The link is real, and tells nobody what is on its way
    while is_streaming(app) and (app.parts["me"].live.state.last_sample_s or 0.0) < enough_s:  # noqa: ASYNC110
        await asyncio.sleep(0.005)


def is_streaming(app: App) -> bool:
    return "me" in app.parts and app.parts["me"].live.state.link_fresh


async def memory_read(app: App) -> None:
    """Wait until the band's memory has been read."""
    while app.parts["me"].live.intake.backfill.open_holes:  # noqa: ASYNC110
        await asyncio.sleep(0.005)


def books(path: Path, origin_s: float) -> Lived:
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:

        def spans(table: str) -> list[tuple[float, float]]:
            rows = connection.execute(f"SELECT start_s, end_s FROM {table} WHERE end_s IS NOT NULL ORDER BY start_s")
            return [(start_s - origin_s, end_s - origin_s) for start_s, end_s in rows]

        runs = spans("posture_runs")
        found = spans("bouts"), spans("breaks"), spans("gaps")
    return Lived(*found, {second for start_s, end_s in runs for second in range(round(start_s), round(end_s))})


async def live_all(folders: list[Path]) -> list[Lived]:
    kinds = [(False, 2_097_152), (True, 2_097_152), (True, 65_536)]
    return [await live(folder, hole, size) for folder, (hole, size) in zip(folders, kinds, strict=True)]


@pytest.fixture(scope="module", name="days")
def _days(tmp_path_factory: pytest.TempPathFactory) -> list[Lived]:
    """The same day three times: never away, away with a large memory, away with a small one."""
    return asyncio.run(live_all([tmp_path_factory.mktemp("day") for _ in range(3)]))


def test_after_the_return_the_books_are_as_if_it_had_never_left(days: list[Lived]) -> None:
    whole, away, _ = days
    assert len(whole.bouts) >= 2
    assert len(away.bouts) == len(whole.bouts)
    for ours, theirs in zip(away.bouts + away.breaks[1:], whole.bouts + whole.breaks[1:], strict=True):
        assert ours == pytest.approx(theirs, abs=BORDER_S)
    hole = set(range(round(AWAY_S), round(BACK_S)))
    assert len(hole - away.seconds) <= BORDER_S


def test_what_a_small_memory_has_overwritten_is_a_gap_and_nothing_is_invented(days: list[Lived]) -> None:
    *_, small = days
    missing = sorted(set(range(round(AWAY_S) + 5, round(BACK_S) - 5)) - small.seconds)
    assert 60 < len(missing) < 400  # 64 KB at 25 Hz hold some seven minutes of the ten
    assert missing == list(range(missing[0], missing[-1] + 1))  # the oldest are gone, the rest is there
    assert missing[0] <= AWAY_S + 10
