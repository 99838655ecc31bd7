"""kill -9 in the middle of an exercise: the next daemon goes on with it, and nothing is told twice."""

from __future__ import annotations

import json
import sqlite3
import tomllib
from collections.abc import Callable
from pathlib import Path
from typing import Any

from msgspec import convert

from benchmarks.led_daemon import LedDaemon
from firmware_sim.air import Air
from firmware_sim.clock import SteppedClock
from firmware_sim.peripheral import VirtualWearable, virtual_band
from firmware_sim.scenario import Scenario

BEGAN_S = 1_790_000_000.0
STEP_S = 2.0
SPEED = 20.0
"""What the daemon believes, for its pauses."""
MOST_STEPS = 400
COUNT = 8
SCENARIO = f"""
title = "Sit until the call comes, rise, lift the knee"
starts = "when_connected"
at_end = "rest"
activities = [
    {{ do = "walk", duration_s = 40 }},
    {{ do = "sit", duration_s = 75 }},
    {{ do = "stand", duration_s = 8 }},
    {{ do = "standing_hip_flexion", duration_s = 72, repetitions = {COUNT}, hold_s = 2 }},
    {{ do = "stand", duration_s = 3600 }},
]
"""
SETTINGS = """
[wearers.me]
wearable = "deskband"
[coach]
limit_s = 60
early_s = 0
[radio]
backend = "bumble:tcp-client:127.0.0.1:{air}"
"""


async def test_killed_in_the_middle_of_an_exercise_the_count_goes_on(tmp_path: Path) -> None:
    scenario = convert(tomllib.loads(SCENARIO), Scenario)
    async with Air() as air, virtual_band(air=air, scenario=scenario, seed=1, clock=SteppedClock(BEGAN_S)) as band:
        settings = SETTINGS.format(air=await air.serve("127.0.0.1", 0))
        (tmp_path / "sitbreak.toml").write_text(settings, encoding="utf-8")
        step = await _live_until(lambda: _lifting(tmp_path), tmp_path, band, 0)
        before = _stored(tmp_path)
        await _live_until(lambda: bool(_of("exercise_seen", _stored(tmp_path))), tmp_path, band, step)
    events = _stored(tmp_path)
    assert events[: len(before)] == before
    assert len({event["id"] for event in events}) == len(events)
    (due,), (seen,) = _of("break_due", events)[:1], _of("exercise_seen", events)
    assert (seen["alert_id"], seen["exercise_id"]) == (due["alert_id"], "standing_hip_flexion")
    assert abs(seen["repetitions"] - COUNT) <= 1


async def _live_until(fact: Callable[[], bool], folder: Path, band: VirtualWearable[Any], step: int) -> int:
    """Start a daemon, let time pass for it and for the band until something is stored, and kill it; the last step."""
    daemon = await LedDaemon.started(folder, BEGAN_S + step * STEP_S, STEP_S, SPEED)
    try:
        while not fact():
            assert step < MOST_STEPS, "it is long over"
            step += 1
            await band.advance(STEP_S)
            await daemon.go_on_to(BEGAN_S + step * STEP_S, ["me"])
    finally:
        daemon.process.kill()
        await daemon.process.wait()
    return step


def _lifting(folder: Path) -> bool:
    """The wearer is up and the thigh goes up and down: seen as busy, again and again."""
    events = _stored(folder)
    ups = [event for event in events if event["type"] == "posture_changed" and event["posture"] == "active"]
    return bool(_of("break_due", events)) and len(ups) >= 3


def _stored(folder: Path) -> list[dict[str, Any]]:
    path = folder / "history.sqlite3"
    if not path.exists():
        return []
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:
        try:
            rows = connection.execute("SELECT body FROM events ORDER BY rowid").fetchall()
        except sqlite3.OperationalError:  # the daemon is still making its tables
            return []
    return [json.loads(body) for (body,) in rows]


def _of(kind: str, events: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [event for event in events if event["type"] == kind]
