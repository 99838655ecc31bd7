"""The MQTT outlet against the real mosquitto, seen from a subscriber."""

from __future__ import annotations

import asyncio
import json
import os
import re
import sys
import time
from pathlib import Path

import paho.mqtt.client as paho
import pytest

from benchmarks.wire import Mode, Wire
from monitor.event_ids import event_id
from monitor.events import AlertCleared, BreakTaken, TestAlert
from monitor.outlets.mqtt import session
from monitor.outlets.mqtt.messages import Wearer
from tests.support.brokers import Heard, Listener, Mosquitto
from tests.support.living_outlet import LivingOutlet, break_due, logged

pytestmark = pytest.mark.mosquitto

ROOT = "sitbreak/a1b2c3"
VERSIONS = pytest.mark.parametrize("protocol", ["5", "3.1.1"])


def _taken(at_s: float) -> BreakTaken:
    return BreakTaken(
        id=event_id(at_s, "break_taken"), at_s=at_s, bout_id="b", break_start_s=at_s, upright_s=60.0, sedentary_s=1800.0
    )


def _test_alert(at_s: float, number: int) -> TestAlert:
    return TestAlert(
        id=event_id(at_s, "test", number), at_s=at_s, title="Test", message=f"Number {number}", exercise=None
    )


@VERSIONS
async def test_what_is_retained_is_there_for_whoever_comes_later(mosquitto: Mosquitto, protocol: str) -> None:
    async with LivingOutlet(mosquitto.port, protocol=protocol) as daemon:
        daemon.tell(posture="sitting")
        async with Listener(mosquitto.port, f"{ROOT}/#") as first:
            await first.topic(f"{ROOT}/text")
        async with Listener(mosquitto.port, "sitbreak/#", "homeassistant/#") as late:
            state = await late.topic(f"{ROOT}/state")
            config = await late.topic("homeassistant/device/sitbreak_a1b2c3/config")
            await late.topic(f"{ROOT}/availability", "online")
            await late.topic(f"{ROOT}/link", "online")
            await late.topic(f"{ROOT}/info")
            assert all(heard.retain for heard in late.heard)
            assert json.loads(state.text)["posture"] == "sitting"
            assert json.loads(config.text)["o"]["name"] == "sitbreak"


async def test_the_link_is_offline_until_the_first_sample(mosquitto: Mosquitto) -> None:
    async with Listener(mosquitto.port, f"{ROOT}/#") as listener, LivingOutlet(mosquitto.port) as daemon:
        await listener.topic(f"{ROOT}/link", "offline")
        daemon.tell(link_fresh=True)
        await listener.topic(f"{ROOT}/link", "online")
        assert listener.texts(f"{ROOT}/link") == ["offline", "online"]


@VERSIONS
async def test_a_clean_end_says_offline_itself_and_all_that_is_stored(mosquitto: Mosquitto, protocol: str) -> None:
    async with Listener(mosquitto.port, f"{ROOT}/#") as listener:
        async with LivingOutlet(mosquitto.port, protocol=protocol) as daemon:
            daemon.tell()
            await listener.topic(f"{ROOT}/link", "online")
            daemon.tell(_taken(time.time()))
        await listener.topic(f"{ROOT}/availability", "offline")
        order = [heard.topic for heard in listener.heard if heard.text == "offline" or heard.topic.endswith("/event")]
        assert order[-3:] == [f"{ROOT}/event", f"{ROOT}/link", f"{ROOT}/availability"]
        assert not daemon.outbox.waiting


DAEMON = """
import asyncio, sys
from tests.support.living_outlet import LivingOutlet

async def live():
    async with LivingOutlet(int(sys.argv[1])):
        await asyncio.sleep(60)

asyncio.run(live())
"""


