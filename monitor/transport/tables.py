"""Recordings as tables, ``.csv`` and ``.parquet``: the columns ``time_s,x_g,y_g,z_g``, found by name."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import numpy as np

from monitor.installing import install_line
from monitor.model import Floats
from monitor.transport.rows import Rows, latest_s
from monitor.transport.source import PIECE_ROWS, RecordingError, Source, readable

COLUMNS = ("time_s", "x_g", "y_g", "z_g")
_TAIL_BYTES = 1 << 16


class ParquetMissingError(RecordingError):
    """pyarrow is not installed."""

    exit_code = 3

    def __init__(self, path: Path) -> None:
        super().__init__(path, "reading .parquet needs pyarrow", install_line("parquet"))


def open_csv(path: Path) -> Source:
    """Look at a text; its rows are read when they are asked for. Raises RecordingError, and what damage raises."""
    columns = _csv_columns(path)

    def pieces() -> Iterator[Rows]:
        with readable(path), path.open(encoding="utf-8-sig", errors="replace") as file:
            file.readline()
            while lines := list(islice(file, PIECE_ROWS)):
                yield _parsed(lines, columns)

    def last_s() -> float:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _TAIL_BYTES))
            lines = file.read().decode("utf-8", "replace").splitlines()[1:]
        return latest_s(_parsed(lines, columns).t_s)

    with path.open("rb") as file:
        count = sum(1 for line in file if line.strip()) - 1
    return Source(path, count, pieces, last_s)


def _csv_columns(path: Path) -> list[int]:
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        header = file.readline(_TAIL_BYTES).strip()
    names = [name.strip().strip('"') for name in header.split(",")]
    if not set(COLUMNS) <= set(names):
        shown = header[:60].encode("ascii", "replace").decode()
        raise RecordingError(path, f"its first line is {shown!r}", f"it must be {','.join(COLUMNS)}")
    return [names.index(column) for column in COLUMNS]


def _parsed(lines: list[str], columns: list[int]) -> Rows:
    lines = [line for line in lines if line.strip()]
    values = np.empty((0, 4))
    try:
        if lines:
            values = np.loadtxt(lines, delimiter=",", usecols=columns, ndmin=2, comments=None)
    except ValueError:
        values = _row_by_row(lines, columns)
    return Rows(values[:, 0], values[:, 1:], np.zeros(len(values), np.int64))


def _row_by_row(lines: list[str], columns: list[int]) -> Floats:
    """Slow, and only where a piece holds a row that cannot be read: that row becomes NaN."""
    values = np.full((len(lines), 4), np.nan)
    for number, line in enumerate(lines):
        cells = line.split(",")
        try:
            values[number] = [float(cells[column]) for column in columns]
        except (ValueError, IndexError):
            continue
    return values


def open_parquet(path: Path) -> Source:
    """The same for parquet; raises ParquetMissingError too."""
    try:
        import pyarrow.parquet  # type: ignore[import-untyped]  # it ships no types
    except ImportError as error:
        raise ParquetMissingError(path) from error
    with pyarrow.parquet.ParquetFile(path) as file:
        missing = [column for column in COLUMNS if column not in file.schema_arrow.names]
        if missing:
            found = ", ".join(file.schema_arrow.names)[:60]
            raise RecordingError(path, f"has no column {missing[0]!r} ({found})", f"it needs {', '.join(COLUMNS)}")
        count, groups = file.metadata.num_rows, file.metadata.num_row_groups

    def batches(columns: tuple[str, ...], row_groups: list[int]) -> Iterator[Floats]:
        with readable(path), pyarrow.parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(PIECE_ROWS, row_groups, list(columns)):
                arrays = [batch.column(name).to_numpy(zero_copy_only=False) for name in columns]
                yield np.stack([array.astype(np.float64) for array in arrays], axis=1)

    def pieces() -> Iterator[Rows]:
        for values in batches(COLUMNS, list(range(groups))):
            yield Rows(values[:, 0], values[:, 1:], np.zeros(len(values), np.int64))

    def last_s() -> float:
        return max(latest_s(values[:, 0]) for values in batches(("time_s",), [groups - 1]))

    return Source(path, count, pieces, last_s)
