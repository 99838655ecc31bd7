"""Files of samples, good and damaged on purpose."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from monitor.model import AccelBlock
from monitor.transport.tables import COLUMNS

Table = np.ndarray
"""(N, 4): time_s, x_g, y_g, z_g."""


def still(count: int, rate_hz: float = 50.0, start_s: float = 0.0) -> Table:
    """A sensor at rest, with a counter in x so that every sample can be told from the others."""
    n = np.arange(count)
    return np.stack([start_s + n / rate_hz, (n % 100) / 1000, np.zeros(count), np.ones(count)], axis=1)


def write_csv(path: Path, table: Table, header: str = ",".join(COLUMNS)) -> Path:
    lines = [",".join(repr(float(value)) for value in row) for row in table]
    path.write_text("\n".join([header, *lines]) + "\n")
    return path


def write_parquet(path: Path, table: Table, names: tuple[str, ...] = COLUMNS) -> Path:
    columns = {name: table[:, n] for n, name in enumerate(names)}
    pq.write_table(pa.table(columns), path, row_group_size=700)
    return path


def write_npz(path: Path, **changes: Any) -> Path:
    """Two segments of 10 s at 50 Hz, the second 60 s after the first."""
    arrays: dict[str, Any] = {
        "acc": np.round(still(1000)[:, 1:] * 1000).astype(np.int16),
        "label": np.zeros(1000, np.uint8),
        "fs": 50.0,
        "seg_start": np.array([0, 500]),
        "seg_t0": np.array([100.0, 160.0]),
    } | changes
    np.savez_compressed(path, **{name: value for name, value in arrays.items() if value is not None})
    return path


WRITERS: dict[str, Callable[[Path, Table], Path]] = {".csv": write_csv, ".parquet": write_parquet}


def joined(blocks: list[AccelBlock]) -> Table:
    return np.concatenate([np.column_stack([block.t_s, block.xyz_g]) for block in blocks])
