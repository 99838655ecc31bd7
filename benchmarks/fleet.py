"""Where does one broker end? Many gateways play the daemon's messages against a local mosquitto, faster and faster.

    python -m benchmarks.fleet [--gateways 500] [--rates 500,1000,2000,4000,8000,16000] [--seconds 8]

A gateway here is one MQTT 3.1.1 connection with keep-alive and will, as the daemon holds one for every wearer; it
publishes the daemon's own topics and payloads at QoS 1, in the mix that a wearer's day has. ``--rates`` are messages a
second of all of them together: a few hundred connections then stand for as many wearers as say so much at life's speed.
Two consumers share one subscription, as those of a study would.

Only loopback is used, and connections, rates and seconds are bounded. Gateways, consumers and broker share this
machine's cores: what the broker itself took of a core is printed beside, and is what to reckon with.
"""

from __future__ import annotations

import argparse
import asyncio
import multiprocessing
import random
import struct
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from benchmarks.cost import memory_mb, processor_s
from benchmarks.listening import allow_connections, mosquitto, percentile
from monitor.events import BreakDue, Event, PostureChanged
from monitor.exchange import Message, WearerState
from monitor.outlets.mqtt.messages import Phrasebook, Topics, Wearer

MOST_GATEWAYS, MOST_SECONDS, MOST_PER_S = 20_000, 60.0, 50_000.0
PER_WEARER_H = {"state": 63.0, "log": 9.0, "text": 3.0, "event": 2.0}
"""Messages of a worn hour (benchmarks.rates); what is said once a day is left out."""
FAMILIES = 2
"""Processes that play gateways, and consumers that share the subscription."""
SPREAD_S = 2.0
"""Gateways connect within this time."""
KEEP_ALIVE_S = 60
LATE_S, DONE_SHARE = 1.0, 0.9
"""The end: one acknowledgement in twenty later than this, or fewer of the wanted messages acknowledged than this."""
BASE, SHARED = "fleet", "$share/study/fleet/+/+"


# --- MQTT 3.1.1 (OASIS), as little of it as a gateway needs -------------------------------------------------------


def text(value: str) -> bytes:
    """A string with its length."""
    encoded = value.encode()
    return struct.pack(">H", len(encoded)) + encoded


def packet(kind: int, body: bytes) -> bytes:
    """A control packet; its length in digits of seven bits."""
    length, digits = len(body), bytearray()
    while True:
        length, digit = divmod(length, 128)
        digits.append(digit | (0x80 if length else 0))
        if not length:
            return bytes([kind, *digits]) + body


def connect_packet(client: str, will: Message | None) -> bytes:
    """CONNECT with a clean session, and a retained will at QoS 1."""
    flags = 0x02 | (0x04 | 0x08 | 0x20 if will else 0)
    last_words = text(will.topic) + text(will.payload) if will else b""
    return packet(0x10, text("MQTT") + struct.pack(">BBH", 4, flags, KEEP_ALIVE_S) + text(client) + last_words)


def publish_packet(message: Message, number: int) -> bytes:
    """PUBLISH at QoS 1."""
    topic = text(message.topic) + struct.pack(">H", number)
    return packet(0x32 | message.retain, topic + message.payload.encode())


def subscribe_packet(topic: str) -> bytes:
    """SUBSCRIBE at QoS 1."""
    return packet(0x82, b"\x00\x01" + text(topic) + b"\x01")


