"""The tidy tables as Parquet files, with pyarrow (the extra ``parquet``)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from monitor.errors import MonitorError
from monitor.reporting.tidy import COUNT, MOMENT, NUMBER, TEXT, TRUTH, Cell, Table


class ParquetMissingError(MonitorError):
    """pyarrow is not installed."""

    exit_code = 3

    def __init__(self) -> None:
        super().__init__('writing .parquet needs pyarrow: pip install "sitbreak[parquet]"')


def write_parquet(table: Table, path: Path) -> None:
    """One table; moments are UTC to the millisecond. Raises ParquetMissingError, OSError."""
    arrow, writer = _arrow()
    types = {
        TEXT: arrow.string(),
        NUMBER: arrow.float64(),
        COUNT: arrow.int64(),
        TRUTH: arrow.bool_(),
        MOMENT: arrow.timestamp("ms", tz="UTC"),
    }
    columns = {
        name: arrow.array([_stored(row[place], kind) for row in table.rows], types[kind])
        for place, (name, kind) in enumerate(table.columns.items())
    }
    writer.write_table(arrow.table(columns), path)


def _stored(cell: Cell, kind: str) -> Cell:
    return round(1000 * float(cell)) if kind == MOMENT and cell is not None else cell


def _arrow() -> tuple[Any, Any]:
    try:
        import pyarrow  # type: ignore[import-untyped]  # it ships no types
        import pyarrow.parquet  # type: ignore[import-untyped]
    except ImportError:
        raise ParquetMissingError from None
    return pyarrow, pyarrow.parquet
