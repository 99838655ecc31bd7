"""What to say over MQTT: news and state become messages. Pure; when and how they are sent is the session's matter.

The topics are a contract with every dashboard and automation out there: topics are added, never renamed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from monitor import __version__
from monitor.diagnostics import Diagnostics
from monitor.events import BreakDue, CommandAnswered, DayEnded, DaySummary, Event, event_as_dict
from monitor.exchange import Message, WearerState
from monitor.outlets.mqtt.payloads import (
    alert_payload,
    compact,
    day_payload,
    diagnostics_payload,
    fitting,
    iso,
    state_payload,
)
from monitor.words import DEFAULT, Words, words


@dataclass(frozen=True, slots=True)
class Wearer:
    """Who wears what: the identity behind one node of the topic tree and one device in Home Assistant."""

    name: str
    """As in ``[wearers.<name>]``; never part of a topic."""
    node: str
    """Random hex made once and kept: topics name neither person nor radio address."""
    title: str = "Desk wearable"
    model: str = ""
    firmware: str = ""
    settings_hash: str = ""
    language: str = DEFAULT
    """Of what is said to them."""


@dataclass(frozen=True, slots=True)
class Topics:
    """The topic tree of one wearer."""

    base: str
    node: str

    @property
    def root(self) -> str:
        """What all topics of the wearer begin with."""
        return f"{self.base}/{self.node}"

    def of(self, kind: str) -> str:
        """Topic of one kind of message: ``state``, ``event``, ``cmd/snooze`` ..."""
        return f"{self.root}/{kind}"


@dataclass(frozen=True, slots=True)
class Phrasebook:
    """Everything there is to say about one wearer."""

    wearer: Wearer
    topics: Topics
    event_expiry_s: float = 600.0
    speed: float = 1.0

    @property
    def said(self) -> Words:
        """Every sentence, in the wearer's language."""
        return words(self.wearer.language)

    def news(self, event: Event) -> list[Message]:
        """What must arrive of one event: the alert where it is one, the log line, the day's summary."""
        messages = []
        if (alert := alert_payload(event, self.said)) is not None:
            expires_s = event.at_s + self.event_expiry_s
            if isinstance(event, BreakDue):
                expires_s = min(expires_s, event.expires_s)
            elif isinstance(event, DaySummary):
                expires_s = event.at_s + DaySummary.LIFE_S
            messages.append(self._about(event, "event", alert, expires_s))
        line = {"v": 1, **event_as_dict(event), "ts": iso(event.at_s)}
        messages.append(self._about(event, "log", line, None))
        if isinstance(event, DayEnded):
            # with the event's id, so that a day told again after a crash is not sent again
            day = compact(day_payload(event))
            messages.append(Message(self.topics.of("day"), day, retain=True, event_id=event.id))
        return messages

    def _about(self, event: Event, kind: str, payload: dict[str, Any], expires_s: float | None) -> Message:
        return Message(
            self.topics.of(kind),
            fitting(payload),
            expires_s=expires_s,
            event_id=event.id,
            properties={"v": "1", "id": event.id},
        )

    def state(self, state: WearerState) -> Message:
        """The retained state; ``speed`` only where time does not run as on the wall."""
        payload = state_payload(state)
        if self.speed != 1.0:
            payload["speed"] = self.speed
        return Message(self.topics.of("state"), compact(payload), retain=True)

    def info(self) -> Message:
        """Who speaks: version, settings, wearable."""
        payload = {
            "v": 1,
            "version": __version__,
            "config_hash": self.wearer.settings_hash or None,
            "model": self.wearer.model or None,
            "manufacturer": None,  # promised, and no wearable tells it yet
            "firmware": self.wearer.firmware or None,
        }
        if self.speed != 1.0:
            payload["speed"] = self.speed
        return Message(self.topics.of("info"), compact(payload), retain=True)

    def diagnostics(self, found: Diagnostics) -> Message:
        """How well all works: a topic of its own, because it changes by itself and is no reason to tell the state."""
        return Message(self.topics.of("diagnostics"), compact(diagnostics_payload(found)), retain=True)

    def availability(self, online: bool) -> Message:
        """Whether the daemon is there; ``False`` is also the will."""
        return Message(self.topics.of("availability"), "online" if online else "offline", retain=True)

    def link(self, fresh: bool) -> Message:
        """Whether samples of the wearable are fresh."""
        return Message(self.topics.of("link"), "online" if fresh else "offline", retain=True)

    def text(self, sentence: str) -> Message:
        """One sentence for clients that can only show text."""
        return Message(self.topics.of("text"), sentence, retain=True)

    def result(self, answer: CommandAnswered) -> Message:
        """What became of a command."""
        payload = {"ok": answer.ok, "error": answer.error, "value": answer.value}
        return Message(self.topics.of(f"cmd/{answer.command}/result"), compact(payload), qos=0)
