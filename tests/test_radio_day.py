"""A bad day on the air: storms of lost links, restarts of the band, an empty battery. The books stay whole and true."""

from __future__ import annotations

import asyncio
import itertools
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from benchmarks.stepped_day import STEP_S, Lived, books, stepped_day
from firmware_sim.scenario import Activity, BatteryFalls, Disconnects, DropNotifications, Fault, Reboot, Scenario
from tests.support.patience import PATIENCE_S

RULES = ("bouts.break_min_s=30", "bouts.settle_s=5", "coach.limit_s=14400", "radio.backoff_max_s=0.1")
ACTIVITIES = (
    Activity(do="walk", duration_s=100),
    Activity(do="sit", duration_s=230),
    Activity(do="walk", duration_s=60),
    Activity(do="sit", duration_s=200),
    Activity(do="walk", duration_s=60),
)
SEATED_S = (230.0, 200.0)
LENGTH_S = 650.0
BORDER_S = 4.0
STORM = (Disconnects(at_s=120, every_s=12, times=40),)
REBOOTS = tuple(Reboot(at_s=at_s) for at_s in (150, 250, 265, 500))
DYING = (
    BatteryFalls(at_s=110, duration_s=200, level_pct=0),
    DropNotifications(at_s=150, duration_s=200, probability=0.3),
)


async def live(state_dir: Path, faults: tuple[Fault, ...]) -> tuple[Lived, list[dict[str, Any]]]:
    """A day with these faults: its books, and what was told."""
    scenario = Scenario(title="A bad day on the air", activities=ACTIVITIES, faults=faults, starts="when_connected")
    async with stepped_day(state_dir, scenario, RULES) as today, asyncio.timeout(2 * PATIENCE_S):
        while not today.is_streaming:
            await today.step()
            await today.caught_up()
        for _ in range(round(scenario.length_s / STEP_S) + 2):
            await today.step()
            await today.caught_up()
        await today.memory_read()
    with closing(sqlite3.connect(f"file:{state_dir / 'history.sqlite3'}?mode=ro", uri=True)) as connection:
        events = [json.loads(body) for (body,) in connection.execute("SELECT body FROM events ORDER BY rowid")]
    return books(state_dir / "history.sqlite3"), events


def check(day: Lived, events: list[dict[str, Any]]) -> None:
    """What holds on every day."""
    ids = [event["id"] for event in events]
    assert len(ids) == len(set(ids))
    spans = sorted([*day.bouts, *day.gaps, *day.breaks])
    assert all(first[1] <= second[0] + 1.0 for first, second in itertools.pairwise(spans)), spans


@pytest.mark.parametrize("faults", [STORM, REBOOTS, DYING], ids=["storm", "reboots", "dying"])
async def test_on_a_bad_day_nothing_is_doubled_and_the_sitting_is_what_it_was(
    tmp_path: Path, faults: tuple[Fault, ...]
) -> None:
    day, events = await live(tmp_path, faults)
    check(day, events)
    lengths_s = [end_s - start_s for start_s, end_s in day.bouts]
    assert lengths_s == [pytest.approx(seated_s, abs=BORDER_S) for seated_s in SEATED_S]
    assert len(day.seconds) > 0.97 * LENGTH_S
