"""``sitbreak ready``: a few private questions before exercises."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Annotated

import typer

from monitor.cli.asking import confirmed
from monitor.cli.process import ConfigOption, SetOption, StateDirOption, WearerOption, history_file, load_settings
from monitor.cli.translation import in_this_language

if TYPE_CHECKING:
    from monitor.words import Words


def ready(
    condition: Annotated[
        list[str] | None,
        typer.Option(
            help="Something that applies to you; may be repeated. One of hip_replacement, hip_surgery, hip_arthritis,"
            " pregnancy, abdominal_surgery, hernia, low_back_trouble, knee_trouble, balance_trouble, wrist_trouble,"
            " cannot_stand."
        ),
    ] = None,
    none: Annotated[bool, typer.Option("--none", help="Nothing of it applies to you.")] = False,
    forget: Annotated[bool, typer.Option("--forget", help="Forget the answers.")] = False,
    wearer: WearerOption = "",
    config: ConfigOption = None,
    set_: SetOption = None,
    state_dir: StateDirOption = None,
) -> None:
    """Say what applies to you, so that unfit exercises are left out. The answers stay in the history file."""
    from monitor.history import readiness
    from monitor.words import words

    settings = in_this_language(load_settings(config, set_))
    name = settings.wearer_named(wearer)
    said = words(settings.coach_of(name).language)
    path = history_file(state_dir)
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
    return [name for name, question in said.ready.conditions.items() if confirmed(question)]
