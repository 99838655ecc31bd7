"""A report for the terminal: below a day's books, or days side by side for a week and a month."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from monitor.reporting.day_tables import coloured, day_as_lines, day_as_tables, legend, plain, ribbon, span
from monitor.reporting.figures import DayFigures, LengthClass, Report
from monitor.reporting.reading import Told

BAR_CELLS = 24
_ABOUT = {"whole": "", "running": "so far", "empty": "nothing seen", "to come": "to come"}


def show(told: Told, console: Console) -> None:
    """Print a report: with tables and colour on a terminal, as plain lines elsewhere."""
    if console.is_terminal:
        console.print(Group(*_tables(told)))
    else:
        for line in _lines(told):
            console.print(line, markup=False, highlight=False, soft_wrap=True)


def sentences(report: Report) -> list[str]:
    """The figures behind the books, in a few sentences."""
    if not report.bouts.count and not report.breaks.count:
        return []
    found = [f"Worn {span(report.totals.worn_s)}; {_missing(report)}."]
    bouts, breaks, alerts = report.bouts, report.breaks, report.alerts
    if bouts.usual_s is not None and bouts.longest_s is not None:
        found.append(
            f"Usual bout {span(bouts.usual_s)}: half of the sitting was in bouts of at least this length;"
            f" {bouts.count} bout{'s' * (bouts.count > 1)}, the longest {span(bouts.longest_s)}."
        )
    if breaks.count:
        found.append(
            f"Breaks: {breaks.count}, upright {span(breaks.upright_s)}, of it walking {span(breaks.stepping_s)},"
            f" {breaks.steps} steps."
        )
    if alerts.count:
        known = [f"{e.within_s // 60} min: {e.break_seen} of {e.break_seen + e.none_seen}" for e in alerts.followed]
        found.append(f"Invitations: {alerts.count}. A break began within {', '.join(known)}.")
    counted, timed = (sum(getattr(e, name) for e in report.exercises) for name in ("counted", "timed"))
    if counted or timed:
        found.append(f"Exercises seen: {counted} counted, {timed} timed.")
    return found


def _missing(report: Report) -> str:
    spent = report.totals
    return (
        f"not worn {span(spent.not_worn_s)}, no data {span(spent.no_data_s)}, not recorded {span(spent.not_recorded_s)}"
    )


def _lines(told: Told) -> Iterator[str]:
    report = told.report
    if report.kind == "day":
        yield from day_as_lines(told.days[0])
        yield from _with_blank(sentences(report))
        return
    yield _title(report)
    yield from sentences(report) or ["Nothing was seen."]
    if not report.bouts.count:
        return
    yield ""
    for books, each in zip(told.days, report.days, strict=True):
        yield f"{_name(each)}  {plain(ribbon(books)):<75}  {_spent(each)}".rstrip()
    yield from _with_blank([f"{_class(each)}  {_number(each)}" for each in report.bouts.lengths if each.count])


def _tables(told: Told) -> Iterator[RenderableType]:
    report = told.report
    if report.kind == "day":
        yield day_as_tables(told.days[0])
        yield from map(Text, _with_blank(sentences(report)))
    else:
        yield Text(_title(report), style="bold")
        yield from map(Text, sentences(report) or ["Nothing was seen."])
        if report.bouts.count:
            yield from (Text(), _days(told), legend())
    if report.bouts.count:
        yield from (Text(), _histogram(report))


def _days(told: Told) -> Table:
    table = Table.grid(padding=(0, 2))
    for books, each in zip(told.days, told.report.days, strict=True):
        table.add_row(Text(_name(each)), coloured(ribbon(books)), Text(_spent(each)))
    return table


def _histogram(report: Report) -> Table:
    most_s = max(each.total_s for each in report.bouts.lengths) or 1
    table = Table.grid(padding=(0, 2))
    table.title, table.title_justify, table.title_style = "Sitting by length of bout", "left", "bold"
    for each in report.bouts.lengths:
        cells = round(BAR_CELLS * each.total_s / most_s)
        table.add_row(Text(_class(each)), Text("█" * cells, style="yellow"), Text(_number(each) if each.count else "–"))
    return table


def _title(report: Report) -> str:
    title = f"{report.wearer}, {report.first_date} to {report.last_date}"
    if report.running and report.until:
        title += f", so far up to {datetime.fromisoformat(report.until):%Y-%m-%d %H:%M}"
    return title


def _name(day: DayFigures) -> str:
    return f"{date.fromisoformat(day.date):%a %d}"


def _spent(day: DayFigures) -> str:
    about = _ABOUT[day.state]
    return f"{span(day.totals.sedentary_s)}{f', {about}' if about else ''}" if day.bouts else about


def _class(each: LengthClass) -> str:
    end = f" to {each.to_min:g}" if each.to_min is not None else " or more"
    return f"{each.from_min:g}{end} min".rjust(14)


def _number(each: LengthClass) -> str:
    return f"{each.count} bout{'s' * (each.count > 1)}, {span(each.total_s)}"


def _with_blank(lines: list[str]) -> list[str]:
    return ["", *lines] if lines else []
