"""How right the times of samples are, against the moments in which the simulator's chip really took them.

    python -m benchmarks.clocks [--seconds 90] [--profiles polar-h10,microbit] [--seed 1]

Each wearable is fixed to the hand of a clock that goes round once in eight seconds, so that every sample tells by its
own value when it was taken; nothing has to be matched, and losses and repeats do not confuse it; whole turns are told
by when it was delivered. It runs at life's own speed on the virtual air and is read by the real bleak code. Three runs
of each: a crystal that is 200 ppm fast with arrivals held up by the host (exponential, 30 ms on average); one that is
200 ppm slow with a twentieth of the notifications lost, then bursts of 2 s; and one in which the power fails, then the
link, after which every notification comes twice for a while, as BlueZ was seen to do. Printed is the RMS error in ms
from 30 s after the first sample on. The bars are 20 ms for devices that stamp their samples and 100 ms for the others.
"""

from __future__ import annotations

import argparse
import asyncio
import itertools
import random
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from firmware_sim.air import Air
from firmware_sim.clock import ScaledClock
from firmware_sim.peripheral import virtual_wearable
from firmware_sim.scenario import Activity, Disconnects, DropNotifications, Fault, LostBursts, Reboot, Scenario
from firmware_sim.sensor import SensorRules
from monitor.clock import Clock
from monitor.demo.profiles import PROFILES
from monitor.model import AccelBlock, Bools, Fact, Floats, LinkEvent, LinkState, Quality
from monitor.transport.ble import Link
from monitor.transport.radio import Radio, RadioRules
from monitor.transport.scanner import DeviceMatch, Scanner
from monitor.wearables import WEARABLES
from monitor.wearables.base import Packet, Reach, Reply, Wearable

TURN_S = 8.0
SETTLE_S = 30.0
BAR_MS = {True: 20.0, False: 100.0}
"""By whether the device stamps its samples."""
STAMPED = ("deskband", "polar", "bangle", "movesense")
HELD_UP_S = 0.03
DELIVERED_S = 1.0
"""So long after it was taken the newest sample of a block is delivered, more or less."""
TWICE_S = 20.0
AT_ONCE = 5
"""Wearables on one air."""
PERFECT = {"noise_mg": 0.0, "gain_error": 0.0, "offset_mg": 0.0, "offset_mg_per_c": 0.0}
WRAP_MS = 1 << 32
OPTIONS = {"movesense": {"boot_ms": WRAP_MS - 45_000}}
"""Its 32-bit clock wraps in the middle of each run; where the power fails, that is ten seconds before."""
TURNINGS = [
    np.diag(signs)[list(order)]
    for order in itertools.permutations(range(3))
    for signs in itertools.product((1, -1), repeat=3)
]
"""Every way in which a device may name its axes."""


@dataclass(frozen=True)
class Trial:
    """What goes wrong in a run."""

    name: str
    drift_ppm: float
    faults: tuple[Fault, ...] = ()
    held_up_s: float = 0.0


TRIALS = (
    Trial("fast, held up", 200.0, held_up_s=HELD_UP_S),
    Trial(
        "slow, losses",
        -200.0,
        (
            DropNotifications(at_s=20.0, duration_s=30.0, probability=0.05),
            LostBursts(at_s=50.0, duration_s=1000.0, burst_s=2.0, every_s=10.0),
        ),
    ),
    Trial(
        "reboot, link lost",
        200.0,
        (Reboot(at_s=35.0), Disconnects(at_s=60.0)),
    ),
)


class Hand:
    """The hand of a clock, 1 g long; a body for the simulator's sensor."""

    def acceleration_g(self, elapsed_s: np.ndarray) -> np.ndarray:
        """Return the (N, 3) specific force at (N,) times since the day's origin."""
        angle = 2 * np.pi * elapsed_s / TURN_S
        return np.column_stack((np.cos(angle), np.sin(angle), np.zeros_like(angle)))


class HostRadio:
    """A driver to which packets come as a busy host hands them on: held up, and twice after a lost link."""

    def __init__(self, driver: Wearable, held_up_s: float, seed: int) -> None:
        self._driver, self._held_up_s, self._random = driver, held_up_s, random.Random(seed)
        self._newest_s = self._twice_until_s = 0.0

    def __getattr__(self, name: str) -> Any:
        return getattr(self._driver, name)

    def receive(self, packet: Packet) -> Reply:
        """Hand it on."""
        late_s = self._random.expovariate(1 / self._held_up_s) if self._held_up_s else 0.0
        self._newest_s = max(self._newest_s, packet.at_s + late_s)
        packet = replace(packet, at_s=self._newest_s)
        reply = self._driver.receive(packet)
        if packet.at_s < self._twice_until_s:
            reply += self._driver.receive(replace(packet, at_s=packet.at_s + 0.0005))
        return reply

    def lost(self, now_s: float) -> Reply:
        """The link is gone."""
        self._twice_until_s = now_s + TWICE_S
        return self._driver.lost(now_s)