async def test_the_will_says_offline_when_the_daemon_is_killed(mosquitto: Mosquitto) -> None:
    async with Listener(mosquitto.port, f"{ROOT}/availability") as listener:
        root = str(Path(__file__).parents[2])
        daemon = await asyncio.create_subprocess_exec(
            sys.executable, "-c", DAEMON, str(mosquitto.port), cwd=root, env={**os.environ, "PYTHONPATH": root}
        )
        try:
            await listener.topic(f"{ROOT}/availability", "online")
        finally:
            daemon.kill()
            await daemon.wait()
        await listener.topic(f"{ROOT}/availability", "offline")


async def test_only_alerts_go_to_event_and_everything_to_log(mosquitto: Mosquitto) -> None:
    async with Listener(mosquitto.port, f"{ROOT}/#") as listener, LivingOutlet(mosquitto.port) as daemon:
        now_s = time.time()
        due = break_due(now_s)
        daemon.tell(due, AlertCleared(id="c", at_s=now_s + 1, alert_id=due.alert_id, by="break"), _taken(now_s + 2))
        await listener.until(lambda heard: heard.topic == f"{ROOT}/log" and '"break_taken"' in heard.text)
        events = [json.loads(text)["event_type"] for text in listener.texts(f"{ROOT}/event")]
        assert events == ["break_due", "break_taken"]
        log = [json.loads(text)["type"] for text in listener.texts(f"{ROOT}/log")]
        assert log == ["break_due", "alert_cleared", "break_taken"]
        assert not any(heard.retain for heard in listener.heard if heard.topic.endswith(("/event", "/log")))


async def test_events_carry_id_version_type_and_expiry_as_mqtt_5_properties(mosquitto: Mosquitto) -> None:
    async with Listener(mosquitto.port, f"{ROOT}/#") as listener, LivingOutlet(mosquitto.port) as daemon:
        due = break_due(time.time())
        daemon.tell(due)
        event = await listener.topic(f"{ROOT}/event")
        assert dict(event.properties.UserProperty) == {"v": "1", "id": due.id}
        assert event.properties.ContentType == "application/json"
        assert 590 <= event.properties.MessageExpiryInterval <= 600
        state = await listener.topic(f"{ROOT}/state")
        assert not hasattr(state.properties, "MessageExpiryInterval")


@VERSIONS
async def test_after_a_broker_restart_everything_is_announced_again_and_nothing_is_missing(
    mosquitto: Mosquitto, protocol: str
) -> None:
    async with LivingOutlet(mosquitto.port, protocol=protocol) as daemon:
        now_s = time.time()
        async with Listener(mosquitto.port, f"{ROOT}/#") as before:
            daemon.tell(_test_alert(now_s, 0))
            await before.topic(f"{ROOT}/event")
        mosquitto.stop()
        sent = [_test_alert(now_s, number) for number in range(1, 26)]
        for alert in sent:
            daemon.tell(alert)
        mosquitto.start()
        async with Listener(mosquitto.port, "sitbreak/#", "homeassistant/#") as after:
            await after.until(lambda heard: heard.topic == f"{ROOT}/event" and '"Number 25"' in heard.text)
            for topic in ("homeassistant/device/sitbreak_a1b2c3/config", f"{ROOT}/state", f"{ROOT}/text"):
                await after.topic(topic)
            await after.topic(f"{ROOT}/availability", "online")
            assert [json.loads(text)["id"] for text in after.texts(f"{ROOT}/event")] == [alert.id for alert in sent]
    assert set(daemon.outbox.fate.values()) == {"sent"}
    assert daemon.outbox.order == sorted(daemon.outbox.order)


async def test_an_alert_that_is_too_old_stays_at_home(mosquitto: Mosquitto) -> None:
    async with Listener(mosquitto.port, f"{ROOT}/#") as listener, LivingOutlet(mosquitto.port) as daemon:
        daemon.tell(break_due(time.time() - 3600), _taken(time.time()))
        await listener.topic(f"{ROOT}/event")
        assert [json.loads(text)["event_type"] for text in listener.texts(f"{ROOT}/event")] == ["break_taken"]
        assert daemon.outbox.fate[1] == "expired"


