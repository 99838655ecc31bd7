"""A simulated week on a tape, and the real daemon that plays it: as fast as it can, from where it was killed.

The samples come from the simulator's body; the tape stands where the radio and the wearable stand in life, and it
remembers everything, so that a daemon that goes on from its last checkpoint is given exactly what it had not stored.
All else is the program itself: intake, second readings, history, outlets, the file's locks and the broker.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from firmware_sim.scenario import Activity, Scenario
from firmware_sim.sensor import Sensor
from firmware_sim.timeline import Timeline
from firmware_sim.wearer import Wearer
from monitor.app import App
from monitor.clock import Clock
from monitor.events import Command
from monitor.history.outbox import History
from monitor.live import LATENESS_S, LiveWearer
from monitor.model import AccelBlock, Fact, HoleClosed, HoleOpened, LinkEvent, LinkState, Nudge, Quality
from monitor.settings import Settings, load
from monitor.wearables.base import Action, Advertised, Outcome, Packet, Reach, Reply, Resume

RATE_HZ = 25
COUNTS_PER_G = 4096
STEP_S = 10
STEP_SAMPLES = STEP_S * RATE_HZ
ORIGIN_S = 1_736_121_600.0
"""Monday 2025-01-06, 00:00 UTC: the week begins."""
DAY_STEPS = 86400 // STEP_S
WORN_FROM, WORN_UNTIL = 7 * 3600 // STEP_S, 23 * 3600 // STEP_S
NOTHING, LIVE, HELD = 0, 1, 2
"""What a step of the tape gives: no sample ever, samples at once, samples when the hole is filled."""
LIMIT_S = 900.0
NODE = "7a9e7a9e7a9e"
"""The wearer's name in topics: the same in every run."""
COMMANDS = (
    ("done", ""), ("snooze", "PRESS"), ("skip", ""), ("why", ""), ("wrong", ""), ("busy", "5"),
    ("pause", "ON"), ("pause", "OFF"), ("limit", "15"), ("break", ""), ("test", ""),
)  # fmt: skip
COMMAND_EVERY_S = 600.0
EXPIRY_ROOM_S = 300.0
"""The tape waits for the broker while an alert has less than this to live: life is slower than a tape."""
SETTINGS = (
    "wearers.me.placement=thigh",
    f"coach.limit_s={LIMIT_S:.0f}",
    "coach.time_zone=UTC",
    "history.keep_posture_days=3650",
    'exercises.no_go=["lunge_stretch", "lying_leg_raise", "bird_dog", "boat_pose", "frog_stretch"]',
    "mqtt.host=127.0.0.1",
)


