"""Ten minutes out of reach: the band's memory gives the books back, as far as it reaches."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from benchmarks.stepped_day import BORDER_S, STEP_S, Lived, books, stepped_day
from firmware_sim.profiles.deskband_state import DeskBandSettings
from firmware_sim.scenario import load_scenario
from monitor.rules import changed

SCENARIO = load_scenario(Path(__file__).parent / "scenarios" / "ten_minutes_away.toml")
RULES = ("bouts.break_min_s=30", "bouts.settle_s=5", "coach.limit_s=14400", "deskband.allow_delta=false")
DAY_S = 1600.0
AWAY_S, BACK_S = 300.0, 900.0
PATIENCE_S = 240.0
"""Wall seconds for the slowest machine."""


async def live(state_dir: Path, with_hole: bool, buffer_bytes: int) -> Lived:
    scenario = SCENARIO if with_hole else changed(SCENARIO, faults=())
    settings = DeskBandSettings(buffer_bytes=buffer_bytes)
    async with stepped_day(state_dir, scenario, RULES, settings=settings) as today, asyncio.timeout(PATIENCE_S):
        for step in range(round(DAY_S / STEP_S)):
            await today.step()
            if not (with_hole and AWAY_S <= step * STEP_S + STEP_S < BACK_S):
                await today.caught_up()
        await today.memory_read()
    return books(state_dir / "history.sqlite3")


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
