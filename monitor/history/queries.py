"""The readers: one wearer's day out of the books, for the report and the web page.

Every call opens the file for reading only and closes it again, so that any thread or program may ask while the daemon
writes. A day is a civil day of a time zone, 23 to 25 hours long; what reaches over midnight is clipped to it.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import Any

from monitor.history import runs
from monitor.history.day import (
    AlertRow,
    BoutRow,
    BreakRow,
    DayBooks,
    EventRow,
    ExerciseRow,
    GapRow,
    SeenRow,
    TrialRow,
    WearerRow,
)
from monitor.history.reading import opened, wearer_id_in
from monitor.history.runs import PostureRun, Tally


def wearers(path: Path) -> tuple[WearerRow, ...]:
    """Everybody in the history, by name. Raises HistoryError."""
    with opened(path) as connection:
        found = connection.execute(
            "SELECT name, node_id, (SELECT max(end_s) FROM posture_runs r WHERE r.wearer_id = w.wearer_id)"
            " FROM wearers w ORDER BY name"
        )
        return tuple(WearerRow(*row) for row in found)


def postures(path: Path, wearer: str, from_s: float, until_s: float) -> list[PostureRun]:
    """The posture rows of a stretch of time. Raises HistoryError if the file or the wearer is not there."""
    with opened(path) as connection:
        return runs.between(connection, wearer_id_in(connection, path, wearer), from_s, until_s)


def checkpoint(path: Path, wearer: str) -> str | None:
    """The state of the pipeline as of the last commit; None where there is none. Raises HistoryError."""
    with opened(path) as connection:
        wearer_id = wearer_id_in(connection, path, wearer)
        found = connection.execute("SELECT body FROM checkpoints WHERE wearer_id = ?", (wearer_id,)).fetchone()
        return str(found[0]) if found else None


def trial_points(path: Path, wearer: str) -> list[TrialRow]:
    """Every moment of the wearer's own trial, and whether a break began within five minutes. Raises HistoryError."""
    with opened(path) as connection:
        found = connection.execute(
            "SELECT json_extract(body, '$.unit'), json_extract(body, '$.called'),"
            " EXISTS (SELECT 1 FROM breaks b WHERE b.wearer_id = e.wearer_id AND b.taken"
            "  AND b.start_s BETWEEN e.at_s - 5 AND e.at_s + 300)"
            " FROM events e WHERE wearer_id = ? AND type = 'trial_point' ORDER BY at_s",
            (wearer_id_in(connection, path, wearer),),
        )
        return [TrialRow(str(unit), bool(called), bool(got_up)) for unit, called, got_up in found]


def latest_events(path: Path, wearer: str, types: Sequence[str], count: int) -> list[EventRow]:
    """The last ``count`` events of these types, newest first. Raises HistoryError."""
    with opened(path) as connection:
        found = connection.execute(
            "SELECT at_s, type, body FROM events WHERE wearer_id = ?"
            f" AND type IN ({', '.join('?' * len(types))}) ORDER BY at_s DESC, rowid DESC LIMIT ?",
            (wearer_id_in(connection, path, wearer), *types, count),
        )
        return [EventRow(at_s, kind, json.loads(body)) for at_s, kind, body in found]


def days(path: Path, wearer: str, until: date, count: int, zone: tzinfo) -> list[DayBooks]:
    """The books of ``count`` civil days, newest first, ``until`` among them. Raises HistoryError."""
    return [day(path, wearer, until - timedelta(days=back), zone) for back in range(count)]


def day(path: Path, wearer: str, on: date, zone: tzinfo) -> DayBooks:
    """The books of one civil day. Raises HistoryError if the file or the wearer is not there."""
    return stretch(path, wearer, on, on, zone)


def stretch(path: Path, wearer: str, first: date, last: date, zone: tzinfo) -> DayBooks:
    """The books of the civil days from ``first`` to ``last`` as if they were one. Raises HistoryError."""
    start_s, end_s = _midnight_s(first, zone), _midnight_s(last + timedelta(days=1), zone)
    with opened(path) as connection:
        connection.execute("BEGIN")  # one moment for all that is read
        reader = _Reader(connection, wearer_id_in(connection, path, wearer), start_s, end_s)
        return DayBooks(
            wearer=wearer,
            date=first,
            zone=zone,
            start_s=start_s,
            end_s=end_s,
            bouts=tuple(map(_bout, reader.parts("bouts"))),
            breaks=tuple(map(_break, reader.parts("breaks"))),
            gaps=tuple(map(_gap, reader.parts("gaps"))),
            alerts=tuple(AlertRow(*row) for row in reader.alert_rows(_ALERT_COLUMNS)),
            exercises=tuple(ExerciseRow(*row) for row in reader.alert_rows(_EXERCISE_COLUMNS) if row[2]),
            seen=tuple(SeenRow(*row) for row in reader.seen_rows()),
            postures=tuple(reader.runs_between(start_s, end_s)),
        )


_ALERT_COLUMNS = (
    "id, bout_id, first_at_s, last_at_s, sedentary_s, limit_s, repeats, level, why_now, confidence,"
    " cleared_at_s, cleared_by"
)
_EXERCISE_COLUMNS = "id, first_at_s, exercise_id, exercise_title, exercise_dose, cleared_by"


