"""The real Home Assistant with the real mosquitto: what it makes of our discovery, and the blueprint at work.

Slow (two minutes) and of its own Python: ``make test-home-assistant``.
"""

from __future__ import annotations

import asyncio
import os
import re
import time
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.diagnostics import Diagnostics, Pushed
from monitor.events import BreakTaken, DaySummary, Snoozed, StandingLong, TestAlert
from monitor.exchange import ExerciseProgress, Message
from monitor.outlets.mqtt.entities import DIAGNOSTICS, ENTITIES
from tests.home_assistant.house import BLUEPRINT, HomeAssistant, Phone
from tests.support.brokers import Listener, Mosquitto
from tests.support.living_outlet import HIPS, LivingOutlet, break_due
from tests.support.outboxes import MemoryRegister

pytestmark = [
    pytest.mark.mosquitto,
    pytest.mark.skipif("HASS" not in os.environ, reason="needs Home Assistant: make test-home-assistant"),
]
ROOT = "sitbreak/a1b2c3"
DASHBOARD = BLUEPRINT.parent / "dashboard.yaml"


DAY_SO_FAR = DaySummary(
    id="d",
    at_s=1_795_366_800.0,
    date="2026-11-22",
    until="18:00",
    sedentary_min=372.0,
    longest_min=47.0,
    breaks=9,
    alerts=4,
)

ITS_OWN = (
    "The connection was lost",  # where a test restarts the broker
    # What Home Assistant says of itself, once, after device-based discovery has moved to one message an entity:
    "No device components to cleanup",
    "MqttDiscoveryDeviceUpdateMixin",
)


@pytest.fixture
async def house(mosquitto: Mosquitto, tmp_path: Path) -> AsyncIterator[HomeAssistant]:
    async with HomeAssistant(tmp_path, mosquitto.port) as home_assistant:
        yield home_assistant
        complaints = [line for line in home_assistant.complaints() if not any(word in line for word in ITS_OWN)]
        assert not complaints, "\n".join(complaints)


def entity_id(key: str) -> str:
    (entity,) = [entity for entity in ENTITIES if entity.key == key]
    return f"{entity.platform}.desk_wearable_{re.sub(r'[^a-z0-9]+', '_', entity.name.lower()).strip('_')}"


SHOWN = {entity_id(entity.key) for entity in ENTITIES if entity.config.get("enabled_by_default", True)}


def ours(house: HomeAssistant) -> dict[str, dict[str, Any]]:
    return {name: state for name, state in house.states().items() if "desk_wearable" in name}


def available(house: HomeAssistant) -> set[str]:
    return {name for name, state in ours(house).items() if state["state"] != "unavailable"}


async def test_every_entity_is_there_with_its_class_and_unit_and_state(
    house: HomeAssistant, mosquitto: Mosquitto
) -> None:
    async with LivingOutlet(mosquitto.port) as daemon:
        daemon.tell(
            battery_pct=81,
            rssi_dbm=-61,
            bout_s=1110.0,
            today_s=3600.0,
            longest_s=1800.0,
            breaks=5,
            day_start_s=time.time() - 7200,
            next_break_s=time.time() + 690,
        )
        await house.until_state(entity_id("breaks"), "5")
        states = ours(house)
        assert set(states) == SHOWN
        for entity in ENTITIES:
            found = states.get(entity_id(entity.key), {"attributes": entity.config})["attributes"]
            for key in ("device_class", "unit_of_measurement", "state_class", "icon", "options", "event_types"):
                assert found.get(key) == entity.config.get(key), (entity.key, key)
        told = {key: states[entity_id(key)]["state"] for key in ("posture", "sitting", "bout", "battery", "connected")}
        assert told == {"posture": "sitting", "sitting": "on", "bout": "18.5", "battery": "81", "connected": "on"}
        assert states[entity_id("next_break")]["state"] not in ("unknown", "unavailable")
        assert states[entity_id("today")]["attributes"]["last_reset"]


class Figures:
    """Gauges that always read the same."""

    async def read(self, wearer: str) -> Diagnostics:
        pushed = (
            Pushed("ntfy (push address 1)", "accepted", "", time.time()),
            Pushed("Telegram (push address 2)", "refused", "http:401", time.time()),
        )
        return Diagnostics(time.time(), 0.25, 3, 0, 0.51, 0.83, 7, 2, pushed)

    def acknowledged(self, message: Message) -> None:
        pass


