"""``sitbreak why``: why did you call, why did you not."""

from __future__ import annotations

import time
from typing import Annotated

import typer

from monitor.cli.process import ConfigOption, SetOption, StateDirOption, default_config, default_state_dir


def why(
    at: Annotated[str, typer.Argument(metavar="[HH:MM]", help="A time of the last 24 hours; now unless told.")] = "",
    wearer: Annotated[str, typer.Option(help="Whose; the first one unless told.", show_default=False)] = "",
    config: ConfigOption = None,
    set_: SetOption = None,
    state_dir: StateDirOption = None,
) -> None:
    """Say why the coach spoke or kept silent, now or at a time."""
    from monitor import checkpoint
    from monitor.assembly import fingerprint
    from monitor.history import queries
    from monitor.settings import load

    settings = load(config or default_config(), set_ or ()).settings
    name = settings.wearer_named(wearer)
    text = queries.checkpoint((state_dir or default_state_dir()) / "history.sqlite3", name)
    if text is None:
        typer.echo("Nothing was decided yet.")
        return
    backfill = checkpoint.loads(text, fingerprint(settings, name))["backfill"]
    latest = backfill.pipeline.coach.body.latest
    now_s = max(time.time(), latest.now_s if latest else 0.0)  # a demo's clock runs ahead
    try:
        typer.echo(backfill.pipeline.coach.why(now_s, at))
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None
