"""``sitbreak replay``: a recording through the same pipeline."""

from __future__ import annotations

import gc
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.progress import Progress

from monitor.cli.process import SetOption, VerboseOption, set_up_logging
from monitor.cli.translation import said_here

if TYPE_CHECKING:
    from monitor.replay.outputs import ReplayFiles

PACED_BLOCK_S = 1.0


def _pace(text: str) -> float:
    if text == "max":
        return 0.0
    try:
        speed = float(text)
    except ValueError:
        speed = 0.0
    if not 0 < speed < 1e6:
        raise typer.BadParameter("give max, or how many times faster than life")
    return speed


def _stretch(text: str) -> tuple[float, float]:
    start, colon, end = text.partition(":")
    try:
        start_s, end_s = float(start), float(end)
    except ValueError:
        start_s = end_s = 0.0
    if not colon or not start_s < end_s:
        raise typer.BadParameter("give START_S:END_S in the recording's own seconds")
    return start_s, end_s


def replay(
    recording: Annotated[
        Path,
        typer.Argument(
            help=".npz, .csv, .parquet, a .jsonl of `sitbreak record`, or a .cwa, .gt3x or .bin of a research device."
        ),
    ],
    placement: Annotated[str | None, typer.Option(help="Where the sensor was worn.", show_default="thigh")] = None,
    config: Annotated[Path | None, typer.Option("--config", "-c", help="Settings file; none unless given.")] = None,
    set_: SetOption = None,
    standing: Annotated[
        list[str] | None, typer.Option(metavar="START_S:END_S", help="The wearer stood upright then; may be repeated.")
    ] = None,
    epochs: Annotated[Path | None, typer.Option(help="Write one row a second into this CSV file.")] = None,
    events: Annotated[Path | None, typer.Option(help="Write every event into this JSON Lines file.")] = None,
    speed: Annotated[str, typer.Option(help="max, or how many times faster than life.")] = "max",
    verbose: VerboseOption = False,
) -> None:
    """Run a recording through the program as if it came off the air now; nothing is stored or sent."""
    from monitor.replay.outputs import ReplayFiles
    from monitor.replay.replaying import replay_packet_log

    set_up_logging(verbose)
    gc.disable()  # a week makes millions of records and not one circle of them; looking for circles costs a tenth
    pace, stretches = _pace(speed), [_stretch(text) for text in standing or ()]
    is_log = recording.suffix == ".jsonl"
    if is_log and (placement or config or set_ or stretches or pace):
        raise typer.BadParameter("a .jsonl carries its own settings: only --epochs and --events go with it")
    files, complete = ReplayFiles(recording, epochs, events), False
    try:
        if is_log:
            for step in replay_packet_log(recording):
                files.take(step)
        else:
            overrides = [f"wearers.me.placement={placement or 'thigh'}", *(set_ or ())]
            _replay_samples(recording, config, overrides, stretches, pace, files)
        complete = True
    finally:
        files.close(complete)
    print(said_here("console")(files.summary()))


def _replay_samples(
    path: Path,
    config: Path | None,
    overrides: list[str],
    stretches: list[tuple[float, float]],
    pace: float,
    files: ReplayFiles,
) -> None:
    from monitor.assembly.wearer import new_pipeline
    from monitor.replay.replaying import BLOCK_S, replay_recording
    from monitor.settings.loading import load
    from monitor.transport.devices import open_any

    settings = load(config, overrides, environment={}).settings
    source, backfill = open_any(path, settings.coach.time_zone or "UTC"), new_pipeline(settings, "me")
    for start_s, end_s in stretches:
        backfill.pipeline.placement.teach_standing(start_s, end_s)
    with Progress(transient=True, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task(path.name, total=source.sample_count)
        for block, step in replay_recording(source, backfill, PACED_BLOCK_S if pace else BLOCK_S):
            files.take(step)
            if block is not None:
                bar.advance(task, len(block.t_s))
                if pace:
                    time.sleep((block.t_s[-1] - block.t_s[0]) / pace)
    if source.dropped:
        reasons = ", ".join(f"{count} {why}" for why, count in source.dropped_why.items())
        print(said_here()(f"{path}: samples left out: {reasons}"), file=sys.stderr)
