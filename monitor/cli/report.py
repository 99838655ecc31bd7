"""``sitbreak report``: the books of a day."""

from __future__ import annotations

from datetime import date, datetime, tzinfo
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from monitor.civil import zone_named
from monitor.cli.process import ConfigOption, SetOption, StateDirOption, default_config, default_state_dir

if TYPE_CHECKING:
    from monitor.settings import Settings


def zone_of(settings: Settings) -> tzinfo:
    """The time zone of the settings, or the machine's own."""
    return zone_named(settings.coach.time_zone)


def _date(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter("give a date as YYYY-MM-DD") from None


def report(
    day: Annotated[bool, typer.Option("--day", help="One day's books (the default).")] = True,
    date_: Annotated[
        str, typer.Option("--date", metavar="YYYY-MM-DD", help="Which day; today unless told.", show_default=False)
    ] = "",
    wearer: Annotated[str, typer.Option(help="Whose; all there are unless told.", show_default=False)] = "",
    config: ConfigOption = None,
    set_: SetOption = None,
    state_dir: StateDirOption = None,
) -> None:
    """Print the books of a day: bouts, breaks, alerts, the longest sitting."""
    from monitor.history import queries
    from monitor.report import show_day
    from monitor.settings import load

    zone = zone_of(load(config or default_config(), set_ or ()).settings)
    path = (state_dir or default_state_dir()) / "history.sqlite3"
    last_s = {row.name: row.last_s or 0.0 for row in queries.wearers(path)}
    for each in [wearer] if wearer else last_s:
        newest_s = max(last_s.get(each, 0.0), datetime.now().timestamp())  # a demo's clock runs ahead
        on = _date(date_) if date_ else datetime.fromtimestamp(newest_s, zone).date()
        show_day(queries.day(path, each, on, zone), Console())
