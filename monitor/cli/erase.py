"""``sitbreak erase``: a person, a stretch of days, or everything, for good."""

from __future__ import annotations

import sys
from datetime import date, datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.process import ConfigOption, SetOption, StateDirOption, default_state_dir, load_settings
from monitor.cli.report import date_of, zone_of
from monitor.history import HISTORY_FILE

if TYPE_CHECKING:
    from monitor.erasing import Wish

_AT_BROKER = "What the MQTT broker has kept is taken back at the next `sitbreak run`."


def erase(
    wearer: Annotated[str, typer.Option(help="Whose; everybody's where only days are named.")] = "",
    from_: Annotated[str, typer.Option("--from", metavar="DATE", help="First day that goes.")] = "",
    to: Annotated[str, typer.Option("--to", metavar="DATE", help="Last day that goes.")] = "",
    everything: Annotated[bool, typer.Option("--everything", help="All there is of everybody.")] = False,
    recordings: Annotated[Path | None, typer.Option(help="Also what `sitbreak record` wrote into this folder.")] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    config: ConfigOption = None,
    set_: SetOption = None,
    state_dir: StateDirOption = None,
) -> None:
    """Erase what is known of a person, of some days, or everything: for good, while the daemon is stopped."""
    from monitor.lock import state_lock

    if everything == bool(wearer or from_ or to):
        raise typer.BadParameter("say what: --wearer NAME, --from DATE --to DATE (or both), or --everything")
    zone = zone_of(load_settings(config, set_).settings)
    folder = state_dir or default_state_dir()
    with state_lock(folder):
        if everything:
            _erase_everything(folder, recordings, yes)
        else:
            _erase(folder, recordings, _wish(folder, wearer, from_, to, zone), yes)


def _wish(folder: Path, wearer: str, from_: str, to: str, zone: tzinfo) -> Wish:
    from monitor.erasing import Wish
    from monitor.history import queries

    names = tuple(row.name for row in queries.wearers(folder / HISTORY_FILE))
    if wearer and wearer not in names:
        raise typer.BadParameter(f"nobody is called {wearer!r}; there are {', '.join(names) or 'none'}")
    chosen = (wearer,) if wearer else names
    if not (from_ or to):
        return Wish(chosen)
    today = datetime.now(zone).date()
    first, last = date_of(from_, today) if from_ else date.min, date_of(to, today) if to else date.max
    if last < first:
        raise typer.BadParameter(f"--to {last} lies before --from {first}")
    start_s = _midnight_s(first, zone) if from_ else float("-inf")
    end_s = _midnight_s(last + timedelta(1), zone) if to else float("inf")
    return Wish(chosen, start_s, end_s, (first.isoformat(), last.isoformat()))


def _erase(folder: Path, recordings: Path | None, wish: Wish, yes: bool) -> None:
    from monitor import erasing

    for line in _told(folder, wish):
        typer.echo(line)
    for path in erasing.files(folder, recordings, wish):
        typer.echo(f"  {path}")
    _ask(yes)
    erasing.erase(folder, recordings, wish)
    typer.echo(f"It is gone.{f' {_AT_BROKER}' if wish.whole else ''}")


def _told(folder: Path, wish: Wish) -> list[str]:
    from monitor.history.erasing import doomed

    lines = ["This will go, for good:"]
    for wearer in wish.wearers:
        found = doomed(folder / HISTORY_FILE, wearer, wish.from_s, wish.until_s)
        lines.append(
            f"  {wearer}: {found.bouts} bouts, {found.breaks} breaks, {found.alerts} alerts,"
            f" {found.exercises} exercises, {found.events} events, {found.posture_s / 3600:.1f} hours of posture;"
            f" the running state and what was learned{', answers, and the name itself' if wish.whole else ''}"
        )
    return lines


def _erase_everything(folder: Path, recordings: Path | None, yes: bool) -> None:
    from monitor import erasing
    from monitor.history import queries

    history = folder / HISTORY_FILE
    names = [row.name for row in queries.wearers(history)] if history.is_file() else []
    typer.echo(
        f"All of {', '.join(names) or 'nobody'} in {folder} will go, for good: books, state, wrong cases, sessions."
    )
    _ask(yes)
    gone = erasing.erase_everything(folder, recordings)
    typer.echo("It is gone." if gone else f"It is gone, but for a random name without a person. {_AT_BROKER}")


def _ask(yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise typer.BadParameter("without a terminal, add --yes")
    typer.confirm("Erase it?", abort=True)


def _midnight_s(on: date, zone: tzinfo) -> float:
    return datetime.combine(on, time.min, zone).timestamp()
