"""``sitbreak setup``: a guided first run."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import platformdirs
import typer
from rich.console import Console

from monitor.cli.process import (
    INTERRUPTED,
    ConfigOption,
    SetOption,
    StateDirOption,
    VerboseOption,
    default_state_dir,
    set_up_logging,
)


def setup(
    wearable: Annotated[str, typer.Option(help="Kind of wearable; not looked for then.")] = "",
    address: Annotated[str, typer.Option(help="Bluetooth address of the wearable.")] = "",
    placement: Annotated[str, typer.Option(help="Where it is worn.")] = "",
    broker: Annotated[str | None, typer.Option(metavar="HOST[:PORT]", help='MQTT broker; "" for none.')] = None,
    username: Annotated[str, typer.Option(help="User name at the broker.")] = "",
    password_file: Annotated[str, typer.Option(metavar="FILE", help="File whose first line is the password.")] = "",
    tls: Annotated[str, typer.Option(metavar="off|system|ca-file", help="Encryption to the broker.")] = "",
    ca_file: Annotated[str, typer.Option(metavar="FILE", help="Certificate authority of the broker (PEM).")] = "",
    language: Annotated[
        str, typer.Option(metavar="en|de", help="Language of the setup, of calls, exercises and page.")
    ] = "",
    wearer: Annotated[
        str, typer.Option(help="Whose; a short name in small letters.", show_default="me, or the first one there is")
    ] = "",
    proof: Annotated[bool | None, typer.Option("--proof/--no-proof", help="Try live whether it sees you.")] = None,
    unit: Annotated[
        bool | None, typer.Option("--unit/--no-unit", help="Write and start the systemd user unit.")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Ask nothing: take what is said here, else the default.")] = False,
    duration: Annotated[float, typer.Option(min=1, help="Look for wearables for so many seconds.")] = 15.0,
    patience: Annotated[float, typer.Option(min=1, help="Seconds that each task of the live trial may take.")] = 60.0,
    config: ConfigOption = None,
    set_: SetOption = None,
    state_dir: StateDirOption = None,
    verbose: VerboseOption = False,
) -> None:
    """Set everything up, step by step: wearable, place, broker, a live trial, settings file, service."""
    from monitor.first_run.guide import Flags
    from monitor.first_run.steps import go_through, new_guide
    from monitor.first_run.talk import Talk
    from monitor.spoken import chosen_language

    if not (yes or sys.stdin.isatty()):
        raise typer.BadParameter("without a terminal, add --yes and say the rest by options")
    set_up_logging(verbose)
    flags = Flags(
        language=language,
        wearer=wearer,
        wearable=wearable,
        address=address,
        placement=placement,
        broker=broker,
        tls=tls,
        ca_file=ca_file,
        username=username,
        password_file=password_file,
        proof=proof,
        unit=unit,
        look_s=duration,
        patience_s=patience,
        set_=tuple(set_ or ()),
    )
    path = config or platformdirs.user_config_path("sitbreak") / "sitbreak.toml"
    talk = Talk(Console(), chosen_language(path, os.environ), asks=not yes)
    guide = new_guide(talk, flags, path.absolute(), (state_dir or default_state_dir()).absolute())
    talk.language = language or talk.language
    try:
        go_through(guide)
    except (KeyboardInterrupt, EOFError):
        talk.console.print()
        talk.say("left", style="bold")
        sys.exit(INTERRUPTED)
    if guide.failed:
        raise typer.Exit(1)
