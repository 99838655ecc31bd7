"""``sitbreak study``: many recordings to one table of bouts and one of days."""

from __future__ import annotations

import os
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from monitor.cli.process import INTERRUPTED, SetOption, VerboseOption, set_up_logging

if TYPE_CHECKING:
    from monitor.study.conduct import Study
    from monitor.study.one import Part
    from monitor.study.recordings import Found


def study(
    recordings: Annotated[
        list[Path],
        typer.Argument(
            metavar="RECORDINGS...", help="Files, or folders with .npz, .csv, .parquet, .jsonl, .cwa, .gt3x, .bin."
        ),
    ],
    out: Annotated[Path, typer.Option("--out", metavar="DIR", help="Folder of the tables, and of what is finished.")],
    scheduler: Annotated[
        str, typer.Option(metavar="tcp://HOST:PORT", help="Use the workers of this Dask scheduler.")
    ] = "",
    workers: Annotated[
        int | None,
        typer.Option(
            min=0, help="Processes on this machine; 0 works in this one, without Dask.", show_default="one a core"
        ),
    ] = None,
    placement: Annotated[
        str | None, typer.Option(help="Where the sensors were worn.", show_default="as set, or thigh")
    ] = None,
    wearer_from: Annotated[
        str,
        typer.Option(metavar="REGEX", help="Its first ( ) finds the wearer in the file's name; else the whole name."),
    ] = "",
    config: Annotated[Path | None, typer.Option("--config", "-c", help="Settings file; none unless given.")] = None,
    set_: SetOption = None,
    verbose: VerboseOption = False,
) -> None:
    """Run many recordings, on all cores or on a cluster, to tables of bouts, of days and of recordings.

    What is finished is not done again: after a stop or a crash, give the same
    command. A broken recording is told at the end (exit code 1) and does not
    stop the others. Columns, clusters and speed: docs/study.md.
    """
    from monitor.posture import PLACEMENTS
    from monitor.reporting.parquet import check_installed
    from monitor.settings.loading import load
    from monitor.study.conduct import conduct
    from monitor.study.one import chosen
    from monitor.study.recordings import recordings_in

    set_up_logging(verbose)
    check_installed()
    _check(placement, list(PLACEMENTS), workers, scheduler, wearer_from)
    settings = load(config, set_ or (), environment={}).settings
    worn_at = placement or next(iter(settings.wearers.values())).placement
    found = recordings_in(recordings, out, wearer_from)
    count = 0 if scheduler else min(_cores() if workers is None else workers, len(found))
    try:
        with _Bar() as bar:
            done = conduct(found, chosen(settings, worn_at), out, count, scheduler, bar.begin, bar.advance)
    except KeyboardInterrupt:
        print("sitbreak: stopped; the same command goes on from here", file=sys.stderr)
        sys.exit(INTERRUPTED)
    _tell(done, len(found), out)


def _check(placement: str | None, known: list[str], workers: int | None, scheduler: str, wearer_from: str) -> None:
    if placement is not None and placement not in known:
        raise typer.BadParameter(f"{placement!r}: not a placement; use one of {', '.join(known)}")
    if workers is not None and scheduler:
        raise typer.BadParameter("--workers are of this machine; with --scheduler its own workers do the work")
    try:
        re.compile(wearer_from)
    except re.error as error:
        raise typer.BadParameter(f"--wearer-from {wearer_from!r}: {error}") from None


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Bar:
    """Recordings done of all, with what came of the latest."""

    def __init__(self) -> None:
        columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(), TimeRemainingColumn())
        console = Console(stderr=True)
        self._progress = Progress(
            *columns, TextColumn("{task.description}"), console=console, transient=True, disable=not sys.stderr.isatty()
        )
        self._task = self._progress.add_task("", total=None)

    def __enter__(self) -> _Bar:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def begin(self, already: int, all_: int) -> None:
        """So many are there, and so many are finished from before."""
        self._progress.update(self._task, total=all_, completed=already)

    def advance(self, found: Found, part: Part) -> None:
        """One more is done."""
        if part.error:
            self._progress.console.print(f"{found.name}: cannot be used", highlight=False, markup=False)
        self._progress.update(self._task, advance=1, description=found.name)


def _tell(done: Study, all_: int, out: Path) -> None:
    finished = f" ({done.already} from before)" if done.already else ""
    print(
        f"{all_ - len(done.errors)} of {all_} recordings{finished} are in {out}: "
        f"{', '.join(path.name for path in done.tables)}"
    )
    for name, error in done.errors.items():
        print(f"sitbreak: {name}: {error}", file=sys.stderr)
    if done.errors:
        raise typer.Exit(1)
