"""The report's bar charts, out of its figures and words (pure)."""

from __future__ import annotations

from datetime import date
from html import escape

from monitor.reporting import drawing
from monitor.reporting.day_tables import span
from monitor.reporting.drawing import Bar, Part
from monitor.reporting.figures import DayFigures, LengthClass, Report
from monitor.web.figures import hours_text
from monitor.words import Words

FEW_DAYS = 7
"""Up to so many bars each has room for its name and number."""


def bouts_chart(report: Report, said: Words) -> str:
    """Sitting time by length of bout."""
    bars = [_length_bar(each, "sitting", said.report.lengths_told, said) for each in report.bouts.lengths]
    return drawing.chart(said.report.lengths, " ".join(f"{bar.told}." for bar in bars if bar.value), bars)


def breaks_chart(report: Report, said: Words) -> str:
    """Upright time by length of break."""
    bars = [_length_bar(each, "stepping", said.report.break_lengths_told, said) for each in report.breaks.lengths]
    told = " ".join(f"{bar.told}." for bar in bars if bar.value)
    return drawing.chart(said.report.break_lengths, told, bars)


def _length_bar(each: LengthClass, kind: str, pattern: str, said: Words) -> Bar:
    name = _class_name(each, said)
    told = pattern.format(**{"class": name, "count": each.count, "total": span(each.total_s)})
    above = said.report.times.format(count=each.count) if each.count else ""
    return Bar((Part(each.total_s, kind),), _short_name(each), above, told)


def _short_name(each: LengthClass) -> str:
    """For below a bar, in minutes."""
    if each.to_min is None:
        return f"{each.from_min:g} +"
    return f"< {each.to_min:g}" if each.from_min == 0 else f"{each.from_min:g}–{each.to_min:g}"


def _class_name(each: LengthClass, said: Words) -> str:
    if each.to_min is None:
        return said.report.from_on.format(**{"from": f"{each.from_min:g}"})
    if each.from_min == 0:
        return said.report.up_to.format(to=f"{each.to_min:g}")
    return _short_name(each)


def hours_chart(report: Report, said: Words) -> str:
    """Sitting, upright and unknown of each day."""
    bars = []
    for place, day in enumerate(report.days):
        on = date.fromisoformat(day.date)
        few = len(report.days) <= FEW_DAYS
        below = said.report.weekdays[on.weekday()][:2] if few else str(on.day) if place % 5 == 0 else ""
        parts = (
            Part(day.totals.sedentary_s, "sitting"),
            Part(day.totals.upright_s, "stepping"),
            Part(_unknown_s(day), "silent"),
        )
        above = hours_text(day.totals.sedentary_s) if few and day.bouts else ""
        bars.append(Bar(parts, below, above, _hours_told(day, said)))
    told = " ".join(f"{bar.told}." for bar in bars if bar.value)
    words = said.report
    names = (("sitting", words.sitting), ("stepping", words.upright), ("silent", words.unknown_worn))
    keys = "".join(
        f'<li><i class="{kind}" style="height:.8em" aria-hidden="true"></i>{escape(word)}</li>' for kind, word in names
    )
    return drawing.chart(words.hours, told, bars) + f'<ul class="legend">{keys}</ul>'


def _hours_told(day: DayFigures, said: Words) -> str:
    sat, up, unknown = (span(s) for s in (day.totals.sedentary_s, day.totals.upright_s, _unknown_s(day)))
    return said.report.hours_told.format(date=day.date, sat=sat, up=up, unknown=unknown)


def _unknown_s(day: DayFigures) -> int:
    """Worn, and yet not known; nights off the body would dwarf the rest."""
    return max(0, day.totals.worn_s - day.totals.sedentary_s - day.totals.upright_s)
