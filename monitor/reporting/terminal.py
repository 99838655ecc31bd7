"""A report for the terminal: below a day's books, or days side by side for a week and a month."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime

from rich.console import Console, Group, RenderableType
from rich.table import Table
from rich.text import Text

from monitor.reporting.day_tables import (
    WEEKDAYS,
    Say,
    coloured,
    day_as_lines,
    day_as_tables,
    legend,
    plain,
    ribbon,
    span,
)
from monitor.reporting.figures import DayFigures, LengthClass, Report
from monitor.reporting.reading import Told

BAR_CELLS = 24
_ABOUT = {"whole": "", "running": "so far", "empty": "nothing seen", "to come": "to come"}


def show(told: Told, console: Console, say: Say = str) -> None:
    """Print a report: with tables and colour on a terminal, as plain lines elsewhere; ``say`` translates."""
    if console.is_terminal:
        console.print(Group(*_tables(told, say)))
    else:
        for line in _lines(told, say):
            console.print(line, markup=False, highlight=False, soft_wrap=True)


def sentences(report: Report) -> list[str]:
    """The figures behind the books, in a few sentences."""
    if not report.bouts.count and not report.breaks.count:
        return []
    found = [_worn(report)]
    bouts, breaks, alerts = report.bouts, report.breaks, report.alerts
    if bouts.usual_s is not None and bouts.longest_s is not None:
        found.append(
            f"Usual bout {span(bouts.usual_s)}: half of the sitting was in bouts of at least this length;"
            f" {_counted(bouts.count)}, the longest {span(bouts.longest_s)}."
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


def _worn(report: Report) -> str:
    spent = report.totals
    return (
        f"Worn {span(spent.worn_s)}; not worn {span(spent.not_worn_s)}, no data {span(spent.no_data_s)},"
        f" not recorded {span(spent.not_recorded_s)}."
    )


def _lines(told: Told, say: Say) -> Iterator[str]:
    report = told.report
    if report.kind == "day":
        yield from day_as_lines(told.days[0], say)
        yield from _with_blank([say(each) for each in sentences(report)])
        return
    yield _title(report, say)
    yield from map(say, sentences(report) or ["Nothing was seen."])
    if not report.bouts.count:
        return
    yield ""
    for books, each in zip(told.days, report.days, strict=True):
        yield f"{_name(each, say)}  {plain(ribbon(books)):<75}  {_spent(each, say)}".rstrip()
    classes = [each for each in report.bouts.lengths if each.count]
    yield from _with_blank([f"{_class(each, say)}  {_number(each, say)}" for each in classes])


def _tables(told: Told, say: Say) -> Iterator[RenderableType]:
    report = told.report
    found = [Text(say(each)) for each in sentences(report)]
    if report.kind == "day":
        yield day_as_tables(told.days[0], say)
        yield from [Text(), *found] if found else ()
    else:
        yield Text(_title(report, say), style="bold")
        yield from found or [Text(say("Nothing was seen."))]
        if report.bouts.count:
            yield from (Text(), _days(told, say), legend(say))
    if report.bouts.count:
        yield from (Text(), _histogram(report, say))


def _days(told: Told, say: Say) -> Table:
    table = Table.grid(padding=(0, 2))
    for books, each in zip(told.days, told.report.days, strict=True):
        table.add_row(Text(_name(each, say)), coloured(ribbon(books)), Text(_spent(each, say)))
    return table


def _histogram(report: Report, say: Say) -> Table:
    most_s = max(each.total_s for each in report.bouts.lengths) or 1
    table = Table.grid(padding=(0, 2))
    table.title, table.title_justify, table.title_style = say("Sitting by length of bout"), "left", "bold"
    for each in report.bouts.lengths:
        cells = round(BAR_CELLS * each.total_s / most_s)
        number = _number(each, say) if each.count else "–"
        table.add_row(Text(_class(each, say)), Text("█" * cells, style="yellow"), Text(number))
    return table


def _title(report: Report, say: Say) -> str:
    title = f"{report.wearer}, {say(f'{report.first_date} to {report.last_date}')}"
    if report.running and report.until:
        title += f", {say(f'so far up to {datetime.fromisoformat(report.until):%Y-%m-%d %H:%M}')}"
    return title


def _name(day: DayFigures, say: Say) -> str:
    on = date.fromisoformat(day.date)
    return f"{say(WEEKDAYS[on.weekday()][:3])} {on:%d}"


def _spent(day: DayFigures, say: Say) -> str:
    about = say(_ABOUT[day.state])
    return f"{span(day.totals.sedentary_s)}{f', {about}' if about else ''}" if day.bouts else about


def _class(each: LengthClass, say: Say) -> str:
    lengths = f"{each.from_min:g} or more min" if each.to_min is None else f"{each.from_min:g} to {each.to_min:g} min"
    return say(lengths).rjust(14)


def _number(each: LengthClass, say: Say) -> str:
    return f"{say(_counted(each.count))}, {span(each.total_s)}"


def _counted(bouts: int) -> str:
    return f"{bouts} bouts" if bouts > 1 else "1 bout"


def _with_blank(lines: list[str]) -> list[str]:
    return ["", *lines] if lines else []
