"""``sitbreak report``: the books of a day, a week or a month."""

from __future__ import annotations

from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from msgspec import json
from rich.console import Console

from monitor.civil import zone_named
from monitor.cli.process import ConfigOption, SetOption, StateDirOption, history_file, load_settings
from monitor.cli.translation import in_this_language
from monitor.spoken import phrases

if TYPE_CHECKING:
    from monitor.reporting.figures import Kind
    from monitor.reporting.reading import Told
    from monitor.settings.sections import Settings


FIRST_YEAR = 1970
"""Books begin with the clock of Unix."""


def zone_of(settings: Settings) -> tzinfo:
    """The time zone of the settings, or the machine's own."""
    return zone_named(settings.coach.time_zone)


def date_of(text: str, today: date) -> date:
    """A date as the user writes it; today where they write nothing."""
    named = {"": today, "today": today, "yesterday": today - timedelta(1)}
    if text in named:
        return named[text]
    try:
        on = date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("give a date as YYYY-MM-DD, or yesterday") from None
    if not FIRST_YEAR <= on.year < date.max.year:  # the days around it have midnights, too
        raise typer.BadParameter(f"there are no books of {on.year}")
    return on


def report(
    on: Annotated[str, typer.Argument(metavar="DATE", help="YYYY-MM-DD or yesterday; today unless told.")] = "",
    day: Annotated[bool, typer.Option("--day", help="The books of that day (the default).")] = False,
    week: Annotated[bool, typer.Option("--week", help="The week of that day, from Monday.")] = False,
    month: Annotated[bool, typer.Option("--month", help="The month of that day.")] = False,
    html: Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write it as one HTML file.")] = None,
    json_: Annotated[bool, typer.Option("--json", help="Print it as JSON, one line a wearer.")] = False,
    date_: Annotated[str, typer.Option("--date", metavar="YYYY-MM-DD", help="The same as DATE.", hidden=True)] = "",
    wearer: Annotated[str, typer.Option(help="Whose; all there are unless told.")] = "",
    config: ConfigOption = None,
    set_: SetOption = None,
    state_dir: StateDirOption = None,
) -> None:
    """Tell a day, a week or a month: sitting, bouts, breaks, alerts and what followed them, exercises, gaps."""
    from monitor.history import queries
    from monitor.reporting.reading import read

    kind = _kind(day, week, month)
    settings = in_this_language(load_settings(config, set_))
    zone = zone_of(settings)
    path = history_file(state_dir)
    last_s = {row.name: row.last_s or 0.0 for row in queries.wearers(path)}
    names = [wearer] if wearer else list(last_s)
    if html is not None and len(names) != 1:
        raise typer.BadParameter(f"one file is one person's: add --wearer ({', '.join(names) or 'nobody is there'})")
    for each in names:
        now_s = max(last_s.get(each, 0.0), datetime.now().timestamp())  # a demo's clock runs ahead
        on_day = date_of(on or date_, datetime.fromtimestamp(now_s, zone).date())
        told = read(path, each, kind, on_day, zone, now_s)
        _give(told, _language_of(settings, each), html, json_)


def _kind(day: bool, week: bool, month: bool) -> Kind:
    if day + week + month > 1:
        raise typer.BadParameter("--day, --week and --month exclude each other")
    return "week" if week else "month" if month else "day"


def _language_of(settings: Settings, wearer: str) -> str:
    known = wearer in settings.wearers
    return settings.coach_of(wearer).language if known else settings.coach.language


def _give(told: Told, language: str, html: Path | None, json_: bool) -> None:
    from monitor.reporting.page import page
    from monitor.reporting.terminal import show
    from monitor.words import words

    say = phrases(language, "report", "export")
    if html is not None:
        try:
            html.touch(mode=0o600)  # posture over time is health data
            html.write_text(page(told, words(language)), encoding="utf-8")
        except OSError as error:
            raise typer.BadParameter(f"{html} cannot be written: {error.strerror}") from None
        typer.echo(say(f"{html} is written."), err=True)
    if json_:
        typer.echo(json.encode(told.report).decode())
    elif html is None:
        show(told, Console(), say)
