"""The simulator as a process: it tells where its air is, hears, and ends with us."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from monitor.demo.simulator import SimulatorError, simulator
from tests.support.patience import PATIENCE_S


def told(path: Path, wanted: dict[str, Any]) -> dict[str, Any] | None:
    """The first line of the truth that says so, if there is one."""
    lines = [json.loads(text) for text in path.read_text().splitlines()] if path.exists() else []
    return next((line for line in lines if wanted.items() <= line.items()), None)


async def line_with(path: Path, **wanted: Any) -> dict[str, Any]:
    """The same, as soon as there is one."""
    async with asyncio.timeout(PATIENCE_S):
        while (line := told(path, wanted)) is None:  # noqa: ASYNC110  a file of another process
            await asyncio.sleep(0.05)
    return line


async def test_it_holds_an_air_and_hears_what_it_is_told(tmp_path: Path) -> None:
    truth = tmp_path / "truth.jsonl"
    options = ("--profile", "ruuvi", "--speed", "60", "--truth", str(truth))
    async with simulator(options) as running:
        assert running.air.startswith("127.0.0.1:")
        await line_with(truth, activity="stand")
        running.say("begin")
        await line_with(truth, activity="walk")
        await line_with(truth, activity="sit")
        running.say("a word that it does not know")
        running.say("called")
        called = await line_with(truth, event="called")
        stood = await line_with(truth, activity="standing_hip_flexion")
        assert stood["start_s"] > called["at_s"]


async def test_what_it_complains_of_is_the_error() -> None:
    with pytest.raises(SimulatorError, match="no-such-day") as caught:
        async with simulator(("--scenario", "no-such-day")):
            pass
    assert caught.value.exit_code == 2
