"""Events into books: bouts, breaks, gaps and alerts, one row each, and what a correction does to them.

A record is opened by one event and closed by another; each keeps the stream time at which that was decided. A
correction from T on is the second reading of the stream from T: what was decided at T or later is undone (a record
opened since is taken out, one closed since is opened again), then the second reading's events are entered. A record
that comes out of it changed counts one revision more; one that comes out the same stays as it is.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable
from math import inf
from typing import Any

from monitor.events import (
    AlertCleared,
    BoutEnded,
    BoutStarted,
    BreakDue,
    BreakEnded,
    BreakTaken,
    Event,
    GapEnded,
)
from monitor.history import runs

CORRECTABLE = ("bouts", "breaks", "gaps")
_BOOKKEEPING = ("opened_at_s", "closed_at_s", "revision", "corrected")
_REOPENED = {
    "bouts": "sedentary_s = 0, paused_s = 0, unknown_s = 0, ended_by = NULL",
    "breaks": "upright_s = 0, stepping_s = 0, steps = 0",
    "gaps": "reason = ''",
}

Record = dict[str, Any]


def enter(connection: sqlite3.Connection, wearer_id: int, event: Event) -> None:
    """Enter one event; entering it again changes nothing. Events that are no bookings are let by."""
    booking = _BOOKINGS.get(type(event))
    if booking:
        booking(connection, wearer_id, event)


def correct(connection: sqlite3.Connection, wearer_id: int, from_s: float, events: Iterable[Event]) -> None:
    """Undo what was decided at ``from_s`` or later, enter the second reading, count the revisions."""
    before = {table: _touchable(connection, table, wearer_id, from_s) for table in CORRECTABLE}
    for table in CORRECTABLE:
        _undo(connection, table, wearer_id, from_s)
    for event in events:
        enter(connection, wearer_id, event)
    for table in CORRECTABLE:
        for id_, record in _touchable(connection, table, wearer_id, from_s).items():
            _count_revision(connection, table, wearer_id, id_, before[table].get(id_), record)


def close_open(connection: sqlite3.Connection, wearer_id: int) -> None:
    """Close what is open at the last stored second: the state that could have gone on with it is lost."""
    (last_s,) = connection.execute("SELECT max(end_s) FROM posture_runs WHERE wearer_id = ?", (wearer_id,)).fetchone()
    for table, ended_by in (("bouts", {"ended_by": "stop"}), ("breaks", {})):
        for id_, record in _touchable(connection, table, wearer_id, inf).items():
            end_s = max(record["start_s"], last_s or 0.0)
            tally = runs.tally(runs.between(connection, wearer_id, record["start_s"], end_s))
            spent = {
                "bouts": {"sedentary_s": tally.sedentary_s, "paused_s": tally.upright_s, "unknown_s": tally.unknown_s},
                "breaks": {"upright_s": tally.upright_s, "stepping_s": tally.stepping_s},
            }[table]
            closed = {"start_s": record["start_s"], "end_s": end_s, "closed_at_s": end_s, **spent, **ended_by}
            _upsert(connection, table, wearer_id, id_, closed | {"opened_at_s": record["opened_at_s"]})


def _bout_started(connection: sqlite3.Connection, wearer_id: int, event: BoutStarted) -> None:
    _upsert(
        connection,
        "bouts",
        wearer_id,
        event.id,
        {"start_s": event.bout_start_s, "sedentary_s": event.sedentary_s, "opened_at_s": event.at_s},
    )


def _bout_ended(connection: sqlite3.Connection, wearer_id: int, event: BoutEnded) -> None:
    record = {
        "start_s": event.bout_start_s,
        "end_s": event.bout_end_s,
        "sedentary_s": event.sedentary_s,
        "paused_s": event.paused_s,
        "unknown_s": event.unknown_s,
        "ended_by": event.ended_by,
        "opened_at_s": event.at_s,
        "closed_at_s": event.at_s,
    }
    _upsert(connection, "bouts", wearer_id, event.bout_id, record, keep=("opened_at_s",))


def _break_taken(connection: sqlite3.Connection, wearer_id: int, event: BreakTaken) -> None:
    record = {
        "bout_id": event.bout_id,
        "start_s": event.break_start_s,
        "upright_s": event.upright_s,
        "taken": 1,
        "opened_at_s": event.at_s,
    }
    _upsert(connection, "breaks", wearer_id, event.id, record, keep=("upright_s",))


def _break_ended(connection: sqlite3.Connection, wearer_id: int, event: BreakEnded) -> None:
    # an upright stretch that interrupted no bout has no BreakTaken; its record is named by its end
    known = connection.execute(
        "SELECT id FROM breaks WHERE wearer_id = ? AND start_s = ?", (wearer_id, event.break_start_s)
    ).fetchone()
    record = {
        "start_s": event.break_start_s,
        "end_s": event.break_end_s,
        "upright_s": event.upright_s,
        "stepping_s": event.stepping_s,
        "steps": event.steps,
        "opened_at_s": event.at_s,
        "closed_at_s": event.at_s,
    }
    _upsert(connection, "breaks", wearer_id, known[0] if known else event.id, record, keep=("opened_at_s",))


def _gap_ended(connection: sqlite3.Connection, wearer_id: int, event: GapEnded) -> None:
    record = {"start_s": event.gap_start_s, "end_s": event.gap_end_s, "reason": event.reason}
    _upsert(connection, "gaps", wearer_id, event.id, record | {"opened_at_s": event.at_s, "closed_at_s": event.at_s})


def _break_due(connection: sqlite3.Connection, wearer_id: int, event: BreakDue) -> None:
    exercise = event.exercise
    record = {
        "bout_id": event.bout_id,
        "first_at_s": event.at_s,
        "last_at_s": event.at_s,
        "due_s": event.due_s,
        "sedentary_s": event.sedentary_s,
        "limit_s": event.limit_s,
        "repeats": event.repeat,
        "level": event.level,
        "why_now": event.why_now,
        "confidence": event.confidence,
        "exercise_id": exercise.exercise_id if exercise else None,
        "exercise_title": exercise.title if exercise else None,
        "exercise_dose": exercise.dose if exercise else None,
        "cleared_at_s": None,
        "cleared_by": None,
    }
    first_call = ("bout_id", "first_at_s", "why_now", "exercise_id", "exercise_title", "exercise_dose")
    _upsert(connection, "alerts", wearer_id, event.alert_id, record, keep=first_call)


def _alert_cleared(connection: sqlite3.Connection, wearer_id: int, event: AlertCleared) -> None:
    connection.execute(
        "UPDATE alerts SET cleared_at_s = ?, cleared_by = ? WHERE wearer_id = ? AND id = ?",
        (event.at_s, event.by, wearer_id, event.alert_id),
    )


def _upsert(
    connection: sqlite3.Connection, table: str, wearer_id: int, id_: str, record: Record, keep: tuple[str, ...] = ()
) -> None:
    """Insert a record or set its columns anew, except those of ``keep``, which count at the first time only."""
    columns = {"wearer_id": wearer_id, "id": id_, **record}
    renewed = ", ".join(f"{name} = excluded.{name}" for name in record if name not in keep)
    connection.execute(
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join(f':{name}' for name in columns)})"
        f" ON CONFLICT (wearer_id, id) DO UPDATE SET {renewed}",
        columns,
    )


_BOOKINGS: dict[type[Event], Callable[[sqlite3.Connection, int, Any], None]] = {
    BoutStarted: _bout_started,
    BoutEnded: _bout_ended,
    BreakTaken: _break_taken,
    BreakEnded: _break_ended,
    GapEnded: _gap_ended,
    BreakDue: _break_due,
    AlertCleared: _alert_cleared,
}


def _touchable(connection: sqlite3.Connection, table: str, wearer_id: int, from_s: float) -> dict[str, Record]:
    """The records that a correction from ``from_s`` on may change."""
    found = connection.execute(
        f"SELECT * FROM {table} WHERE wearer_id = ? AND (opened_at_s >= ? OR closed_at_s >= ? OR end_s IS NULL)",
        (wearer_id, from_s, from_s),
    )
    names = [column[0] for column in found.description]
    records = [dict(zip(names, row, strict=True)) for row in found]
    return {record["id"]: record for record in records}


def _undo(connection: sqlite3.Connection, table: str, wearer_id: int, from_s: float) -> None:
    connection.execute(f"DELETE FROM {table} WHERE wearer_id = ? AND opened_at_s >= ?", (wearer_id, from_s))
    connection.execute(
        f"UPDATE {table} SET end_s = NULL, closed_at_s = NULL, {_REOPENED[table]}"
        " WHERE wearer_id = ? AND closed_at_s >= ?",
        (wearer_id, from_s),
    )


def _count_revision(
    connection: sqlite3.Connection, table: str, wearer_id: int, id_: str, before: Record | None, now: Record
) -> None:
    revision = before["revision"] if before else 0
    corrected = before["corrected"] if before else 0
    if before is None or _content(before) != _content(now):
        revision, corrected = revision + 1, 1
    connection.execute(
        f"UPDATE {table} SET revision = ?, corrected = ? WHERE wearer_id = ? AND id = ?",
        (revision, corrected, wearer_id, id_),
    )


def _content(record: Record) -> Record:
    return {name: value for name, value in record.items() if name not in _BOOKKEEPING}
