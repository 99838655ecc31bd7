"""The books behind a report, read from the history."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta, tzinfo
from pathlib import Path

from monitor.history import queries
from monitor.history.day import DayBooks, GapRow
from monitor.model import Posture
from monitor.reporting import account
from monitor.reporting.figures import Kind, Report


@dataclass(frozen=True, slots=True)
class Told:
    """A report, and the books of its days for the pictures."""

    report: Report
    days: tuple[DayBooks, ...]


def read(path: Path, wearer: str, kind: Kind, on: date, zone: tzinfo, now_s: float) -> Told:
    """The day, the week from Monday, or the month that ``on`` lies in. Raises HistoryError."""
    first, last = account.dates(kind, on)
    count = (last - first).days + 1
    days = tuple(_with_open_gap(queries.day(path, wearer, first + timedelta(n), zone)) for n in range(count))
    whole = days[0] if count == 1 else _with_open_gap(queries.stretch(path, wearer, first, last, zone))
    after = queries.day(path, wearer, last + timedelta(1), zone)
    return Told(account.report(kind, whole, days, after, now_s), days)


def _with_open_gap(books: DayBooks) -> DayBooks:
    """A gap is booked when it ends; the one that goes on still shows in the posture rows after the last record."""
    booked_s = max((each.end_s for each in books.records), default=books.start_s)
    rest = [run for run in books.postures if run.end_s > booked_s]
    if not rest:
        return books
    length_s: Counter[int] = Counter()
    for run in rest:
        length_s[run.posture] += round(run.end_s - max(run.start_s, booked_s))
    ((most, _),) = length_s.most_common(1)
    start_s = max(rest[0].start_s, booked_s)
    return replace(books, gaps=(*books.gaps, GapRow("", start_s, rest[-1].end_s, Posture(most).word, 0, False)))
