"""How Home Assistant finds the wearer: the table of entities, told in one message a device or one an entity.

Home Assistant drops the whole device for one missing ``unique_id`` or a missing origin, and a single entity for a unit
that does not go with its class; the tests hold these rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from monitor import __version__
from monitor.exchange import Message
from monitor.outlets.mqtt.entities import ENTITIES, Entity
from monitor.outlets.mqtt.messages import Topics, Wearer
from monitor.outlets.mqtt.payloads import EVENT_TYPES, compact

ORIGIN = {"name": "sitbreak", "sw": __version__, "url": "https://github.com/sitbreak/sitbreak"}


def component(entity: Entity, topics: Topics) -> dict[str, Any]:
    """One entity as it stands in ``cmps``; what the device says for all is left out."""
    found: dict[str, Any] = {
        "p": entity.platform,
        "unique_id": f"{topics.base}_{topics.node}_{entity.key}",
        "name": entity.name,
        **entity.config,
    }
    if entity.value:
        found["value_template"] = (
            entity.value if entity.value.startswith("{{") else f"{{{{ value_json.{entity.value} }}}}"
        )
    if entity.attributes:
        found |= {"json_attributes_topic": topics.of(entity.topic), "json_attributes_template": entity.attributes}
    if entity.command:
        found["command_topic"] = topics.of(f"cmd/{entity.command}")
    if entity.topic != "state":
        found["state_topic"] = topics.of(entity.topic)
    if entity.measured:
        found["avty"] = [{"t": topics.of("availability")}, {"t": topics.of("link")}]
        found["avty_mode"] = "all"
    if entity.platform == "event":
        # Going unavailable and back would fire every simple automation: a ghost alert at each restart.
        found["avty"] = []
    return found


def trigger(event_type: str, topics: Topics) -> dict[str, Any]:
    """One line in Home Assistant's list of device triggers."""
    return {
        "p": "device_automation",
        "unique_id": f"{topics.base}_{topics.node}_trigger_{event_type}",
        "automation_type": "trigger",
        "type": "alert",
        "subtype": event_type,
        "topic": topics.of("event"),
        "value_template": "{{ value_json.event_type }}",
        "payload": event_type,
    }


def components(topics: Topics) -> dict[str, dict[str, Any]]:
    """Everything of one wearer by its key."""
    return {entity.key: component(entity, topics) for entity in ENTITIES} | {
        f"trigger_{event_type}": trigger(event_type, topics) for event_type in EVENT_TYPES
    }


def device(wearer: Wearer, topics: Topics) -> dict[str, Any]:
    """The device behind the entities; no area is suggested, because that renames entities."""
    known = {"mdl": wearer.model, "sw": wearer.firmware}
    return {
        "ids": [f"{topics.base}_{topics.node}"],
        "name": wearer.title,
        "sn": topics.node,
        **{key: value for key, value in known.items() if value},
    }


def discovery(wearer: Wearer, topics: Topics, form: str, prefix: str) -> list[Message]:
    """The retained announcements: ``device`` one for all, ``components`` one each, ``off`` none."""
    if form == "device":
        return [Message(f"{prefix}/device/{topics.base}_{topics.node}/config", _for_all(wearer, topics), retain=True)]
    return list(_one_each(wearer, topics, prefix)) if form == "components" else []


def _for_all(wearer: Wearer, topics: Topics) -> str:
    return compact(
        {
            "dev": device(wearer, topics),
            "o": ORIGIN,
            "avty": [{"t": topics.of("availability")}],
            "stat_t": topics.of("state"),
            "qos": 1,
            "cmps": components(topics),
        }
    )


def _one_each(wearer: Wearer, topics: Topics, prefix: str) -> Iterator[Message]:
    for key, found in components(topics).items():
        platform = found.pop("p")
        payload = {"dev": device(wearer, topics), "o": ORIGIN, "qos": 1, **found}
        if platform != "device_automation":
            payload.setdefault("avty", [{"t": topics.of("availability")}])
            if "value_template" in found:
                payload.setdefault("state_topic", topics.of("state"))
        yield Message(f"{prefix}/{platform}/{topics.node}/{key}/config", compact(payload), retain=True)
