"""How a study scales: synthetic recordings on local workers, measured; many more workers, simulated.

``python benchmarks/study.py`` prints two tables. The first runs the same recordings through ``sitbreak study`` without
Dask, and with 1 and 2 worker processes, in pairs, and shows medians. The second runs Dask's real scheduler with workers
that sleep for a given time instead of working: what the scheduler costs a task is measured, and with the seconds of
a recording from the first table it gives the efficiency to expect. Reading the files is not in it: the storage of a
cluster has its own limit.
"""

from __future__ import annotations

import argparse
import logging
import resource
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np

from monitor.settings.loading import load
from monitor.study.conduct import conduct
from monitor.study.one import chosen
from monitor.study.recordings import recordings_in

RATE_HZ = 50.0
START_S = 1_790_000_000.0


def day_of(hours: float, seed: int) -> np.ndarray:
    """(N, 3) int16 milli-g of a thigh: half an hour of sitting, then ten minutes standing and walking, over again."""
    rng = np.random.default_rng(seed)
    t_s = np.arange(int(hours * 3600 * RATE_HZ)) / RATE_HZ
    in_turn_s = t_s % 2400.0
    sits, walks = in_turn_s >= 600.0, in_turn_s < 300.0
    tilt = np.radians(np.where(sits, 88.0, 6.0) + 1.5 * np.sin(2 * np.pi * t_s / 31.0))
    swing = np.where(walks, np.sin(2 * np.pi * 0.95 * t_s), 0.0)
    tilt += np.radians(25.0) * swing
    thump = np.where(walks, 0.35 * np.sin(2 * np.pi * 1.9 * t_s) + 0.15 * np.sin(2 * np.pi * 3.8 * t_s), 0.0)
    xyz_g = np.stack([-np.cos(tilt) + thump, 0.05 * swing, -np.sin(tilt) + 0.3 * thump], axis=1)
    return np.round(1000 * (xyz_g + rng.normal(0.0, 0.006, xyz_g.shape))).astype(np.int16)


def make(folder: Path, count: int, hours: float) -> None:
    """So many recordings of so many hours."""
    for seed in range(count):
        counts = day_of(hours, seed)
        first = np.array([START_S])
        np.savez(folder / f"P{seed:03d}.npz", acc=counts, fs=RATE_HZ, seg_start=np.array([0]), seg_t0=first)


def cpu_s() -> float:
    """CPU seconds of this process and of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)


def run(data: Path, workers: int) -> tuple[float, float]:
    """Wall and CPU seconds of a study."""
    with tempfile.TemporaryDirectory() as out:
        begun_s, used_s = time.perf_counter(), cpu_s()
        done = conduct(
            recordings_in([data], Path(out)), chosen(load(None, (), {}).settings, "thigh"), Path(out), workers
        )
        assert not done.errors, done.errors
        return time.perf_counter() - begun_s, cpu_s() - used_s


def measured(data: Path, count: int, hours: float, repeats: int) -> float:
    """Print the first table; the CPU seconds of one recording without Dask."""
    found: dict[int, list[tuple[float, float]]] = {0: [], 1: [], 2: []}
    for _ in range(repeats):
        for workers, runs in found.items():
            runs.append(run(data, workers))
    print(f"{count} recordings of {hours:g} h at {RATE_HZ:g} Hz, medians of {repeats} run(s) in turn\n")
    print("| workers | wall s | CPU s | recorded hours a wall second |")
    print("| --- | --- | --- | --- |")
    for workers, runs in found.items():
        wall_s, used_s = (median(column) for column in zip(*runs, strict=True))
        name = "none, no Dask" if not workers else str(workers)
        print(f"| {name} | {wall_s:.1f} | {used_s:.1f} | {count * hours / wall_s:.1f} |")
    return median(used_s for _, used_s in found[0]) / count


def slept(workers: int, tasks: int, sleep_s: float) -> float:
    """Wall seconds of so many sleeps on Dask's own scheduler, which shares a process with its workers."""
    from distributed import Client, LocalCluster

    cluster = LocalCluster(
        n_workers=workers,
        threads_per_worker=1,
        processes=False,
        protocol="tcp",  # as between machines
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
        silence_logs=logging.CRITICAL,
    )
    with cluster, Client(cluster) as client:
        client.gather(client.map(time.sleep, [0.0] * workers, pure=False))
        begun_s = time.perf_counter()
        client.gather(client.map(time.sleep, [sleep_s] * tasks, pure=False))
        return time.perf_counter() - begun_s


def simulated(recording_s: float, sleep_s: float, each: int) -> None:
    """Print the second table."""
    print(f"\nDask's scheduler with sleeping workers: {each} tasks a worker of {sleep_s:g} s;")
    print(f"the last two columns for recordings that take {recording_s:.1f} s each\n")
    print("| workers | wall s | ideal s | over a task, ms | recordings an hour | efficiency |")
    print("| --- | --- | --- | --- | --- | --- |")
    for workers in (4, 8, 16, 32, 64):
        tasks = each * workers
        wall_s, ideal_s = slept(workers, tasks, sleep_s), each * sleep_s
        over_s = max(0.0, wall_s - ideal_s) / tasks  # as if the scheduler did one task after the other
        efficiency = recording_s / workers / (recording_s / workers + over_s)
        hourly = 3600 / (recording_s / workers + over_s)
        told = (f"{wall_s:.2f}", f"{ideal_s:.2f}", f"{1000 * over_s:.2f}", f"{hourly:.0f}", f"{100 * efficiency:.1f} %")
        print(f"| {workers} | {' | '.join(told)} |")


def main() -> None:
    """Run both."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recordings", type=int, default=8)
    parser.add_argument("--hours", type=float, default=24.0)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--sleep-s", type=float, default=1.0)
    parser.add_argument("--tasks", type=int, default=8, help="sleeps a worker")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        make(Path(folder), given.recordings, given.hours)
        recording_s = measured(Path(folder), given.recordings, given.hours, given.repeats)
    simulated(recording_s, given.sleep_s, given.tasks)


if __name__ == "__main__":
    main()