async def test_the_figures_for_the_curious_are_there_once_they_are_switched_on(
    house: HomeAssistant, mosquitto: Mosquitto, monkeypatch: pytest.MonkeyPatch
) -> None:
    for entity in ENTITIES:
        monkeypatch.setitem(entity.config, "enabled_by_default", True)
    async with LivingOutlet(mosquitto.port, gauges=Figures()) as daemon:
        daemon.tell()
        await house.until_state(entity_id("push"), "failing")
        states = ours(house)
        assert set(states) == {entity_id(entity.key) for entity in ENTITIES}
        told = {
            entity.key: float(states[entity_id(entity.key)]["state"]) for entity in DIAGNOSTICS if entity.key != "push"
        }
        assert told == {"packet_loss": 0.25, "reconnects": 3, "latency_p50": 0.51, "latency_p95": 0.83, "outbox": 2}
        for entity in DIAGNOSTICS:
            found = states[entity_id(entity.key)]["attributes"]
            for key in ("device_class", "unit_of_measurement", "state_class", "icon", "options"):
                assert found.get(key) == entity.config.get(key), (entity.key, key)
        services = states[entity_id("push")]["attributes"]["services"]
        assert [(each["service"], each["reason"]) for each in services] == [
            ("ntfy (push address 1)", None),
            ("Telegram (push address 2)", "http:401"),
        ]


async def test_the_exercise_is_shown_while_it_is_done_and_unknown_otherwise(
    house: HomeAssistant, mosquitto: Mosquitto
) -> None:
    async with LivingOutlet(mosquitto.port) as daemon:
        daemon.tell()
        await house.until_state(entity_id("exercise"), "unknown")
        sentence = "6 of 10 on the sensor's side"
        daemon.tell(exercise=ExerciseProgress("standing_hip_flexion", "Hips", 6, 10, 12.0, "sensor", sentence))
        await house.until_state(entity_id("exercise"), sentence)
        shown = ours(house)[entity_id("exercise")]["attributes"]
        assert (shown["seen"], shown["of"], shown["side"], shown["hold_s"]) == (6, 10, "sensor", 12)
        daemon.tell(exercise=None)
        await house.until_state(entity_id("exercise"), "unknown")


async def test_every_control_acts_and_shows_what_became_of_it(house: HomeAssistant, mosquitto: Mosquitto) -> None:
    async with LivingOutlet(mosquitto.port) as daemon:
        daemon.tell()
        await house.until_state(entity_id("limit"), "30")
        pressed = {
            key: (key, "PRESS") for key in ("snooze", "test", "done", "break", "skip", "wrong", "standing", "hurts")
        }
        for key, wanted in {**pressed, "exercises": ("hurts", "OFF")}.items():
            await asyncio.to_thread(house.call, "button.press", entity_id=entity_id(key))
            command = await daemon.command()
            assert (command.name, command.value) == wanted
        for key, service, given, value, change, shown in (
            ("pause", "switch.turn_on", {}, "ON", {"paused": True}, "on"),
            ("busy", "switch.turn_on", {}, "ON", {"busy": True}, "on"),
            ("limit", "number.set_value", {"value": 45}, "45", {"limit_s": 2700.0}, "45"),
            ("profile", "select.select_option", {"option": "strict"}, "strict", {"profile": "strict"}, "strict"),
        ):
            await asyncio.to_thread(house.call, service, entity_id=entity_id(key), **given)
            command = await daemon.command()
            assert (command.name, command.value) == (key, value)
            daemon.tell(**change)
            await house.until_state(entity_id(key), shown)


