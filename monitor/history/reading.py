"""The history file opened to look only, so that any thread or program may ask while the daemon writes."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from monitor.history.database import BUSY_S, HistoryError, packaged_scripts, said_plainly


@contextmanager
def opened(path: Path) -> Iterator[sqlite3.Connection]:
    """A connection that can only read. Raises HistoryError."""
    if not path.is_file():
        raise HistoryError(path, "is not there", "start sitbreak first, or give another --state-dir")
    with said_plainly(path):
        uri = f"{path.absolute().as_uri()}?mode=ro"
        with closing(sqlite3.connect(uri, uri=True, timeout=BUSY_S, isolation_level=None)) as connection:
            yield connection


def fault_in(path: Path) -> str:
    """What SQLite finds wrong in the file; empty where it is whole. Raises HistoryError where it cannot be read."""
    with opened(path) as connection:
        (health,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        (version,) = connection.execute("PRAGMA user_version").fetchone()
    newest = max(packaged_scripts())
    if health == "ok" and version > newest:
        return f"it was written by a newer sitbreak (version {version}, this one knows {newest})"
    return "" if health == "ok" else str(health)


def wearer_id_in(connection: sqlite3.Connection, path: Path, wearer: str) -> int:
    """The wearer's number. Raises HistoryError that names those who are there."""
    found = connection.execute("SELECT wearer_id FROM wearers WHERE name = ?", (wearer,)).fetchone()
    if found is None:
        names = ", ".join(name for (name,) in connection.execute("SELECT name FROM wearers")) or "nobody"
        raise HistoryError(path, f"knows no wearer {wearer!r}", f"it knows {names}")
    return int(found[0])


def extent(path: Path, wearer: str) -> tuple[float, float] | None:
    """From the first to the last moment in the wearer's books; None while there is nothing. Raises HistoryError."""
    with opened(path) as connection:
        times = " UNION ALL ".join(
            f"SELECT min(start_s) AS s FROM {table} WHERE wearer_id = :wearer"
            f" UNION ALL SELECT max(coalesce(end_s, start_s)) FROM {table} WHERE wearer_id = :wearer"
            for table in ("bouts", "breaks", "gaps", "posture_runs")
        )
        wearer_id = wearer_id_in(connection, path, wearer)
        first_s, last_s = connection.execute(f"SELECT min(s), max(s) FROM ({times})", {"wearer": wearer_id}).fetchone()
        return None if first_s is None else (float(first_s), float(last_s))
