"""Many wearers in one process at life's own speed: what does each cost, is any left behind, and where is the knee?

    python -m benchmarks.wearers [--counts 1,10,100,1000] [--seconds 40] [--mqtt]

Every wearer is a ``LiveWearer`` as in the daemon, on one history file, fed once a second with 50 samples of a synthetic
body; only the radio is left out. All sit, and each is called once in the time measured, a minute after they sat down,
at moments spread over it. What is printed for each count:

* processor: seconds of processor time for a second of one wearer, and the whole in cores;
* behind: how late the slowest wearer is fed at the end, in seconds;
* calls: how many wearers were called, and the time from the last sample that a call needed to the outlets, the history
  having stored it: median and 95th percentile; with ``--mqtt``, how many calls a subscriber of a real mosquitto heard;
* commits: how many a second, how long one took from asking to being on the disk, and how busy the writer's thread was.

Time that the event loop spends waiting for a core which other programs hold is taken out of the clock (Linux tells it):
on a busy machine the same number of wearers is late because of the others, not because of this program.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import tempfile
import threading
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from benchmarks.cost import memory_mb
from benchmarks.led_clock import LedClock
from benchmarks.listening import Ear, allow_connections, mosquitto, percentile
from monitor.assembly.wearer import fingerprint, new_pipeline
from monitor.bus import Bus
from monitor.clock import Clock
from monitor.events import BreakDue
from monitor.exchange import Message, Update
from monitor.history.outbox import History
from monitor.history.store import Commit
from monitor.live import LiveWearer
from monitor.model import AccelBlock
from monitor.outlets.base import Outlet
from monitor.outlets.mqtt.messages import Wearer
from monitor.outlets.mqtt.outlet import MqttOutlet
from monitor.settings.loading import load
from monitor.settings.sections import Settings
from monitor.wearables.base import Packet, Reach, Resume
from monitor.wearables.told import ToldDriver

RATE_HZ = 50
LIMIT_S = 60.0
"""The shortest limit there is: everybody is called soon."""
WALK_S = 90
SETTLE_S = 3.0
"""Tasks begin and first commits are made before anything is measured."""
RULES = (f"coach.limit_s={LIMIT_S}", "coach.early_s=0", "bouts.break_min_s=10")
LATE_S = 2.0
"""A wearer fed later than this is left behind."""


class FedDriver(ToldDriver):
    """A wearable whose packets are the samples themselves."""

    ADVERTISED: ClassVar[Any] = None
    REACH: ClassVar[Reach] = Reach.LINK

    def start(self, resume: Resume | None, now_s: float) -> list[Any]:
        """Nothing to agree on."""
        return []

    def receive(self, packet: Packet) -> list[Any]:
        """A second of samples that ends now."""
        xyz_g = np.frombuffer(packet.data, np.float32).reshape(-1, 3)
        t_s = packet.at_s + (np.arange(len(xyz_g)) - len(xyz_g)) / RATE_HZ
        return [AccelBlock(t_s, xyz_g, RATE_HZ, 0)]

    def lost(self, now_s: float) -> list[Any]:
        """It is not."""
        return []

    def resume(self) -> Resume:
        """It remembers nothing."""
        return {}


class OwnTime:
    """The wall's time without what other programs took from this thread."""

    def __init__(self) -> None:
        self._file = os.open(f"/proc/self/task/{threading.get_native_id()}/schedstat", os.O_RDONLY)
        self._began_s = 0.0

    def begin(self, at_s: float) -> None:
        """Let it be so late now."""
        self._began_s += at_s - self.now_s()

    def now_s(self) -> float:
        """Seconds."""
        waited_ns = int(os.pread(self._file, 100, 0).split()[1])
        return self._began_s + time.monotonic() - waited_ns / 1e9


class Ledger:
    """An outlet that notes when it was told of a call, and when the samples had come that made it."""

    NAME: ClassVar[str] = "ledger"

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.fed_s: dict[str, float] = {}
        """When each wearer's latest packet was to come."""
        self.needed_s: dict[str, float] = {}
        self.told_s: dict[str, float] = {}

    def durable(self, update: Update) -> list[Message]:
        """Nothing is sent; the step was just made by the packet that came last."""
        for event in update.events:
            if isinstance(event, BreakDue):
                self.needed_s.setdefault(event.id, self.fed_s[update.wearer])
        return []

    async def run(self, updates: AsyncIterator[Update]) -> None:
        """Listen."""
        async for update in updates:
            for event in update.events:
                if isinstance(event, BreakDue):
                    self.told_s.setdefault(event.id, self._clock.now_s())


