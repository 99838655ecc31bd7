"""``sitbreak why``: why did you call, why did you not."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.process import ConfigOption, SetOption, StateDirOption, WearerOption, history_file, load_settings
from monitor.cli.translation import said_here

if TYPE_CHECKING:
    from monitor.coach.policy import Coach
    from monitor.settings.sections import Settings

DAY_S = 86400.0


def why(
    at: Annotated[str, typer.Argument(metavar="[HH:MM]", help="A time of the last 24 hours; now unless told.")] = "",
    wearer: WearerOption = "",
    config: ConfigOption = None,
    set_: SetOption = None,
    state_dir: StateDirOption = None,
) -> None:
    """Say why the coach spoke or kept silent, now or at a time."""
    settings = load_settings(config, set_).settings
    name = settings.wearer_named(wearer)
    history = history_file(state_dir)
    coach = stored_coach(settings, history, name)
    if coach is None:
        typer.echo(said_here()("Nothing was decided yet."))
        return
    latest = coach.body.latest
    now_s = max(time.time(), latest.now_s if latest else 0.0)  # a demo's clock runs ahead
    try:
        typer.echo(coach.why(now_s, at))
        for line in _ways(settings, history, name, now_s, at):
            typer.echo(line)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def _ways(settings: Settings, history: Path, wearer: str, now_s: float, at: str) -> list[str]:
    """What became of the last call, or of those in the minute that was asked about. Raises HistoryError, ValueError."""
    from monitor.assembly.wearer import buzzes
    from monitor.civil import last_minute
    from monitor.history.receipts import calls
    from monitor.reporting.ways import ways_line
    from monitor.words import words

    rules = settings.coach_of(wearer)
    from_s, until_s, most = now_s - DAY_S, now_s + 1.0, 1
    if at:
        from_s, until_s = last_minute(at, now_s, rules.time_zone) or (0.0, 0.0)
        most = 20
    found = [call for call in calls(history, wearer, until_s, most) if call.at_s >= from_s]
    return [
        ways_line(call, buzzes(settings, wearer), words(rules.language), rules.time_zone) for call in reversed(found)
    ]


def stored_coach(settings: Settings, path: Path, wearer: str) -> Coach | None:
    """The coach as of the last commit; None where there is none. Raises HistoryError, CheckpointError."""
    from monitor.assembly.wearer import restored
    from monitor.coach.policy import Coach
    from monitor.history import queries

    text = queries.checkpoint(path, wearer)
    if text is None:
        return None
    coach = restored(text, settings, wearer)["backfill"].pipeline.coach
    assert isinstance(coach, Coach)
    return coach
