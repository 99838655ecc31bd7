"""The figures as the whole daemon measures them: a band on the air on one side, a real broker on the other."""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import Any

import pytest

from monitor.app import App
from monitor.clock import Clock
from monitor.outlets.mqtt import session
from monitor.settings import load
from tests.support.brokers import Listener, Mosquitto, mosquitto
from tests.test_app import SHORT, SPEED, worn_band

__all__ = ["mosquitto"]
pytestmark = pytest.mark.mosquitto


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
