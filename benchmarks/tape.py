"""A simulated week on a tape: what a wearable gives, step by step, the same whenever it is asked.

The samples come from the simulator's body. The tape remembers everything, so that a daemon that goes on from its last
checkpoint (``taped``) is given exactly what it had not stored.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from firmware_sim.scenario import Activity, Scenario
from firmware_sim.sensor import Sensor
from firmware_sim.timeline import Timeline
from firmware_sim.wearer import Wearer
from monitor.model import AccelBlock, Fact, HoleClosed, HoleOpened, Quality
from monitor.wearables.base import Resume

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


def first_step(resume: Resume | None) -> int:
    """Where the tape is taken up: as remembered, or a minute before the first morning's first sample."""
    return int(resume["step"]) if resume else WORN_FROM - 6