class TimedHistory(History):
    """The history, and how long each commit took."""

    took_s: ClassVar[list[float]] = []

    async def commit(self, *steps: Commit) -> None:
        """Store, and note how long it took from asking."""
        began_s = time.monotonic()
        await super().commit(*steps)
        self.took_s.append(time.monotonic() - began_s)

    async def writer_s(self) -> float:
        """Processor time that the writer's thread has used."""
        return await asyncio.get_running_loop().run_in_executor(self._executor, time.thread_time)


@dataclass
class Body:
    """A thigh that walks and then sits, sampled once for all."""

    walking: np.ndarray
    sitting: np.ndarray

    @classmethod
    def sampled(cls, sit_s: int = 600) -> Body:
        """Draw it."""
        random = np.random.default_rng(1)
        t_s = np.arange(WALK_S * RATE_HZ) / RATE_HZ
        phase = 2 * np.pi * 0.95 * t_s
        impact = np.exp(-0.5 * ((np.mod(t_s * 1.9, 1.0) - 0.5) / 0.10) ** 2)
        steps = np.stack([-0.45 * impact, 0.15 * np.sin(2 * phase), 0.35 * np.sin(2 * phase + 1.0) * impact], axis=1)
        walking = _leg(np.radians(22.0 * np.sin(phase))) + steps
        t_s = np.arange(sit_s * RATE_HZ) / RATE_HZ
        sitting = _leg(np.radians(75.0 + 1.5 * np.sin(2 * np.pi * t_s / 31.0) + 0.8 * np.sin(2 * np.pi * t_s / 7.0)))
        return cls(*(xyz_g + random.normal(0.0, 0.006, xyz_g.shape) for xyz_g in (walking, sitting)))

    def seated(self, first_s: int, length_s: int) -> bytes:
        """Seconds of sitting."""
        rows = np.arange(first_s * RATE_HZ, (first_s + length_s) * RATE_HZ) % len(self.sitting)
        return self.sitting[rows].astype(np.float32).tobytes()

    def warm(self, first_s: int, length_s: int) -> bytes:
        """A walk, and so long in the chair."""
        return self.walking.astype(np.float32).tobytes() + self.seated(first_s, length_s)


def _leg(tilt: np.ndarray) -> np.ndarray:
    """Gravity on a thigh tilted forwards."""
    return np.stack([-np.cos(tilt), np.zeros_like(tilt), -np.sin(tilt)], axis=1)


@dataclass
class Crowd:
    """Wearers on one history."""

    settings: Settings
    history: TimedHistory
    outlets: Mapping[str, Outlet]
    clock: Clock
    bus: Bus
    body: Body
    ledger: Ledger
    seconds: float
    late_s: dict[str, float] = field(default_factory=dict)

    def enter(self, number: int, wearer: str, of: int, began_s: float) -> LiveWearer:
        """A wearer who has walked and then sat so long that the limit falls into the time measured."""
        live = LiveWearer(
            wearer,
            FedDriver(),
            new_pipeline(self.settings, wearer),
            self.history,
            self.bus,
            self.outlets,
            self.clock,
            fingerprint(self.settings, wearer),
        )
        sat_s = int(LIMIT_S - SETTLE_S - self.seconds * (number + 1) / of)
        self.ledger.fed_s[wearer] = 0.0
        live.intake.receive(Packet("", self.body.warm(number, sat_s), began_s + number / of))
        return live

    async def wear(self, number: int, live: LiveWearer, of: int, began_s: float) -> None:
        """A packet a second, at a moment of one's own."""
        for second in range(1, 1_000_000):
            at_s = began_s + second + number / of
            while (early_s := at_s - self.clock.now_s()) > 0:  # noqa: ASYNC110  this clock stands still at times
                await asyncio.sleep(early_s)
            self.late_s[live.wearer] = self.clock.now_s() - at_s
            self.ledger.fed_s[live.wearer] = at_s
            live.intake.receive(Packet("", self.body.seated(number + 60 + second, 1), at_s))
            await live.deliver([])


