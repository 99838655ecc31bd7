"""Recordings of people, as the benchmarks of exercises read them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

WINDOW_S = 600.0
"""Somebody is expected to do an exercise for so long, again and again."""
Samples = NDArray[np.float64]


def samples(path: Path) -> tuple[Samples, NDArray[np.float32], NDArray[np.uint8], float]:
    """Times, acceleration, labels and rate of a recording, in order of time."""
    with np.load(path) as stored:
        xyz_g, rate_hz, label = (stored["acc"] / 1000.0).astype(np.float32), float(stored["fs"]), stored["label"]
        index = np.arange(len(xyz_g))
        piece = np.searchsorted(stored["seg_start"], index, "right") - 1
        t_s = stored.get("t", stored["seg_t0"][piece] + (index - stored["seg_start"][piece]) / rate_hz)
    keep = np.concatenate(([True], np.diff(t_s) > 0))
    return t_s[keep], xyz_g[keep], label[keep], rate_hz


def windows(t_s: Samples) -> Iterator[tuple[float, int, int]]:
    """Start and the first and last sample of each window."""
    for start_s in np.arange(float(t_s[0]), float(t_s[-1]), WINDOW_S).tolist():
        first, last = np.searchsorted(t_s, [start_s, start_s + WINDOW_S])
        yield start_s, int(first), int(last)