# --- the tape ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Tape:
    """What there is to play."""

    counts: np.ndarray
    """(N, 3) int16, the samples of all steps that have any."""
    kinds: np.ndarray
    """(S,) int8: NOTHING, LIVE or HELD."""
    offsets: np.ndarray
    """(S,) int64: row of a step's first sample."""
    fills: dict[int, tuple[int, int]]
    """At which step which held steps are replayed (from, until)."""
    commands: dict[int, tuple[str, str]]
    """After which step the wearer says what."""

    @classmethod
    def opened(cls, folder: Path) -> Tape:
        """Read a tape; the samples stay on the disk until they are played."""
        plan = json.loads((folder / "plan.json").read_text())
        kinds = np.array(plan["kinds"], np.int8)
        offsets = np.concatenate([[0], np.cumsum(kinds != NOTHING)[:-1]]) * STEP_SAMPLES
        fills = {int(step): (first, end) for step, (first, end) in plan["fills"].items()}
        commands = {int(step): (name, value) for step, (name, value) in plan["commands"].items()}
        return cls(np.load(folder / "counts.npy", mmap_mode="r"), kinds, offsets, fills, commands)

    def facts(self, step: int) -> list[Fact]:
        """What the wearable gives in a step; a function of nothing else."""
        facts: list[Fact] = []
        if self.kinds[step] == LIVE:
            first = step
            while first > 0 and self.kinds[first - 1] != LIVE and step - first < WORN_UNTIL - WORN_FROM:
                first -= 1
            if first < step and first // DAY_STEPS == step // DAY_STEPS and first % DAY_STEPS > WORN_FROM:
                facts.append(HoleOpened(step // DAY_STEPS, _index(first), _index(step)))
                if self.kinds[first] == NOTHING:
                    facts.append(HoleClosed(step // DAY_STEPS, _index(first), _index(step), False))
            facts.append(self._block(step, Quality(0)))
        if step in self.fills:
            first, end = self.fills[step]
            facts += [self._block(held, Quality.REPLAYED) for held in range(first, end)]
            facts.append(HoleClosed(step // DAY_STEPS, _index(first), _index(end), True))
        return facts

    def _block(self, step: int, quality: Quality) -> AccelBlock:
        row = int(self.offsets[step])
        counts = np.asarray(self.counts[row : row + STEP_SAMPLES])
        t_s = ORIGIN_S + step * STEP_S + np.arange(STEP_SAMPLES) / RATE_HZ
        xyz_g = (counts / COUNTS_PER_G).astype(np.float32)
        return AccelBlock(t_s, xyz_g, float(RATE_HZ), step // DAY_STEPS, _index(step), quality=quality)


def _index(step: int) -> int:
    return step % DAY_STEPS * STEP_SAMPLES


def make_tape(folder: Path, days: float, seed: int) -> Tape:
    """Simulate the body of a week: each day another, with holes that are filled later and some that are not."""
    rng = np.random.default_rng([seed, 0x7A])
    whole = [WORN_UNTIL] * int(days) + ([WORN_FROM + round(days % 1 * 86400 / STEP_S)] if days % 1 else [])
    kinds = np.zeros(len(whole) * DAY_STEPS, np.int8)
    fills: dict[int, tuple[int, int]] = {}
    parts = []
    for day, until in enumerate(whole):
        first, end = day * DAY_STEPS + WORN_FROM, day * DAY_STEPS + min(until, WORN_UNTIL)
        kinds[first:end] = LIVE
        _make_holes(kinds, fills, first, end, rng)
        samples = _body(rng, int(rng.integers(1 << 30)), end - first)
        worn = np.repeat(kinds[first:end] != NOTHING, STEP_SAMPLES)
        parts.append(samples[worn])
    kinds = kinds[: end + 30]
    commands = {
        int(step): COMMANDS[rng.integers(len(COMMANDS))]
        for step in np.flatnonzero(kinds == LIVE)
        if rng.random() < STEP_S / COMMAND_EVERY_S
    }
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "counts.npy", np.concatenate(parts))
    plan = {"kinds": kinds.tolist(), "fills": fills, "commands": commands}
    (folder / "plan.json").write_text(json.dumps(plan))
    return Tape.opened(folder)


def _make_holes(
    kinds: np.ndarray, fills: dict[int, tuple[int, int]], first: int, end: int, rng: np.random.Generator
) -> None:
    """Every half hour or so the samples of some minutes come late, or never."""
    at = first + int(rng.integers(60, 240))
    while at + 180 < end:
        length, late = int(rng.integers(3, 60)), int(rng.integers(2, 90))
        lost = rng.random() < 0.2
        kinds[at : at + length] = NOTHING if lost else HELD
        if not lost:
            fills[at + length + late] = (at, at + length)
        at += length + late + int(rng.integers(60, 240))


def _body(rng: np.random.Generator, seed: int, steps: int) -> np.ndarray:
    """(steps * STEP_SAMPLES, 3) int16 of a wearer who answers most calls with a whole exercise."""

    def doing(what: str, least_s: float, most_s: float, **more: Any) -> Activity:
        return Activity(do=what, duration_s=float(rng.uniform(least_s, most_s)), **more)

    activities = [doing("walk", 90, 150), doing("stand", 30, 60), doing("walk", 20, 60)]
    while sum(activity.duration_s for activity in activities) < steps * STEP_S:
        activities += [
            Activity(do="sit", duration_s=LIMIT_S + float(rng.uniform(-500, 400))),
            doing("stand", 10, 20),
            doing("standing_hip_flexion", 100, 140, repetitions=10, hold_s=3),
            doing("walk", 60, 300),
            doing(str(rng.choice(["sit", "lie", "potter", "fidget", "stand"])), 300, 1500),
        ]
        if rng.random() < 0.1:
            activities += [doing("off_body", 1200, 3000), doing("walk", 60, 200)]
    wearer = Wearer(Timeline(Scenario(title="A day on tape", activities=tuple(activities))), "thigh", seed)
    sensor = Sensor(wearer, seed)
    sensor.start(0.0, RATE_HZ * 1.0, 8.0, COUNTS_PER_G)
    minutes = [sensor.read(until_s).counts for until_s in np.arange(60.0, steps * STEP_S * 1.01 + 120.0, 60.0)]
    return np.concatenate(minutes)[: steps * STEP_SAMPLES]


# --- the daemon that plays it ------------------------------------------------------------------------------


@dataclass
class Hand:
    """Where the clock of the tape stands."""

    now_s: float = ORIGIN_S


@dataclass(frozen=True)
class TapeClock(Clock):
    """Time is what the tape has shown."""

    hand: Hand = field(default_factory=Hand)

    def now_s(self) -> float:
        """Stream time."""
        return self.hand.now_s


def first_step(resume: Resume | None) -> int:
    """Where the tape is taken up: as remembered, or a minute before the first morning's first sample."""
    return int(resume["step"]) if resume else WORN_FROM - 6


class TapeDriver:
    """The wearable: gives a step at a time, and remembers which is next, as any driver remembers its samples."""

    ADVERTISED: ClassVar[Advertised] = Advertised()
    REACH: ClassVar[Reach] = Reach.LINK
    SILENCE_IS_LEGAL: ClassVar[bool] = True

    def __init__(self, tape: Tape) -> None:
        self.tape = tape
        self.step = first_step(None)

    def start(self, resume: Resume | None, now_s: float) -> Reply:
        """Go on where the checkpoint stands."""
        self.step = first_step(resume)
        return []

    def receive(self, packet: Packet) -> Reply:
        """Give the next step."""
        self.step += 1
        return [*self.tape.facts(self.step - 1)]

    def done(self, action: Action, outcome: Outcome) -> Reply:
        """Nothing was asked."""
        return []

    def tick(self, now_s: float) -> Reply:
        """Nothing to do."""
        return []

    def stored(self, segment: int, upto_index: int) -> Reply:
        """A tape forgets nothing."""
        return []

    def alert(self, nudge: Nudge, now_s: float) -> Reply:
        """Nobody to buzz."""
        return []

    def lost(self, now_s: float) -> Reply:
        """Never happens."""
        return []

    def stop(self) -> Reply:
        """Nothing to end."""
        return []

    def resume(self) -> Resume:
        """The next step."""
        return {"step": self.step}


class Player:
    """In the place of the link: plays the tape into the wearer's day."""

    def __init__(
        self, live: LiveWearer, driver: TapeDriver, clock: TapeClock, resume: Resume | None, step: Any
    ) -> None:
        self.finished = asyncio.Event()
        self.each_minute: Callable[[float], Awaitable[None]]
        self._live, self._driver, self._clock, self._resume, self._step = live, driver, clock, resume, step
        clock.hand.now_s = ORIGIN_S + STEP_S * first_step(resume)

    def alert(self, nudge: Nudge) -> None:
        """The tape cannot buzz."""

    def stored(self, segment: int, upto_index: int) -> None:
        """The tape forgets nothing."""

    async def run(self) -> None:
        """Play to the end, then stand still."""
        intake, clock, tape = self._live.intake, self._clock, self._driver.tape
        intake.start(self._resume, clock.now_s())
        await self._live.deliver([LinkEvent(LinkState.STREAMING, clock.now_s())])
        while self._driver.step < len(tape.kinds):
            step = self._driver.step
            now_s = ORIGIN_S + (step + 1) * STEP_S
            clock.hand.now_s, self._step.value = now_s, step
            # one breath: what a checkpoint holds is a whole number of steps
            facts = [fact for fact in intake.receive(Packet("tape", b"", now_s)) if not isinstance(fact, Action)]
            intake.pass_time(now_s - LATENESS_S)
            if step in tape.commands:
                self._say(*tape.commands[step], now_s)
            await self._live.deliver(facts)
            if step % 6 == 0:
                await self.each_minute(now_s)
        self.finished.set()
        await asyncio.Event().wait()

    def _say(self, name: str, value: str, now_s: float) -> None:
        alert_id = self._live.intake.backfill.state(now_s).alert_id
        answers = name in ("done", "snooze", "skip", "break", "wrong")
        self._live.command(Command(name, value, alert_id if answers else None, "mqtt"))


class TapedApp(App):
    """The daemon, with a tape in the radio's place."""

    def __init__(self, settings: Settings, state_dir: Path, tape: Tape, step: Any) -> None:
        self.hand_clock = TapeClock()
        super().__init__(settings, state_dir, self.hand_clock, nodes={"me": NODE})
        self.player: Player | None = None
        self._tape, self._step = tape, step
        self.each_minute = self.wait_for_broker
        """Awaited after each minute of the tape."""
        self._history: History | None = None

    async def _mqtt(self, history: History) -> Any:
        self._history = history
        return await super()._mqtt(history)

    def _link(self, live: LiveWearer, scanner: Any, radio: Any, resume: Resume | None) -> Any:
        driver = TapeDriver(self._tape)
        live.intake._driver = driver
        self.player = Player(live, driver, self.hand_clock, resume, self._step)
        self.player.each_minute = self.each_minute
        return self.player

    async def wait_for_broker(self, now_s: float) -> None:
        """Let no alert grow old because a tape is faster than life."""
        while any(  # noqa: ASYNC110
            row.message.expires_s is not None and row.message.expires_s < now_s + EXPIRY_ROOM_S
            for row in await self.waiting(50)
        ):
            await asyncio.sleep(0.002)

    async def waiting(self, limit: int) -> list[Any]:
        """Rows that the broker has not acknowledged."""
        assert self._history is not None
        return await self._history.pending("mqtt", 0, limit)

    async def play(self) -> None:
        """Run until the tape is over and the broker has everything; then end as on SIGTERM."""
        running = asyncio.create_task(self.run(), name="daemon")
        ending = asyncio.create_task(self._over(), name="end of the tape")
        await asyncio.wait({running, ending}, return_when=asyncio.FIRST_COMPLETED)
        if not ending.done():
            running.result()
        running.cancel()
        await asyncio.wait({running})

    async def _over(self) -> None:
        while self.player is None:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        await self.player.finished.wait()
        await self.told()

    async def told(self) -> None:
        """Return when the broker has everything."""
        while await self.waiting(1):  # noqa: ASYNC110
            await asyncio.sleep(0.01)


def daemon(tape_folder: str, state_dir: str, port: int, step: Any) -> None:
    """The body of the process that is killed; ends by itself when the tape is over. ``step.value`` tells how far."""
    settings = load(None, (*SETTINGS, f"mqtt.port={port}"), {}).settings
    asyncio.run(TapedApp(settings, Path(state_dir), Tape.opened(Path(tape_folder)), step).play())
