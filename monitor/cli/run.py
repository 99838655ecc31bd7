"""``sitbreak run``: the daemon."""

from __future__ import annotations

from pathlib import Path

from monitor.cli.process import (
    ConfigOption,
    QuietOption,
    SetOption,
    StateDirOption,
    VerboseOption,
    default_config,
    default_state_dir,
    run_until_signal,
    set_up_logging,
)


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
    from monitor.settings import load

    settings = load(config or default_config(), set_ or ()).settings
    set_up_logging(verbose, quiet, settings.logging)
    run_until_signal(App(settings, state_dir or default_state_dir(), log_dir=log_dir).run())
