"""How Home Assistant finds the wearer: one table of entities, told in one message a device or one an entity.

Home Assistant drops the whole device for one missing ``unique_id`` or a missing origin, and a single entity for a unit
that does not go with its class; the tests hold these rules. Keys are part of the ``unique_id``: never rename one.
To remove an entity from a device, publish it once as ``{"p": platform}`` alone; leaving it out does not remove it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from monitor import __version__
from monitor.exchange import Message
from monitor.model import Posture
from monitor.outlets.mqtt.messages import Topics, Wearer
from monitor.outlets.mqtt.payloads import ALERTS, EVENT_TYPES, PROFILES, compact

ORIGIN = {"name": "sitbreak", "sw": __version__, "url": "https://pypi.org/project/sitbreak/"}
_RESET_AT_MIDNIGHT = "{{ value_json.day_start or '' }}"
# Home Assistant logs a warning for "None" here, and nothing for an empty text.
_COMMAND_EXPIRY_S = 60


@dataclass(frozen=True, slots=True)
class Entity:
    """One line of the table."""

    key: str
    platform: str
    name: str
    value: str = ""
    """Key of the state, or a whole template."""
    command: str = ""
    """Last part of the command topic, for entities that can be set."""
    attributes: str = ""
    """A template of the state that gives the attributes as JSON."""
    measured: bool = False
    """Needs a live wearable besides a live daemon."""
    config: dict[str, Any] = field(default_factory=dict)


def _diagnostic(**config: Any) -> dict[str, Any]:
    return {"entity_category": "diagnostic", **config}


def _press(says: str = "PRESS", **config: Any) -> dict[str, Any]:
    return {"payload_press": says, "message_expiry_interval": _COMMAND_EXPIRY_S, **config}


def _figure(
    icon: str | None = None, unit: str | None = None, state_class: str = "measurement", **config: Any
) -> dict[str, Any]:
    known = {"icon": icon, "unit_of_measurement": unit}
    config |= {key: value for key, value in known.items() if value}
    return _diagnostic(state_class=state_class, enabled_by_default=False, **config)


_SECONDS = {"device_class": "duration", "unit": "s"}
_DURATION = {"device_class": "duration", "unit_of_measurement": "min"}
_TOTAL = {"state_class": "total", "last_reset_value_template": _RESET_AT_MIDNIGHT}
_LIMIT = {"min": 1, "max": 240, "step": 1, "mode": "box", "entity_category": "config"}

ENTITIES: tuple[Entity, ...] = (
    Entity(
        "sitting",
        "binary_sensor",
        "Sitting",
        value="{{ 'ON' if value_json.sitting else 'OFF' }}",
        measured=True,
        # No occupancy class: it would make a room count as occupied, and the wearable knows no room.
        config={"icon": "mdi:seat"},
    ),
    Entity(
        "posture",
        "sensor",
        "Posture",
        value="posture",
        measured=True,
        config={"device_class": "enum", "options": [posture.word for posture in Posture], "icon": "mdi:human"},
    ),
    Entity(
        "bout",
        "sensor",
        "Current sitting bout",
        value="bout_min",
        measured=True,
        config={
            **_DURATION,
            "state_class": "measurement",
            "icon": "mdi:timer-sand",
            "suggested_display_precision": 0,
        },
    ),
    Entity(
        "alert_state",
        "sensor",
        "Alert state",
        value="alert",
        config={"device_class": "enum", "options": list(ALERTS), "icon": "mdi:bell-badge"},
    ),
    Entity(
        "exercise",
        "sensor",
        "Exercise",
        value="{{ value_json.exercise.text if value_json.exercise else none }}",
        attributes="{{ (value_json.exercise or {}) | tojson }}",
        config={"icon": "mdi:yoga"},
    ),
    Entity("next_break", "sensor", "Next break due", value="next_break", config={"device_class": "timestamp"}),
    # total, not total_increasing: a corrected quarter of an hour makes it fall, which would count as a reset.
    Entity("today", "sensor", "Sitting today", value="today_min", config={**_DURATION, **_TOTAL}),
    Entity(
        "longest",
        "sensor",
        "Longest bout today",
        value="longest_min",
        config={**_DURATION, "state_class": "measurement"},
    ),
    Entity("breaks", "sensor", "Breaks today", value="breaks", config={**_TOTAL, "icon": "mdi:walk"}),
    Entity(
        "battery",
        "sensor",
        "Battery",
        value="battery",
        measured=True,
        config=_diagnostic(device_class="battery", state_class="measurement", unit_of_measurement="%"),
    ),
    Entity(
        "rssi",
        "sensor",
        "Signal strength",
        value="rssi",
        measured=True,
        config=_diagnostic(
            device_class="signal_strength",
            state_class="measurement",
            unit_of_measurement="dBm",
            enabled_by_default=False,
        ),
    ),
    Entity(
        "connected",
        "binary_sensor",
        "Wearable connected",
        config=_diagnostic(device_class="connectivity", payload_on="online", payload_off="offline"),
    ),
    Entity("alert", "event", "Break alert", config={"event_types": list(EVENT_TYPES), "icon": "mdi:bell-ring"}),
    Entity("snooze", "button", "Snooze", command="snooze", config=_press(icon="mdi:alarm-snooze")),
    Entity("test", "button", "Test alert", command="test", config=_press(**_diagnostic(icon="mdi:bell-check"))),
    Entity("done", "button", "Break taken", command="done", config=_press(icon="mdi:check-circle")),
    Entity("break", "button", "Start a break", command="break", config=_press(icon="mdi:run")),
    Entity("skip", "button", "Skip this break", command="skip", config=_press(icon="mdi:debug-step-over")),
    Entity("wrong", "button", "I was not sitting", command="wrong", config=_press(icon="mdi:account-alert")),
    Entity("hurts", "button", "This exercise hurts", command="hurts", config=_press(icon="mdi:hand-back-left")),
    Entity("exercises", "button", "Exercises again", command="hurts", config=_press("OFF", icon="mdi:restore")),
    Entity("standing", "button", "I stand upright now", command="standing", config=_press(icon="mdi:human-male")),
    Entity(
        "pause",
        "switch",
        "Pause alerts",
        value="{{ 'ON' if value_json.paused else 'OFF' }}",
        command="pause",
        config={"icon": "mdi:pause-circle"},
    ),
    Entity(
        "busy",
        "switch",
        "Busy",
        value="{{ 'ON' if value_json.busy else 'OFF' }}",
        command="busy",
        config={"icon": "mdi:phone-in-talk"},
    ),
    Entity("limit", "number", "Sitting limit", value="limit_min", command="limit", config={**_DURATION, **_LIMIT}),
    Entity(
        "profile",
        "select",
        "Alert profile",
        value="profile",
        command="profile",
        config={"options": list(PROFILES), "entity_category": "config"},
    ),
)

DIAGNOSTICS: tuple[Entity, ...] = (
    Entity("packet_loss", "sensor", "Packet loss", value="packet_loss", config=_figure("mdi:wifi-alert", unit="%")),
    # It falls only to nothing, when the program starts anew: that is what total_increasing is for.
    Entity(
        "reconnects",
        "sensor",
        "Reconnects",
        value="reconnects",
        config=_figure("mdi:bluetooth-connect", state_class="total_increasing"),
    ),
    Entity("latency_p50", "sensor", "Alert latency, median", value="latency_p50", config=_figure(**_SECONDS)),
    Entity("latency_p95", "sensor", "Alert latency, 95 %", value="latency_p95", config=_figure(**_SECONDS)),
    Entity("outbox", "sensor", "Messages waiting", value="outbox", config=_figure("mdi:tray-full")),
    Entity(
        "push",
        "sensor",
        "Pushes to the phone",
        value="push",
        attributes="{{ {'services': value_json.push_services} | tojson }}",
        config=_diagnostic(
            device_class="enum", options=["ok", "failing"], icon="mdi:cellphone-check", enabled_by_default=False
        ),
    ),
)
"""How well all works; hidden until somebody wants to know, for it moves each minute and fills the database."""
ENTITIES += DIAGNOSTICS

_OWN_STATE_TOPIC = {"connected": "link", "alert": "event", **{entity.key: "diagnostics" for entity in DIAGNOSTICS}}


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
        kept = topics.of(_OWN_STATE_TOPIC.get(entity.key, "state"))
        found |= {"json_attributes_topic": kept, "json_attributes_template": entity.attributes}
    if entity.command:
        found["command_topic"] = topics.of(f"cmd/{entity.command}")
    if kind := _OWN_STATE_TOPIC.get(entity.key):
        found["state_topic"] = topics.of(kind)
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
    known = {"mf": wearer.manufacturer, "mdl": wearer.model, "sw": wearer.firmware}
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
