"""Forgetting for good: a wearer, or a stretch of time, out of the history file, so that no byte of it stays.

SQLite overwrites what is deleted (``secure_delete``), the file is written anew (``VACUUM``) and the write-ahead
log is cut to nothing. What reaches over the border of the stretch is cut there: its sums are those of the
posture rows that stay, or its share by time where these are forgotten.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitor.event_ids import event_id, moment_of_id_s
from monitor.history import books, runs
from monitor.history.database import Database, HistoryError
from monitor.history.reading import opened, wearer_id_in

_RECORDS = {
    "bouts": ("sedentary_s", "paused_s", "unknown_s"),
    "breaks": ("upright_s", "stepping_s", "steps"),
    "gaps": (),
}
"""Tables of stretches of time, and their sums."""
_MOMENTS = {
    "alerts": ("first_at_s", "last_at_s", "due_s", "cleared_at_s"),
    "exercises": ("start_s", "end_s"),
    "readiness": ("answered_s",),
    "receipts": ("at_s", "taken_back_s", "seen_s"),
}
"""Tables of moments: a record goes when one of its moments does."""
_OF_A_WEARER = (
    *_RECORDS,
    "posture_runs",
    "alerts",
    "exercises",
    "events",
    "outbox",
    "receipts",
    "checkpoints",
    "readiness",
)
"""Not ``announcements``: random names, by which the retained messages are taken back at the broker."""


@dataclass(frozen=True, slots=True)
class Doomed:
    """How much would go."""

    bouts: int
    breaks: int
    alerts: int
    exercises: int
    events: int
    posture_s: float


def doomed(path: Path, wearer: str, from_s: float, until_s: float) -> Doomed:
    """What of a wearer lies in [from_s, until_s). Raises HistoryError."""
    with opened(path) as connection:
        wearer_id = wearer_id_in(connection, path, wearer)

        def count(table: str, where: str) -> int:
            times = {"wearer": wearer_id, "from_s": from_s, "until_s": until_s}
            found = connection.execute(f"SELECT count(*) FROM {table} WHERE wearer_id = :wearer AND {where}", times)
            return int(found.fetchone()[0])

        touching = "start_s < :until_s AND (end_s > :from_s OR end_s IS NULL)"
        rows = runs.between(connection, wearer_id, from_s, until_s)
        return Doomed(
            bouts=count("bouts", touching),
            breaks=count("breaks", touching),
            alerts=count("alerts", "first_at_s >= :from_s AND first_at_s < :until_s"),
            exercises=count("exercises", touching),
            events=count("events", "at_s >= :from_s AND at_s < :until_s"),
            posture_s=sum(run.end_s - run.start_s for run in rows),
        )


def erase_wearer(path: Path, wearer: str) -> None:
    """Everything about a wearer, their name too. Raises HistoryError."""
    with closing(Database(path)) as database:
        with _overwriting(database) as connection:
            wearer_id = wearer_id_in(connection, path, wearer)
            for table in _OF_A_WEARER:
                connection.execute(f"DELETE FROM {table} WHERE wearer_id = ?", (wearer_id,))
            connection.execute("DELETE FROM wearers WHERE wearer_id = ?", (wearer_id,))
        _write_anew(database)


def erase_stretch(path: Path, wearer: str, from_s: float, until_s: float, dates: tuple[str, str]) -> None:
    """What a wearer did in [from_s, until_s), and the state that may have learned from it. Raises HistoryError.

    ``dates`` are the first and the last day of the stretch, for summaries that name their day.
    """
    with closing(Database(path)) as database:
        with _overwriting(database) as connection:
            wearer_id = wearer_id_in(connection, path, wearer)
            books.close_open(connection, wearer_id)  # the state that could have gone on with it goes, too
            for table in _RECORDS:
                _cut_records(connection, table, wearer_id, from_s, until_s)
            _cut_postures(connection, wearer_id, from_s, until_s)
            for table, moments in _MOMENTS.items():
                within = " OR ".join(f"({name} >= :from_s AND {name} < :until_s)" for name in moments)
                times = {"wearer": wearer_id, "from_s": from_s, "until_s": until_s}
                connection.execute(f"DELETE FROM {table} WHERE wearer_id = :wearer AND ({within})", times)
            _forget_events(connection, wearer_id, from_s, until_s, dates)
            connection.execute("DELETE FROM checkpoints WHERE wearer_id = ?", (wearer_id,))
        _write_anew(database)


def _cut_records(connection: sqlite3.Connection, table: str, wearer_id: int, from_s: float, until_s: float) -> None:
    """Records that touch the stretch leave it: gone, shortened, or in two."""
    cursor = connection.cursor()
    cursor.row_factory = sqlite3.Row
    found = cursor.execute(
        f"SELECT * FROM {table} WHERE wearer_id = :wearer AND start_s < :until_s AND end_s > :from_s",
        {"wearer": wearer_id, "from_s": from_s, "until_s": until_s},
    ).fetchall()
    for record in found:
        record_end_s = float(record["end_s"])
        connection.execute(f"DELETE FROM {table} WHERE wearer_id = ? AND id = ?", (wearer_id, record["id"]))
        for start_s, end_s in (
            (record["start_s"], min(from_s, record_end_s)),
            (max(until_s, record["start_s"]), record_end_s),
        ):
            if end_s > start_s:
                _insert_part(connection, table, dict(record), start_s, end_s)


def _insert_part(
    connection: sqlite3.Connection, table: str, record: dict[str, Any], start_s: float, end_s: float
) -> None:
    whole_s = float(record["end_s"] - record["start_s"])
    share = (end_s - start_s) / whole_s
    spent = {name: record[name] * share for name in _RECORDS[table]}
    rows = runs.between(connection, record["wearer_id"], start_s, end_s)
    if sum(run.end_s - run.start_s for run in rows) >= end_s - start_s - 1.0:
        spent |= _counted(table, runs.tally(rows), end_s - start_s)
    if "steps" in spent:
        spent["steps"] = round(spent["steps"])
    if start_s != record["start_s"]:
        _rename(connection, table, record, event_id(start_s, table, record["id"], "rest"))
    times = {"start_s": start_s, "end_s": end_s, "opened_at_s": start_s, "closed_at_s": end_s}
    row = record | spent | times
    names = ", ".join(row)
    connection.execute(f"INSERT INTO {table} ({names}) VALUES ({', '.join(f':{name}' for name in row)})", row)


def _rename(connection: sqlite3.Connection, table: str, record: dict[str, Any], name: str) -> None:
    """An id tells when its record began; those who name it name the rest that stays."""
    for other in ("breaks", "alerts") if table == "bouts" else ():
        names = (name, record["wearer_id"], record["id"])
        connection.execute(f"UPDATE {other} SET bout_id = ? WHERE wearer_id = ? AND bout_id = ?", names)
    record["id"] = name


def _counted(table: str, tally: runs.Tally, length_s: float) -> dict[str, float]:
    if table == "breaks":
        return {"upright_s": tally.upright_s, "stepping_s": tally.stepping_s}
    if table == "bouts":
        unknown_s = max(0.0, length_s - tally.sedentary_s - tally.upright_s)
        return {"sedentary_s": tally.sedentary_s, "paused_s": tally.upright_s, "unknown_s": unknown_s}
    return {}


def _cut_postures(connection: sqlite3.Connection, wearer_id: int, from_s: float, until_s: float) -> None:
    touching = (wearer_id, until_s, from_s)
    where = "WHERE wearer_id = ? AND start_s < ? AND end_s > ?"
    found = connection.execute(
        f"SELECT start_s, end_s, posture, worn, confidence FROM posture_runs {where}", touching
    ).fetchall()
    connection.execute(f"DELETE FROM posture_runs {where}", touching)
    for start_s, end_s, *kept in found:
        for first_s, last_s in ((start_s, min(from_s, end_s)), (max(until_s, start_s), end_s)):
            if last_s > first_s:
                row = (wearer_id, first_s, last_s, *kept)
                connection.execute("INSERT INTO posture_runs VALUES (?, ?, ?, ?, ?, ?)", row)


def _forget_events(
    connection: sqlite3.Connection, wearer_id: int, from_s: float, until_s: float, dates: tuple[str, str]
) -> None:
    """Events that happened in the stretch or tell of it, and what waits to be sent about them."""
    for table, name, value in (("breaks", "bout_id", None), ("alerts", "bout_id", ""), ("exercises", "alert_id", None)):
        rows = connection.execute(f"SELECT DISTINCT {name} FROM {table} WHERE wearer_id = ?", (wearer_id,)).fetchall()
        for (id_,) in rows:
            if id_ and from_s <= moment_of_id_s(id_) < until_s:
                named = (value, wearer_id, id_)
                connection.execute(f"UPDATE {table} SET {name} = ? WHERE wearer_id = ? AND {name} = ?", named)
    found = connection.execute(
        "SELECT id, at_s, body FROM events WHERE wearer_id = ? AND at_s >= ?", (wearer_id, from_s)
    )
    for id_, at_s, body in found.fetchall():
        if at_s < until_s or _tells_of(json.loads(body), from_s, until_s, dates):
            connection.execute("DELETE FROM events WHERE wearer_id = ? AND id = ?", (wearer_id, id_))
            for table in ("outbox", "receipts"):
                connection.execute(f"DELETE FROM {table} WHERE wearer_id = ? AND event_id = ?", (wearer_id, id_))
    connection.execute(
        "DELETE FROM outbox WHERE wearer_id = ? AND (stored_s IS NULL OR (stored_s >= ? AND stored_s < ?))",
        (wearer_id, from_s, until_s),
    )


def _tells_of(body: dict[str, Any], from_s: float, until_s: float, dates: tuple[str, str]) -> bool:
    moments = [value for name, value in body.items() if name.endswith("_s") and isinstance(value, int | float)]
    moments += [moment_of_id_s(value) for name, value in body.items() if name.endswith("_id") and value]
    if any(from_s <= moment < until_s for moment in moments):
        return True
    return any(isinstance(body.get(name), str) and dates[0] <= body[name] <= dates[1] for name in ("date", "unit"))


@contextmanager
def _overwriting(database: Database) -> Iterator[sqlite3.Connection]:
    """A transaction in which what is deleted is overwritten with zeros."""
    with database.reading() as connection:
        connection.execute("PRAGMA secure_delete = ON")
    with database.transaction() as connection:
        yield connection


def _write_anew(database: Database) -> None:
    with database.reading() as connection:
        connection.execute("PRAGMA temp_store = MEMORY")
        connection.execute("VACUUM")
        (busy, _, _) = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if busy:
        problem = "is being read, so that traces of what is erased stay beside it"
        raise HistoryError(database.path, problem, "end the other program and erase again")


def is_announced(path: Path) -> bool:
    """Whether something of this program still stands at a broker. Raises HistoryError."""
    with opened(path) as connection:
        return connection.execute("SELECT 1 FROM announcements").fetchone() is not None
