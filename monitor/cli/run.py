"""``sitbreak run``: the daemon."""

from __future__ import annotations

import gc
import logging
from pathlib import Path

from monitor.cli.process import (
    ConfigOption,
    QuietOption,
    SetOption,
    StateDirOption,
    VerboseOption,
    default_state_dir,
    load_settings,
    run_until_signal,
    set_up_logging,
)

_log = logging.getLogger(__name__)


def run(
    config: ConfigOption = None,
    set_: SetOption = None,
    state_dir: StateDirOption = None,
    verbose: VerboseOption = False,
    quiet: QuietOption = False,
) -> None:
    """Watch over the configured wearers until stopped."""
    serve(config, set_, state_dir, verbose, quiet)


def serve(
    config: Path | None,
    set_: list[str] | None,
    state_dir: Path | None,
    verbose: bool,
    quiet: bool = False,
    log_dir: Path | None = None,
) -> None:
    """Load the settings and run the daemon; with a folder, write every packet and command down."""
    from monitor.app import App
    from monitor.exposed import exposed

    loaded = load_settings(config, set_)
    set_up_logging(verbose, quiet, loaded.settings.logging)
    for warning in exposed(loaded):
        _log.warning("%s", warning)
    gc.freeze()  # what is loaded stays: to look through it time and again would hold a call up by 30 ms
    run_until_signal(App(loaded.settings, state_dir or default_state_dir(), log_dir=log_dir).run())
