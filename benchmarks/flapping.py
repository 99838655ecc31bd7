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
import tempfile
import time
from pathlib import Path

from benchmarks.stepped_day import BORDER_S, STEP_S, Lived, books, stepped_day
from firmware_sim.scenario import Activity, Scenario

RULES = (
    "bouts.break_min_s=30",
    "bouts.settle_s=5",
    "coach.limit_s=14400",
    "deskband.allow_delta=false",
    "history.keep_posture_days=3650",
    "radio.backoff_max_s=0.1",
)


def day(duration_s: float, seat_s: float = 2400.0) -> Scenario:
    """Sitting and walking in turn."""
    activities, length_s = [Activity(do="walk", duration_s=150)], 150.0
    while length_s < duration_s:
        activities += [Activity(do="sit", duration_s=seat_s), Activity(do="walk", duration_s=240)]
        length_s += seat_s + 240
    return Scenario(title="Sitting and walking in turn", activities=tuple(activities))


async def live(state_dir: Path, scenario: Scenario, duration_s: float, every_s: float | None) -> tuple[Lived, int]:
    """One day, and how often the link was lost; the band drops it ``every_s``."""
    losses = 0
    async with stepped_day(state_dir, scenario, RULES) as today:
        for step in range(1, round(duration_s / STEP_S) + 1):
            await today.step()
            await today.caught_up()
            if every_s and step % round(every_s / STEP_S) == 0:
                today.band.on_air.cut_link()
                losses += 1
                await today.link_lost()
        await today.memory_read()  # the last loss is mended too
    return books(state_dir / "history.sqlite3"), losses


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


async def compare(
    folder: Path, duration_s: float, every_s: float, seat_s: float = 2400.0
) -> tuple[Lived, int, list[str]]:
    """The day with losses, how many, and how it differs from the day without."""
    scenario = day(duration_s, seat_s)
    for name in ("whole", "cut"):
        (folder / name).mkdir()
    whole, _ = await live(folder / "whole", scenario, duration_s, None)
    cut, losses = await live(folder / "cut", scenario, duration_s, every_s)
    return cut, losses, differences(whole, cut)


def main() -> None:
    """Live the day and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--every", type=float, default=300.0, help="seconds between two losses")
    options = parser.parse_args()
    logging.basicConfig(level=logging.ERROR)
    began_s = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        cut, losses, found = asyncio.run(compare(Path(folder), options.hours * 3600, options.every))
    print(f"{options.hours:g} h, {losses} losses, {len(cut.bouts)} bouts, {len(cut.breaks)} breaks:", end=" ")
    print("; ".join(found) or "the books agree", f"({time.monotonic() - began_s:.0f} s)")
    raise SystemExit(bool(found))


if __name__ == "__main__":
    main()
