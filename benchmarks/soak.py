"""A month of two people's office life, with faults, through the real stack as fast as it goes: does anything grow?

    python -m benchmarks.soak [--days 30] [--keep FOLDER]

Two simulated DeskBands at 25 Hz and their air live here, on clocks that are moved by hand; the daemon is a process of
its own (`benchmarks.soak_daemon`) that reads them through bumble and bleak, stores to SQLite and publishes to a real
mosquitto. Simulated time goes on by a step only when the notifications of the last one are on the link and the daemon
has taken those of the one before: neither side outruns the other. What the daemon holds is read from the system
(Linux) every six simulated hours; a night's charge, ten minutes out of range a day, and for the second wearer bursts of
loss, lost links, reboots and a hanging chip are part of the month.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import resource
import shutil
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.many import memory_mb, processor_s
from firmware_sim.air import Air
from firmware_sim.clock import SteppedClock
from firmware_sim.peripheral import VirtualWearable, virtual_band
from firmware_sim.profiles.deskband_gatt import DeskBandProfile
from firmware_sim.profiles.deskband_state import DeskBandSettings
from firmware_sim.scenario import Scenario, load_scenario

BEGAN_S = 1_790_000_000.0
HEARD = "heard.jsonl"
STEP_S = 60.0
SPEED = 720.0
"""A month in an hour: what a wall second of patience with radio and broker is worth in simulated time."""
SAMPLE_EVERY_S = 6 * 3600.0
WARM_DAYS = 3.0
GROWTH_LIMIT = 0.10
HARDSHIPS = [
    {"kind": "lost_bursts", "at_s": 3000, "duration_s": 20_000, "burst_s": 3, "every_s": 300},
    {"kind": "disconnects", "at_s": 5000, "every_s": 1800, "times": 12},
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
    easy = load_scenario("office_day").model_copy(update={"starts": "at_once"})
    faults = [*(fault.model_dump() for fault in easy.faults), *HARDSHIPS]
    return easy, Scenario.model_validate({**easy.model_dump(), "faults": faults})


@contextmanager
def mosquitto(folder: Path) -> Iterator[int]:
    """A broker, and somebody who keeps every event that is told; yields its port."""
    port = free_port()
    (folder / "mosquitto.conf").write_text(f"user root\nlistener {port} 127.0.0.1\nallow_anonymous true\n")
    with ExitStack() as stack:
        for command in (
            [shutil.which("mosquitto", path="/usr/sbin:/usr/bin:/usr/local/sbin:/opt/homebrew/sbin"), "-c", "mosquitto.conf"],
            ["mosquitto_sub", "-p", str(port), "-q", "1", "-t", "sitbreak/+/log", "-t", "sitbreak/+/event"],
        ):
            with (folder / HEARD).open("wb") if command[0] == "mosquitto_sub" else open(os.devnull, "wb") as heard:
                process = subprocess.Popen(command, cwd=folder, stdout=heard, stderr=subprocess.DEVNULL)
            stack.callback(process.terminate)
            time.sleep(0.5)
        yield port


def free_port() -> int:
    """A port on loopback at which nothing listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Daemon:
    """The process under test."""

    def __init__(self, process: asyncio.subprocess.Process, folder: Path) -> None:
        self.process, self._folder, self.answer = process, folder, {"tasks": 0, "waited_in_vain": 0}
        self._owed = 0

    async def go_on_to(self, at_s: float) -> None:
        """Move its clock; return when it has taken the step before."""
        assert self.process.stdin is not None
        self.process.stdin.write(f"{at_s!r}\n".encode())
        self._owed += 1
        while self._owed > 1:
            await self._hear()

    async def _hear(self) -> None:
        assert self.process.stdout is not None
        line = await self.process.stdout.readline()
        if not line:
            raise SystemExit("the daemon has ended; what it said is above")
        self.answer, self._owed = json.loads(line), self._owed - 1

    def sample(self, elapsed_s: float) -> Sample:
        """What it holds now."""
        pid, path = self.process.pid, self._folder / "history.sqlite3"
        with sqlite3.connect(f"file:{path}?mode=ro", uri=True) as history:
            waiting = history.execute("SELECT count(*) FROM outbox").fetchone()[0]
        size = sum(file.stat().st_size for file in self._folder.glob("history.sqlite3*"))
        files = len(os.listdir(f"/proc/{pid}/fd"))
        return Sample(elapsed_s / 86400, memory_mb(pid), files, self.answer["tasks"], size / 1e6, waiting)

    async def end(self) -> None:
        """Let it come to its end."""
        assert self.process.stdin is not None
        self.process.stdin.close()
        with suppress(TimeoutError):
            async with asyncio.timeout(20):
                await self.process.wait()


