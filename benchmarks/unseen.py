"""What `sitbreak evaluate` would measure of people, or of data sets, that the parameters were not trained on.

    python benchmarks/unseen.py DATA_DIR --placement wrist --json unseen_wrist.json
    python benchmarks/unseen.py DATA_DIR --placement wrist --leave sets

Trains without a ninth of the people (or without one data set) at a time, and scores the real placement on those left
out by the definitions of ``monitor/evaluation``: told nothing, told 10 s of standing, and with the takes shuffled, once
a seed. Above it the same with parameters that know everybody: the difference is what knowing them is worth. A data set
beside which hardly any sitting or standing is left to learn from (wisdm51 at the wrist) says nothing with
``--leave sets``. ``benchmarks/accuracy_page.py`` shows the JSON.
"""

from __future__ import annotations

import argparse
import json
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from train import TRAINERS
from training.check import GROUPS
from training.subjects import load

from monitor.accel.epochs import EpochBuilder, join
from monitor.evaluation.campaign import POOLED, TAUGHT_S, WALKED_S, after
from monitor.evaluation.days import shuffled
from monitor.evaluation.labelled import Labelled, find, read
from monitor.evaluation.scores import Score
from monitor.evaluation.truth import Said, Truth, said_in, truth_of
from monitor.model import AccelBlock, Bools, Epochs
from monitor.pipeline import LATENCY_S
from monitor.posture import PLACEMENTS
from monitor.posture.base import Placement

Kind = Callable[[], Placement]
Key = tuple[str, str]
"""Scope and data set."""
COLUMNS = {
    "sensitivity": 6,
    "specificity": 6,
    "balanced_accuracy": 9,
    "unknown": 8,
    "sedentary_precision": 10,
    "upright_precision": 8,
    "standing_called_sedentary": 9,
    "calibration_error": 7,
    "auroc": 7,
}
"""Figures shown, and the width of their columns."""


@dataclass(frozen=True, eq=False)
class Run:
    """One recording in one order."""

    subject: str
    shuffled: bool
    epochs: Epochs
    truth: Truth


def runs_of(recording: Labelled, seeds: int) -> Iterator[Run]:
    """In the original order, then shuffled as ``sitbreak evaluate --rotate SEED`` does it."""
    source, rate_hz = recording.source, recording.blocks[0].rate_hz
    subject = source.subject
    truth = truth_of(recording.t_s, recording.label, subject, source.placement)
    yield Run(subject, False, epochs_of(list(recording.blocks)), truth)
    for seed in range(seeds):
        rng = np.random.default_rng([seed, zlib.crc32(subject.encode())])
        takes = shuffled(recording.t_s, recording.xyz_g, recording.label, rate_hz, rng)
        truth = truth_of(takes.t_s, takes.label, subject, source.placement)
        yield Run(subject, True, epochs_of(takes.blocks()), truth)


def epochs_of(blocks: list[AccelBlock]) -> Epochs:
    """By the path that live samples take, clock ticks in gaps included."""
    builder, parts, last_s = EpochBuilder(), [], float(blocks[0].t_s[0])
    for block in blocks:
        if block.t_s[0] - last_s > LATENCY_S:
            parts.append(builder.tick(last_s + LATENCY_S))
        parts.append(builder.feed(block))
        last_s = float(block.t_s[-1])
    return join([*parts, builder.tick(last_s + LATENCY_S)])


def kinds(placement: str, data_dir: Path, leave: str) -> Iterator[tuple[str, dict[str, Kind]]]:
    """For each way to train, which class judges which subject."""
    subjects = load(data_dir, placement)
    train, everybody = TRAINERS[placement](placement, subjects), list(range(len(subjects)))

    def kind(chosen: list[int]) -> Kind:
        return type("Trained", (PLACEMENTS[placement],), {"MODEL": train(chosen)})

    known = kind(everybody)
    yield "known", {subject.name: known for subject in subjects}
    sets = [subject.name.split("__")[0] for subject in subjects]
    part_of = sets if leave == "sets" else [str(place % GROUPS) for place in everybody]
    left_out = {part: kind([place for place in everybody if part_of[place] != part]) for part in dict.fromkeys(part_of)}
    yield "unseen", {subject.name: left_out[part] for subject, part in zip(subjects, part_of, strict=True)}


def scores(runs: list[Run], by_subject: dict[str, Kind]) -> dict[Key, Score]:
    """By scope and data set, and all data sets together."""
    found: dict[Key, Score] = {}
    for number, run in enumerate(runs):
        for scope, said, counts in _scopes(run, by_subject[run.subject]):
            for data_set in (run.subject.split("__")[0], POOLED):
                score = found.setdefault((scope, data_set), Score())
                score.add(f"{run.subject} {number}", run.truth, said, counts)
    return found


def _scopes(run: Run, kind: Kind) -> Iterator[tuple[str, Said, Bools]]:
    truth, said = run.truth, said_in(kind().advance(run.epochs), run.truth)
    if run.shuffled:
        yield "shuffled", said, np.ones(len(truth.label), np.bool_)
        return
    walked = truth.walked_s() >= WALKED_S
    for scope, counts in (("all", np.ones_like(walked)), ("after_walk", walked), ("before_walk", ~walked)):
        yield scope, said, counts
    if (standing := truth.standing(TAUGHT_S)) is not None:
        placement = kind()
        placement.teach_standing(*(float(truth.first_s + second) for second in standing))
        yield "taught", said_in(placement.advance(run.epochs), truth), after(truth, standing[1])


def lines(found: dict[Key, Score], way: str) -> Iterator[str]:
    """A line for each scope and data set."""
    for (scope, data_set), score in sorted(found.items()):
        figures = score.figures()
        cells = [_shown(name, figures[name]).rjust(width) for name, width in COLUMNS.items()]
        yield f"{way:8}{scope:13}{data_set:10}" + "".join(cells)


def _shown(name: str, value: float | None) -> str:
    if value is None:
        return "-"
    return f"{value:.3f}" if name in ("calibration_error", "auroc") else f"{value:.1f}"


def main() -> None:
    parser = argparse.ArgumentParser(description="Figures on people or data sets that were left out of the training.")
    parser.add_argument("data_dir", type=Path, help="folder with one folder of .npz recordings a placement")
    parser.add_argument("--placement", required=True, choices=list(TRAINERS))
    parser.add_argument("--leave", default="people", choices=["people", "sets"], help="who is left out at a time")
    parser.add_argument("--json", type=Path, help="write the figures of all data sets together")
    parser.add_argument("--seeds", type=int, default=3, help="how often the takes are shuffled")
    options = parser.parse_args()
    sources = find([options.data_dir], options.placement)
    runs = [run for source in sources for run in runs_of(read(source), options.seeds)]
    print(f"{'':31}" + "".join(name[: width - 1].rjust(width) for name, width in COLUMNS.items()))
    ways: dict[str, Any] = {}
    for way, by_subject in kinds(options.placement, options.data_dir, options.leave):
        found = scores(runs, by_subject)
        print("\n".join(lines(found, way)), flush=True)
        ways[way] = {scope: score.figures() for (scope, data_set), score in found.items() if data_set == POOLED}
    if options.json:
        text = json.dumps({"unseen": {options.placement: ways}, "leave": options.leave}, indent=1)
        options.json.write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
