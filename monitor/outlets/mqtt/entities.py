"""The entities that Home Assistant shows of a wearer: one table.

A line here is all that a new entity needs. Its key is part of the ``unique_id`` by which Home Assistant keeps its
history: never rename one. To remove an entity from a device, publish it once as ``{"p": platform}`` alone; leaving it
out does not remove it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from monitor.model import Posture
from monitor.outlets.mqtt.payloads import ALERTS, EVENT_TYPES, PROFILES

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
    topic: str = "state"
    """Last part of the topic that it reads, where it shows anything."""
    command: str = ""
    """Last part of the command topic, for entities that can be set."""
    attributes: str = ""
    """A template that gives the attributes as JSON."""
    measured: bool = False
    """Needs a live wearable besides a live daemon."""
    config: dict[str, Any] = field(default_factory=dict)


def _diagnostic(**config: Any) -> dict[str, Any]:
    return {"entity_category": "diagnostic", **config}


def _press(says: str = "PRESS", **config: Any) -> dict[str, Any]:
    return {"payload_press": says, "message_expiry_interval": _COMMAND_EXPIRY_S, **config}


def _figure(key: str, name: str, attributes: str = "", **config: Any) -> Entity:
    """Hidden until somebody wants to know, for it moves each minute and fills the database."""
    config = _diagnostic(enabled_by_default=False, **config)
    return Entity(key, "sensor", name, value=key, topic="diagnostics", attributes=attributes, config=config)


_SECONDS = {"device_class": "duration", "unit_of_measurement": "s", "state_class": "measurement"}
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
        topic="link",
        config=_diagnostic(device_class="connectivity", payload_on="online", payload_off="offline"),
    ),
    Entity(
        "alert",
        "event",
        "Break alert",
        topic="event",
        config={"event_types": list(EVENT_TYPES), "icon": "mdi:bell-ring"},
    ),
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
    _figure("packet_loss", "Packet loss", icon="mdi:wifi-alert", unit_of_measurement="%", state_class="measurement"),
    # It falls only to nothing, when the program starts anew: that is what total_increasing is for.
    _figure("reconnects", "Reconnects", icon="mdi:bluetooth-connect", state_class="total_increasing"),
    _figure("latency_p50", "Alert latency, median", **_SECONDS),
    _figure("latency_p95", "Alert latency, 95 %", **_SECONDS),
    _figure("outbox", "Messages waiting", icon="mdi:tray-full", state_class="measurement"),
    _figure(
        "push",
        "Pushes to the phone",
        attributes="{{ {'services': value_json.push_services} | tojson }}",
        icon="mdi:cellphone-check",
        device_class="enum",
        options=["ok", "failing"],
    ),
)
"""How well all works."""
ENTITIES += DIAGNOSTICS
