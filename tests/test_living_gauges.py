"""The figures as the whole daemon measures them: a band on the air on one side, a real broker on the other."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import pytest

from benchmarks.stepped_day import STEP_S, stepped_day
from firmware_sim.scenario import Activity, DropNotifications, OutOfRange, Scenario
from monitor.app import App
from monitor.clock import Clock
from monitor.outlets.mqtt import session
from monitor.settings.loading import load
from tests.support.brokers import Listener, Mosquitto
from tests.test_app import SHORT, SPEED, worn_band

DROPPED = DropNotifications(at_s=100.0, duration_s=200.0, probability=0.3)
AWAY = OutOfRange(at_s=400.0, duration_s=60.0)
SITTING = Scenario(
    title="Sitting under a bad air",
    activities=(Activity(do="sit", duration_s=800.0),),
    faults=(DROPPED, AWAY),
    at_end="rest",
)


async def test_what_the_air_swallowed_is_counted_and_an_absence_is_a_reconnect(tmp_path: Path) -> None:
    async with stepped_day(tmp_path, SITTING, ("deskband.allow_delta=false",)) as today, asyncio.timeout(60):
        for step in range(round(700.0 / STEP_S)):
            await today.step()
            if not 400.0 <= step * STEP_S + STEP_S < 460.0:
                await today.caught_up()
        await today.memory_read()
        found = await today.app.gauges.read("me")
    # three in ten of 200 of the 640 seconds with a link; the minute away is none of it
    assert found.packet_loss_pct == pytest.approx(100 * 0.3 * 200 / 640, abs=2.5)
    assert found.reconnects == 1


@pytest.mark.mosquitto
async def test_a_call_is_timed_from_its_sample_to_the_brokers_word_and_nothing_is_lost_on_a_quiet_air(
    mosquitto: Mosquitto, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "DIAGNOSTICS_EVERY_S", 0.1)
    origin_s = time.time()

    def timed(text: str) -> bool:
        found: dict[str, Any] = json.loads(text)
        return bool(found["alerts_measured"] and found["outbox"] == 0)

    async with (
        worn_band(origin_s) as port,
        Listener(mosquitto.port, "sitbreak/+/diagnostics", "sitbreak/+/event") as listener,
    ):
        air = f"radio.backend=bumble:tcp-client:127.0.0.1:{port}"
        broker = ("mqtt.host=127.0.0.1", f"mqtt.port={mosquitto.port}")
        app = App(load(None, (*SHORT, *broker, air), {}).settings, tmp_path, Clock(origin_s, SPEED))
        running = asyncio.create_task(app.run(), name="daemon")
        heard = await listener.until(
            lambda heard: heard.topic.endswith("diagnostics") and timed(heard.text), within_s=60.0
        )
        running.cancel()
        await asyncio.wait({running})
        calls = [each for each in listener.heard if each.topic.endswith("/event") and "break_due" in each.text]
    found = json.loads(heard.text)
    assert calls
    assert 0.0 < found["latency_p50"] <= found["latency_p95"]
    assert (found["packet_loss"], found["reconnects"], found["refused_packets"]) == (0.0, 0, 0)