async def test_home_assistants_birth_makes_everything_announced_again(mosquitto: Mosquitto) -> None:
    async with (
        Listener(mosquitto.port, "sitbreak/#", "homeassistant/#") as listener,
        LivingOutlet(mosquitto.port) as daemon,
    ):
        daemon.tell()
        await listener.topic(f"{ROOT}/text")
        listener.heard.clear()
        listener.publish("homeassistant/status", "online")
        await listener.topic(f"{ROOT}/text")
        assert [heard.topic for heard in listener.heard if heard.topic != "homeassistant/status"] == [
            "homeassistant/device/sitbreak_a1b2c3/config",
            f"{ROOT}/info",
            f"{ROOT}/availability",
            f"{ROOT}/link",
            f"{ROOT}/state",
            f"{ROOT}/text",
        ]


async def test_each_wearer_has_a_will_of_their_own_and_one_outbox_serves_all(mosquitto: Mosquitto) -> None:
    wearers = [Wearer("anna", "aaaaaa"), Wearer("ben", "bbbbbb")]
    async with (
        Listener(mosquitto.port, "sitbreak/#") as listener,
        LivingOutlet(mosquitto.port, wearers) as daemon,
    ):
        await listener.topic("sitbreak/aaaaaa/availability", "online")
        await listener.topic("sitbreak/bbbbbb/availability", "online")
        daemon.tell(_taken(time.time()), wearer="ben")
        await listener.topic("sitbreak/bbbbbb/event")
        ben = daemon.outlet._sessions["ben"]._connection
        assert ben is not None
        ben.abandon()
        await listener.topic("sitbreak/bbbbbb/availability", "offline")
        assert "offline" not in listener.texts("sitbreak/aaaaaa/availability")


async def test_what_the_wearable_says_of_itself_reaches_discovery_and_info(mosquitto: Mosquitto) -> None:
    async with (
        Listener(mosquitto.port, "sitbreak/#", "homeassistant/#") as listener,
        LivingOutlet(mosquitto.port) as daemon,
    ):
        await listener.topic(f"{ROOT}/availability", "online")
        daemon.outlet.describe(Wearer("me", "a1b2c3", model="Verity Sense", firmware="2.1"))

        def told(heard: Heard) -> bool:
            return heard.topic.startswith("homeassistant/") and "Verity Sense" in heard.text

        assert json.loads((await listener.until(told)).text)["dev"]["sw"] == "2.1"


async def test_the_daemon_starts_without_a_broker_and_finds_it_later(mosquitto: Mosquitto) -> None:
    mosquitto.stop()
    async with LivingOutlet(mosquitto.port) as daemon:
        daemon.tell(_taken(time.time()))
        with logged("next try") as tried:
            await asyncio.wait_for(tried.wait(), 5)
        mosquitto.start()
        async with Listener(mosquitto.port, f"{ROOT}/#", version=paho.MQTTv311) as listener:
            await listener.topic(f"{ROOT}/event")
            await listener.topic(f"{ROOT}/state")


async def test_the_end_comes_soon_although_the_broker_hangs_and_the_will_tells(mosquitto: Mosquitto) -> None:
    async with Listener(mosquitto.port, f"{ROOT}/#") as listener:
        async with LivingOutlet(mosquitto.port) as daemon:
            await listener.topic(f"{ROOT}/availability", "online")
            mosquitto.freeze()
            daemon.tell(_taken(time.time()))
            async with asyncio.timeout(2):
                await daemon.end()
        mosquitto.thaw()
        await listener.topic(f"{ROOT}/availability", "offline")
        assert len(daemon.outbox.waiting) == 2


def _published(topic: str, payload: str) -> bytes:
    """A PUBLISH packet of MQTT 3.1.1 at QoS 0."""
    body = len(topic).to_bytes(2, "big") + topic.encode() + payload.encode()
    return bytes([0x30, len(body)]) + body


