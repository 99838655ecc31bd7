"""``sitbreak why``: why did you call, why did you not."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.process import ConfigOption, SetOption, StateDirOption, default_config, default_state_dir

if TYPE_CHECKING:
    from monitor.coach.policy import Coach
    from monitor.settings import Settings


def why(
    at: Annotated[str, typer.Argument(metavar="[HH:MM]", help="A time of the last 24 hours; now unless told.")] = "",
    wearer: Annotated[str, typer.Option(help="Whose; the first one unless told.", show_default=False)] = "",
    config: ConfigOption = None,
    set_: SetOption = None,
    state_dir: StateDirOption = None,
) -> None:
    """Say why the coach spoke or kept silent, now or at a time."""
    from monitor.settings import load

    settings = load(config or default_config(), set_ or ()).settings
    name = settings.wearer_named(wearer)
    coach = stored_coach(settings, (state_dir or default_state_dir()) / "history.sqlite3", name)
    if coach is None:
        typer.echo("Nothing was decided yet.")
        return
    latest = coach.body.latest
    now_s = max(time.time(), latest.now_s if latest else 0.0)  # a demo's clock runs ahead
    try:
        typer.echo(coach.why(now_s, at))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def stored_coach(settings: Settings, path: Path, wearer: str) -> Coach | None:
    """The coach as of the last commit; None where there is none. Raises HistoryError, CheckpointError."""
    from monitor.assembly import restored
    from monitor.coach.policy import Coach
    from monitor.history import queries

    text = queries.checkpoint(path, wearer)
    if text is None:
        return None
    coach = restored(text, settings, wearer)["backfill"].pipeline.coach
    assert isinstance(coach, Coach)
    return coach
