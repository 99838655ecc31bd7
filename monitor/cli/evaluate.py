"""``sitbreak evaluate``: how often the program is right on labelled recordings."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.console import Console
from rich.progress import Progress

from monitor import __version__

if TYPE_CHECKING:
    from monitor.evaluation.bars import Bar

DataArgument = Annotated[
    list[Path],
    typer.Argument(
        metavar="DATA...", help="A folder with one sub-folder a placement, a folder of recordings, or .npz files."
    ),
]
BarOption = Annotated[
    list[str] | None,
    typer.Option(
        "--min",
        metavar="[PLACEMENT.]SCOPE.FIGURE=VALUE",
        help="Exit with 1 if a pooled figure is lower, such as taught.sensitivity=99.8; may be repeated.",
    ),
]
CeilingOption = Annotated[
    list[str] | None,
    typer.Option(
        "--max",
        metavar="[PLACEMENT.]SCOPE.FIGURE=VALUE",
        help="Exit with 1 if one is higher, such as after_walk.standing_called_sedentary=0.3; may be repeated.",
    ),
]


def evaluate(
    data: DataArgument,
    placement: Annotated[str | None, typer.Option(help="This placement only; for files: where they were worn.")] = None,
    rotate: Annotated[
        list[int] | None,
        typer.Option(metavar="SEED", help="Turn every recording at random by this seed; may be repeated. Default 0."),
    ] = None,
    days: Annotated[int, typer.Option(min=0, help="Also live through so many stitched 8-hour days a seed.")] = 0,
    compare: Annotated[
        Literal["actimotus"] | None,
        typer.Option(help="Run acti-motus on the same seconds of thigh recordings (extra: compare)."),
    ] = None,
    json_: Annotated[Path | None, typer.Option("--json", help="Write every figure into this file.")] = None,
    figure: Annotated[
        Path | None,
        typer.Option(help="Draw signal, labels and ours into this picture (extra: figure); of the first recording."),
    ] = None,
    min_: BarOption = None,
    max_: CeilingOption = None,
) -> None:
    """Score the program on labelled recordings, through the live path.

    Every recording is turned at random. Prints, by data set and pooled: how
    sedentary is told from upright a second, what is said before the first
    walk, transitions, bouts, alerts, off-body minutes, confidence. The format
    of the recordings and every definition are in docs/accuracy.md.

    SCOPE is all, after_walk, before_walk, taught, remounted, shuffled or days.
    """
    from monitor.evaluation.bars import bar
    from monitor.evaluation.campaign import score_all
    from monitor.evaluation.figure import check_installed, draw
    from monitor.evaluation.labelled import described, find
    from monitor.evaluation.peer import Peer, quietly
    from monitor.evaluation.tables import show
    from monitor.posture import PLACEMENTS

    if placement is not None and placement not in PLACEMENTS:
        raise typer.BadParameter(f"{placement!r}: not a placement; use one of {', '.join(PLACEMENTS)}")
    _check_outputs(json_, figure)
    bars = [bar(text, list(PLACEMENTS), at_least=True) for text in min_ or ()]
    bars += [bar(text, list(PLACEMENTS), at_least=False) for text in max_ or ()]
    peer = Peer() if compare else None
    if figure is not None:
        check_installed()
    sources, seeds = find(data, placement), tuple(rotate or (0,))
    with _progress(len(sources)) as advance, quietly():
        scored = score_all(sources, seeds, days, peer, advance)
        for name, groups in scored.items():
            show(name, groups, Console())
    if figure is not None:
        draw(sources[0], seeds[0], figure)
    if json_ is not None:
        about = described(data, {source.data_set for source in sources})
        options = {"rotate": list(seeds), "days": days, "compare": compare or ""}
        found = {"version": __version__, **options, "data_sets": about, "placements": scored}
        json_.write_text(json.dumps(found, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")
    _hold_to(bars, scored)


@contextmanager
def _progress(total: int) -> Iterator[Callable[[str], None]]:
    """A bar where somebody looks; yields what is to be told of each subject that is done."""
    with Progress(transient=True, console=Console(stderr=True), disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("", total=total)
        yield lambda subject: bar.update(task, advance=1, description=subject)


def _check_outputs(json_: Path | None, figure: Path | None) -> None:
    """Before the long work, not after it."""
    for path in (json_, figure):
        if path is not None and not path.absolute().parent.is_dir():
            raise typer.BadParameter(f"{path}: there is no folder {path.parent}")
    if figure is not None and figure.suffix not in (".png", ".svg", ".pdf"):
        raise typer.BadParameter(f"{figure}: give a .png, .svg or .pdf")


def _hold_to(bars: list[Bar], scored: dict[str, Any]) -> None:
    missed = [line for one in bars for line in one.missed_in(scored)]
    for line in missed:
        print(f"sitbreak: bar missed: {line}", file=sys.stderr)
    if missed:
        raise typer.Exit(1)
