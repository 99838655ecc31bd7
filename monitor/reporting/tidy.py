"""The books as tidy tables: one row a record, one meaning a column, units at the end of the names (pure).

Columns are added, never renamed. Moments stand twice: as seconds since the Unix epoch, and readable with their offset.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import TextIO

from monitor.history.day import AlertRow, BreakRow, DayBooks
from monitor.model import Posture

Cell = str | float | int | bool | None

TEXT, NUMBER, COUNT, TRUTH, MOMENT = "text", "number", "count", "truth", "moment"
_BETWEEN = {"start": MOMENT, "end": MOMENT, "start_s": NUMBER, "end_s": NUMBER}
_REVISED = {"revision": COUNT, "corrected": TRUTH}
COLUMNS: dict[str, dict[str, str]] = {
    "bouts": {"wearer": TEXT, "bout_id": TEXT, **_BETWEEN, "sedentary_s": NUMBER, "paused_s": NUMBER}
    | {"unknown_s": NUMBER, "ended_by": TEXT, "cut": TRUTH, **_REVISED},
    "breaks": {"wearer": TEXT, "break_id": TEXT, "bout_id": TEXT, **_BETWEEN, "upright_s": NUMBER}
    | {"stepping_s": NUMBER, "steps": COUNT, "taken": TRUTH, **_REVISED},
    "gaps": {"wearer": TEXT, "gap_id": TEXT, **_BETWEEN, "reason": TEXT, **_REVISED},
    "alerts": {"wearer": TEXT, "alert_id": TEXT, "bout_id": TEXT, "first": MOMENT, "last": MOMENT}
    | {"first_s": NUMBER, "last_s": NUMBER, "sedentary_s": NUMBER, "limit_s": NUMBER, "repeats": COUNT}
    | {"level": COUNT, "why_now": TEXT, "confidence": NUMBER, "exercise_id": TEXT, "cleared": MOMENT}
    | {"cleared_s": NUMBER, "cleared_by": TEXT, "break_after_s": NUMBER},
    "exercises": {"wearer": TEXT, "exercise_seen_id": TEXT, "alert_id": TEXT, "exercise_id": TEXT, "title": TEXT}
    | {**_BETWEEN, "seen": TEXT, "repetitions": COUNT, "hold_s": NUMBER},
    "posture_runs": {"wearer": TEXT, **_BETWEEN, "posture": TEXT, "worn": TRUTH, "confidence": NUMBER},
}
"""By table: its columns and what they hold."""


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of one kind; moments are seconds since the Unix epoch."""

    name: str
    rows: list[tuple[Cell, ...]]

    @property
    def columns(self) -> dict[str, str]:
        """Names, and what they hold."""
        return COLUMNS[self.name]


def tables(books: Sequence[DayBooks]) -> list[Table]:
    """The tables of several people's books, one below the other."""
    makers = {
        "bouts": _bouts,
        "breaks": _breaks,
        "gaps": _gaps,
        "alerts": _alerts,
        "exercises": _exercises,
        "posture_runs": _postures,
    }
    return [Table(name, [(each.wearer, *row) for each in books for row in rows(each)]) for name, rows in makers.items()]


def write_csv(table: Table, zone: tzinfo, file: TextIO) -> None:
    """One table as CSV (RFC 4180): a head, moments as ISO 8601, truth as 1 and 0, nothing where it is not known."""
    writer = csv.writer(file)
    writer.writerow(table.columns)
    kinds = list(table.columns.values())
    writer.writerows([_text(cell, kind, zone) for cell, kind in zip(row, kinds, strict=True)] for row in table.rows)


def _text(cell: Cell, kind: str, zone: tzinfo) -> Cell:
    if cell is None:
        return ""
    if kind == MOMENT:
        moment = datetime.fromtimestamp(float(cell), zone)
        return moment.isoformat(timespec="milliseconds" if moment.microsecond else "seconds")
    if kind == NUMBER:
        return f"{float(cell):.3f}".rstrip("0").rstrip(".")
    return int(cell) if kind in (TRUTH, COUNT) else cell


def _between(start_s: float, end_s: float) -> tuple[Cell, ...]:
    return start_s, end_s, start_s, end_s


def _bouts(books: DayBooks) -> Iterable[tuple[Cell, ...]]:
    for each in books.bouts:
        spent = (each.sedentary_s, each.paused_s, each.unknown_s, each.ended_by)
        yield each.id, *_between(each.start_s, each.end_s), *spent, each.clipped, each.revision, each.corrected


def _breaks(books: DayBooks) -> Iterable[tuple[Cell, ...]]:
    for each in books.breaks:
        spent = (each.upright_s, each.stepping_s, each.steps, each.taken)
        yield each.id, each.bout_id, *_between(each.start_s, each.end_s), *spent, each.revision, each.corrected


def _gaps(books: DayBooks) -> Iterable[tuple[Cell, ...]]:
    for each in books.gaps:
        yield each.id, *_between(each.start_s, each.end_s), each.reason, each.revision, each.corrected


def _alerts(books: DayBooks) -> Iterable[tuple[Cell, ...]]:
    suggested = {each.alert_id: each.exercise_id for each in books.exercises}
    for each in books.alerts:
        called = (each.sedentary_s, each.limit_s, each.repeats, each.level, each.why_now, each.confidence)
        times = _between(each.first_at_s, each.last_at_s)
        cleared = (each.cleared_at_s, each.cleared_at_s, each.cleared_by)
        yield (
            each.id,
            each.bout_id,
            *times,
            *called,
            suggested.get(each.id),
            *cleared,
            _break_after_s(each, books.breaks),
        )


def _break_after_s(alert: AlertRow, breaks: Sequence[BreakRow]) -> float | None:
    """Seconds from the first call to the break that ended the bout it was about."""
    return next(
        (each.start_s - alert.first_at_s for each in breaks if each.taken and each.bout_id == alert.bout_id), None
    )


def _exercises(books: DayBooks) -> Iterable[tuple[Cell, ...]]:
    for each in books.seen:
        times = _between(each.start_s, each.end_s)
        yield each.id, each.alert_id, each.exercise_id, each.title, *times, each.seen, each.repetitions, each.hold_s


def _postures(books: DayBooks) -> Iterable[tuple[Cell, ...]]:
    for run in books.postures:
        yield *_between(run.start_s, run.end_s), Posture(run.posture).word, run.worn, run.confidence
