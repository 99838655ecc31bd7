"""A report as one HTML file: nothing is fetched, nothing is run; dark and light, for any screen and for paper."""

from __future__ import annotations

from collections.abc import Iterator
from html import escape
from importlib import resources

from monitor import __version__
from monitor.reporting.charts import bouts_chart, breaks_chart, hours_chart
from monitor.reporting.day_tables import span
from monitor.reporting.figures import Report
from monitor.reporting.reading import Told
from monitor.reporting.ribbons import ribbons
from monitor.reporting.sections import exercises_table, followed, gaps, quality, table
from monitor.reporting.titles import subtitle, when
from monitor.web.figures import hours_text
from monitor.words import Words, code_of


def page(told: Told, said: Words) -> str:
    """The whole file."""
    report, title = told.report, escape(f"{said.report.title}: {told.report.wearer}, {when(told.report, said)}")
    head = (
        f'<!DOCTYPE html>\n<html lang="{code_of(said)}"><head><meta charset="utf-8"><title>{title}</title>'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<style>{_css()}</style></head>"
    )
    body = "\n".join(_parts(told, said))
    footer = escape(said.report.footer.format(version=__version__))
    note = f"<footer><p>{escape(said.report.defined)}</p><p>{footer}</p></footer>"
    top = f"<header><h1>{escape(said.report.title)}</h1><p>{escape(subtitle(report, said))}</p></header>"
    return f"{head}\n<body><main>{top}\n{body}\n{note}</main></body></html>\n"


def _parts(told: Told, said: Words) -> Iterator[str]:
    report = told.report
    if not (report.bouts.count or report.breaks.count or report.gaps):
        yield f"<section><p>{escape(said.page.nothing)}</p></section>"
        return
    yield section("", _tiles(report, said))
    yield section(said.report.days[report.kind], ribbons(told, said))
    charts = [section(said.report.lengths, bouts_chart(report, said))]
    if report.kind != "day":
        charts.append(section(said.report.hours, hours_chart(report, said)))
    if report.breaks.count:
        charts.append(section(said.report.break_lengths, breaks_chart(report, said)))
    if report.alerts.count:
        charts.append(section(said.report.followed, followed(report, said)))
    yield f'<div class="both">{"".join(charts)}</div>'
    if report.breaks.count:
        yield section(said.report.breaks, quality(told, said))
    if report.exercises:
        yield section(said.report.exercises, exercises_table(report, said))
    if report.kind != "day":
        yield section(said.report.numbers, _table(report, said))
    yield section(said.report.gaps, gaps(report, said))


def section(head: str, inside: str) -> str:
    """A card."""
    return f"<section>{f'<h2>{escape(head)}</h2>' if head else ''}{inside}</section>"


def _tiles(report: Report, said: Words) -> str:
    words = said.report
    told = [
        (words.sitting, span(report.totals.sedentary_s)),
        (words.upright, span(report.totals.upright_s)),
        (words.usual, _span(report.bouts.usual_s)),
        (words.longest, _span(report.bouts.longest_s)),
        (words.bouts, str(report.bouts.count)),
        (words.breaks, str(report.breaks.count)),
        (words.calls, str(report.alerts.count)),
        (words.worn, span(report.totals.worn_s)),
    ]
    return f"<dl>{''.join(f'<div><dt>{escape(name)}</dt><dd>{value}</dd></div>' for name, value in told)}</dl>"


def _table(report: Report, said: Words) -> str:
    words, page = said.report, said.page
    heads = (
        page.date,
        words.sitting,
        words.upright,
        words.unknown,
        words.worn,
        words.longest,
        words.breaks,
        words.calls,
    )
    rows = []
    for day in report.days:
        spent = day.totals
        if not spent.worn_s + spent.unknown_s:
            continue
        times = (spent.sedentary_s, spent.upright_s, spent.unknown_s, spent.worn_s, day.longest_s or 0)
        rows.append((day.date, *map(hours_text, times), str(day.breaks), str(day.alerts)))
    return table(heads, rows)


def _span(length_s: int | None) -> str:
    return "–" if length_s is None else span(length_s)


def _css() -> str:
    return resources.files("monitor.reporting").joinpath("looks.css").read_text(encoding="utf-8")
