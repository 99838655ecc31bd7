"""What one wearer's day says over MQTT and leaves in the history: messages and bytes by topic, bytes a day.

    python -m benchmarks.rates [--hours 10] [--scenario office_day]

A simulated body's day goes second by second through the daemon's own parts: pipeline, phrasebook, MQTT session (whose
connection only counts) and history file; the clock is led, so a day takes minutes. A message's bytes are those of its
MQTT 5 PUBLISH packet: header, topic, properties, payload.
"""

from __future__ import annotations

import argparse
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from firmware_sim.scenario import load_scenario
from firmware_sim.timeline import Timeline
from firmware_sim.wearer import Wearer as Body
from monitor import checkpoint
from monitor.assembly.wearer import fingerprint, new_pipeline
from monitor.backfill import Backfill
from monitor.exchange import Message, Update
from monitor.history.store import Commit, Store
from monitor.model import AccelBlock
from monitor.outlets.mqtt.leftovers import Announced, Leftovers
from monitor.outlets.mqtt.messages import Phrasebook, Topics, Wearer
from monitor.outlets.mqtt.session import Session
from monitor.settings.loading import load

RATE_HZ = 25
ORIGIN_S = 1_790_000_000.0
COMMIT_EVERY_S = 10
NODE = "0123456789ab"


@dataclass
class Counting:
    """Stands where a connection would, and counts what is published."""

    messages: Counter[str] = field(default_factory=Counter)
    bytes: Counter[str] = field(default_factory=Counter)

    def publish(self, message: Message, expiry_s: float | None = None, correlation: bytes | None = None) -> int:
        """Count a message."""
        kind = message.topic.split("/", 2)[2] if message.topic.startswith("sitbreak") else "discovery"
        self.messages[kind] += 1
        self.bytes[kind] += publish_bytes(message)
        return 0


def publish_bytes(message: Message) -> int:
    """Length of the MQTT 5 packet (OASIS MQTT 5.0, 3.3): type, length, topic, number, properties, payload."""
    properties = sum(5 + len(name) + len(value) for name, value in message.properties.items())
    properties += 5 if message.expires_s is not None else 0
    body = 2 + len(message.topic) + (2 if message.qos else 0) + 1 + properties + len(message.payload.encode())
    return 1 + (1 if body < 128 else 2) + body


@dataclass
class Day:
    """A wearer's day at the daemon."""

    pipeline: Backfill
    store: Store
    session: Session
    words: Phrasebook
    told: Counting
    print_of: str
    waiting: list[Any] = field(default_factory=list)

    def live(self, second: int, xyz_g: np.ndarray) -> None:
        """A second of samples, and what is said and stored of it."""
        now_s = ORIGIN_S + second + 1
        t_s = ORIGIN_S + second + np.arange(RATE_HZ) / RATE_HZ
        steps = self.pipeline.feed(AccelBlock(t_s, xyz_g.astype(np.float32), RATE_HZ, 0))
        steps = [*(steps if isinstance(steps, list) else [steps]), self.pipeline.tick(now_s - 2.0)]
        events = tuple(event for step in steps for event in step.events)
        self.waiting += steps
        state = replace(self.pipeline.state(now_s), link_fresh=True)
        for event in events:
            for message in self.words.news(event):
                self.told.publish(message)
        self.session.tell(Update("me", events, state))
        self.session._publish_changes()  # what its task does each second
        if events or second % COMMIT_EVERY_S == 0:
            self._commit()

    def _commit(self) -> None:
        text = checkpoint.dumps({"backfill": self.pipeline, "resume": {}, "wearable": ""}, self.print_of)
        steps, self.waiting = self.waiting, []
        commits = [Commit("me", step.postures, step.events) for step in steps]
        self.store.commit(*commits[:-1], replace(commits[-1], checkpoint=text))


def new_day(path: Path) -> Day:
    """Before the first second."""
    settings = load(None, ("mqtt.host=127.0.0.1",), {}).settings
    rules, told = settings.mqtt, Counting()
    words = Phrasebook(Wearer("me", NODE), Topics(rules.base, NODE), rules.event_expiry_s)
    leftovers = Leftovers(Announced(NODE, rules.base, rules.discovery_prefix, rules.discovery), [], None)
    session = Session(rules, words, lambda *_: None, None, leftovers)
    session._connection = told  # type: ignore[assignment]  # nothing is on the way: all is acknowledged at once
    session._announce()
    return Day(new_pipeline(settings, "me"), Store(path), session, words, told, fingerprint(settings, "me"))


def body(scenario: str, seconds: int) -> Iterator[np.ndarray]:
    """The body's samples, second by second."""
    timeline = Timeline(load_scenario(scenario))
    worn = Body(timeline, "thigh", 1)
    timeline.begin(0.0)
    for minute in range(0, seconds, 60):
        elapsed_s = minute + np.arange(60 * RATE_HZ) / RATE_HZ
        noise_g = np.random.default_rng(minute).normal(0.0, 0.004, (len(elapsed_s), 3))
        yield from np.split(worn.acceleration_g(elapsed_s) + noise_g, 60)


def measure(scenario: str, seconds: int, folder: Path) -> tuple[Counting, int]:
    """What was said, and the bytes that the history needs."""
    path, empty = folder / "history.sqlite3", folder / "empty.sqlite3"
    day = new_day(path)
    for second, xyz_g in enumerate(body(scenario, seconds)):
        day.live(second, xyz_g)
    day.store.close()
    Store(empty).close()
    return day.told, packed_bytes(path) - packed_bytes(empty)


def packed_bytes(path: Path) -> int:
    """Size of the file without the state, of which there is one however long the day."""
    with sqlite3.connect(path, isolation_level=None) as connection:
        connection.execute("DELETE FROM checkpoints")
        connection.execute("VACUUM")
        pages, page = (connection.execute(f"PRAGMA {what}").fetchone()[0] for what in ("page_count", "page_size"))
    return int(pages * page)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hours", type=float, default=10.0)
    parser.add_argument("--scenario", default="office_day")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        told, stored = measure(options.scenario, round(options.hours * 60) * 60, Path(folder))
    print(f"{'topic':<14} messages/h  bytes/h  bytes each")
    for kind, number in told.messages.most_common():
        size = told.bytes[kind]
        print(f"{kind:<14} {number / options.hours:10.1f} {size / options.hours:8.0f} {size / number:11.0f}")
    number, size = told.messages.total(), told.bytes.total()
    print(f"{'all':<14} {number / options.hours:10.1f} {size / options.hours:8.0f} {size / number:11.0f}")
    print(f"history: {stored / options.hours / 1000:.1f} kB an hour of wearing")


if __name__ == "__main__":
    main()
