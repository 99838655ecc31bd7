"""Wearables that only tell, through the whole daemon: from an advertisement or a phone's message to a state."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from firmware_sim.air import Air
from firmware_sim.clock import ScaledClock
from firmware_sim.peripheral import virtual_wearable
from firmware_sim.scenario import Activity, Scenario
from monitor.app import App
from monitor.clock import Clock
from monitor.exchange import WearerState
from monitor.history.outbox import History
from monitor.outlets.mqtt.client import BrokerRefused
from monitor.outlets.mqtt.leftovers import Announced
from monitor.settings.faults import SettingsError
from monitor.settings.loading import load
from monitor.wearables.base import G_MS2
from tests.support.brokers import MOSQUITTO, Listener, Mosquitto
from tests.support.teller import Teller, ruuvi

PATIENCE_S = 20.0
RATE_HZ = 50


async def until_state(app: App, enough: Callable[[WearerState], bool]) -> WearerState:
    async for update in app.bus.subscribe():
        if enough(update.state):
            return update.state
    raise AssertionError("the bus has ended")


async def seen(app: App, enough: Callable[[WearerState], bool]) -> WearerState:
    """Run the daemon until something is true of its wearer, then end it as Ctrl-C does."""
    watching = asyncio.create_task(until_state(app, enough))
    running = asyncio.create_task(app.run())
    await asyncio.wait({running, watching}, timeout=PATIENCE_S, return_when=asyncio.FIRST_COMPLETED)
    running.cancel()
    with suppress(asyncio.CancelledError):
        await running
    assert watching.done()
    return watching.result()


async def publish_each_second(phone: Listener, topic: str) -> None:
    """A phone that lies still, batched by the second as the app does it, and somebody who writes nonsense between."""
    number = 0
    while True:
        for noise in (b"[" * 100_000, b"x" * 300_000, b"\xff"):
            phone.publish(topic, noise)
        now_ns = time.time_ns()
        items = [
            {"name": name, "time": now_ns - (RATE_HZ - k) * 10**9 // RATE_HZ, "values": {"x": 0.0, "y": 0.0, "z": z}}
            for k in range(RATE_HZ)
            for name, z in (("gravity", G_MS2), ("accelerometer", 0.001 * (k % 3)))
        ]
        payload = {"messageId": number, "sessionId": "s", "deviceId": "d", "payload": items}
        phone.publish(topic, json.dumps(payload))
        number += 1
        await asyncio.sleep(1.0)


@pytest.mark.mosquitto
async def test_a_phone_that_publishes_to_the_broker_is_a_wearable(mosquitto: Mosquitto, tmp_path: Path) -> None:
    overrides = (
        "wearers.me.wearable=phone", "wearers.me.placement=pocket", "phone.topic=phones/{wearer}",
        "mqtt.host=127.0.0.1", f"mqtt.port={mosquitto.port}",
    )  # fmt: skip
    app = App(load(None, overrides, {}).settings, tmp_path)
    async with Listener(mosquitto.port, "sitbreak/+/link") as phone:
        publishing = asyncio.create_task(publish_each_second(phone, "phones/me"))
        state = await seen(
            app,
            lambda state: (
                state.link_fresh
                and state.last_sample_s is not None
                and any(heard.text == "online" for heard in phone.heard)
            ),
        )
        publishing.cancel()
    assert state.last_sample_s is not None
    assert abs(state.last_sample_s - time.time()) < PATIENCE_S


async def test_a_phone_without_a_broker_is_a_fault_of_the_settings(tmp_path: Path) -> None:
    app = App(load(None, ("wearers.me.wearable=phone",), {}).settings, tmp_path)
    with pytest.raises(SettingsError, match=r"wearers\.me.*set mqtt\.host"):
        await app.run()


async def test_a_tag_that_advertises_is_a_wearable(tmp_path: Path) -> None:
    async def keep_telling(tag: Teller) -> None:
        for sequence in range(10_000):
            await tag.manufacturer(ruuvi(sequence, xyz_mg=(3 * (sequence % 2), 0, 1000)))
            await asyncio.sleep(0.2)

    async with Air() as air:
        telling = asyncio.create_task(keep_telling(Teller(air.join("tag"))))
        backend = f"radio.backend=bumble:tcp-client:127.0.0.1:{await air.serve('127.0.0.1', 0)}"
        app = App(load(None, ("wearers.me.wearable=ruuvi", backend), {}).settings, tmp_path)
        state = await seen(app, lambda state: state.link_fresh and state.last_sample_s is not None)
        telling.cancel()
    assert state.battery_pct == 95
    assert state.rssi_dbm is not None
    assert state.posture == "unknown"  # nobody has told where upright is


@pytest.mark.parametrize("kind", ["ruuvi", "bthome"])
async def test_a_simulated_tag_tells_standing_from_sitting_once_upright_was_told(kind: str, tmp_path: Path) -> None:
    origin_s, speed = time.time(), 20.0
    day = Scenario(
        title="Stands, then sits",
        activities=(Activity(do="stand", duration_s=80), Activity(do="sit", duration_s=2000)),
    )
    said: list[str] = []

    def both(state: WearerState) -> bool:
        said.append(state.posture)
        return {"standing", "sitting"} <= set(said)

    async with (
        Air() as air,
        virtual_wearable(kind, air=air, scenario=day, clock=ScaledClock(origin_s, speed)) as tag,
    ):
        backend = f"radio.backend=bumble:tcp-client:127.0.0.1:{await air.serve('127.0.0.1', 0)}"
        overrides = (f"wearers.me.wearable={kind}", f"wearers.me.address={tag.address}", backend)
        app = App(load(None, overrides, {}).settings, tmp_path, Clock(origin_s, speed))
        telling = asyncio.create_task(told_that_it_stands(app, origin_s))
        state = await seen(app, both)
        await telling
    assert state.battery_pct is not None
    assert set(said) <= {"unknown", "standing", "sitting"}
    assert said.index("standing") < said.index("sitting")


async def told_that_it_stands(app: App, origin_s: float) -> None:
    while "me" not in app.parts:  # noqa: ASYNC110
        await asyncio.sleep(0.01)
    app.parts["me"].live.intake.backfill.pipeline.placement.teach_standing(origin_s, origin_s + 60.0)


@pytest.mark.mosquitto
async def test_a_broker_that_once_let_us_in_and_refuses_now_is_no_reason_not_to_sense(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    if MOSQUITTO is None:
        pytest.skip("mosquitto is not installed")
    overrides = ("wearers.me.wearable=phone", "mqtt.host=127.0.0.1")
    refusing = Mosquitto(tmp_path, "allow_anonymous false").start()
    try:
        first = App(load(None, (*overrides, f"mqtt.port={refusing.port}"), {}).settings, tmp_path)
        with pytest.raises(BrokerRefused, match=r"mqtt\.password"):
            await first.run()
        history = await History.open(tmp_path / "history.sqlite3")
        await history.note_announced(Announced(await history.node_id("me"), "sitbreak", "homeassistant", "device"))
        await history.close()
        again = App(load(None, (*overrides, f"mqtt.port={refusing.port}"), {}).settings, tmp_path)
        await seen(again, lambda state: state.posture == "unknown")
    finally:
        refusing.stop()
    assert "what is to be told is kept" in caplog.text