@dataclass
class Found:
    """What was measured for so many wearers."""

    wearers: int
    core_share: float
    late_s: list[float]
    call_s: list[float]
    commits_per_s: float
    commit_s: list[float]
    writer_share: float
    memory_mb: float

    def line(self) -> str:
        """For the table."""
        calls, commits = milliseconds(self.call_s), milliseconds(self.commit_s)
        late = sum(late_s > LATE_S for late_s in self.late_s)
        return (
            f"{self.wearers:7d} | {1000 * self.core_share / self.wearers:6.2f} ms | {self.core_share:4.2f} |"
            f" {max(self.late_s):6.2f} s, {late:4d} late | {len(self.call_s):4d}: {calls} |"
            f" {self.commits_per_s:4.0f}/s: {commits} | {100 * self.writer_share:3.0f} % | {self.memory_mb:4.0f} MB"
        )


def milliseconds(values_s: list[float]) -> str:
    """Median and 95th percentile."""
    return f"{1000 * percentile(values_s, 0.5):6.0f} {1000 * percentile(values_s, 0.95):6.0f} ms"


TITLE = "wearers | processor | cores | behind | calls: p50 p95 | commits: p50 p95 | writer | memory"


async def measure(count: int, seconds: float, folder: Path, port: int | None = None) -> Found:
    """Let so many sit."""
    names = [f"w{number}" for number in range(count)]
    rules = [*RULES, *(f"wearers.{name}.wearable=deskband" for name in names)]
    settings = load(None, [*rules, "mqtt.host=127.0.0.1", f"mqtt.port={port}"] if port else rules, {}).settings
    history = await TimedHistory.open(folder / "history.sqlite3")
    own_time, bus, body = OwnTime(), Bus(), Body.sampled()
    clock = LedClock(leader=own_time)
    ledger = Ledger(clock)
    outlets: dict[str, Outlet] = {ledger.NAME: ledger}
    if port:
        mqtt = [Wearer(name, f"node{name}") for name in names]
        outlets["mqtt"] = MqttOutlet(settings.mqtt, mqtt, history.outbox("mqtt"), lambda *_: None, clock)
    crowd, began_s = Crowd(settings, history, outlets, clock, bus, body, ledger, seconds), 1_790_000_000.0
    lives = [crowd.enter(number, name, count, began_s) for number, name in enumerate(names)]
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(outlet.run(bus.subscribe())) for outlet in outlets.values()]
            own_time.begin(began_s)
            for number, live in enumerate(lives):
                tasks.append(group.create_task(crowd.wear(number, live, count, began_s)))
                tasks.append(group.create_task(live.run()))
            await asyncio.sleep(SETTLE_S)
            found = await _watch(count, crowd, seconds)
            for task in tasks:
                task.cancel()
    finally:
        await history.close()
    return found


async def _watch(count: int, crowd: Crowd, seconds: float) -> Found:
    """Look on for so long."""
    history, ledger = crowd.history, crowd.ledger
    TimedHistory.took_s.clear()
    writer_s, used_s, began_s = await history.writer_s(), time.process_time(), crowd.clock.now_s()
    while crowd.clock.now_s() < began_s + seconds:  # noqa: ASYNC110
        await asyncio.sleep(0.1)
    took_s = crowd.clock.now_s() - began_s
    share, writer = (time.process_time() - used_s) / took_s, (await history.writer_s() - writer_s) / took_s
    commits = list(TimedHistory.took_s)
    calls = [told_s - ledger.needed_s[name] for name, told_s in ledger.told_s.items()]
    late_s = [max(0.0, late) for late in crowd.late_s.values()]
    return Found(count, share, late_s, calls, len(commits) / took_s, commits, writer, memory_mb(os.getpid()))


def told(count: int, seconds: float, with_mqtt: bool) -> str:
    """Measure in a folder of its own; a line of the table."""
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        if not with_mqtt:
            return asyncio.run(measure(count, seconds, folder)).line()
        broker = stack.enter_context(mosquitto(folder))
        ear = stack.enter_context(Ear(broker.port, "sitbreak/+/event"))
        found = asyncio.run(measure(count, seconds, folder, broker.port))
        heard = sum(json.loads(one.payload).get("event_type") == "break_due" for one in ear.heard)
        return f"{found.line()} | {heard} heard"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--counts", default="1,10,100,1000")
    parser.add_argument("--seconds", type=float, default=40.0)
    parser.add_argument("--mqtt", action="store_true", help="tell a real mosquitto, as the daemon does")
    options = parser.parse_args()
    allow_connections()
    print(TITLE)
    for count in map(int, options.counts.split(",")):
        print(told(count, options.seconds, options.mqtt), flush=True)


if __name__ == "__main__":
    main()
