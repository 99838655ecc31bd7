"""The doors: one small file a command, no logic in them.

A door that is asked for by name is the only one loaded: what the others need would stay in a daemon for months.
"""

from __future__ import annotations

import logging
import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Annotated, Any

import typer

from monitor import logs
from monitor.cli.translation import run_in_the_users_language, said_here
from monitor.cli.veil import veil
from monitor.errors import MonitorError, told_by

DOORS = (
    "setup",
    "demo",
    "doctor",
    "scan",
    "run",
    "record",
    "replay",
    "study",
    "evaluate",
    "report",
    "export",
    "erase",
    "placements",
    "ready",
    "why",
    "what-if",
    "exercises",
    "manual",
    "coach",
    "config",
)
"""In the order of the help; each is a module here, with a function of its name or an ``app`` of commands below it."""
TELL_OF_ALL = ("manual",)
"""Doors that look at all the others; they are not in the help."""


def _tell_version(asked: bool) -> None:
    if asked:
        from monitor.cli.version import version_lines

        typer.echo("\n".join(version_lines()))
        raise typer.Exit


def _options(
    tell_version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_tell_version, is_eager=True, help="Print the version and what it runs on, and exit."
        ),
    ] = False,
) -> None:
    """Options of the program itself."""


def program(doors: Sequence[str] = DOORS) -> typer.Typer:
    """The command line with these doors."""
    made = typer.Typer(
        name="sitbreak",
        help="Knows from a small wearable when you have sat too long, and invites you to a break.",
        no_args_is_help=True,
        pretty_exceptions_enable=False,
        context_settings={"help_option_names": ["-h", "--help"]},
    )
    made.callback()(_options)
    for door in doors:
        name = door.replace("-", "_")
        module = import_module(f"monitor.cli.{name}")
        if hasattr(module, "app"):
            made.add_typer(module.app, name=door)
        else:
            made.command(door, hidden=door in TELL_OF_ALL)(getattr(module, name))
    return made


def __getattr__(name: str) -> Any:
    if name == "app":  # every door, for whoever looks at the whole
        return program()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def main() -> None:
    """Run the command line; errors meant for the user become one line and an exit code."""
    os.umask(0o077)  # whatever is written, posture over time is health data: for the owner alone
    veil(sys.argv[1:])
    asked = [word for word in sys.argv[1:2] if word in DOORS and word not in TELL_OF_ALL]
    try:
        run_in_the_users_language(program(asked or DOORS))
    except MonitorError as error:
        fail(error)
    except ExceptionGroup as group:
        known = told_by(group)
        if known is None:
            raise
        fail(known)


def fail(error: MonitorError) -> None:
    """Say what went wrong and what to do, and end."""
    if error.exit_code and logs.speaks_json():
        logging.getLogger("monitor").critical("%s", error)
    elif error.exit_code:
        print(f"sitbreak: {said_here()(str(error))}", file=sys.stderr)
    sys.exit(error.exit_code)
