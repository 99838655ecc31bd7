"""What becomes of a history file that cannot be read any more: it is put aside whole, and a new one begins.

Nothing of the old file is changed or overwritten; a tool such as ``sqlite3 FILE .recover`` may still get the books out
of it. The new file gets what must not change: the wearers' names in topics (a home would meet strangers
otherwise), what was announced at the broker, and the answers to the readiness check, as far as they can be read.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from monitor.history.database import Database, HistoryError

COMPANIONS = ("", "-wal", "-shm")
"""The file, its write-ahead log and the index of that: they belong together."""
IDENTITY = ("wearers", "announcements", "readiness")
"""Tables of a few rows each that outlive a damaged file."""

_log = logging.getLogger(__name__)

Rows = dict[str, list[tuple[Any, ...]]]


def put_aside(path: Path, problem: str) -> Path:
    """Move the file and its companions to a free name beside it, and say so loudly. Raises HistoryError."""
    kept = _free_name(path)
    for ending in reversed(COMPANIONS):  # the file last: a log that is left beside a new file would be thrown away
        old = path.with_name(path.name + ending)
        if old.exists():
            try:
                old.rename(kept.with_name(kept.name + ending))
            except OSError as error:
                reason = f"{problem}, and cannot be moved away ({error.strerror})"
                raise HistoryError(path, reason, "move it away yourself, or give another --state-dir") from error
    _log.error("%s: %s; it was moved to %s, unchanged, and a new history begins", path, problem, kept.name)
    return kept


def salvage(kept: Path) -> Rows:
    """What can still be read of the few rows that must not change."""
    # Without a log of its own nothing needs to be made beside the file to read it
    how = "mode=ro" if kept.with_name(f"{kept.name}-wal").exists() else "mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(f"{kept.absolute().as_uri()}?{how}", uri=True)) as connection:
            return identity(connection)
    except sqlite3.Error as error:
        _log.debug("nothing can be read of %s: %s", kept, error)
        return {}


def identity(connection: sqlite3.Connection) -> Rows:
    """The few rows that must not change, as far as they can be read."""
    return {table: _readable_rows(connection, table) for table in IDENTITY}


def hand_on(rows: Rows, database: Database) -> None:
    """Put what was salvaged into a new file."""
    with database.transaction() as connection:
        for table, found in rows.items():
            for row in found:
                _enter(connection, table, row)


def _readable_rows(connection: sqlite3.Connection, table: str) -> list[tuple[Any, ...]]:
    try:
        return list(_whole(connection.execute(f"SELECT * FROM {table} LIMIT 1000")))
    except sqlite3.Error:
        return []


def _whole(rows: Iterable[tuple[Any, ...]]) -> Iterable[tuple[Any, ...]]:
    return (row for row in rows if row[0] is not None)


def _enter(connection: sqlite3.Connection, table: str, row: tuple[Any, ...]) -> None:
    try:
        connection.execute(f"INSERT OR IGNORE INTO {table} VALUES ({', '.join('?' * len(row))})", row)
    except sqlite3.DatabaseError as error:  # a row that damage has spoilt breaks a rule of the schema
        _log.debug("a row of %s was not taken over: %s", table, error)


def _free_name(path: Path) -> Path:
    stamp = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    for number in range(10_000):
        kept = path.with_name(f"{path.name}.damaged-{stamp}{f'-{number}' if number else ''}")
        if not any(kept.with_name(kept.name + ending).exists() for ending in COMPANIONS):
            return kept
    raise HistoryError(path, "is damaged, and so were many before it", "look after the disk, and tidy its folder")
