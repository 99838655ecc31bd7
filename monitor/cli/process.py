"""What the commands share: options and what they mean, logging, signals, exit codes."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import Coroutine, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import platformdirs
import typer

from monitor import logs
from monitor.history import HISTORY_FILE
from monitor.logs import LoggingRules
from monitor.rules import changed

if TYPE_CHECKING:
    from monitor.settings.loading import Loaded

INTERRUPTED = 130

ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", "-c", envvar="SITBREAK_CONFIG", help="Settings file (TOML)."),
]
SetOption = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="SECTION.KEY=VALUE", help="Override a setting; may be repeated."),
]
StateDirOption = Annotated[
    Path | None,
    typer.Option("--state-dir", envvar="SITBREAK_STATE_DIR", help="Folder of the history."),
]
WearerOption = Annotated[str, typer.Option("--wearer", help="Whose; the first one unless told.")]
VerboseOption = Annotated[bool, typer.Option("--verbose", "-v", help="Log what happens underneath.")]
QuietOption = Annotated[bool, typer.Option("--quiet", "-q", help="Log only what has failed.")]


def default_config() -> Path | None:
    """The user's settings file, where there is one."""
    path = platformdirs.user_config_path("sitbreak") / "sitbreak.toml"
    return path if path.exists() else None


def default_state_dir() -> Path:
    """Where the history lives unless told otherwise: systemd's folder, or the user's."""
    given = os.environ.get("STATE_DIRECTORY", "").split(":")[0]
    return Path(given) if given else platformdirs.user_state_path("sitbreak")


def load_settings(config: Path | None, set_: Sequence[str] | None) -> Loaded:
    """The settings that these options stand for; not before, because help must come at once."""
    from monitor.settings.loading import load

    return load(config or default_config(), set_ or ())


def history_file(state_dir: Path | None) -> Path:
    """The history in this folder, or where it is unless told otherwise."""
    return (state_dir or default_state_dir()) / HISTORY_FILE


def set_up_logging(verbose: bool, quiet: bool = False, rules: LoggingRules | None = None) -> None:
    """Log to standard error by the settings; ``--verbose`` and ``--quiet`` win."""
    rules = rules or LoggingRules()
    if verbose and quiet:
        raise typer.BadParameter("--verbose and --quiet contradict each other: keep one")
    wanted: logs.Level = "debug" if verbose else "error" if quiet else rules.level
    logs.set_up(changed(rules, level=wanted), _as_a_terminal_reads_it)


def _as_a_terminal_reads_it(line: str) -> str:
    """A line of the log in the user's language; late, because the language may be asked of the settings."""
    from monitor.cli.translation import said_here

    return said_here("run")(line)


def run_until_signal(work: Coroutine[Any, Any, None]) -> None:
    """Run to the end, or until Ctrl-C (exit 130) or SIGTERM (exit 0), both a clean cancellation."""
    try:
        asyncio.run(_terminable(work))
    except KeyboardInterrupt:
        sys.exit(INTERRUPTED)


async def _terminable(work: Coroutine[Any, Any, None]) -> None:
    task = asyncio.ensure_future(work)
    terminated = False

    def on_term() -> None:
        nonlocal terminated
        terminated = True
        task.cancel()

    with suppress(NotImplementedError):  # Windows knows no SIGTERM handler
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, on_term)
    try:
        await task
    except asyncio.CancelledError:
        if not terminated:
            raise
