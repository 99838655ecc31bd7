"""``sitbreak erase``: a person, a stretch of days, or everything, for good."""

from __future__ import annotations

import sys
from datetime import date, datetime, time, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.asking import confirmed
from monitor.cli.process import ConfigOption, SetOption, StateDirOption, default_state_dir, load_settings
from monitor.cli.report import date_of, zone_of
from monitor.cli.translation import said_here
from monitor.history import HISTORY_FILE

if TYPE_CHECKING:
    from monitor.erasing import Wish
    from monitor.spoken import Phrases

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
        raise typer.BadParameter(f"nobody is called {wearer!r}; known: {', '.join(names) or 'nobody'}")
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

    say = said_here("erase")
    for line in _told(folder, wish, say):
        typer.echo(line)
    for path in erasing.files(folder, recordings, wish):
        typer.echo(f"  {path}")
    _ask(yes)
    erasing.erase(folder, recordings, wish)
    typer.echo(say("It is gone.") + (f" {say(_AT_BROKER)}" if wish.whole else ""))


def _told(folder: Path, wish: Wish, say: Phrases) -> list[str]:
    from monitor.history.erasing import doomed

    lines = [say("This will go, for good:")]
    for wearer in wish.wearers:
        found = doomed(folder / HISTORY_FILE, wearer, wish.from_s, wish.until_s)
        counts = (
            f"bouts: {found.bouts}, breaks: {found.breaks}, alerts: {found.alerts}, exercises: {found.exercises},"
            f" events: {found.events}, hours of posture: {found.posture_s / 3600:.1f}"
        )
        besides = "the running state and what was learned"
        if wish.whole:
            besides = "the running state and what was learned, answers, and the name itself"
        lines.append(f"  {wearer}: {say(counts)}; {say(besides)}")
    return lines


def _erase_everything(folder: Path, recordings: Path | None, yes: bool) -> None:
    from monitor import erasing
    from monitor.history import queries

    history = folder / HISTORY_FILE
    names = [row.name for row in queries.wearers(history)] if history.is_file() else []
    say, whose = said_here("erase"), ", ".join(names) or "nobody"
    typer.echo(say(f"All of {whose} in {folder} will go, for good: books, state, wrong cases, sessions."))
    _ask(yes)
    gone = erasing.erase_everything(folder, recordings)
    kept = "It is gone, but for a random name without a person."
    typer.echo(say("It is gone.") if gone else f"{say(kept)} {say(_AT_BROKER)}")


def _ask(yes: bool) -> None:
    if yes:
        return
    if not sys.stdin.isatty():
        raise typer.BadParameter("without a terminal, add --yes")
    if not confirmed(said_here("erase")("Erase it?")):
        raise typer.Abort


def _midnight_s(on: date, zone: tzinfo) -> float:
    return datetime.combine(on, time.min, zone).timestamp()
