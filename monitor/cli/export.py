"""``sitbreak export``: the books as files for other programs."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, get_args

import typer

from monitor.cli.process import ConfigOption, SetOption, StateDirOption, history_file, load_settings
from monitor.cli.report import date_of, zone_of
from monitor.cli.translation import said_here


def export(
    out: Annotated[Path, typer.Option("--out", help="Folder for csv and parquet, file for fhir.")],
    format_: Annotated[str, typer.Option("--format", metavar="csv|parquet|fhir", help="What to write.")] = "csv",
    from_: Annotated[str, typer.Option("--from", metavar="DATE", help="First day; the first there is.")] = "",
    to: Annotated[str, typer.Option("--to", metavar="DATE", help="Last day; the last there is.")] = "",
    wearer: Annotated[str, typer.Option(help="Whose; all there are unless told.")] = "",
    config: ConfigOption = None,
    set_: SetOption = None,
    state_dir: StateDirOption = None,
) -> None:
    """Write bouts, breaks, gaps, alerts, exercises and postures as tables (CSV, Parquet), or a FHIR R4 bundle."""
    from monitor.history import queries
    from monitor.reporting.exporting import Format, books_of
    from monitor.reporting.exporting import export as write

    form = next((known for known in get_args(Format) if known == format_), None)
    if form is None:
        raise typer.BadParameter(f"--format is one of {', '.join(get_args(Format))}")
    zone = zone_of(load_settings(config, set_).settings)
    path = history_file(state_dir)
    names = [wearer] if wearer else [row.name for row in queries.wearers(path)]
    now_s = datetime.now().timestamp()
    first, last = (date_of(text, datetime.fromtimestamp(now_s, zone).date()) if text else None for text in (from_, to))
    say = said_here("export")
    books = books_of(path, names, first, last, zone)
    try:
        for file in write(form, books, path, out, zone, now_s):
            typer.echo(say(f"{file} is written."), err=True)
    except OSError as error:
        raise typer.BadParameter(f"{out} cannot be written: {error.strerror}") from None
