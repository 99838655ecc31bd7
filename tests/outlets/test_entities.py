"""The entities of the contract, each with what makes it what it is."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from monitor.diagnostics import Meter
from monitor.model import Posture
from monitor.outlets.mqtt.commands import NAMES
from monitor.outlets.mqtt.discovery import components
from monitor.outlets.mqtt.entities import DIAGNOSTICS, ENTITIES
from monitor.outlets.mqtt.messages import Phrasebook, Topics
from monitor.outlets.mqtt.payloads import EVENT_TYPES
from tests.outlets.test_messages import STATE
from tests.support.living_outlet import ME

TOPICS = Topics("sitbreak", "a1b2c3")
ROOT = "sitbreak/a1b2c3"
A_AND_L = [{"t": f"{ROOT}/availability"}, {"t": f"{ROOT}/link"}]
CMPS: dict[str, dict[str, Any]] = components(TOPICS)
FIGURES = {entity.key for entity in DIAGNOSTICS}

# key: platform, name, device_class, state_class, unit, category, icon, availability
CONTRACT = {
    "sitting": ("binary_sensor", "Sitting", None, None, None, None, "mdi:seat", "A+L"),
    "posture": ("sensor", "Posture", "enum", None, None, None, "mdi:human", "A+L"),
    "bout": ("sensor", "Current sitting bout", "duration", "measurement", "min", None, "mdi:timer-sand", "A+L"),
    "alert_state": ("sensor", "Alert state", "enum", None, None, None, "mdi:bell-badge", "A"),
    "exercise": ("sensor", "Exercise", None, None, None, None, "mdi:yoga", "A"),
    "next_break": ("sensor", "Next break due", "timestamp", None, None, None, None, "A"),
    "today": ("sensor", "Sitting today", "duration", "total", "min", None, None, "A"),
    "longest": ("sensor", "Longest bout today", "duration", "measurement", "min", None, None, "A"),
    "breaks": ("sensor", "Breaks today", None, "total", None, None, "mdi:walk", "A"),
    "battery": ("sensor", "Battery", "battery", "measurement", "%", "diagnostic", None, "A+L"),
    "rssi": ("sensor", "Signal strength", "signal_strength", "measurement", "dBm", "diagnostic", None, "A+L"),
    "connected": ("binary_sensor", "Wearable connected", "connectivity", None, None, "diagnostic", None, "A"),
    "alert": ("event", "Break alert", None, None, None, None, "mdi:bell-ring", "none"),
    "snooze": ("button", "Snooze", None, None, None, None, "mdi:alarm-snooze", "A"),
    "test": ("button", "Test alert", None, None, None, "diagnostic", "mdi:bell-check", "A"),
    "hurts": ("button", "This exercise hurts", None, None, None, None, "mdi:hand-back-left", "A"),
    "exercises": ("button", "Exercises again", None, None, None, None, "mdi:restore", "A"),
    "standing": ("button", "I stand upright now", None, None, None, None, "mdi:human-male", "A"),
    "pause": ("switch", "Pause alerts", None, None, None, None, "mdi:pause-circle", "A"),
    "limit": ("number", "Sitting limit", "duration", None, "min", "config", None, "A"),
    "profile": ("select", "Alert profile", None, None, None, "config", None, "A"),
}


@pytest.mark.parametrize("key", CONTRACT)
def test_the_entity_is_as_the_contract_has_it(key: str) -> None:
    found = CMPS[key]
    platform, name, device_class, state_class, unit, category, icon, availability = CONTRACT[key]
    assert (found["p"], found["name"], found.get("icon")) == (platform, name, icon)
    assert found["unique_id"] == f"sitbreak_a1b2c3_{key}"
    assert found.get("device_class") == device_class
    assert (found.get("state_class"), found.get("unit_of_measurement")) == (state_class, unit)
    assert found.get("entity_category") == category
    assert found.get("avty") == {"A": None, "A+L": A_AND_L, "none": []}[availability]
    assert found.get("avty_mode") == ("all" if availability == "A+L" else None)


def test_a_sum_that_may_be_corrected_begins_anew_at_midnight_and_only_a_count_of_this_run_may_never_fall() -> None:
    summed = {key: found["state_class"] for key, found in CMPS.items() if "total" in found.get("state_class", "")}
    assert summed == {"today": "total", "breaks": "total", "reconnects": "total_increasing"}
    for key in ("today", "breaks"):
        assert CMPS[key]["last_reset_value_template"] == "{{ value_json.day_start or '' }}"


@pytest.mark.parametrize("key", [entity.key for entity in ENTITIES])
def test_every_template_reads_a_key_that_the_state_has(key: str) -> None:
    said = Phrasebook(ME, TOPICS)
    told = said.diagnostics(Meter().read(0.0, 0)) if key in FIGURES else said.state(STATE)
    state = json.loads(told.payload)
    assert CMPS[key].get("state_topic", f"{ROOT}/state") == told.topic or "value_template" not in CMPS[key]
    for name in ("value_template", "last_reset_value_template", "json_attributes_template"):
        template = CMPS[key].get(name, "")
        assert set(re.findall(r"value_json\.(\w+)", template)) <= set(state)


def test_figures_for_the_curious_are_hidden_and_on_a_topic_of_their_own() -> None:
    assert {"packet_loss", "reconnects", "latency_p50", "latency_p95", "outbox", "push"} == FIGURES
    for key in FIGURES:
        assert CMPS[key]["state_topic"] == f"{ROOT}/diagnostics"
        assert (CMPS[key]["entity_category"], CMPS[key]["enabled_by_default"]) == ("diagnostic", False)
        assert "avty" not in CMPS[key]  # what was measured stays true while the wearable is away


def test_entity_names_do_not_repeat_the_devices_name() -> None:
    assert not [entity.name for entity in ENTITIES if "wearable" in entity.name.lower() and entity.key != "connected"]


def test_every_command_topic_is_a_command_that_is_obeyed() -> None:
    topics = {found["command_topic"] for found in CMPS.values() if "command_topic" in found}
    assert topics <= {f"{ROOT}/cmd/{name}" for name in NAMES}
    assert {f"{ROOT}/cmd/{name}" for name in ("snooze", "test", "pause", "limit", "profile", "busy", "done")} <= topics


def test_the_particulars_of_the_contract() -> None:
    assert CMPS["sitting"]["value_template"] == "{{ 'ON' if value_json.sitting else 'OFF' }}"
    assert set(CMPS["posture"]["options"]) == {posture.word for posture in Posture}
    assert CMPS["alert_state"]["options"] == ["none", "due", "overdue", "snoozed", "paused"]
    assert CMPS["alert"]["event_types"] == list(EVENT_TYPES)
    assert CMPS["alert"]["state_topic"] == f"{ROOT}/event"
    assert CMPS["bout"]["suggested_display_precision"] == 0
    assert CMPS["rssi"]["enabled_by_default"] is False
    connected = CMPS["connected"]
    assert (connected["state_topic"], connected["payload_on"]) == (f"{ROOT}/link", "online")
    assert connected["payload_off"] == "offline"
    assert (CMPS["limit"]["min"], CMPS["limit"]["max"], CMPS["limit"]["step"], CMPS["limit"]["mode"]) == (
        1,
        240,
        1,
        "box",
    )
    assert CMPS["profile"]["options"] == ["gentle", "normal", "strict"]
    assert all(CMPS[key]["message_expiry_interval"] == 60 for key in ("snooze", "break", "test"))
    assert CMPS["exercise"]["json_attributes_topic"] == f"{ROOT}/state"
    hurts, again = CMPS["hurts"], CMPS["exercises"]
    assert hurts["command_topic"] == again["command_topic"] == f"{ROOT}/cmd/hurts"
    assert (hurts["payload_press"], again["payload_press"]) == ("PRESS", "OFF")
