"""Who asked what, and where the answer goes."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import pytest

from monitor.events import CommandAnswered
from monitor.exchange import Command, Message
from monitor.outlets.mqtt.ear import Ear
from monitor.outlets.mqtt.messages import Phrasebook, Topics
from monitor.outlets.mqtt.rules import MqttRules
from monitor.outlets.mqtt.signals import Received, Reply
from tests.support.living_outlet import ME

ROOT = "sitbreak/a1b2c3"


@dataclass
class House:
    """An ear, and what came of it."""

    sent: list[tuple[str, Command]] = field(default_factory=list)
    said: list[tuple[Message, bytes | None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        words = Phrasebook(ME, Topics("sitbreak", ME.node))
        self.ear = Ear(
            MqttRules(),
            words,
            lambda wearer, command: self.sent.append((wearer, command)),
            lambda message, correlation: self.said.append((message, correlation)),
        )

    def hear(self, name: str, payload: bytes, reply: Reply | None = None, retain: bool = False) -> None:
        self.ear.command(Received(f"{ROOT}/cmd/{name}", payload, retain, reply))

    def answer(self, name: str, value: float, source: str = "mqtt") -> None:
        self.ear.answered(CommandAnswered(id="a", at_s=0.0, command=name, ok=True, value=value, source=source))


def test_a_command_is_handed_on_under_the_wearers_name() -> None:
    house = House()
    house.hear("snooze", b"10")
    assert house.sent == [("me", Command("snooze", "10", None, "mqtt"))]
    assert not house.said


def test_answers_go_to_those_who_asked_in_the_order_in_which_they_asked() -> None:
    house = House()
    house.hear("limit", b"40", Reply("replies/1", b"one"))
    house.hear("limit", b"50")
    for value in (40.0, 50.0):
        house.answer("limit", value)
    assert [(message.topic, correlation) for message, correlation in house.said] == [
        ("replies/1", b"one"),
        (f"{ROOT}/cmd/limit/result", None),
    ]


def test_an_answer_to_somebody_else_does_not_take_the_place_of_ours() -> None:
    house = House()
    house.hear("limit", b"40", Reply("replies/1", None))
    house.answer("limit", 20.0, source="web")
    house.answer("limit", 40.0)
    assert [message.topic for message, _ in house.said] == [f"{ROOT}/cmd/limit/result", "replies/1"]


def test_a_refusal_is_answered_at_once_where_it_was_asked_for() -> None:
    house = House()
    house.hear("limit", b"nan", Reply("replies/1", b"x"))
    ((message, correlation),) = house.said
    assert (message.topic, correlation, json.loads(message.payload)["ok"]) == ("replies/1", b"x", False)
    assert not house.sent


@pytest.mark.parametrize(("payload", "retain"), [(b"", False), (b"ON", True)])
def test_what_says_nothing_or_was_retained_gets_no_answer(payload: bytes, retain: bool) -> None:
    house = House()
    house.hear("pause", payload, retain=retain)
    assert not house.sent
    assert not house.said


def test_a_flood_is_dropped() -> None:
    house = House()
    for _ in range(1000):
        house.hear("test", b"PRESS")
    assert 10 <= len(house.sent) < 100


def test_strangers_cannot_fill_the_memory_with_names() -> None:
    house = House()
    before = len(house.ear._asked)
    for number in range(5):
        house.hear(f"nonsense{number}", b"PRESS")
    assert len(house.ear._asked) == before


def test_a_busy_topic_that_toggles_like_mad_is_dropped_too() -> None:
    house = House()
    for number in range(1000):
        house.ear.busy(Received("calls/state", b"on" if number % 2 else b"off", True))
    assert 10 <= len(house.sent) < 100
