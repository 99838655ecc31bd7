"""``sitbreak record``: the daemon, keeping everything that comes off the air."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from monitor.cli.process import ConfigOption, QuietOption, SetOption, StateDirOption, VerboseOption
from monitor.cli.run import serve


def record(
    folder: Annotated[Path, typer.Argument(help="Folder for the recordings; one file a wearer, rotated.")],
    config: ConfigOption = None,
    set_: SetOption = None,
    state_dir: StateDirOption = None,
    verbose: VerboseOption = False,
    quiet: QuietOption = False,
) -> None:
    """Do what `run` does, and write every packet and command down, for `sitbreak replay`."""
    serve(config, set_, state_dir, verbose, quiet, log_dir=folder)
