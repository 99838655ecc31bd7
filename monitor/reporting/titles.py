"""Names of days and of reports, in the wearer's language (pure)."""

from __future__ import annotations

from datetime import date, datetime

from monitor.reporting.figures import Report
from monitor.words import Words


def when(report: Report, said: Words) -> str:
    """The day, or the first and the last."""
    first, last = (date.fromisoformat(text) for text in (report.first_date, report.last_date))
    if report.kind == "month":
        return f"{said.report.months[first.month - 1]} {first.year}"
    if report.kind == "day":
        return long_date(first, said)
    return said.report.span.format(first=long_date(first, said), last=long_date(last, said))


def long_date(on: date, said: Words) -> str:
    """``Tuesday, 5 March 2024``."""
    words = said.report
    return words.date.format(
        weekday=words.weekdays[on.weekday()], day=on.day, month=words.months[on.month - 1], year=on.year
    )


def subtitle(report: Report, said: Words) -> str:
    """Whose, when, and how far it goes."""
    text = f"{report.wearer} · {when(report, said)}"
    if report.until is None:
        return f"{text} · {said.report.to_come}"
    if report.running:
        until = datetime.fromisoformat(report.until)
        time = f"{until:%H:%M}" if report.kind == "day" else f"{long_date(until.date(), said)}, {until:%H:%M}"
        return f"{text} · {said.report.so_far.format(time=time)}"
    return text