async def test_every_kind_of_alert_arrives_as_an_event(house: HomeAssistant, mosquitto: Mosquitto) -> None:
    async with LivingOutlet(mosquitto.port) as daemon:
        daemon.tell()
        await house.until_state(entity_id("alert_state"), "none")
        at_s = time.time()
        taken = BreakTaken(id="t", at_s=at_s, bout_id="b", break_start_s=at_s, upright_s=60.0, sedentary_s=1800.0)
        for event, kind in (
            (break_due(at_s), "break_due"),
            (break_due(at_s, 1), "break_overdue"),
            (taken, "break_taken"),
            (Snoozed(id="s", at_s=at_s, alert_id=None, until_s=at_s + 600), "snoozed"),
            (StandingLong(id="l", at_s=at_s, standing_s=3600.0, title="T", message="M"), "standing_long"),
            (replace(DAY_SO_FAR, at_s=at_s), "day_summary"),
            (TestAlert(id="x", at_s=at_s, title="T", message="M", exercise=None), "test"),
        ):
            daemon.tell(event)

            def seen(kind: str = kind) -> bool:
                return bool(ours(house)[entity_id("alert")]["attributes"]["event_type"] == kind)

            await house.until(seen)
        assert ours(house)[entity_id("alert")]["attributes"]["message"] == "M"


async def test_it_is_unavailable_when_the_daemon_is_gone_and_back_when_it_is_back(
    house: HomeAssistant, mosquitto: Mosquitto
) -> None:
    without = {entity_id("alert")}  # an event that comes and goes with the daemon would be a ghost alert
    async with LivingOutlet(mosquitto.port) as daemon:
        daemon.tell()
        await house.until(lambda: available(house) == SHOWN)
        connection = daemon.outlet._sessions["me"]._connection
        assert connection is not None
        connection.abandon()  # as when it is killed: the broker sends the will
        await house.until(lambda: available(house) == without)
        await house.until(lambda: available(house) == SHOWN)
        mosquitto.stop()
        mosquitto.start()
        await house.until(lambda: available(house) == SHOWN and house.state(entity_id("posture")) == "sitting")
        await house.stop()
        await house.start()
        await house.until(lambda: available(house) == SHOWN and house.state(entity_id("posture")) == "sitting")
    await house.until(lambda: available(house) == without)


async def test_discovery_moves_and_goes_without_a_word_of_complaint(house: HomeAssistant, mosquitto: Mosquitto) -> None:
    register = MemoryRegister()
    for form, count in (("device", len(SHOWN)), ("components", len(SHOWN)), ("device", len(SHOWN)), ("off", 0)):
        register.changed.clear()
        async with LivingOutlet(mosquitto.port, register=register, discovery=form) as daemon:
            daemon.tell()
            await asyncio.wait_for(register.changed.wait(), 8)
            await house.until(lambda count=count: len(available(house)) == count)
            await asyncio.sleep(1)  # whatever would still go wrong
            assert len(available(house)) == count, form


async def test_an_alert_reaches_the_phone_and_the_answer_comes_back(house: HomeAssistant, mosquitto: Mosquitto) -> None:
    async with LivingOutlet(mosquitto.port) as daemon:
        daemon.tell()
        await house.until_state(entity_id("alert_state"), "none")
        async with Phone(house) as phone, Listener(mosquitto.port, f"{ROOT}/cmd/+") as listener:
            chosen = {"alert": entity_id("alert"), "alert_state": entity_id("alert_state"), "phone": phone.device_id}
            await house.automate(**chosen)
            quiet = break_due(time.time() - 60, level=1)
            first = break_due(time.time(), level=2)
            daemon.tell(quiet, first, alert="due", alert_id=first.alert_id)
            push = await phone.pushed(1)
            assert (push["title"], push["message"]) == (first.title, first.message)
            buttons = push["data"]["actions"]
            assert [button["title"] for button in buttons] == ["Done", "Snooze 10 min", "In a call"]
            assert push["data"]["tag"] == "sitbreak_a1b2c3"
            for button, name, value in zip(buttons, ("done", "snooze", "busy"), ("PRESS", "10", "30"), strict=True):
                await phone.tap(button["action"])
                await listener.topic(f"{ROOT}/cmd/{name}")
                command = await daemon.command()
                assert (command.name, command.value, command.alert_id) == (name, value, first.alert_id)
            await house.until_state(entity_id("alert_state"), "due")
            daemon.tell(alert="none", alert_id=None)
            push = await phone.pushed(2)
            assert (push["message"], push["data"]["tag"]) == ("clear_notification", "sitbreak_a1b2c3")

            await phone.tap("somebody_else|done|01J")  # of another wearer's automation
            hips = replace(HIPS, image="https://example.org/hips.png")
            await house.automate(**chosen, third="wrong", language="de", snooze_min=5)
            second = break_due(time.time() + 1, level=2, exercise=hips)
            daemon.tell(second, alert="due", alert_id=second.alert_id)
            push = await phone.pushed(3)
            assert push["data"]["image"] == "https://example.org/hips.png"
            assert [button["title"] for button in push["data"]["actions"]] == ["Erledigt", "Später: 5 min", "Ich stand"]
            await phone.tap(push["data"]["actions"][2]["action"])
            command = await daemon.command()
            assert (command.name, command.alert_id) == ("wrong", second.alert_id)
            daemon.tell(TestAlert(id="x", at_s=time.time(), title="Test alert", message="M", exercise=None))
            push = await phone.pushed(4)
            assert (push["title"], push["data"]["actions"]) == ("Test alert", [])
            daemon.tell(replace(DAY_SO_FAR, at_s=time.time()))
            push = await phone.pushed(5)
            assert push["title"] == "Your day so far"
            assert push["message"].startswith("Today until 18:00: 6 hours")
            assert (push["data"]["tag"], push["data"].get("actions", [])) == ("sitbreak_a1b2c3-day", [])