@dataclass(frozen=True, slots=True)
class _Part:
    """What of a record lies in the day."""

    record: sqlite3.Row
    start_s: float
    end_s: float
    whole: bool
    clipped: bool
    """True where midnight has cut it."""
    tally: Tally | None
    """Its seconds as the posture rows have them; None if the record is whole or the rows are forgotten."""

    def spent(self, name: str) -> float:
        """A stored sum of the record: whole, or its share by time."""
        stored = float(self.record[name])
        if self.whole or self.record["end_s"] is None:
            return stored
        return stored * (self.end_s - self.start_s) / float(self.record["end_s"] - self.record["start_s"])


class _Reader:
    """Records of one wearer that touch [start_s, end_s)."""

    def __init__(self, connection: sqlite3.Connection, wearer_id: int, start_s: float, end_s: float) -> None:
        self.connection = connection
        self.wearer_id = wearer_id
        self.start_s = start_s
        self.end_s = end_s

    def runs_between(self, start_s: float, end_s: float) -> list[PostureRun]:
        return runs.between(self.connection, self.wearer_id, start_s, end_s)

    def alert_rows(self, columns: str) -> list[tuple[Any, ...]]:
        return self.connection.execute(
            f"SELECT {columns} FROM alerts WHERE wearer_id = ? AND first_at_s >= ? AND first_at_s < ?"
            " ORDER BY first_at_s",
            (self.wearer_id, self.start_s, self.end_s),
        ).fetchall()

    def seen_rows(self) -> list[tuple[Any, ...]]:
        return self.connection.execute(
            "SELECT e.id, e.alert_id, e.exercise_id, coalesce(a.exercise_title, e.exercise_id), e.start_s, e.end_s,"
            " e.repetitions, e.hold_s, e.seen FROM exercises e LEFT JOIN alerts a"
            " ON a.wearer_id = e.wearer_id AND a.id = e.alert_id AND a.exercise_id = e.exercise_id"
            " WHERE e.wearer_id = ? AND e.start_s >= ? AND e.start_s < ? ORDER BY e.start_s",
            (self.wearer_id, self.start_s, self.end_s),
        ).fetchall()

    def parts(self, table: str) -> list[_Part]:
        cursor = self.connection.cursor()
        cursor.row_factory = sqlite3.Row
        found = cursor.execute(
            f"SELECT * FROM {table} WHERE wearer_id = ? AND start_s < ? AND (end_s > ? OR end_s IS NULL)"
            " ORDER BY start_s",
            (self.wearer_id, self.end_s, self.start_s),
        ).fetchall()
        return [part for part in map(self._part, found) if part.end_s > part.start_s]

    def _part(self, record: sqlite3.Row) -> _Part:
        record_end_s = record["end_s"] if record["end_s"] is not None else self._open_end_s(record["start_s"])
        start_s, end_s = max(record["start_s"], self.start_s), min(record_end_s, self.end_s)
        whole = (start_s, end_s) == (record["start_s"], record["end_s"])
        clipped = (start_s, end_s) != (record["start_s"], record_end_s)
        rows = [] if whole else self.runs_between(start_s, end_s)
        return _Part(record, start_s, end_s, whole, clipped, runs.tally(rows) if rows else None)

    def _open_end_s(self, start_s: float) -> float:
        """Where a record ends that was never closed: at the last stored second, or where the next begins."""
        (end_s,) = self.connection.execute(
            "SELECT min(coalesce((SELECT max(end_s) FROM posture_runs WHERE wearer_id = :wearer), :start_s),"
            " (SELECT coalesce(min(start_s), 1e12) FROM (SELECT start_s FROM bouts WHERE wearer_id = :wearer"
            " UNION ALL SELECT start_s FROM breaks WHERE wearer_id = :wearer"
            " UNION ALL SELECT start_s FROM gaps WHERE wearer_id = :wearer) WHERE start_s > :start_s))",
            {"wearer": self.wearer_id, "start_s": start_s},
        ).fetchone()
        return float(end_s)


def _bout(part: _Part) -> BoutRow:
    record, counted = part.record, part.tally
    sedentary_s = counted.sedentary_s if counted else part.spent("sedentary_s")
    paused_s = counted.upright_s if counted else part.spent("paused_s")
    return BoutRow(
        id=record["id"],
        start_s=part.start_s,
        end_s=part.end_s,
        sedentary_s=sedentary_s,
        paused_s=paused_s,
        unknown_s=part.end_s - part.start_s - sedentary_s - paused_s,
        ended_by=record["ended_by"],
        clipped=part.clipped,
        revision=record["revision"],
        corrected=bool(record["corrected"]),
    )


def _break(part: _Part) -> BreakRow:
    record, counted = part.record, part.tally
    return BreakRow(
        id=record["id"],
        bout_id=record["bout_id"],
        start_s=part.start_s,
        end_s=part.end_s,
        upright_s=counted.upright_s if counted else part.spent("upright_s"),
        stepping_s=counted.stepping_s if counted else part.spent("stepping_s"),
        steps=round(part.spent("steps")),
        taken=bool(record["taken"]),
        begun=part.start_s == record["start_s"],
        revision=record["revision"],
        corrected=bool(record["corrected"]),
    )


def _gap(part: _Part) -> GapRow:
    record = part.record
    return GapRow(
        record["id"], part.start_s, part.end_s, record["reason"], record["revision"], bool(record["corrected"])
    )


def _midnight_s(on: date, zone: tzinfo) -> float:
    return datetime.combine(on, time.min, tzinfo=zone).timestamp()