async def soak(folder: Path, days_long: float, latency_s: float) -> tuple[list[Sample], float, dict[str, int]]:
    """Live the days; returns the samples, the daemon's processor seconds and its last answer."""
    samples = []
    async with AsyncExitStack() as stack:
        air = await stack.enter_async_context(Air())
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
        daemon = await started(folder, bands, await air.serve("127.0.0.1", 0), broker, latency_s)
        for step in range(1, round(days_long * 86400 / STEP_S) + 1):
            await asyncio.gather(*(band.advance(STEP_S) for band in bands))
            await daemon.go_on_to(BEGAN_S + step * STEP_S)
            if step * STEP_S % SAMPLE_EVERY_S == 0:
                samples.append(daemon.sample(step * STEP_S))
                print(row(samples[-1]), flush=True)
        used_s = processor_s(daemon.process.pid)
        await daemon.end()
    return samples, used_s, daemon.answer


async def started(folder: Path, bands: list[Band], air: int, broker: int, latency_s: float) -> Daemon:
    """The daemon, told where to find air, bands and broker."""
    anna, ben = (band.address.removesuffix("/P") for band in bands)
    text = SETTINGS.format(anna=anna, ben=ben, latency_s=latency_s, air=air, broker=broker)
    (folder / "sitbreak.toml").write_text(text)
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "benchmarks.soak_daemon", str(folder)),
        *map(str, (BEGAN_S, STEP_S, SPEED)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    return Daemon(process, folder)


def row(sample: Sample) -> str:
    """One line of the course."""
    return (
        f"day {sample.day:5.2f}: {sample.memory_mb:6.1f} MB, {sample.files} files, {sample.tasks} tasks, "
        f"history {sample.history_mb:.2f} MB, {sample.outbox_rows} rows wait"
    )


def ids(folder: Path, heard: Path) -> str:
    """What the history holds that concerns the broker, against what was heard there."""
    lines = [json.loads(line) for line in heard.read_text().splitlines()]
    distinct = {line["id"] for line in lines}
    with sqlite3.connect(folder / "history.sqlite3") as history:
        stored = {row[0] for row in history.execute("SELECT id FROM events")}
    return f"{len(lines)} heard, {len(distinct)} distinct; {len(distinct - stored)} invented"


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
        samples, used_s, answer = asyncio.run(soak(folder, options.days, options.latency))
    finally:
        if options.keep is None:
            shutil.rmtree(folder)
    wall_s, own = time.monotonic() - began_s, resource.getrusage(resource.RUSAGE_SELF)
    print(f"{options.days:g} days of two wearers in {wall_s / 60:.1f} min; processor: daemon {used_s:.0f} s, "
          f"bands and air {own.ru_utime + own.ru_stime:.0f} s; waited in vain {answer['waited_in_vain']} times")  # fmt: skip
    raise SystemExit(judge(samples))


def judge(samples: list[Sample]) -> bool:
    """Print what has grown; True where something has that must not."""
    warm = [sample for sample in samples if sample.day > WARM_DAYS] or samples
    days_long = samples[-1].day - samples[0].day or 1.0
    part = max(1, len(warm) // 4)
    before, after = (median(s.memory_mb for s in side) for side in (warm[:part], warm[-part:]))
    year_mb = (samples[-1].history_mb - samples[0].history_mb) / days_long * 365
    print(f"memory {before:.1f} -> {after:.1f} MB ({100 * (after / before - 1):+.1f} %), most {max(s.memory_mb for s in warm):.1f}")
    print(f"files {min(s.files for s in warm)} to {max(s.files for s in warm)}, tasks {min(s.tasks for s in warm)} to {max(s.tasks for s in warm)}")
    print(f"history {samples[-1].history_mb:.1f} MB, {year_mb:.0f} MB a year for two; at most {max(s.outbox_rows for s in warm)} rows waited")
    return after > before * (1 + GROWTH_LIMIT)


if __name__ == "__main__":
    main()