async def test_neither_restart_makes_a_ghost_on_the_phone_and_a_tap_after_it_still_counts(
    house: HomeAssistant, mosquitto: Mosquitto
) -> None:
    async with Phone(house) as phone:
        alert = break_due(time.time(), level=2)
        async with LivingOutlet(mosquitto.port) as daemon:
            daemon.tell()
            await house.until_state(entity_id("alert_state"), "none")
            inputs = {"alert": entity_id("alert"), "alert_state": entity_id("alert_state"), "phone": phone.device_id}
            await house.automate(**inputs)
            daemon.tell(alert, alert="due", alert_id=alert.alert_id)
            push = await phone.pushed(1)
        async with LivingOutlet(mosquitto.port) as daemon:
            daemon.tell(alert="due", alert_id=alert.alert_id)
            await house.until_state(entity_id("alert_state"), "due")
            await house.stop()
            await house.start()
            await house.until_state(entity_id("alert_state"), "due")
            mosquitto.stop()
            mosquitto.start()
            await house.until(lambda: available(house) == SHOWN)
            await phone.tap(push["data"]["actions"][0]["action"])
            command = await daemon.command()
            assert (command.name, command.alert_id) == ("done", alert.alert_id)
        assert len(phone.pushes) == 1


async def test_at_level_three_the_lamp_blinks_and_the_speaker_speaks(
    house: HomeAssistant, mosquitto: Mosquitto
) -> None:
    async with LivingOutlet(mosquitto.port) as daemon:
        daemon.tell()
        await house.until_state(entity_id("alert_state"), "none")
        async with Phone(house) as phone:
            inputs = {"alert": entity_id("alert"), "alert_state": entity_id("alert_state"), "phone": phone.device_id}
            room = {"lamps": ["light.desk"], "speakers": ["media_player.kitchen"], "voice": ["tts.any"]}
            await house.automate(**inputs, **room)
            before = house.states()["light.desk"]
            daemon.tell(break_due(time.time(), level=2))
            await phone.pushed(1)
            assert house.state("voice.said") is None
            alert = break_due(time.time() + 1, level=3)
            daemon.tell(alert)
            await phone.pushed(2)
            await house.until_state("voice.said", alert.message)
            assert house.states()["voice.said"]["attributes"]["players"] == ["media_player.kitchen"]
            await house.until_state("light.desk", "on" if before["state"] == "off" else "off")
            await house.until_state("light.desk", "off")


async def test_the_dashboard_shows_entities_that_exist(house: HomeAssistant, mosquitto: Mosquitto) -> None:
    async with LivingOutlet(mosquitto.port) as daemon:
        daemon.tell()
        await house.until(lambda: available(house) == SHOWN)
        named = set(re.findall(r"[a-z_]+\.desk_wearable_\w+", DASHBOARD.read_text(encoding="utf-8")))
        assert named
        assert named <= SHOWN
        for template in _templates(yaml.safe_load(DASHBOARD.read_text(encoding="utf-8"))):
            assert await asyncio.to_thread(house.render, template)


def _templates(part: Any) -> list[str]:
    if isinstance(part, dict):
        return [found for value in part.values() for found in _templates(value)]
    if isinstance(part, list):
        return [found for value in part for found in _templates(value)]
    return [part] if isinstance(part, str) and "{{" in part else []