async def next_packet(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    """What the broker says next."""
    kind, length, shift = (await reader.readexactly(1))[0], 0, 0
    while True:
        digit = (await reader.readexactly(1))[0]
        length, shift = length | (digit & 0x7F) << shift, shift + 7
        if digit < 0x80:
            return kind, await reader.readexactly(length)


async def connected(port: int, client: str, will: Message | None = None) -> tuple[Any, Any]:
    """A connection that the broker has let in."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(connect_packet(client, will))
    kind, body = await next_packet(reader)
    if kind != 0x20 or body[1]:
        raise ConnectionError(f"refused: {body.hex()}")
    return reader, writer


# --- what is played -----------------------------------------------------------------------------------------------


@dataclass
class Sayings:
    """What a wearer says: the daemon's own words."""

    words: Phrasebook

    def state(self, at_s: float) -> Message:
        """The retained state."""
        return self.words.state(
            WearerState(
                at_s=at_s, posture="sitting", sedentary=True, confidence=0.97, bout_id="0123456789abcdef",
                bout_start_s=at_s - 1500, bout_s=1500.0, next_break_s=at_s + 300, today_s=9000.0, longest_s=3000.0,
                breaks=3, battery_pct=80, rssi_dbm=-60, link_fresh=True, last_sample_s=at_s,
            )
        )  # fmt: skip

    def log(self, at_s: float) -> Message:
        """A change of posture."""
        changed = PostureChanged(
            id=f"{self.words.wearer.node}{at_s:.0f}",
            at_s=at_s,
            start_s=at_s - 3,
            posture="sitting",
            previous="standing",
            confidence=0.93,
        )
        return self._one_of(changed, "log")

    def text(self, at_s: float) -> Message:
        """The sentence."""
        return self.words.text("You have sat for 30 minutes: time for a break.")

    def event(self, at_s: float) -> Message:
        """A call."""
        name = f"{self.words.wearer.node}{at_s:.0f}"
        due = BreakDue(
            id=name, at_s=at_s, alert_id=name, bout_id="0123456789abcdef", bout_start_s=at_s - 1800, due_s=at_s,
            sedentary_s=1800.0, limit_s=1800.0, repeat=0, level=2, confidence=0.97, why_now="limit",
            clears="Stand up for a minute", title="Time for a break", message="You have sat for 30 minutes.",
            exercise=None, expires_s=at_s + 600,
        )  # fmt: skip
        return self._one_of(due, "event")

    def _one_of(self, event: Event, kind: str) -> Message:
        return next(message for message in self.words.news(event) if message.topic.endswith(kind))

    def any(self, chance: random.Random, at_s: float) -> Message:
        """One of them, as often as it is said."""
        kinds: dict[str, Callable[[float], Message]] = {name: getattr(self, name) for name in PER_WEARER_H}
        (kind,) = chance.choices(list(PER_WEARER_H), list(PER_WEARER_H.values()))
        return kinds[kind](at_s)


@dataclass
class Family:
    """Gateways in one process."""

    port: int
    first: int
    number: int
    per_s: float
    """Messages a second of one gateway."""
    seconds: float
    sent: int = 0
    failed: int = 0
    took_s: list[float] = field(default_factory=list)

    async def live(self) -> None:
        """Connect all, publish, and go."""
        began_s = time.monotonic() + SPREAD_S + 0.5
        async with asyncio.TaskGroup() as group:
            for number in range(self.first, self.first + self.number):
                group.create_task(self._gateway(number, began_s))

    async def _gateway(self, number: int, began_s: float) -> None:
        chance, node = random.Random(number), f"{number:012x}"
        words = Phrasebook(Wearer("me", node), Topics(BASE, node))
        await asyncio.sleep(chance.uniform(0, SPREAD_S))
        try:
            reader, writer = await connected(self.port, f"{BASE}-{node}", words.availability(False))
        except (OSError, EOFError):
            self.failed += 1
            return
        under_way: dict[int, float] = {}
        listening = asyncio.create_task(self._acknowledged(reader, under_way), name=f"gateway {number}")
        try:
            await self._publish(writer, Sayings(words), chance, under_way, began_s)
            writer.write(packet(0xE0, b""))  # a clean end: no will
        except OSError:
            self.failed += 1
        finally:
            listening.cancel()
            writer.close()

    async def _publish(
        self, writer: Any, sayings: Sayings, chance: random.Random, under_way: dict[int, float], began_s: float
    ) -> None:
        at_s, number = began_s + chance.expovariate(self.per_s), 0
        while at_s < began_s + self.seconds:
            await asyncio.sleep(at_s - time.monotonic())
            number = number % 65535 + 1
            under_way[number] = time.monotonic()
            writer.write(publish_packet(sayings.any(chance, time.time()), number))
            await writer.drain()
            self.sent += 1
            at_s += chance.expovariate(self.per_s)
        await asyncio.sleep(began_s + self.seconds + LATE_S - time.monotonic())

    async def _acknowledged(self, reader: asyncio.StreamReader, under_way: dict[int, float]) -> None:
        with suppress(EOFError, OSError):
            while True:
                kind, body = await next_packet(reader)
                if kind == 0x40:
                    self.took_s.append(time.monotonic() - under_way.pop(struct.unpack(">H", body[:2])[0]))


def play(family: Family, answers: Any) -> None:
    """A process of gateways."""
    asyncio.run(family.live())
    answers.put(family)


def consume(port: int, number: int, count: Any) -> None:
    """A process that hears its share of everything, and counts it, until it is ended."""

    async def hear() -> None:
        reader, writer = await connected(port, f"consumer-{number}")
        writer.write(subscribe_packet(SHARED))
        while True:
            kind, body = await next_packet(reader)
            if kind & 0xF0 == 0x30:
                count.value += 1
                if kind & 0x06:
                    length = struct.unpack(">H", body[:2])[0]
                    writer.write(packet(0x40, body[2 + length : 4 + length]))

    asyncio.run(hear())


@dataclass(frozen=True)
class Found:
    """What was measured at one rate."""

    rate: float
    sent: int
    took_s: list[float]
    heard: int
    failed: int
    broker_share: float
    broker_mb: float

    @property
    def is_the_end(self) -> bool:
        """Whether the broker, or this machine, cannot do it any more."""
        return percentile(self.took_s, 0.95) > LATE_S or len(self.took_s) < DONE_SHARE * self.sent or self.failed > 0

    def line(self, seconds: float) -> str:
        """For the table."""
        p50, p95 = (1000 * percentile(self.took_s, share) for share in (0.5, 0.95))
        wearers = self.rate * 3600 / sum(PER_WEARER_H.values())
        return (
            f"{self.rate:7.0f}/s {wearers:10,.0f} | {self.sent / seconds:7.0f}/s | {p50:6.1f} {p95:7.1f} ms |"
            f" {self.heard / max(1, len(self.took_s)):4.0%} | {self.broker_share:5.2f} | {self.broker_mb:5.0f} MB"
            f"{' | the end' if self.is_the_end else ''}"
        )


TITLE = "wanted    as wearers | published | acknowledged: p50 p95 | heard | broker's core | its memory"


def measure(gateways: int, rate: float, seconds: float) -> Found:
    """One rate, with a broker of its own."""
    context = multiprocessing.get_context("spawn")
    answers, counts = context.Queue(), [context.Value("i", 0) for _ in range(FAMILIES)]
    with tempfile.TemporaryDirectory() as folder, mosquitto(Path(folder), "max_inflight_messages 1000") as broker:
        share = gateways // FAMILIES
        families = [Family(broker.port, i * share, share, rate / (share * FAMILIES), seconds) for i in range(FAMILIES)]
        hearing = [
            context.Process(target=consume, args=(broker.port, i, counts[i]), daemon=True) for i in range(FAMILIES)
        ]
        playing = [context.Process(target=play, args=(family, answers), daemon=True) for family in families]
        for process in (*hearing, *playing):
            process.start()
        used_s = processor_s(broker.pid)
        found = [answers.get(timeout=60.0 + SPREAD_S + 3 * seconds) for _ in playing]
        broker_share = (processor_s(broker.pid) - used_s) / seconds
        memory = memory_mb(broker.pid)
        for process in (*hearing, *playing):
            process.terminate()
            process.join()
    took_s = [one for family in found for one in family.took_s]
    sent, failed = sum(family.sent for family in found), sum(family.failed for family in found)
    return Found(rate, sent, took_s, sum(count.value for count in counts), failed, broker_share, memory)


def main() -> None:
    """Measure and print, up to the end."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--gateways", type=int, default=500)
    parser.add_argument("--rates", default="500,1000,2000,4000,8000,16000")
    parser.add_argument("--seconds", type=float, default=8.0)
    options = parser.parse_args()
    rates = [float(rate) for rate in options.rates.split(",")]
    if options.gateways > MOST_GATEWAYS or options.seconds > MOST_SECONDS or max(rates) > MOST_PER_S:
        parser.error(
            f"at most {MOST_GATEWAYS} gateways, {MOST_PER_S:.0f} messages a second, {MOST_SECONDS:.0f} seconds"
        )
    allow_connections()
    print(TITLE)
    for rate in rates:
        found = measure(options.gateways, rate, options.seconds)
        print(found.line(options.seconds), flush=True)
        if found.is_the_end:
            break


if __name__ == "__main__":
    main()
