"""The books behind a report, read from the history."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, timedelta, tzinfo
from itertools import takewhile
from pathlib import Path

from monitor.history import queries
from monitor.history.day import BreakRow, DayBooks, GapRow
from monitor.history.runs import PostureRun, tally
from monitor.model import SEDENTARY, UPRIGHT, Posture
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
    days = tuple(_with_what_is_open(queries.day(path, wearer, first + timedelta(n), zone)) for n in range(count))
    whole = days[0] if count == 1 else _with_what_is_open(queries.stretch(path, wearer, first, last, zone))
    after = queries.day(path, wearer, last + timedelta(1), zone)
    return Told(account.report(kind, whole, days, after, now_s), days)


def _with_what_is_open(books: DayBooks) -> DayBooks:
    """What is booked when it ends, and goes on: the posture rows after the last record tell it until then.

    It is a gap, or time on one's feet before any bout. (``monitor.bouts`` books what begins a bout at once.)
    """
    booked_s = max((each.end_s for each in books.records), default=books.start_s)
    rest = [replace(run, start_s=max(run.start_s, booked_s)) for run in books.postures if run.end_s > booked_s]
    silent = list(takewhile(lambda run: run.posture not in UPRIGHT | SEDENTARY, rest))
    afoot = rest[len(silent) :]
    if silent:
        books = replace(books, gaps=(*books.gaps, _gap(silent)))
    if afoot and afoot[0].posture in UPRIGHT:
        books = replace(books, breaks=(*books.breaks, _stand(afoot)))
    return books


def _gap(rest: list[PostureRun]) -> GapRow:
    """Named after what most of it was."""
    length_s: Counter[int] = Counter()
    for run in rest:
        length_s[run.posture] += round(run.end_s - run.start_s)
    ((most, _),) = length_s.most_common(1)
    return GapRow("", rest[0].start_s, rest[-1].end_s, Posture(most).word, 0, False)


def _stand(rest: list[PostureRun]) -> BreakRow:
    """It ends no bout, and so it is no break to be credited; steps are counted when it is booked."""
    up = tally(rest)
    times = (rest[0].start_s, rest[-1].end_s, up.upright_s, up.stepping_s)
    return BreakRow("", None, *times, steps=0, taken=False, begun=True, revision=0, corrected=False)
