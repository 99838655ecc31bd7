"""Recordings of synthetic wearers as files: as ``sitbreak replay``, ``study`` and ``evaluate`` read them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tests.support.wearers import Recording, wear

START_S = 1_790_000_000.0
"""2026-09-21T14:13:20Z."""


def worked(seed: int, start_s: float = START_S, rate_hz: float = 25.0) -> Recording:
    """A short morning: walking, sitting, standing and walking, sitting, walking."""
    doings = ("walk", 60), ("sit", 300), ("stand", 60), ("walk", 40), ("sit", 240 + 20 * seed), ("walk", 60)
    return wear(*doings, rate_hz=rate_hz, seed=seed, start_s=start_s)


def write_npz(
    path: Path, recording: Recording, label: NDArray[np.integer] | None = None, *, times: bool = False
) -> Path:
    """``label`` : a code for each sample, where there is somebody who knows; ``times`` : and its time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    arrays = {"acc": _milli_g(recording), "fs": np.array(recording.rate_hz)}
    arrays |= {"seg_start": np.array([0]), "seg_t0": recording.t_s[:1]}
    arrays |= {} if label is None else {"label": label}
    np.savez(path, **arrays | ({"t": recording.t_s} if times else {}))
    return path


def write_csv(path: Path, recording: Recording) -> Path:
    rows = np.column_stack((recording.t_s, _milli_g(recording) / 1000))
    np.savetxt(path, rows, "%.6f", delimiter=",", header="time_s,x_g,y_g,z_g", comments="")
    return path


def _milli_g(recording: Recording) -> NDArray[np.int16]:
    return np.round(1000 * recording.xyz_g).astype(np.int16)
