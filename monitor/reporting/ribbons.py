"""A row a day: the ribbon of what the body did, with reminders, breaks and exercises above it (pure)."""

from __future__ import annotations

from collections.abc import Collection
from html import escape

from monitor.history.day import DayBooks
from monitor.reporting import drawing
from monitor.reporting.day_tables import clock
from monitor.reporting.figures import DayFigures
from monitor.reporting.reading import Told
from monitor.reporting.titles import long_date
from monitor.web.figures import MARKS, hours_text, mark_items, marked, posture_items
from monitor.words import Words

FEW_DAYS = 7
"""Up to so many days each ribbon has room for marks."""


def ribbons(told: Told, said: Words) -> str:
    """Each day from midnight to midnight, with its hours, and what the colours and signs mean."""
    kind = "" if len(told.days) == 1 else "days" if len(told.days) <= FEW_DAYS else "days many"
    rows = [_row(books, each, said, len(told.days)) for books, each in zip(told.days, told.report.days, strict=True)]
    usual = max(told.days, key=lambda books: -abs(books.end_s - books.start_s - 86400))
    axis = _axis(usual, 3 if kind == "" else 6)
    if kind:
        axis = f'<div class="day" aria-hidden="true"><span></span>{axis}<span></span></div>'
    seen = {posture for books in told.days for posture in drawing.told_minutes(books)}
    return f'<div class="{kind}">{"".join(rows)}{axis}</div>{_legend(seen, told, said)}'


def _row(books: DayBooks, figures: DayFigures, said: Words, count: int) -> str:
    name = long_date(books.date, said)
    drawn = drawing.ribbon(books, name, _told(books, figures, said))
    if count == 1:
        return _marks(books) + drawn
    short = f"{said.report.weekdays[books.date.weekday()][:2]} {books.date:{'%d.%m.' if count <= FEW_DAYS else '%d'}}"
    hours = "" if figures.length_h == 24 else f" ({said.report.short_day.format(hours=f'{figures.length_h:g}')})"
    marks = _marks(books, ("call",)) if count <= FEW_DAYS and books.alerts else ""
    total = hours_text(figures.totals.sedentary_s) if figures.bouts else "–"
    return (
        f'<div class="day"><span class="name">{escape(short + hours)}</span><div>{marks}{drawn}</div>'
        f'<span class="sum">{total}</span></div>'
    )


def _told(books: DayBooks, figures: DayFigures, said: Words) -> str:
    if figures.state in ("empty", "to come"):
        return said.page.nothing if figures.state == "empty" else said.report.to_come
    return said.page.ribbon.format(
        date=figures.date,
        start="00:00",
        end=clock(books, books.end_s),
        sat=said.duration(figures.totals.sedentary_s),
        up=said.duration(figures.totals.upright_s),
        unknown=said.duration(figures.totals.unknown_s),
        calls=figures.alerts,
        breaks=figures.breaks,
    )


def _marks(books: DayBooks, kinds: Collection[str] = tuple(MARKS)) -> str:
    """Reminders, breaks and exercises above a ribbon."""
    length_s = books.end_s - books.start_s
    spans = (
        f'<span style="left:{100 * (at_s - books.start_s) / length_s:.2f}%">{MARKS[kind]}</span>'
        for at_s, kind in marked(books)
        if kind in kinds
    )
    return f'<div class="placed marks" aria-hidden="true">{"".join(spans)}</div>'


def _axis(books: DayBooks, every_h: int) -> str:
    spans = (f'<span style="left:{100 * place:.2f}%">{name}</span>' for place, name in drawing.hours(books, every_h))
    return f'<div class="placed" aria-hidden="true">{"".join(spans)}</div>'


def _legend(seen: Collection[int | None], told: Told, said: Words) -> str:
    """The postures that are there, as high as they are drawn, and the signs."""
    marks = MARKS if len(told.days) == 1 else ("call",) if len(told.days) <= FEW_DAYS else ()
    items = [*posture_items(seen, said.page), *mark_items(marks, said.page)]
    return f'<ul class="legend">{"".join(items)}</ul>'
