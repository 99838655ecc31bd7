"""``sitbreak run``: the daemon."""

from __future__ import annotations

import gc
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING

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
from monitor.cli.translation import said_here

if TYPE_CHECKING:
    from monitor.settings.sections import Settings

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
    if sys.stdout.isatty() and not quiet:
        for line in greeting(loaded.settings):
            print(line, flush=True)
    gc.freeze()  # what is loaded stays: to look through it time and again would hold a call up by 30 ms
    run_until_signal(App(loaded.settings, state_dir or default_state_dir(), log_dir=log_dir).run())


def greeting(settings: Settings) -> list[str]:
    """What somebody at a terminal is told: a daemon that has nothing to complain of would leave them guessing."""
    say, rules = said_here("console"), settings.mqtt
    lines = [f"watching over {', '.join(settings.wearers)} from now on; Ctrl-C ends it"]
    if rules.enabled:
        lines.append(f"MQTT broker at {rules.host}:{rules.port}")
    if settings.web.enabled:
        from monitor.web.server import url_of

        lines.append(f"web page at {url_of(settings.web)}")
    lines.append("`sitbreak why`, in another terminal, tells what is seen and when it will speak")
    return [say(line) for line in lines]
