"""How well a tag that advertises single readings tells sitting from being upright, on labelled thigh recordings.

    python benchmarks/low_rate.py DATA_DIR [--heard 1.0 0.5] [--match harth__S03]

The recordings are read as a RuuviTag would: one reading in 1.285 s, 1 mg, a movement counter that grows with each jump
above 64 mg between two readings at 10 Hz, a share of the packets lost. Upright is told once, in the first 12 s of
standing. Counted are the seconds after it that have one label and lie 3 s and more from a change of label.
"""

from __future__ import annotations

import argparse
import struct
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import numpy as np
from labelled import STANDING_LABEL, SUSPECT, Labelled
from numpy.typing import NDArray

from monitor.accel.epochs import EpochBuilder, join
from monitor.model import SEDENTARY, UPRIGHT, AccelBlock
from monitor.posture.thigh import Thigh
from monitor.wearables.base import Packet
from monitor.wearables.ruuvi import CHANNEL, Ruuvi

INTERVAL_S, JITTER_S, ACTIVITY_G, NOISE_MG = 1.285, 0.01, 0.064, 3.0
TOLD_S, MARGIN_S = 12, 3
GROUPS = {"sitting": (1, 2), "standing": (3,), "walking": (4, 5, 6)}
SURE = 0.9


def packets(recording: Labelled, heard: float) -> Iterator[Packet]:
    """What a tag in the sensor's place would have advertised, as far as it is heard."""
    rng, sequence, movement = np.random.default_rng(1), 0, 0
    edges = [0, *(np.flatnonzero(np.diff(recording.piece)) + 1).tolist(), len(recording.t_s)]
    for begin, end in pairwise(edges):
        t_s, xyz_g = recording.t_s[begin:end], recording.xyz_g[begin:end]
        slow = slice(None, None, max(1, round(recording.rate_hz / 10)))
        jumps = np.abs(np.diff(xyz_g[slow], axis=0, prepend=xyz_g[:1])).max(axis=1) > ACTIVITY_G
        moved, slow_s, base = np.cumsum(jumps), t_s[slow], movement
        now_s = float(t_s[0])
        while now_s < t_s[-1]:
            sequence = (sequence + 1) % 65535
            movement = base + int(moved[np.searchsorted(slow_s, now_s, "right") - 1])
            read_g = xyz_g[min(int(np.searchsorted(t_s, now_s)), len(t_s) - 1)]
            counts = np.clip(np.round(1000 * read_g + rng.normal(0, NOISE_MG, 3)), -2000, 2000).astype(int)
            if rng.random() < heard:
                tail = (1350 << 5 | 22, movement % 255, sequence, bytes(6))
                yield Packet(CHANNEL, struct.pack(">BhHHhhhHBH6s", 5, 0, 0, 0, *counts.tolist(), *tail), now_s)
            now_s += INTERVAL_S + rng.uniform(0, JITTER_S)


def told_at(recording: Labelled) -> float | None:
    """A second from which the wearer stands long enough to tell upright."""
    standing = np.flatnonzero(recording.label == STANDING_LABEL)
    for run in np.split(standing, np.flatnonzero(np.diff(standing) > 1) + 1):
        if len(run) > (TOLD_S + 8) * recording.rate_hz:
            return float(np.ceil(recording.t_s[run[0]])) + MARGIN_S
    return None


def scored(recording: Labelled, heard: float) -> NDArray[np.float64]:
    """(n, 3) label, posture code (-1 where nothing was said) and confidence of each second that counts."""
    told_s = told_at(recording)
    if told_s is None:
        return np.empty((0, 3))
    driver, builder, thigh = Ruuvi(), EpochBuilder(), Thigh()
    driver.start(None, float(recording.t_s[0]))
    thigh.teach_standing(told_s, told_s + TOLD_S)
    facts = [fact for packet in packets(recording, heard) for fact in driver.receive(packet)]
    rows = thigh.advance(join([builder.feed(fact) for fact in facts if isinstance(fact, AccelBlock)]))
    said = dict(
        zip(rows.start_s.tolist(), zip(rows.posture.tolist(), rows.confidence.tolist(), strict=True), strict=True)
    )
    second_s, first = np.unique(np.floor(recording.t_s), return_index=True)
    label = recording.label[first]
    last = recording.label[np.append(first[1:], len(recording.t_s)) - 1]
    clean = label == last
    for shift in range(1, MARGIN_S + 1):
        clean &= (np.roll(label, shift) == label) & (np.roll(label, -shift) == label)
    chosen = clean & (second_s > told_s + TOLD_S + MARGIN_S)
    return np.array([(lab, *said.get(s, (-1, 0.0))) for s, lab in zip(second_s[chosen], label[chosen], strict=True)])


def report(rows: NDArray[np.float64]) -> str:
    """Shares in per cent."""
    sedentary = np.isin(rows[:, 1], [int(each) for each in SEDENTARY])
    upright = np.isin(rows[:, 1], [int(each) for each in UPRIGHT])
    lines = []
    for name, labels in GROUPS.items():
        there = np.isin(rows[:, 0], labels)
        shares = {"sedentary": sedentary, "upright": upright, "nothing": ~(sedentary | upright)}
        words = "  ".join(f"{what} {100 * part[there].mean():5.1f}" for what, part in shares.items())
        lines.append(f"  {name:<9} {words}  ({there.sum()} s)")
    seated, sure = np.isin(rows[:, 0], GROUPS["sitting"]), rows[:, 2] >= SURE
    active = np.isin(rows[:, 0], GROUPS["standing"] + GROUPS["walking"])
    wrong = ((sedentary & active) | (upright & seated)) & sure
    right = ((sedentary & seated) | (upright & active)) & sure
    lines.append(f"  said with {SURE:g} and more, and wrong: {100 * wrong.sum() / (wrong | right).sum():.2f}")
    return "\n".join(lines)


def main() -> None:
    """Read and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("data", type=Path)
    parser.add_argument("--heard", type=float, nargs="+", default=[1.0, 0.5])
    parser.add_argument("--match", default="", help="part of the names of the recordings to use")
    options = parser.parse_args()
    paths = [
        path
        for path in sorted((options.data / "thigh").glob("*.npz"))
        if options.match in path.name and (path.stem, "thigh") not in SUSPECT  # told lying would be told wrong
    ]
    for heard in options.heard:
        parts = [scored(Labelled.load(path, "thigh"), heard) for path in paths]
        print(f"{100 * heard:.0f} % of the packets heard, {sum(len(part) > 0 for part in parts)} recordings, per cent:")
        print(report(np.concatenate(parts)))


if __name__ == "__main__":
    main()
