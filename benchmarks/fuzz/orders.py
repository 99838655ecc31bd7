"""Commands by MQTT and from other surfaces, all the way to what the pipeline answers, while a day goes on."""

from __future__ import annotations

import json
import math
import random
from pathlib import Path

import numpy as np

from benchmarks.fuzz.nonsense import Step, Unfit, garbled, odd_number
from monitor import checkpoint
from monitor.assembly.wearer import new_pipeline
from monitor.backfill import Backfill
from monitor.events import CommandAnswered, Event, event_as_dict
from monitor.exchange import Command, Message
from monitor.model import Posture, PostureEpochs
from monitor.outlets.mqtt.commands import Allowance, read_busy
from monitor.outlets.mqtt.ear import Ear
from monitor.outlets.mqtt.messages import Phrasebook, Topics, Wearer
from monitor.outlets.mqtt.rules import MqttRules
from monitor.outlets.mqtt.signals import Received, Reply
from monitor.settings.sections import Settings

SEEDS = (
    b"PRESS",
    b"15",
    b'{"value":"PRESS","id":"a-1"}',
    b'{"value":30}',
    b"ON",
    b"RESET",
    b"OFF",
    b"gentle",
    b"",
    b"14:05",
)
NAMES = (
    *("snooze", "pause", "limit", "profile", "test", "break", "done", "why", "skip", "wrong", "busy", "hurts"),
    *("standing", "nonsense", "", "limit/result", "../limit", "LIMIT", "why\0", "日本"),
)
SURFACES = ("web", "wearable", "mqtt", "console")
EPISODE = 300
"""Inputs after which a day begins anew."""
LONGEST_ANSWER_BYTES = 8192
START_S = 1_795_323_870.0


class Day:
    """A wearer's day in which nonsense is asked all the time."""

    def __init__(self, rng: random.Random) -> None:
        self.rng = rng
        self.rules = MqttRules()
        self.begin()

    def begin(self) -> None:
        """A new wearer."""
        self.now_s = START_S
        self.heart: Backfill = new_pipeline(Settings(), "me")
        words = Phrasebook(Wearer("me", "a1b2c3"), Topics(self.rules.base, "a1b2c3"), 600.0)
        self.ear = Ear(self.rules, words, self._obeyed, self._answered)
        self.ear._allowance = Allowance(per_s=1e9, tokens=1e9)  # the flood is a test of its own
        self.alerts = ["a-1"]

    def step(self, number: int) -> None:
        """Ask once, and let time pass."""
        if number % EPISODE == EPISODE - 1:
            checkpoint.loads(checkpoint.dumps({"backfill": self.heart, "resume": None}, "x"), "x")
            self.begin()
        draw = self.rng.random()
        if draw < 0.6:
            self.ear.command(self._received())
        elif draw < 0.7:
            read_busy(payload := garbled(self.rng, list(SEEDS)))
            self.ear.busy(Received("busy", payload, True))
        elif draw < 0.85:
            self._obeyed("me", self._from_elsewhere())
        else:
            self._live()

    def _received(self) -> Received:
        rng = self.rng
        payload = garbled(rng, list(SEEDS))
        if rng.random() < 0.3:
            form = {
                "value": rng.choice((odd_number(rng), 1e308, -1, True, None, [], {})),
                "id": rng.choice(self.alerts),
            }
            payload = json.dumps(form).encode()
        elif rng.random() < 0.2:
            payload = odd_number(rng).encode()
        reply = Reply(garbled(rng, [b"sitbreak/x", b"answers/1", b"#"]).decode(errors="replace"), rng.randbytes(4))
        topic = f"{self.rules.base}/{rng.choice(('a1b2c3', 'a1b2c3', 'ffffff'))}/cmd/{rng.choice(NAMES)}"
        return Received(topic, payload, rng.random() < 0.05, reply if rng.random() < 0.3 else None)

    def _from_elsewhere(self) -> Command:
        rng = self.rng
        value = rng.choice((odd_number(rng), garbled(rng, list(SEEDS)).decode(errors="surrogateescape")))
        alert_id = rng.choice((None, *self.alerts, value[:30]))
        return Command(rng.choice(NAMES), value, alert_id, rng.choice(SURFACES))

    def _obeyed(self, _: str, command: Command) -> None:
        events = self.heart.command(command, self.now_s).events
        answers = [event for event in events if isinstance(event, CommandAnswered)]
        if len(answers) != 1:
            raise Unfit(f"{len(answers)} answers to {command!r}")
        self._heed(events)
        self.ear.answered(answers[0])

    def _answered(self, message: Message, _: bytes | None) -> None:
        if len(message.payload.encode()) > LONGEST_ANSWER_BYTES:
            raise Unfit(f"an answer of {len(message.payload)} characters")
        json.loads(message.payload)

    def _live(self) -> None:
        """Some seconds or minutes of a posture; now and then the clock leaps."""
        count, posture = self.rng.choice((1, 30, 600, 1900)), self.rng.choice((*Posture, *[Posture.SITTING] * 8))
        start_s = math.floor(self.now_s) + np.arange(count, dtype=np.float64)
        rows = PostureEpochs(
            start_s=start_s,
            decided_s=start_s + 3.0,
            posture=np.full(count, int(posture), np.uint8),
            worn=np.full(count, posture is not Posture.NOT_WORN),
            confidence=np.full(count, 0.95, np.float32),
            movement_mg=np.zeros(count, np.float32),
            cadence_hz=np.zeros(count, np.float32),
        )
        self._heed(self.heart.pipeline.rows(rows).events)
        self.now_s += count + self.rng.choice((0.0, 0.0, 5.0, 1000.0, 1e5))
        self._heed(self.heart.tick(math.floor(self.now_s)).events)

    def _heed(self, events: list[Event]) -> None:
        for event in events:
            json.dumps(event_as_dict(event), allow_nan=False, ensure_ascii=False).encode()
            if (alert_id := getattr(event, "alert_id", None)) is not None:
                self.alerts = [*self.alerts[-3:], alert_id]


def of_commands(rng: random.Random, _: Path) -> Step:
    """Fuzz what may be asked of us."""
    return Day(rng).step
