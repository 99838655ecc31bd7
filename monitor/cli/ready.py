"""``sitbreak ready``: a few private questions before exercises."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.process import ConfigOption, SetOption, StateDirOption, default_config, default_state_dir

if TYPE_CHECKING:
    from monitor.words import Words


def ready(
    condition: Annotated[
        list[str] | None, typer.Option(help="Something that applies to you; may be repeated.", show_default=False)
    ] = None,
    none: Annotated[bool, typer.Option("--none", help="Nothing of it applies to you.")] = False,
    forget: Annotated[bool, typer.Option("--forget", help="Forget the answers.")] = False,
    wearer: Annotated[str, typer.Option(help="Whose; the first one unless told.", show_default=False)] = "",
    config: ConfigOption = None,
    set_: SetOption = None,
    state_dir: StateDirOption = None,
) -> None:
    """Say what applies to you, so that unfit exercises are left out. The answers stay in the history file."""
    from monitor.history import readiness
    from monitor.settings import load
    from monitor.words import words

    settings = load(config or default_config(), set_ or ()).settings
    name = settings.wearer_named(wearer)
    said = words(settings.coach_of(name).language)
    path = (state_dir or default_state_dir()) / "history.sqlite3"
    if forget:
        readiness.write(path, name, None)
        typer.echo(said.ready.forgotten)
        return
    chosen = _checked(condition) if condition or none else _asked(said)
    readiness.write(path, name, readiness.Readiness(time.time(), tuple(chosen)))
    typer.echo(said.ready.kept)
    if chosen:
        typer.echo(said.safety.professional)


def _checked(conditions: list[str] | None) -> list[str]:
    from monitor.coach.catalogue import Condition

    for condition in conditions or ():
        if condition not in list(Condition):
            raise typer.BadParameter(f"{condition!r} is not among: {', '.join(Condition)}")
    return list(conditions or ())


def _asked(said: Words) -> list[str]:
    """Ask one after the other; the answer to each is no unless told."""
    if not sys.stdin.isatty():
        raise typer.BadParameter("without a terminal, say it by --none or --condition NAME")
    typer.echo(said.ready.intro)
    return [name for name, question in said.ready.conditions.items() if typer.confirm(question, default=False)]
