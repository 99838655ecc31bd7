"""kill -9 in the middle of an exercise: the next daemon goes on with it, and nothing is told twice."""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from firmware_sim.air import Air
from firmware_sim.clock import ScaledClock
from firmware_sim.peripheral import virtual_band

SPEED = 20.0
PATIENCE_S = 60.0
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
DAEMON = """
import asyncio, sys
from pathlib import Path
from monitor.app import App
from monitor.clock import Clock
from monitor.settings import load
port, folder, origin_s, speed = sys.argv[1:]
overrides = ("coach.limit_s=60", "coach.early_s=0", f"radio.backend=bumble:tcp-client:127.0.0.1:{port}")
asyncio.run(App(load(None, overrides, {}).settings, Path(folder), Clock(float(origin_s), float(speed))).run())
"""


async def test_killed_in_the_middle_of_an_exercise_the_count_goes_on(tmp_path: Path) -> None:
    (tmp_path / "exercise.toml").write_text(SCENARIO, encoding="utf-8")
    origin_s = time.time()
    band = {"scenario": str(tmp_path / "exercise.toml"), "seed": 1, "clock": ScaledClock(origin_s, SPEED)}
    async with Air() as air, virtual_band(air=air, **band):
        port = await air.serve("127.0.0.1", 0)
        first = await _daemon(port, tmp_path, origin_s)
        await _until(lambda: _lifting(tmp_path))
        first.kill()
        await first.wait()
        before = _stored(tmp_path)
        second = await _daemon(port, tmp_path, origin_s)
        await _until(lambda: bool(_of("exercise_seen", _stored(tmp_path))))
        second.kill()
        await second.wait()
    events = _stored(tmp_path)
    assert events[: len(before)] == before
    assert len({event["id"] for event in events}) == len(events)
    (due,), (seen,) = _of("break_due", events)[:1], _of("exercise_seen", events)
    assert (seen["alert_id"], seen["exercise_id"]) == (due["alert_id"], "standing_hip_flexion")
    assert abs(seen["repetitions"] - COUNT) <= 1


async def _daemon(port: int, folder: Path, origin_s: float) -> asyncio.subprocess.Process:
    arguments = (str(port), str(folder), str(origin_s), str(SPEED))
    return await asyncio.create_subprocess_exec(sys.executable, "-c", DAEMON, *arguments)


async def _until(fact: Callable[[], bool]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not fact():  # noqa: ASYNC110  the history is another process's
            await asyncio.sleep(0.05)


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
