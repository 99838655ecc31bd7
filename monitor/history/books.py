"""Events into books: bouts, breaks, gaps and alerts, one row each, and what a correction does to them.

A correction from T on is the second reading of the seconds from T. First the books are taken back to T: what was
entered because of a second from T on is undone. Then the second reading's events are entered. A record that comes out
of it changed counts one revision more; one that comes out the same stays as it was.

Which second an entry is due to follows from its times: from T on if a time in it is, or if it was decided no earlier
than the second T itself was. (Neither alone would do: a break ends its bout a minute back, and sitting down counts when
it has lasted; and what is due to the seconds just before T was decided after T, because a decision takes up to 5 s.)
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
    ExerciseSeen,
    GapEnded,
)
from monitor.history import runs

LATEST_DECISION_S = 5.0
"""No second is decided later than this after it began."""
CORRECTABLE = ("bouts", "breaks", "gaps")
_BOOKKEEPING = ("opened_at_s", "closed_at_s", "revision", "corrected")
_BEGUN = {
    "bouts": "start_s >= :from_s OR opened_at_s >= :decided_s",
    # a break is entered when it is credited; one that was never credited, when it ends
    "breaks": "start_s >= :from_s OR opened_at_s >= :decided_s OR (NOT taken AND end_s >= :from_s)",
    "gaps": "end_s >= :from_s OR opened_at_s >= :decided_s",  # entered when it ends
}
"""Which records were entered because of a second from ``from_s`` on."""
_REOPENED = {
    "bouts": "sedentary_s = 0, paused_s = 0, unknown_s = 0, ended_by = NULL",
    "breaks": "upright_s = 0, stepping_s = 0, steps = 0",
    "gaps": "reason = ''",
}
"""What a record forgets when it is opened again."""

Record = dict[str, Any]


def enter(connection: sqlite3.Connection, wearer_id: int, event: Event) -> None:
    """Enter one event; entering it again changes nothing. Events that are no bookings are let by."""
    booking = _BOOKINGS.get(type(event))
    if booking:
        booking(connection, wearer_id, event)


def correct(
    connection: sqlite3.Connection,
    wearer_id: int,
    from_s: float,
    events: Iterable[Event],
    decided_s: float | None = None,
) -> None:
    """Take the books back to ``from_s``, enter the second reading, count the revisions.

    ``decided_s`` is when the second ``from_s`` was decided; None where it has no row.
    """
    decided_s = from_s + LATEST_DECISION_S if decided_s is None else decided_s
    before = {table: _touchable(connection, table, wearer_id, from_s) for table in CORRECTABLE}
    for table in CORRECTABLE:
        _take_back(connection, table, wearer_id, from_s, decided_s)
    for event in events:
        enter(connection, wearer_id, event)
    for table in CORRECTABLE:
        for id_, now in _touchable(connection, table, wearer_id, from_s).items():
            _count_revision(connection, table, wearer_id, before[table].get(id_), now)


def close_open(connection: sqlite3.Connection, wearer_id: int) -> None:
    """Close what is open at the last stored second: the state that could have gone on with it is lost."""
    (last_s,) = connection.execute("SELECT max(end_s) FROM posture_runs WHERE wearer_id = ?", (wearer_id,)).fetchone()
    for table in ("bouts", "breaks"):
        for id_, record in _touchable(connection, table, wearer_id, inf).items():
            end_s = max(record["start_s"], last_s or 0.0)
            tally = runs.tally(runs.between(connection, wearer_id, record["start_s"], end_s))
            spent: dict[str, Record] = {
                "bouts": {"sedentary_s": tally.sedentary_s, "paused_s": tally.upright_s, "ended_by": "stop"}
                | {"unknown_s": end_s - record["start_s"] - tally.sedentary_s - tally.upright_s},
                "breaks": {"upright_s": tally.upright_s, "stepping_s": tally.stepping_s},
            }
            times = {name: record[name] for name in ("start_s", "opened_at_s")}
            _upsert(connection, table, wearer_id, id_, times | {"end_s": end_s, "closed_at_s": end_s} | spent[table])
    connection.execute(
        "UPDATE alerts SET cleared_at_s = max(last_at_s, ?), cleared_by = 'gap'"
        " WHERE wearer_id = ? AND cleared_at_s IS NULL",
        (last_s or 0.0, wearer_id),
    )


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
    first_call = ("bout_id", "first_at_s", "due_s", "sedentary_s", "limit_s", "why_now", "confidence")
    _upsert(
        connection,
        "alerts",
        wearer_id,
        event.alert_id,
        record,
        keep=(*first_call, "exercise_id", "exercise_title", "exercise_dose"),
    )


def _alert_cleared(connection: sqlite3.Connection, wearer_id: int, event: AlertCleared) -> None:
    connection.execute(
        "UPDATE alerts SET cleared_at_s = ?, cleared_by = ? WHERE wearer_id = ? AND id = ?",
        (event.at_s, event.by, wearer_id, event.alert_id),
    )


def _exercise_seen(connection: sqlite3.Connection, wearer_id: int, event: ExerciseSeen) -> None:
    record = {
        "alert_id": event.alert_id,
        "exercise_id": event.exercise_id,
        "start_s": event.start_s,
        "end_s": event.end_s,
        "repetitions": event.repetitions,
        "hold_s": event.hold_s,
        "seen": event.seen,
    }
    _upsert(connection, "exercises", wearer_id, event.id, record)


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
    ExerciseSeen: _exercise_seen,
}


def _touchable(connection: sqlite3.Connection, table: str, wearer_id: int, from_s: float) -> dict[str, Record]:
    """The records that a correction from ``from_s`` on may change."""
    found = connection.execute(
        f"SELECT * FROM {table} WHERE wearer_id = :wearer AND (start_s >= :from_s OR opened_at_s >= :from_s"
        " OR end_s IS NULL OR end_s >= :from_s OR closed_at_s >= :from_s)",
        {"wearer": wearer_id, "from_s": from_s},
    )
    names = [column[0] for column in found.description]
    records = [dict(zip(names, row, strict=True)) for row in found]
    return {record["id"]: record for record in records}


def _take_back(connection: sqlite3.Connection, table: str, wearer_id: int, from_s: float, decided_s: float) -> None:
    times = {"wearer": wearer_id, "from_s": from_s, "decided_s": decided_s}
    connection.execute(f"DELETE FROM {table} WHERE wearer_id = :wearer AND ({_BEGUN[table]})", times)
    connection.execute(
        f"UPDATE {table} SET end_s = NULL, closed_at_s = NULL, {_REOPENED[table]}"
        " WHERE wearer_id = :wearer AND (end_s >= :from_s OR closed_at_s >= :decided_s)",
        times,
    )


def _count_revision(
    connection: sqlite3.Connection, table: str, wearer_id: int, before: Record | None, now: Record
) -> None:
    revision, corrected = (before["revision"], before["corrected"]) if before else (0, 0)
    if before is None or _content(before) != _content(now):
        revision, corrected = revision + 1, 1
    connection.execute(
        f"UPDATE {table} SET revision = ?, corrected = ? WHERE wearer_id = ? AND id = ?",
        (revision, corrected, wearer_id, now["id"]),
    )


def _content(record: Record) -> Record:
    return {name: value for name, value in record.items() if name not in _BOOKKEEPING}
