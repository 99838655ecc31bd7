"""How the wearer is announced: as one device, or in one message an entity, or not at all."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from monitor.outlets.mqtt.discovery import discovery
from monitor.outlets.mqtt.messages import Topics, Wearer
from monitor.outlets.mqtt.payloads import EVENT_TYPES

ADD_ON = Path(__file__).parents[2] / "config" / "home_assistant_addon" / "sitbreak" / "config.yaml"
ME = Wearer("me", "a1b2c3", title="Desk wearable", model="DeskBand", firmware="1.2.3")
TOPICS = Topics("sitbreak", "a1b2c3")
ROOT = "sitbreak/a1b2c3"


def _device() -> dict[str, Any]:
    (message,) = discovery(ME, TOPICS, "device", "homeassistant")
    assert (message.topic, message.retain, message.qos) == ("homeassistant/device/sitbreak_a1b2c3/config", True, 1)
    payload = json.loads(message.payload)
    assert isinstance(payload, dict)
    return payload


CMPS: dict[str, dict[str, Any]] = _device()["cmps"]


def test_the_device_names_its_origin_its_ids_and_the_topics_for_all() -> None:
    payload = _device()
    assert payload["dev"]["ids"] == ["sitbreak_a1b2c3"]
    assert payload["dev"]["name"] == "Desk wearable"
    assert payload["o"]["name"] == "sitbreak"
    assert payload["o"]["url"] == yaml.safe_load(ADD_ON.read_text(encoding="utf-8"))["url"]
    assert payload["avty"] == [{"t": f"{ROOT}/availability"}]
    assert (payload["stat_t"], payload["qos"]) == (f"{ROOT}/state", 1)
    assert "suggested_area" not in payload["dev"]


def test_what_is_unknown_of_the_device_is_left_out() -> None:
    (message,) = discovery(Wearer("me", "a1b2c3"), TOPICS, "device", "homeassistant")
    assert set(json.loads(message.payload)["dev"]) == {"ids", "name", "sn"}


def test_every_unique_id_is_there_once() -> None:
    ids = [found["unique_id"] for found in CMPS.values()]
    assert len(ids) == len(set(ids))
    assert all(re.fullmatch(r"[a-z0-9_-]+", unique_id) for unique_id in ids)


@pytest.mark.parametrize("event_type", EVENT_TYPES)
def test_every_event_type_is_a_device_trigger(event_type: str) -> None:
    found = CMPS[f"trigger_{event_type}"]
    assert (found["p"], found["automation_type"]) == ("device_automation", "trigger")
    assert (found["type"], found["subtype"], found["payload"]) == ("alert", event_type, event_type)
    assert (found["topic"], found["value_template"]) == (f"{ROOT}/event", "{{ value_json.event_type }}")


def test_older_consumers_get_one_message_an_entity_that_needs_no_other() -> None:
    messages = discovery(ME, TOPICS, "components", "homeassistant")
    assert len(messages) == len(CMPS)
    told = {message.topic: json.loads(message.payload) for message in messages}
    posture = told["homeassistant/sensor/a1b2c3/posture/config"]
    assert posture["state_topic"] == f"{ROOT}/state"
    assert told["homeassistant/event/a1b2c3/alert/config"]["avty"] == []
    for topic, payload in told.items():
        assert re.fullmatch(r"homeassistant/[a-z_]+/[a-z0-9_-]+/[a-z0-9_-]+/config", topic)
        assert payload["dev"]["ids"] == ["sitbreak_a1b2c3"]
        assert payload["o"]["name"]
        assert "p" not in payload


def test_discovery_can_be_switched_off_and_moved() -> None:
    assert discovery(ME, TOPICS, "off", "homeassistant") == []
    (message,) = discovery(ME, TOPICS, "device", "ha")
    assert message.topic == "ha/device/sitbreak_a1b2c3/config"
