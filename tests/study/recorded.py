"""Small recordings of synthetic wearers, as files."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.support.wearers import Recording, wear

START_S = 1_790_000_000.0
"""2026-09-21T14:13:20Z."""


def worked(seed: int, start_s: float = START_S, rate_hz: float = 25.0) -> Recording:
    """A short morning: walking, sitting, standing and walking, sitting, walking."""
    doings = ("walk", 60), ("sit", 300), ("stand", 60), ("walk", 40), ("sit", 240 + 20 * seed), ("walk", 60)
    return wear(*doings, rate_hz=rate_hz, seed=seed, start_s=start_s)


def write_npz(path: Path, recording: Recording) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    counts = np.round(recording.xyz_g * 1000).astype(np.int16)
    first = np.array([recording.t_s[0]])
    np.savez(path, acc=counts, fs=recording.rate_hz, seg_start=np.array([0]), seg_t0=first)
    return path


def write_csv(path: Path, recording: Recording) -> Path:
    rows = np.column_stack((recording.t_s, np.round(recording.xyz_g * 1000) / 1000))
    np.savetxt(path, rows, "%.6f", delimiter=",", header="time_s,x_g,y_g,z_g", comments="")
    return path
