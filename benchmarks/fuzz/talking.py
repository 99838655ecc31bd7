"""A driver in the middle of a talk that goes wrong again and again."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.fuzz.nonsense import Unfit, checked, garbled
from monitor.model import AccelBlock, Fact, Nudge
from monitor.wearables import WEARABLES
from monitor.wearables.base import Action, DecodeError, Outcome, Packet, Reach, Read, Reconnect, Reply, Resume, Wearable

VECTORS = Path(__file__).parent.parent.parent / "tests" / "vectors"
TALKS = VECTORS / "talks.json"
START_S = 1_795_323_870.0
EPISODE = 500
"""Inputs after which a driver is made anew."""
NUDGES = ("stop", "nudge", "stand_up", "urgent", "well_done", "identify")
PHONE = (
    b'{"messageId":7,"sessionId":"s1","deviceId":"d1","payload":['
    b'{"name":"gravity","time":1795323870000000000,"values":{"x":0.0,"y":-9.61,"z":1.95}},'
    b'{"name":"accelerometer","time":1795323870020000000,"values":{"x":0.02,"y":-0.01,"z":0.03}},'
    b'{"name":"totalacceleration","time":1795323870040000000,"values":{"x":0.0,"y":0.0,"z":9.8}}]}'
)


def published(kind: str) -> list[bytes]:
    """Every packet of a device's vectors."""
    path = VECTORS / f"{kind}.json"
    if not path.exists():
        return [PHONE]
    return list(_hex_of(json.loads(path.read_text(encoding="utf-8"))))


def _hex_of(form: Any) -> Iterator[bytes]:
    if isinstance(form, list):
        for each in form:
            yield from _hex_of(each)
    elif isinstance(form, dict):
        for key, value in form.items():
            if key == "hex" and isinstance(value, str):
                yield bytes.fromhex(value)
            else:
                yield from _hex_of(value)


@dataclass(frozen=True)
class Talk:
    """What a device of a kind says: values that can be read, and its packets with their distances in time."""

    reads: dict[str, bytes]
    packets: list[tuple[str, bytes, float]]


def talks_of(kind: str) -> list[Talk]:
    """Talks recorded from the simulator; for a phone a made-up one."""
    if kind == "phone":
        return [Talk({}, [("sensor-logger", message, 1.0) for message in _of_a_phone()])]
    talks = json.loads(TALKS.read_text(encoding="utf-8")).values()
    return [
        Talk(
            {characteristic: bytes.fromhex(value) for characteristic, value in talk["reads"].items()},
            [(door, bytes.fromhex(data), passed_s) for door, data, passed_s in talk["packets"]],
        )
        for talk in talks
        if talk["kind"] == kind
    ]


def _of_a_phone() -> Iterator[bytes]:
    for number in range(50):
        times = [int(START_S + number + k / 20) * 10**9 + k * 50_000_000 for k in range(20)]
        readings = [{"name": "totalacceleration", "time": t, "values": {"x": 0.1, "y": -9.8, "z": 0.2}} for t in times]
        message = {"messageId": number, "sessionId": "s1", "deviceId": "d1", "payload": readings}
        yield json.dumps(message).encode()


@dataclass
class Conversation:
    """A driver in the middle of a talk that goes wrong again and again."""

    kind: str
    rng: random.Random
    seeds: list[bytes]
    """Published packets."""
    talks: list[Talk]
    driver: Wearable = field(init=False)
    talk: Talk = field(init=False)
    place: int = 0
    """How far the talk has come."""
    now_s: float = START_S
    waiting: list[Action] = field(default_factory=list)
    newest_s: float = -math.inf
    delivered: int = 0
    """Samples, in all."""

    def __post_init__(self) -> None:
        self._begin()

    def _begin(self) -> None:
        self.driver, self.newest_s = WEARABLES[self.kind](), -math.inf
        self._link(self.rng.choice((None, {}, {"clock": None})))

    def _link(self, memory: Resume | None) -> None:
        self.talk, self.place = self.rng.choice(self.talks), 0
        self.waiting.clear()
        self._take(self.driver.start(memory, self.now_s))

    def step(self, number: int) -> None:
        """Let one thing happen."""
        if number % EPISODE == EPISODE - 1:
            self._begin()
        draw = self.rng.random()
        if self.waiting and draw < 0.5:
            self._answer(fails=0.03)
        elif draw < 0.65:
            self._go_on()
        elif draw < 0.9:
            self._receive(self.rng.choice(self.talk.packets)[0], garbled(self.rng, self.seeds, self._spoken()))
        elif draw < 0.96:
            self.now_s += 1.0
            self._take(self.driver.tick(self.now_s))
        elif draw < 0.985:
            self._ask()
        elif draw < 0.995:
            self.now_s += self.rng.choice((60.0, 700.0, 1e5, -3.0))
        else:
            self._lose()

    def _spoken(self) -> list[bytes]:
        """What may be said about now."""
        return [data for _, data, _ in self.talk.packets[self.place : self.place + 3]]

    def _go_on(self) -> None:
        """The next packet of the talk, in its time."""
        if self.place >= len(self.talk.packets):
            self._lose()
            return
        door, data, passed_s = self.talk.packets[self.place]
        self.place += 1
        self.now_s += passed_s
        self._receive(door, data)

    def _receive(self, door: str, data: bytes) -> None:
        try:
            self._take(self.driver.receive(Packet(door, data, self.now_s)))
        except DecodeError as error:
            if not error.reason:
                raise Unfit("a refusal without a reason") from error

    def _answer(self, fails: float) -> None:
        action = self.waiting.pop(0)
        sent_s = self.now_s - self.rng.choice((0.0, 0.03, 2.0))
        value = self.talk.reads.get(action.characteristic, b"") if isinstance(action, Read) else None
        if value is not None and self.rng.random() < 0.1:
            value = garbled(self.rng, self.seeds, [value])
        outcome = Outcome(self.now_s, sent_s, value)
        if self.rng.random() < fails:
            outcome = Outcome(self.now_s, sent_s, None, "refused by the test", self.rng.choice((None, 5, 14, 0x80)))
        self._take(self.driver.done(action, outcome))

    def _ask(self) -> None:
        nudge = Nudge(self.rng.choice(NUDGES), self.rng.randrange(65536), 60.0, "Stand up", "please")
        self._take(self.driver.alert(nudge, self.now_s))
        self._take(self.driver.stored(self.rng.randrange(3), self.rng.randrange(100_000)))

    def _lose(self) -> None:
        self._take(self.driver.lost(self.now_s))
        json.dumps(self.driver.resume(), allow_nan=False)
        self.newest_s = -math.inf  # the talk begins anew: a device that counts its samples sends old ones again
        self._link(None)

    def _take(self, reply: Reply) -> None:
        for part in reply:
            if isinstance(part, AccelBlock):
                # What a tag says has the time at which it came; the stages drop what is late.
                tells = WEARABLES[self.kind].REACH is Reach.ADVERTISEMENT
                self.newest_s = checked(part, -math.inf if tells else self.newest_s)
                self.delivered += len(part.t_s)
            elif isinstance(part, Action):
                if not isinstance(part, Reconnect):
                    self.waiting.append(part)
            elif not isinstance(part, Fact):
                raise Unfit(f"{part!r} is neither an action nor a fact")
