"""A wearable that drops its link every five minutes, all day: are the books those of a day without a single loss?

    python -m benchmarks.flapping [--hours N] [--every S]

The simulated DeskBand and the daemon are in one process on a real (virtual) air; simulated time is moved by hand, so
that a day takes minutes and no step is taken before the daemon has what was sent. The same day is lived twice, with
and without the losses; bouts, breaks and gaps must agree to two seconds, and no second may be missing.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import sqlite3
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

from firmware_sim.air import Air
from firmware_sim.clock import SteppedClock
from firmware_sim.peripheral import virtual_band
from firmware_sim.scenario import Activity, Scenario
from monitor.app import App
from monitor.clock import Clock
from monitor.settings import load

ORIGIN_S = 1_790_000_000.0
STEP_S = 5.0
BORDER_S = 2.0
"""Two bodies of the same seed are sampled on clocks of their own: borders agree to this."""
RULES = (
    "bouts.break_min_s=30",
    "bouts.settle_s=5",
    "coach.limit_s=14400",
    "deskband.allow_delta=false",
    "history.keep_posture_days=3650",
    "radio.backoff_max_s=0.1",
)


@dataclass(frozen=True, slots=True)
class Follower(Clock):
    """The daemon's clock as the band's own: time passes only when it is moved."""

    leader: SteppedClock = field(default_factory=SteppedClock)

    def now_s(self) -> float:
        return self.leader.now_s()


@dataclass
class Lived:
    """What the history of one day holds, in seconds since its origin."""

    bouts: list[tuple[float, float]]
    breaks: list[tuple[float, float]]
    gaps: list[tuple[float, float]]
    seconds: set[int]
    losses: int


def day(duration_s: float, seat_s: float = 2400.0) -> Scenario:
    """Sitting and walking in turn."""
    activities, length_s = [Activity(do="walk", duration_s=150)], 150.0
    while length_s < duration_s:
        activities += [Activity(do="sit", duration_s=seat_s), Activity(do="walk", duration_s=240)]
        length_s += seat_s + 240
    return Scenario(title="Sitting and walking in turn", activities=tuple(activities))


async def live(state_dir: Path, scenario: Scenario, duration_s: float, every_s: float | None) -> Lived:
    """One day; the band drops the link ``every_s``."""
    leader, losses = SteppedClock(ORIGIN_S), 0
    async with Air() as air, virtual_band(air=air, scenario=scenario, seed=3, clock=leader) as band:
        overrides = (*RULES, f"radio.backend=bumble:tcp-client:127.0.0.1:{await air.serve('127.0.0.1', 0)}")
        app = App(load(None, overrides, {}).settings, state_dir, Follower(ORIGIN_S, 20.0, leader))
        running = asyncio.create_task(app.run())
        for step in range(1, round(duration_s / STEP_S) + 1):
            await band.advance(STEP_S)
            await caught_up(app, leader)
            if every_s and step % round(every_s / STEP_S) == 0:
                band.on_air.cut_link()
                losses += 1
                await lost(app)
        while not is_streaming(app) or app.parts["me"].live.intake.backfill.open_holes:  # the last loss is mended too
            await band.advance(STEP_S)
            await caught_up(app, leader)
        running.cancel()
        await asyncio.wait({running})
        if not running.cancelled():
            running.result()
    return books(state_dir / "history.sqlite3", losses)


async def caught_up(app: App, leader: SteppedClock) -> None:
    """Wait until a streaming daemon has what the band has sent; one that is still connecting gets a moment."""
    await asyncio.sleep(0.0 if is_streaming(app) else 0.05)
    enough_s = leader.now_s() - 2 * STEP_S
    # The link is real, and tells nobody what is on its way
    while is_streaming(app) and (app.parts["me"].live.state.last_sample_s or 0.0) < enough_s:  # noqa: ASYNC110
        await asyncio.sleep(0.005)


async def lost(app: App) -> None:
    """Wait until the daemon has noticed."""
    while is_streaming(app):  # noqa: ASYNC110
        await asyncio.sleep(0.005)


def is_streaming(app: App) -> bool:
    """Whether the daemon has samples of this very link."""
    return "me" in app.parts and app.parts["me"].live.state.link_fresh


def books(path: Path, losses: int) -> Lived:
    """What the history holds."""
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as connection:

        def spans(table: str) -> list[tuple[float, float]]:
            rows = connection.execute(f"SELECT start_s, end_s FROM {table} WHERE end_s IS NOT NULL ORDER BY start_s")
            return [(start_s - ORIGIN_S, end_s - ORIGIN_S) for start_s, end_s in rows]

        runs = spans("posture_runs")
        found = spans("bouts"), spans("breaks"), spans("gaps")
    return Lived(*found, {s for start_s, end_s in runs for s in range(round(start_s), round(end_s))}, losses)


def differences(whole: Lived, cut: Lived) -> list[str]:
    """Where the books do not agree; empty where they do."""
    found = []
    for what in ("bouts", "breaks", "gaps"):
        ours, theirs = getattr(cut, what)[1:], getattr(whole, what)[1:]  # the first begins with the first connection
        if len(ours) != len(theirs):
            found.append(f"{what}: {len(ours)} instead of {len(theirs)}")
        for one, other in zip(ours, theirs, strict=False):
            if max(abs(one[0] - other[0]), abs(one[1] - other[1])) > BORDER_S:
                found.append(f"{what}: {one} instead of {other}")
    missing = {second for second in whole.seconds - cut.seconds if second > 60}
    if len(missing) > BORDER_S:
        found.append(f"{len(missing)} seconds missing, the first {min(missing)}")
    return found


async def compare(folder: Path, duration_s: float, every_s: float, seat_s: float = 2400.0) -> tuple[Lived, list[str]]:
    """The day with losses, and how it differs from the day without."""
    scenario = day(duration_s, seat_s)
    for name in ("whole", "cut"):
        (folder / name).mkdir()
    whole = await live(folder / "whole", scenario, duration_s, None)
    cut = await live(folder / "cut", scenario, duration_s, every_s)
    return cut, differences(whole, cut)


def main() -> None:
    """Live the day and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--every", type=float, default=300.0, help="seconds between two losses")
    options = parser.parse_args()
    logging.basicConfig(level=logging.ERROR)
    began_s = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        cut, found = asyncio.run(compare(Path(folder), options.hours * 3600, options.every))
    print(f"{options.hours:g} h, {cut.losses} losses, {len(cut.bouts)} bouts, {len(cut.breaks)} breaks:", end=" ")
    print("; ".join(found) or "the books agree", f"({time.monotonic() - began_s:.0f} s)")
    raise SystemExit(bool(found))


if __name__ == "__main__":
    main()
