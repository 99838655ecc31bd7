"""A week of a thigh sensor at 50 Hz, 30 million samples, to measure speed on.

Made up for everybody, or stitched together from real recordings (``.npz`` of a folder, taken round and round until the
week is full; slower ones are brought to 50 Hz on straight lines). Axes are those of harth: x about -1 g upright.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.support.wearers import wear

RATE_HZ = 50.0
START_S = 1_700_000_040.0
HOUR_S = 3600.0
MORNING = (("walk", 900.0), ("sit", 2700.0), ("stand", 240.0), ("walk", 180.0), ("sit", 1500.0), ("stand", 60.0))
EVENING = (("walk", 1200.0), ("cycle", 1500.0), ("stand", 1800.0), ("sit", 4200.0), ("walk", 300.0), ("rest", 5400.0))
NIGHT = (("lie", HOUR_S), ("side", 2 * HOUR_S), ("lie", 1.5 * HOUR_S), ("side", 2.5 * HOUR_S), ("off", HOUR_S))


def made_up(days: float, seed: int = 1) -> NDArray[np.int16]:
    """(N, 3) milli-g: desk, walks, a bicycle, an evening, a night, and an hour in which nobody wears it."""
    parts, wanted = [], round(days * 86400 * RATE_HZ)
    while sum(map(len, parts)) < wanted:
        day = wear(*(2 * MORNING), *MORNING[:2], *EVENING, *NIGHT, rate_hz=RATE_HZ, seed=seed + len(parts))
        parts.append(np.round(1000.0 * day.xyz_g).astype(np.int16))
    return np.concatenate(parts)[:wanted]


def stitched(folder: Path, days: float) -> NDArray[np.int16]:
    """(N, 3) milli-g: all recordings of a folder, one after the other, again and again."""
    parts = [_at_rate(path) for path in sorted(folder.glob("*.npz"))]
    if not parts:
        raise SystemExit(f"{folder}: no .npz recordings there")
    once, wanted = np.concatenate(parts), round(days * 86400 * RATE_HZ)
    return np.tile(once, (wanted // len(once) + 1, 1))[:wanted]


def _at_rate(path: Path) -> NDArray[np.int16]:
    with np.load(path) as file:
        acc, rate_hz = file["acc"], float(file["fs"])
    times = round(RATE_HZ / rate_hz)
    if times <= 1:
        return np.asarray(acc, np.int16)
    place = np.arange(times * (len(acc) - 1) + 1) / times
    axes = [np.interp(place, np.arange(len(acc)), acc[:, axis]) for axis in range(3)]
    return np.round(np.stack(axes, axis=1)).astype(np.int16)


def save(path: Path, acc: NDArray[np.int16]) -> None:
    """As ``sitbreak replay`` reads it."""
    np.savez(path, acc=acc, fs=RATE_HZ, seg_start=np.array([0]), seg_t0=np.array([START_S]))
