"""The tidy tables as Parquet files, with pyarrow (the extra ``parquet``)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from monitor.errors import MonitorError
from monitor.installing import install_line
from monitor.reporting.tidy import COUNT, MOMENT, NUMBER, TEXT, TRUTH, Cell, Table


class ParquetMissingError(MonitorError):
    """pyarrow is not installed."""

    exit_code = 3

    def __init__(self) -> None:
        super().__init__(f"writing .parquet needs pyarrow: {install_line('parquet')}")


def check_installed() -> None:
    """Before the long work, not after it. Raises ParquetMissingError."""
    _arrow()


def write_parquet(table: Table, path: Path) -> None:
    """One table; moments are UTC to the millisecond. Raises ParquetMissingError, OSError."""
    write_batches(table.columns, [table.rows], path)


def write_batches(columns: Mapping[str, str], batches: Iterable[Sequence[tuple[Cell, ...]]], path: Path) -> None:
    """One table, a batch of rows after the other: no more than one is held. Raises ParquetMissingError, OSError."""
    arrow, parquet = _arrow()
    types = {
        TEXT: arrow.string(),
        NUMBER: arrow.float64(),
        COUNT: arrow.int64(),
        TRUTH: arrow.bool_(),
        MOMENT: arrow.timestamp("ms", tz="UTC"),
    }
    schema = arrow.schema([(name, types[kind]) for name, kind in columns.items()])
    with parquet.ParquetWriter(path, schema) as writer:
        for rows in batches:
            cells = [
                arrow.array([_stored(row[place], kind) for row in rows], types[kind])
                for place, kind in enumerate(columns.values())
            ]
            writer.write_table(arrow.table(cells, schema=schema))


def _stored(cell: Cell, kind: str) -> Cell:
    return round(1000 * float(cell)) if kind == MOMENT and cell is not None else cell


def _arrow() -> tuple[Any, Any]:
    try:
        import pyarrow  # type: ignore[import-untyped]  # it ships no types
        import pyarrow.parquet  # type: ignore[import-untyped]
    except ImportError:
        raise ParquetMissingError from None
    return pyarrow, pyarrow.parquet
