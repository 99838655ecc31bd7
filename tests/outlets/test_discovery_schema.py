"""Our discovery against Home Assistant's own rules, restated from its MQTT schemas (2025.4 to 2026.11).

An unknown key is dropped in silence, a missing one takes the entity, a missing one of the device takes them all.
"""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from monitor.outlets.mqtt.discovery import discovery
from monitor.outlets.mqtt.messages import Topics, Wearer

ME = Wearer("me", "a1b2c3", model="DeskBand", firmware="1.2.3")
TOPICS = Topics("sitbreak", "a1b2c3")

SHORT = {"p": "platform", "avty": "availability", "stat_t": "state_topic", "t": "topic", "cmps": "components"} | {
    "o": "origin",
    "dev": "device",
}
SHORT_DEVICE = {"ids": "identifiers", "mdl": "model", "sw": "sw_version", "sn": "serial_number"}
SHORT_ORIGIN = {"sw": "sw_version", "url": "support_url"}

ANY = {"platform", "unique_id", "name", "icon", "entity_category", "enabled_by_default", "availability", "qos"} | {
    "availability_mode",
    "avty_mode",
}
HEARD = {"state_topic", "value_template"}
SAID = {"command_topic", "message_expiry_interval"}
# platform: required keys, allowed keys besides
SCHEMAS: dict[str, tuple[set[str], set[str]]] = {
    "sensor": (
        {"state_topic"},
        ANY
        | HEARD
        | {"device_class", "state_class", "unit_of_measurement", "options", "suggested_display_precision"}
        | {"last_reset_value_template", "json_attributes_topic", "json_attributes_template"},
    ),
    "binary_sensor": ({"state_topic"}, ANY | HEARD | {"device_class", "payload_on", "payload_off"}),
    "event": ({"state_topic", "event_types"}, ANY | HEARD | {"device_class"}),
    "button": ({"command_topic"}, ANY | SAID | {"device_class", "payload_press"}),
    "switch": ({"command_topic"}, ANY | HEARD | SAID | {"device_class", "payload_on", "payload_off"}),
    "number": (
        {"command_topic"},
        ANY | HEARD | SAID | {"device_class", "unit_of_measurement", "min", "max", "step", "mode"},
    ),
    "select": ({"command_topic", "options"}, ANY | HEARD | SAID),
    "device_automation": (
        {"automation_type", "type", "subtype", "topic"},
        {"platform", "unique_id", "value_template", "payload", "qos"},
    ),
}
UNITS = {
    "sensor": {
        "duration": {"d", "h", "min", "s", "ms", "μs"},
        "battery": {"%"},
        "signal_strength": {"dB", "dBm"},
        "enum": {None},
        "timestamp": {None},
    },
    "number": {"duration": {"d", "h", "min", "s", "ms", "μs"}},
    "binary_sensor": {"connectivity": {None}},
}
STATE_CLASSES = {
    "duration": {"measurement", "total", "total_increasing"},
    "battery": {"measurement"},
    "signal_strength": {"measurement"},
    "enum": {None},
    "timestamp": {None},
}


def _long(config: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {names.get(key, key): value for key, value in config.items()}


def _device() -> dict[str, Any]:
    (message,) = discovery(ME, TOPICS, "device", "homeassistant")
    return _long(json.loads(message.payload), SHORT)


def _of_the_device() -> dict[str, dict[str, Any]]:
    """Each component as Home Assistant sees it: long names, and what the device says for all."""
    shared = {key: value for key, value in _device().items() if key in ("availability", "state_topic", "qos")}
    found = {}
    for key, config in _device()["components"].items():
        full = _long(config, SHORT)
        platform = full["platform"]
        wanted = {name: value for name, value in shared.items() if name in SCHEMAS[platform][0] | SCHEMAS[platform][1]}
        found[key] = wanted | full
    return found


def _each_alone() -> dict[str, dict[str, Any]]:
    """The same from one message an entity; device and origin, which each of them repeats, are left out."""
    found = {}
    for message in discovery(ME, TOPICS, "components", "homeassistant"):
        _, platform, _, key, _ = message.topic.split("/")
        told = _long(json.loads(message.payload), SHORT)
        assert told.pop("device") == _device()["device"]
        assert told.pop("origin") == _device()["origin"]
        found[f"{key}, alone"] = {"platform": platform, **told}
    return found


ENTITIES = _of_the_device() | _each_alone()
EVERY = pytest.mark.parametrize("key", ENTITIES)


def test_the_device_has_what_the_schema_of_devices_requires_and_nothing_unknown() -> None:
    payload = _device()
    assert set(payload) == {"device", "origin", "components", "availability", "state_topic", "qos"}
    device = _long(payload["device"], SHORT_DEVICE)
    assert device["identifiers"]
    assert set(device) <= {"identifiers", "name", "model", "sw_version", "serial_number"}
    origin = _long(payload["origin"], SHORT_ORIGIN)
    assert set(origin) == {"name", "sw_version", "support_url"}
    assert re.match(r"https?://", origin["support_url"])


@EVERY
def test_every_component_has_what_its_platform_requires_and_nothing_unknown(key: str) -> None:
    found = ENTITIES[key]
    required, allowed = SCHEMAS[found["platform"]]
    assert required | {"unique_id"} <= set(found)
    assert set(found) <= required | allowed


@EVERY
def test_class_unit_and_state_class_go_together(key: str) -> None:
    found = ENTITIES[key]
    device_class, unit = found.get("device_class"), found.get("unit_of_measurement")
    if device_class is None:
        assert unit in (None, "%")
    else:
        assert unit in UNITS[found["platform"]][device_class]
        if found["platform"] == "sensor":
            assert found.get("state_class") in STATE_CLASSES[device_class]
    if "last_reset_value_template" in found:
        assert found["state_class"] == "total"
    assert ("options" in found) == (found["platform"] == "select" or device_class == "enum")
    assert len(found.get("options", [])) == len(set(found.get("options", [])))


@EVERY
def test_categories_topics_icons_and_availability_are_valid(key: str) -> None:
    found = ENTITIES[key]
    category = found.get("entity_category")
    changes_something = found["platform"] in ("button", "switch", "number", "select")
    assert category in ({None, "config", "diagnostic"} if changes_something else {None, "diagnostic"})
    assert re.match(r"mdi:[a-z0-9-]+$", found.get("icon", "mdi:x"))
    topics = [found[name] for name in ("state_topic", "command_topic", "topic") if name in found]
    topics += [_long(place, SHORT)["topic"] for place in found.get("availability", [])]
    assert topics
    assert not [topic for topic in topics if set("+#\0") & set(topic)]
    assert found["qos"] in (0, 1, 2)


def test_a_number_has_its_bounds_and_a_list_its_modes() -> None:
    for found in (entity for entity in ENTITIES.values() if entity["platform"] == "number"):
        assert found["min"] < found["max"]
        assert found["step"] > 0.001
        assert found["mode"] in ("auto", "box", "slider")


def test_the_topic_of_discovery_is_one_that_is_heard() -> None:
    heard = re.compile(r"(?P<component>\w+)/(?:(?P<node>[a-zA-Z0-9_-]+)/)?(?P<object>[a-zA-Z0-9_-]+)/config")
    for form in ("device", "components"):
        for message in discovery(ME, TOPICS, form, "homeassistant"):
            assert heard.fullmatch(message.topic.removeprefix("homeassistant/")), message.topic
