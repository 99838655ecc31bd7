"""``sitbreak evaluate``: how often the program is right on labelled recordings."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.progress import Progress

from monitor import __version__

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
        show_default=False,
    ),
]
CeilingOption = Annotated[
    list[str] | None,
    typer.Option(
        "--max",
        metavar="[PLACEMENT.]SCOPE.FIGURE=VALUE",
        help="Exit with 1 if one is higher, such as after_walk.standing_called_sedentary=0.3; may be repeated.",
        show_default=False,
    ),
]


def evaluate(
    data: DataArgument,
    placement: Annotated[
        str | None, typer.Option(help="This placement only; for files: where they were worn.", show_default=False)
    ] = None,
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
    """Score the program on labelled recordings, through the live path, each turned at random.

    Prints per data set and pooled: sensitivity, specificity and balanced accuracy of sedentary against upright a
    second, what is said before the first walk, transitions, bouts, alerts, off-body minutes, calibration. The labels'
    format and every definition are in docs/accuracy.md.
    """
    from monitor.evaluation.bars import bar
    from monitor.evaluation.campaign import Campaign
    from monitor.evaluation.figure import check_installed, draw
    from monitor.evaluation.labelled import described, find
    from monitor.evaluation.peer import Peer, quietly
    from monitor.evaluation.tables import show
    from monitor.posture import PLACEMENTS

    if placement is not None and placement not in PLACEMENTS:
        raise typer.BadParameter(f"{placement!r}: not a placement; use one of {', '.join(PLACEMENTS)}")
    bars = [bar(text, list(PLACEMENTS), at_least=True) for text in min_ or ()]
    bars += [bar(text, list(PLACEMENTS), at_least=False) for text in max_ or ()]
    peer = Peer() if compare else None
    if figure is not None:
        check_installed()
    sources, seeds = find(data, placement), tuple(rotate or (0,))
    console, figures = Console(), {}
    names = list(dict.fromkeys(source.placement for source in sources))
    with Progress(transient=True, console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress, quietly():
        task = progress.add_task("", total=len(sources))
        for name in names:
            campaign = Campaign(name, seeds, days, peer if name == "thigh" else None)
            chosen = [source for source in sources if source.placement == name]
            campaign.run(chosen, lambda subject: progress.update(task, advance=1, description=subject))
            figures[name] = campaign.figures()
            show(name, figures[name], console)
    if figure is not None:
        draw(sources[0], seeds[0], figure)
    if json_ is not None:
        found = {
            "version": __version__,
            "rotate": list(seeds),
            "days": days,
            "compare": compare or "",
            "data_sets": described(data, {source.data_set for source in sources}),
            "placements": figures,
        }
        json_.write_text(json.dumps(found, indent=1, ensure_ascii=False, allow_nan=False) + "\n", encoding="utf-8")
    missed = [line for one in bars for line in one.missed_in(figures)]
    for line in missed:
        print(f"sitbreak: bar missed: {line}", file=sys.stderr)
    if missed:
        raise typer.Exit(1)
