"""What is asked of the daemon through the real mosquitto, and what it answers."""

from __future__ import annotations

import json
import time

import pytest

from monitor.events import CommandAnswered
from monitor.outlets.mqtt.messages import Wearer
from tests.support.brokers import Listener, Mosquitto
from tests.support.living_outlet import LivingOutlet

pytestmark = pytest.mark.mosquitto

ROOT = "sitbreak/a1b2c3"


@pytest.mark.parametrize("protocol", ["5", "3.1.1"])
async def test_a_command_goes_in_and_its_result_comes_out(mosquitto: Mosquitto, protocol: str) -> None:
    async with (
        Listener(mosquitto.port, f"{ROOT}/#") as listener,
        LivingOutlet(mosquitto.port, protocol=protocol) as daemon,
    ):
        await listener.topic(f"{ROOT}/availability", "online")
        listener.publish(f"{ROOT}/cmd/snooze", '{"value":10,"id":"01J"}')
        command = await daemon.command()
        assert (command.name, command.value, command.alert_id, command.source) == ("snooze", "10", "01J", "mqtt")
        answer = CommandAnswered(id="a", at_s=time.time(), command="snooze", ok=True, value=10.0, source="mqtt")
        daemon.tell(answer)
        result = await listener.topic(f"{ROOT}/cmd/snooze/result")
        assert json.loads(result.text) == {"ok": True, "error": None, "value": 10.0}


async def test_an_mqtt_5_client_gets_its_answer_where_it_asked_for_it(mosquitto: Mosquitto) -> None:
    async with (
        Listener(mosquitto.port, f"{ROOT}/#", "replies/7") as listener,
        LivingOutlet(mosquitto.port) as daemon,
    ):
        await listener.topic(f"{ROOT}/availability", "online")
        listener.publish(f"{ROOT}/cmd/limit", "45", ResponseTopic="replies/7", CorrelationData=b"x1")
        await daemon.command()
        daemon.tell(CommandAnswered(id="a", at_s=0.0, command="limit", ok=True, value=45.0, source="mqtt"))
        reply = await listener.topic("replies/7")
        assert (json.loads(reply.text)["value"], reply.properties.CorrelationData) == (45.0, b"x1")
        assert not listener.texts(f"{ROOT}/cmd/limit/result")


async def test_nobody_can_make_the_daemon_overwrite_its_own_topics_with_a_response_topic(mosquitto: Mosquitto) -> None:
    async with Listener(mosquitto.port, f"{ROOT}/#") as listener, LivingOutlet(mosquitto.port) as daemon:
        await listener.topic(f"{ROOT}/availability", "online")
        listener.publish(f"{ROOT}/cmd/limit", "45", ResponseTopic=f"{ROOT}/state")
        await daemon.command()
        daemon.tell(CommandAnswered(id="a", at_s=0.0, command="limit", ok=True, value=45.0, source="mqtt"))
        await listener.topic(f"{ROOT}/cmd/limit/result")


async def test_bad_commands_are_dropped_with_a_word_and_the_daemon_lives_on(mosquitto: Mosquitto) -> None:
    async with Listener(mosquitto.port, f"{ROOT}/#") as listener, LivingOutlet(mosquitto.port) as daemon:
        await listener.topic(f"{ROOT}/availability", "online")
        for name, payload in (("limit", "nan"), ("snooze", b"\xff\xfe"), ("pause", "x" * 65), ("format", "PRESS")):
            listener.publish(f"{ROOT}/cmd/{name}", payload)
            result = await listener.topic(f"{ROOT}/cmd/{name}/result")
            assert not json.loads(result.text)["ok"]
        listener.publish(f"{ROOT}/cmd/snooze", "")
        listener.publish(f"{ROOT}/cmd/done", "PRESS")
        assert (await daemon.command()).name == "done"
        assert len(daemon.commands) == 1


async def test_a_retained_command_is_ignored(mosquitto: Mosquitto) -> None:
    async with Listener(mosquitto.port, f"{ROOT}/#") as listener:
        listener.publish(f"{ROOT}/cmd/pause", "ON", retain=True)
        await listener.topic(f"{ROOT}/cmd/pause")
        async with LivingOutlet(mosquitto.port) as daemon:
            await listener.topic(f"{ROOT}/availability", "online")
            listener.publish(f"{ROOT}/cmd/test", "PRESS")
            assert (await daemon.command()).name == "test"
            assert len(daemon.commands) == 1


async def test_a_retained_busy_topic_is_obeyed_and_only_a_change_is_news(mosquitto: Mosquitto) -> None:
    async with Listener(mosquitto.port, f"{ROOT}/#") as listener:
        listener.publish("house/call", "on", retain=True)
        async with LivingOutlet(mosquitto.port, busy_topic="house/call") as daemon:
            busy = await daemon.command()
            assert (busy.name, busy.value) == ("busy", "ON")
            listener.publish("house/call", "true")
            listener.publish("house/call", "off")
            assert (await daemon.command()).value == "OFF"
            assert len(daemon.commands) == 2


async def test_where_the_busy_topic_names_the_wearer_it_silences_nobody_else(mosquitto: Mosquitto) -> None:
    wearers = [Wearer("anna", "aaaaaa"), Wearer("ben", "bbbbbb")]
    async with (
        Listener(mosquitto.port, "sitbreak/#") as listener,
        LivingOutlet(mosquitto.port, wearers, busy_topic="house/{wearer}/call") as daemon,
    ):
        for node in ("aaaaaa", "bbbbbb"):
            await listener.topic(f"sitbreak/{node}/availability", "online")
        listener.publish("house/ben/call", "on")
        await daemon.command()
        listener.publish("sitbreak/aaaaaa/cmd/test", "PRESS")
        await daemon.command()
        assert [(wearer, command.name) for wearer, command in daemon.commands] == [("ben", "busy"), ("anna", "test")]
