"""A month of two people's office life, with faults, through the real stack as fast as it goes: does anything grow?

    python -m benchmarks.soak [--days 30] [--keep FOLDER]

Two simulated DeskBands at 25 Hz and their air live here, on clocks that are moved by hand; the daemon is a process of
its own (`benchmarks.led_daemon`) that reads them through bumble and bleak, stores to SQLite and publishes to a real
mosquitto. Simulated time goes on by a step only when the notifications of the last one are on the link and the daemon
has taken those of the one before: neither side outruns the other. What the daemon holds is read from the system
(Linux) every six simulated hours; a night's charge, ten minutes out of range a day, and for the second wearer bursts of
loss, lost links, reboots and a hanging chip are part of the month.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import shutil
import sqlite3
import tempfile
import time
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from msgspec import convert
from msgspec.structs import replace

from benchmarks.cost import memory_mb, processor_s
from benchmarks.led_daemon import LedDaemon
from benchmarks.listening import Ear, Heard, mosquitto
from firmware_sim.air import Air
from firmware_sim.clock import SteppedClock
from firmware_sim.peripheral import VirtualWearable, virtual_band
from firmware_sim.profiles.deskband_gatt import DeskBandProfile
from firmware_sim.profiles.deskband_state import DeskBandSettings
from firmware_sim.scenario import Fault, Scenario, load_scenario

BEGAN_S = 1_790_000_000.0
STEP_S = 60.0
SPEED = 720.0
"""A month in an hour: what a wall second of patience with radio and broker is worth in simulated time."""
SAMPLE_EVERY_S = 6 * 3600.0
WARM_DAYS = 3.0
GROWTH_LIMIT = 0.10
WEARERS = ("anna", "ben")
HARDSHIPS = [
    {"kind": "lost_bursts", "at_s": 3000, "duration_s": 20_000, "burst_s": 3, "every_s": 300},
    {"kind": "disconnects", "at_s": 5000, "every_s": 6000, "times": 3},
    {"kind": "stuck_sensor", "at_s": 16_000, "duration_s": 120},
    {"kind": "reboot", "at_s": 21_000},
]
SETTINGS = """
[wearers.anna]
wearable = "deskband"
address = "{anna}"
[wearers.ben]
wearable = "deskband"
address = "{ben}"
[deskband]
latency_s = {latency_s}
[radio]
backend = "bumble:tcp-client:127.0.0.1:{air}"
backoff_max_s = 0.1
[mqtt]
host = "127.0.0.1"
port = {broker}
"""


Band = VirtualWearable[DeskBandProfile]


@dataclass(frozen=True, slots=True)
class Sample:
    """What the daemon held at a moment."""

    day: float
    memory_mb: float
    files: int
    tasks: int
    history_mb: float
    outbox_rows: int


def days() -> tuple[Scenario, Scenario]:
    """The office day, and the same with a bad radio and a tired device."""
    easy = load_scenario("office_day")
    return easy, replace(easy, faults=(*easy.faults, *convert(HARDSHIPS, tuple[Fault, ...])))


def sample(daemon: LedDaemon, folder: Path, elapsed_s: float) -> Sample:
    """What the daemon holds now."""
    pid, path = daemon.process.pid, folder / "history.sqlite3"
    with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as history:
        waiting = history.execute("SELECT count(*) FROM outbox").fetchone()[0]
    size = sum(file.stat().st_size for file in folder.glob("history.sqlite3*"))
    files = sum(1 for _ in Path(f"/proc/{pid}/fd").iterdir())
    return Sample(elapsed_s / 86400, memory_mb(pid), files, daemon.answer["tasks"], size / 1e6, waiting)


@dataclass(frozen=True, slots=True)
class Lived:
    """What was seen of the days."""

    samples: list[Sample]
    daemon_s: float
    """Processor time that the daemon has used."""
    waited_in_vain: int
    heard: list[Heard]
    """Every event that was told at the broker."""


async def soak(folder: Path, days_long: float, latency_s: float) -> Lived:
    """Live the days."""
    samples = []
    async with AsyncExitStack() as stack:
        air = await stack.enter_async_context(Air(supervision_timeout_s=0.2))
        bands = [
            await stack.enter_async_context(
                virtual_band(
                    air=air,
                    scenario=scenario,
                    seed=seed,
                    clock=SteppedClock(BEGAN_S),
                    radio_name=f"band {seed}",
                    settings=DeskBandSettings(device_id=0x1000 + seed),
                )
            )
            for seed, scenario in enumerate(days(), 1)
        ]
        broker = stack.enter_context(mosquitto(folder))
        ear = stack.enter_context(Ear(broker.port, "sitbreak/+/log", "sitbreak/+/event"))
        port = await air.serve("127.0.0.1", 0)
        (folder / "sitbreak.toml").write_text(settings(bands, port, broker.port, latency_s))
        daemon = await LedDaemon.started(folder, BEGAN_S, STEP_S, SPEED)
        await daemon.go_on_to(BEGAN_S, list(WEARERS))
        await daemon.go_on_to(BEGAN_S, list(WEARERS))  # the days begin with the links
        for step in range(1, round(days_long * 86400 / STEP_S) + 1):
            await asyncio.gather(*(band.advance(STEP_S, STEP_S) for band in bands))
            in_reach = [name for name, band in zip(WEARERS, bands, strict=True) if not band.away]
            await daemon.go_on_to(BEGAN_S + step * STEP_S, in_reach)
            if step * STEP_S % SAMPLE_EVERY_S == 0:
                samples.append(sample(daemon, folder, step * STEP_S))
                print(row(samples[-1]), flush=True)
        used_s = processor_s(daemon.process.pid)
        await daemon.end()
    return Lived(samples, used_s, daemon.answer["waited_in_vain"], ear.heard)


def settings(bands: list[Band], air: int, broker: int, latency_s: float) -> str:
    """Where the daemon finds air, bands and broker."""
    anna, ben = (band.address.removesuffix("/P") for band in bands)
    return SETTINGS.format(anna=anna, ben=ben, latency_s=latency_s, air=air, broker=broker)


def row(sample: Sample) -> str:
    """One line of the course."""
    return (
        f"day {sample.day:5.2f}: {sample.memory_mb:6.1f} MB, {sample.files} files, {sample.tasks} tasks, "
        f"history {sample.history_mb:.2f} MB, {sample.outbox_rows} rows wait"
    )


def told(folder: Path, heard: list[Heard]) -> tuple[int, int, int]:
    """Events stored, those of them that nobody heard, and those heard that are not stored.

    Records that a second reading of filled holes has made are stored and not told again; changes of posture are
    forgotten with the posture of their day (`history.keep_posture_days`).
    """
    events = [json.loads(one.payload) for one in heard]
    with sqlite3.connect(folder / "history.sqlite3") as history:
        stored = dict(history.execute("SELECT id, corrected FROM events"))
        (kept_from_s,) = history.execute("SELECT min(at_s) FROM events WHERE type = 'posture_changed'").fetchone()
    heard_ids = {event["id"] for event in events}
    forgotten = {
        event["id"] for event in events if event.get("type") == "posture_changed" and event["at_s"] < kept_from_s
    }
    unheard = {key for key, corrected in stored.items() if not corrected} - heard_ids
    return len(stored), len(unheard), len(heard_ids - stored.keys() - forgotten)


def main() -> None:
    """Live the month and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--days", type=float, default=30.0)
    parser.add_argument("--latency", type=float, default=4.0, help="seconds of samples that a band sends at once")
    parser.add_argument("--keep", type=Path, help="a folder for history and settings (default: a temporary one)")
    options = parser.parse_args()
    folder = options.keep or Path(tempfile.mkdtemp(prefix="soak-"))
    folder.mkdir(exist_ok=True)
    began_s = time.monotonic()
    try:
        lived = asyncio.run(soak(folder, options.days, options.latency))
        stored, unheard, invented = told(folder, lived.heard)
    finally:
        if options.keep is None:
            shutil.rmtree(folder)
    wall_s = time.monotonic() - began_s
    print(
        f"{options.days:g} days of two wearers in {wall_s / 60:.1f} min; processor: daemon {lived.daemon_s:.0f} s, "
        f"bands and air {time.process_time():.0f} s; waited in vain {lived.waited_in_vain} times\n"
        f"{stored} events stored, {unheard} of them never heard at the broker, {invented} heard and not stored"
    )
    raise SystemExit(grown(lived.samples) or bool(unheard or invented))


def grown(samples: list[Sample]) -> bool:
    """Print how the daemon went on; True where its memory has grown as it must not."""
    warm = [sample for sample in samples if sample.day > WARM_DAYS] or samples
    if not warm:
        return False
    part = max(1, len(warm) // 4)
    before, after = (median(sample.memory_mb for sample in side) for side in (warm[:part], warm[-part:]))
    files, tasks, rows = ([getattr(sample, name) for sample in warm] for name in ("files", "tasks", "outbox_rows"))
    year_mb = (warm[-1].history_mb - warm[0].history_mb) / max(warm[-1].day - warm[0].day, 0.25) * 365
    print(
        f"memory {before:.1f} -> {after:.1f} MB ({100 * (after / before - 1):+.1f} %), at most "
        f"{max(sample.memory_mb for sample in warm):.1f}\n"
        f"file handles {min(files)} to {max(files)}, tasks {min(tasks)} to {max(tasks)}, "
        f"outbox rows at most {max(rows)}\n"
        f"history {samples[-1].history_mb:.1f} MB; it grows by {year_mb:.0f} MB a year for the two"
    )
    return after > before * (1 + GROWTH_LIMIT)


if __name__ == "__main__":
    main()