@dataclass
class Heard:
    """What one wearable delivered."""

    profile: str
    trial: Trial
    origin_s: float
    blocks: list[AccelBlock] = field(default_factory=list)
    delivered_s: list[float] = field(default_factory=list)
    """When each block was."""
    links: int = 0

    async def deliver(self, facts: list[Fact]) -> None:
        """Take facts."""
        blocks = [fact for fact in facts if isinstance(fact, AccelBlock)]
        self.blocks += blocks
        self.delivered_s += [time.time()] * len(blocks)
        self.links += sum(isinstance(fact, LinkEvent) and fact.state is LinkState.CONNECTED for fact in facts)

    def errors_ms(self) -> Floats:
        """Errors of all samples after the settling time."""
        if not self.blocks:
            return np.empty(0)
        t_s = np.concatenate([block.t_s for block in self.blocks])
        xyz_g = np.concatenate([block.xyz_g for block in self.blocks]).astype(np.float64)
        late = (t_s >= t_s[0] + SETTLE_S) & ~self._held(xyz_g)
        candidates = (errors_s(t_s[late] - self.origin_s, xyz_g[late] @ turning.T) for turning in TURNINGS)
        error_s = min(candidates, key=rms)
        return 1000.0 * (error_s + TURN_S * np.round((self._roughly_s()[late] - error_s) / TURN_S))

    def _roughly_s(self) -> Floats:
        """Errors by when samples were delivered, which tells whole turns of the hand; 0 for what a device had kept."""
        off_s = [
            0.0 if block.quality & Quality.REPLAYED else block.t_s[-1] - at_s + DELIVERED_S
            for block, at_s in zip(self.blocks, self.delivered_s, strict=True)
        ]
        return np.repeat(off_s, [len(block.t_s) for block in self.blocks])

    def _held(self, xyz_g: Floats) -> Bools:
        """Samples that were never taken: the last value repeated for a device that sends on change."""
        if not any(block.quality & Quality.CHANGE_ONLY for block in self.blocks):
            return np.zeros(len(xyz_g), bool)
        return np.concatenate(([False], (np.diff(xyz_g, axis=0) == 0).all(axis=1)))


def errors_s(elapsed_s: Floats, xyz_g: Floats) -> Floats:
    """How much later samples are said to be taken than the hand says."""
    true_s = np.arctan2(xyz_g[:, 1], xyz_g[:, 0]) * (TURN_S / (2 * np.pi))
    return (elapsed_s - true_s + TURN_S / 2) % TURN_S - TURN_S / 2 + 4e3 * (np.abs(xyz_g[:, 2]) > 0.5)


def rms(values: Floats) -> float:
    """Root of the mean square; not a number where there is nothing."""
    return float(np.sqrt(np.mean(values**2))) if len(values) else float("nan")


async def run_together(profiles: list[str], trial: Trial, seconds: float, seed: int) -> list[Heard]:
    """Wearables on one air, one radio that reads them all."""
    day = Scenario(title="Round and round", activities=(Activity(do="stand", duration_s=3600),), faults=trial.faults)
    heard: list[Heard] = []
    async with AsyncExitStack() as stack:
        air = await stack.enter_async_context(Air())
        radio = Radio(RadioRules(backend=f"bumble:tcp-client:127.0.0.1:{await air.serve('127.0.0.1', 0)}"))
        stack.push_async_callback(radio.close)
        scanner = Scanner(radio)
        tasks = [asyncio.create_task(scanner.run(), name="scanner")]
        for number, profile in enumerate(profiles):
            clock = ScaledClock(time.time())
            rules = SensorRules(drift_ppm=trial.drift_ppm, **PERFECT)
            wearable = await stack.enter_async_context(
                virtual_wearable(
                    profile,
                    air=air,
                    scenario=day,
                    clock=clock,
                    radio_name=f"radio {number}",
                    seed=seed + number,
                    sensor_rules=rules,
                    **OPTIONS.get(profile, {}),
                )
            )
            wearable.sensor.body = Hand()
            heard.append(Heard(profile, trial, clock.origin_s))
            driver = HostRadio(WEARABLES[PROFILES[profile].kind](), trial.held_up_s, seed + number)
            link = Link(
                name=profile,
                driver=driver,
                match=DeviceMatch(address=wearable.address),
                radio=radio,
                scanner=scanner,
                clock=Clock(),
                deliver=heard[-1].deliver,
            )
            tasks.append(asyncio.create_task(link.run(), name=f"link {profile}"))
        await asyncio.sleep(seconds)
        await end(tasks)
    return heard


async def end(tasks: list[asyncio.Task[None]]) -> None:
    """The links first, the scanner last."""
    for task in reversed(tasks):
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def table(results: dict[str, list[Heard]]) -> Iterator[str]:
    """Markdown: a row a wearable, a column a trial."""
    yield "| wearable | times | bar | " + " | ".join(trial.name for trial in TRIALS) + " | |"
    yield "| --- | --- | --- |" + " ---: |" * len(TRIALS) + " --- |"
    for profile, runs in results.items():
        stamped = PROFILES[profile].kind in STAMPED
        figures = [rms(heard.errors_ms()) for heard in runs]
        cells = " | ".join(f"{figure:.1f}" for figure in figures)
        verdict = "met" if all(figure <= BAR_MS[stamped] for figure in figures) else "missed"
        yield f"| {profile} | {'stamped' if stamped else 'counted'} | {BAR_MS[stamped]:g} | {cells} | {verdict} |"


def main() -> None:
    """Measure and print."""
    linked = [name for name, each in PROFILES.items() if WEARABLES[each.kind].REACH is Reach.LINK]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=90.0, help="wall seconds a run")
    parser.add_argument("--profiles", default=",".join(linked))
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    profiles = options.profiles.split(",")
    results: dict[str, list[Heard]] = {profile: [] for profile in profiles}
    for trial in TRIALS:
        for first in range(0, len(profiles), AT_ONCE):
            for heard in asyncio.run(
                run_together(profiles[first : first + AT_ONCE], trial, options.seconds, options.seed)
            ):
                results[heard.profile].append(heard)
    lines = list(table(results))
    print("\n".join(lines))
    raise SystemExit(any(line.endswith("missed |") for line in lines))


if __name__ == "__main__":
    main()