async def test_home_assistants_birth_in_the_last_moment_does_not_bring_the_wearer_back(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(session, "BIRTH_JITTER_S", (0.05, 0.05))
    said, gone = bytearray(), asyncio.Event()

    async def hear(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A broker that acknowledges nothing: the goodbye waits for it while the answer to the birth falls due."""
        said.extend(await reader.read(4096))
        writer.write(bytes.fromhex("20020000"))  # CONNACK
        writer.write(_published("homeassistant/status", "online") + _published(f"{ROOT}/cmd/test", "PRESS"))
        while piece := await reader.read(4096):
            said.extend(piece)
        writer.close()
        gone.set()

    async with await asyncio.start_server(hear, "127.0.0.1", 0) as server:
        async with LivingOutlet(server.sockets[0].getsockname()[1], protocol="3.1.1") as daemon:
            await daemon.command()  # so the birth has been heard, too
            await daemon.end()
        await asyncio.wait_for(gone.wait(), 5)
    will, *told = re.findall(rb"/availability..(online|offline)", said, re.DOTALL)
    assert (will, told) == (b"offline", [b"online", b"offline"])


async def test_the_end_comes_soon_although_the_broker_is_away(mosquitto: Mosquitto) -> None:
    mosquitto.stop()
    async with LivingOutlet(mosquitto.port) as daemon:
        daemon.tell(_taken(time.time()))
        await asyncio.sleep(0)
        async with asyncio.timeout(2):
            await daemon.end()


async def test_a_slow_broker_gets_the_newest_state_and_no_queue_grows(
    mosquitto: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "STATE_PAUSE_S", 0.0)
    async with (
        Listener(mosquitto.port, f"{ROOT}/state") as listener,
        Wire(mosquitto.port) as wire,
        LivingOutlet(wire.port) as daemon,
    ):
        daemon.tell(limit_s=60.0)
        await listener.topic(f"{ROOT}/state")
        await wire.turn(Mode.HELD)
        for number in range(500):
            daemon.tell(limit_s=120.0 + 60.0 * number)
            await asyncio.sleep(0)
        assert len(daemon.outlet._sessions["me"]._on_the_way) <= session.UNHEARD + 3
        await wire.turn(Mode.OPEN)
        await listener.until(lambda heard: json.loads(heard.text)["limit_min"] == 501)
        assert len(listener.heard) <= session.UNHEARD + 3


async def test_what_a_full_broker_did_not_take_of_what_it_keeps_is_told_again(
    mosquitto: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "STATE_PAUSE_S", 0.0)
    async with (
        Listener(mosquitto.port, f"{ROOT}/#") as listener,
        Wire(mosquitto.port) as wire,
        LivingOutlet(wire.port, protocol="5") as daemon,
    ):
        daemon.tell()
        await listener.topic(f"{ROOT}/text", "No break is due.")
        mine = daemon.outlet._sessions["me"]
        async with asyncio.timeout(5):
            await mine._heard_but(0)
            await wire.turn(Mode.FULL)
            daemon.tell(break_due(time.time()))
            while f"{ROOT}/text" not in mine._on_the_way.values():  # noqa: ASYNC110  it tells nobody
                await asyncio.sleep(0)
            await mine._heard_but(0)
        await wire.turn(Mode.OPEN)
        daemon.tell()
        await listener.topic(f"{ROOT}/text", "Seated for 30 minutes. Fancy 10 knee lifts?")


async def test_a_session_that_another_takes_over_is_said_and_taken_up_again(
    mosquitto: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(session, "FIRST_DELAY_S", 0.1)
    async with Listener(mosquitto.port, f"{ROOT}/#") as listener, LivingOutlet(mosquitto.port, protocol="5") as daemon:
        await listener.topic(f"{ROOT}/availability", "online")
        thief = paho.Client(paho.CallbackAPIVersion.VERSION2, daemon.outlet._sessions["me"]._client_id)
        with logged("is away") as said:
            thief.connect("127.0.0.1", mosquitto.port)
            await asyncio.wait_for(said.wait(), 5)
            thief.disconnect()
        daemon.tell(_taken(time.time()))
        await listener.topic(f"{ROOT}/event")
