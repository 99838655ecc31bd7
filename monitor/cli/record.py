"""``sitbreak record``: the daemon, keeping everything that comes off the air."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.process import (
    ConfigOption,
    SetOption,
    StateDirOption,
    VerboseOption,
    default_config,
    default_state_dir,
    run_until_signal,
    set_up_logging,
)


def record(
    folder: Annotated[Path, typer.Argument(help="Folder for the recordings; one file a wearer, rotated.")],
    config: ConfigOption = None,
    set_: SetOption = None,
    state_dir: StateDirOption = None,
    verbose: VerboseOption = False,
) -> None:
    """Do what `run` does, and write every packet and command down, for `sitbreak replay`."""
    from monitor.app import App
    from monitor.settings import load

    set_up_logging(verbose)
    settings = load(config or default_config(), set_ or ()).settings
    run_until_signal(App(settings, state_dir or default_state_dir(), log_dir=folder).run())
