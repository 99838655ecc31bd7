"""How fast is a recorded week, in seconds and megabytes, and beside others?

    python -m benchmarks.speed                                  # a made-up week
    python -m benchmarks.speed --from FOLDER                    # a week stitched from the recordings in a folder
    python -m benchmarks.speed WEEK.npz --runs 5 --peers acti-motus
    python -m benchmarks.speed --stages                         # where our time goes

Ours is the command that everybody uses, ``sitbreak replay`` with both outputs: reading, calibration, mounting, posture,
bouts, coach, files. Each contender is a process of its own, from its start to its end; they take turns, so that what
else the machine does meets all alike. Printed are medians: seconds on the clock, seconds of processor, peak memory,
and how many times faster ours was in the same turn. Others are left out where they are not installed;
``--peer-python`` names an interpreter that has them.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TypeVar

from rich.console import Console
from rich.table import Table

from benchmarks import contenders
from benchmarks.week import made_up, save, stitched

OURS, BAR_TIMES, BAR_MB = "sitbreak replay", 10.0, 300.0
_T = TypeVar("_T")


@dataclass(frozen=True)
class Run:
    """What one process has cost."""

    wall_s: float
    processor_s: float
    peak_mb: float
    said: str


def run(command: list[str]) -> Run:
    """Run a command to its end; raises SystemExit where it fails."""
    begin_s = time.perf_counter()
    with tempfile.TemporaryFile() as told:
        process = subprocess.Popen(command, stdout=told)
        _, status, used = os.wait4(process.pid, 0)
        wall_s = time.perf_counter() - begin_s
        process.returncode = os.waitstatus_to_exitcode(status)
        told.seek(0)
        said = told.read().decode().strip().rpartition("\n")[2]
    if process.returncode:
        raise SystemExit(f"{command[-2]} failed")
    return Run(wall_s, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024.0, said)


def commands(recording: Path, folder: Path, peers: list[str], peer_python: str) -> dict[str, list[str]]:
    """What is run under which name."""
    outputs = ["--epochs", str(folder / "epochs.csv"), "--events", str(folder / "events.jsonl")]
    chosen = {OURS: [sys.executable, "-m", "monitor", "replay", str(recording), *outputs]}
    for name, (_, package) in contenders.CONTENDERS.items():
        python = peer_python if package else sys.executable
        if package and not any(name.startswith(peer) for peer in peers):
            continue
        if package and subprocess.run([python, "-c", f"import {package}"], capture_output=True).returncode:
            print(f"{name} is not installed: left out")
            continue
        chosen[name] = [python, contenders.__file__, name, str(recording)]
    return chosen


def shown(runs: dict[str, list[Run]]) -> Table:
    """Medians, one contender a row."""
    table = Table("", "seconds", "of processor", "peak MB", "ours is faster by", "says")
    for name, costs in runs.items():
        ratios = [each.wall_s / ours.wall_s for each, ours in zip(costs, runs[OURS], strict=True)]
        columns = [median(each.wall_s for each in costs), median(each.processor_s for each in costs)]
        peak_mb = median(each.peak_mb for each in costs)
        told = "" if name == OURS else f"{median(ratios):.1f}"
        table.add_row(name, *(f"{value:.2f}" for value in columns), f"{peak_mb:.0f}", told, costs[-1].said)
    return table


def compare(recording: Path, options: argparse.Namespace) -> bool:
    """Run all in turn and print; whether ours has held its bars."""
    with tempfile.TemporaryDirectory() as folder:
        chosen = commands(
            recording, Path(folder), [peer for peer in options.peers.split(",") if peer], options.peer_python
        )
        runs: dict[str, list[Run]] = {name: [] for name in chosen}
        for _ in range(options.runs):
            for name, command in chosen.items():
                runs[name].append(run(command))
    Console(width=150).print(shown(runs))
    small = median(each.peak_mb for each in runs[OURS]) <= BAR_MB
    peer = runs.get("acti-motus", [])
    ratios = [theirs.wall_s / ours.wall_s for theirs, ours in zip(peer, runs[OURS], strict=True)] if peer else []
    fast = not ratios or median(ratios) >= BAR_TIMES
    return small and fast


def stages(recording: Path) -> Table:
    """Where the time goes: processor seconds of each stage of one replay in this process."""
    from monitor.accel.turning import turned_deg
    from monitor.assembly.wearer import new_pipeline
    from monitor.replay.replaying import BLOCK_S
    from monitor.replay.row_text import row_text
    from monitor.settings.loading import load
    from monitor.transport.recording import open_recording

    spent: dict[str, float] = {"start of Python, imports": time.process_time()}

    def timed(stage: str, work: Callable[..., _T], *arguments: object) -> _T:
        begin_s = time.process_time()
        result = work(*arguments)
        spent[stage] = spent.get(stage, 0.0) + time.process_time() - begin_s
        return result

    heart = new_pipeline(load(None, (), environment={}).settings, "me").pipeline
    blocks: Iterator[object] = open_recording(recording).blocks(BLOCK_S)
    while (block := timed("reading, checking, cutting", next, blocks, None)) is not None:
        epochs = timed("seconds and windows", heart.epochs.feed, block)
        postures = timed("calibration, mounting, posture", heart.placement.advance, epochs)
        if heart.watching is not None:
            timed("news, bouts, coach, exercises", heart.watching.hold, block)
        timed("news, bouts, coach, exercises", heart.rows, postures, turned_deg(epochs))
        timed("writing the rows", row_text, postures)
    table = Table("stage", "seconds of processor", "share %")
    for stage, seconds in spent.items():
        table.add_row(stage, f"{seconds:.2f}", f"{100 * seconds / sum(spent.values()):.0f}")
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024.0
    table.add_row("all", f"{sum(spent.values()):.2f}", f"({peak_mb:.0f} MB)")
    return table


def main() -> None:
    """Measure and print; exit code 1 where a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("recording", nargs="?", type=Path, help="an .npz at 50 Hz; made up unless given")
    parser.add_argument("--from", dest="folder", type=Path, help="stitch the week from the recordings in this folder")
    parser.add_argument("--days", type=float, default=7.0)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--peers", default="acti-motus,scikit-digital-health", help="comma between; empty for none")
    parser.add_argument("--peer-python", default=sys.executable, help="an interpreter that has them")
    parser.add_argument("--stages", action="store_true", help="only tell where our time goes")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        recording = options.recording or Path(folder) / "week.npz"
        if options.recording is None:
            # in a process of its own: a child starts with the size of its parent in its peak
            maker = [sys.executable, "-c", _MAKER, str(options.folder or ""), str(options.days), str(recording)]
            subprocess.run(maker, check=True)
        if options.stages:
            Console(width=100).print(stages(recording))
            return
        raise SystemExit(not compare(recording, options))


def make(folder: str, days: float, path: str) -> None:
    """Write the week that is measured on."""
    save(Path(path), stitched(Path(folder), days) if folder else made_up(days))


_MAKER = "import sys; from benchmarks.speed import make; make(sys.argv[1], float(sys.argv[2]), sys.argv[3])"

if __name__ == "__main__":
    main()
