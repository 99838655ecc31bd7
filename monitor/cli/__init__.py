"""The doors: one small file a command, no logic in them."""

from __future__ import annotations

import logging
import os
import sys
from typing import Annotated

import typer

from monitor import logs
from monitor.cli import (
    coach,
    config,
    demo,
    doctor,
    erase,
    evaluate,
    exercises,
    export,
    manual,
    placements,
    ready,
    record,
    replay,
    report,
    run,
    scan,
    study,
    version,
    what_if,
    why,
)
from monitor.cli.veil import veil
from monitor.errors import MonitorError

app = typer.Typer(
    name="sitbreak",
    help="Knows from a small wearable when you have sat too long, and invites you to a break.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _tell_version(asked: bool) -> None:
    if asked:
        typer.echo("\n".join(version.version_lines()))
        raise typer.Exit


@app.callback()
def _options(
    tell_version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_tell_version, is_eager=True, help="Print the version and what it runs on, and exit."
        ),
    ] = False,
) -> None:
    """Options of the program itself."""


app.command("demo")(demo.demo)
app.command("doctor")(doctor.doctor)
app.command("scan")(scan.scan)
app.command("run")(run.run)
app.command("record")(record.record)
app.command("replay")(replay.replay)
app.command("study")(study.study)
app.command("evaluate")(evaluate.evaluate)
app.command("report")(report.report)
app.command("export")(export.export)
app.command("erase")(erase.erase)
app.command("placements")(placements.placements)
app.command("ready")(ready.ready)
app.command("why")(why.why)
app.command("what-if")(what_if.what_if)
app.command("exercises")(exercises.exercises)
app.command("manual", hidden=True)(manual.manual)
app.add_typer(coach.app, name="coach")
app.add_typer(config.app, name="config")


def main() -> None:
    """Run the command line; errors meant for the user become one line and an exit code."""
    os.umask(0o077)  # whatever is written, posture over time is health data: for the owner alone
    veil(sys.argv[1:])
    try:
        app()
    except MonitorError as error:
        fail(error)
    except ExceptionGroup as group:
        raised, rest = group.split(MonitorError)
        if raised is None or rest is not None:
            raise
        fail(_first(raised))


def fail(error: MonitorError) -> None:
    """Say what went wrong and what to do, and end."""
    if error.exit_code and logs.speaks_json():
        logging.getLogger("monitor").critical("%s", error)
    elif error.exit_code:
        print(f"sitbreak: {error}", file=sys.stderr)
    sys.exit(error.exit_code)


def _first(group: ExceptionGroup[MonitorError]) -> MonitorError:
    inner = group.exceptions[0]
    return _first(inner) if isinstance(inner, ExceptionGroup) else inner
