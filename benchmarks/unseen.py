"""What `sitbreak evaluate` would measure of people, or of data sets, that the parameters were not trained on.

    python benchmarks/unseen.py DATA_DIR --placement wrist
    python benchmarks/unseen.py DATA_DIR --placement wrist --leave sets

Trains without a ninth of the people (or without one data set) at a time, and scores the real placement on those left
out by the definitions of ``monitor/evaluation``: in the original order, and with the takes shuffled, once a seed. Above
it the same with parameters that know everybody: the difference is what knowing them is worth. A data set beside which
hardly any sitting or standing is left to learn from (wisdm51 at the wrist) says nothing with ``--leave sets``.
"""

from __future__ import annotations

import argparse
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from train import TRAINERS
from training.check import GROUPS
from training.subjects import load

from monitor.accel.epochs import EpochBuilder, join
from monitor.evaluation.days import shuffled
from monitor.evaluation.labelled import Labelled, find, read
from monitor.evaluation.scores import Score
from monitor.evaluation.truth import Truth, said_in, truth_of
from monitor.model import AccelBlock, Epochs
from monitor.pipeline import LATENCY_S
from monitor.posture import PLACEMENTS
from monitor.posture.base import Placement

Kind = Callable[[], Placement]
HEAD = (
    f"{'':8}{'order':10}{'data':10}{'unknown':>8}{'sedentary':>10}{'upright':>8}{'standing':>9}{'ECE':>7}{'AUROC':>7}"
)


@dataclass(frozen=True, eq=False)
class Run:
    """One recording in one order."""

    subject: str
    order: str
    epochs: Epochs
    truth: Truth


def runs_of(recording: Labelled, seeds: int) -> Iterator[Run]:
    """In the original order, then shuffled as ``sitbreak evaluate --rotate SEED`` does it."""
    source, rate_hz = recording.source, recording.blocks[0].rate_hz
    subject = source.subject
    truth = truth_of(recording.t_s, recording.label, subject, source.placement)
    yield Run(subject, "original", epochs_of(list(recording.blocks)), truth)
    for seed in range(seeds):
        rng = np.random.default_rng([seed, zlib.crc32(subject.encode())])
        takes = shuffled(recording.t_s, recording.xyz_g, recording.label, rate_hz, rng)
        truth = truth_of(takes.t_s, takes.label, subject, source.placement)
        yield Run(subject, "shuffled", epochs_of(takes.blocks()), truth)


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


def lines(runs: list[Run], by_subject: dict[str, Kind], way: str) -> Iterator[str]:
    """A line for each order and data set."""
    scores: dict[tuple[str, str], Score] = {}
    for number, run in enumerate(runs):
        said = said_in(by_subject[run.subject]().advance(run.epochs), run.truth)
        score = scores.setdefault((run.order, run.subject.split("__")[0]), Score())
        score.add(f"{run.subject} {number}", run.truth, said, np.ones(len(run.truth.label), np.bool_))
    for (order, data_set), score in sorted(scores.items()):
        found = score.figures()
        names = ("unknown", "sedentary_precision", "upright_precision", "standing_called_sedentary")
        values = [f"{found[name]:.1f}" if found[name] is not None else "-" for name in names]
        sure = [f"{found[name]:.3f}" if found[name] is not None else "-" for name in ("calibration_error", "auroc")]
        yield f"{way:8}{order:10}{data_set:10}" + "".join(
            f"{value:>{width}}" for value, width in zip(values + sure, (8, 10, 8, 9, 7, 7), strict=True)
        )


def main() -> None:
    parser = argparse.ArgumentParser(description="Figures on people or data sets that were left out of the training.")
    parser.add_argument("data_dir", type=Path, help="folder with one folder of .npz recordings a placement")
    parser.add_argument("--placement", required=True, choices=list(TRAINERS))
    parser.add_argument("--leave", default="people", choices=["people", "sets"], help="who is left out at a time")
    parser.add_argument("--seeds", type=int, default=3, help="how often the takes are shuffled")
    options = parser.parse_args()
    sources = find([options.data_dir], options.placement)
    runs = [run for source in sources for run in runs_of(read(source), options.seeds)]
    print(HEAD)
    for way, by_subject in kinds(options.placement, options.data_dir, options.leave):
        print("\n".join(lines(runs, by_subject, way)), flush=True)


if __name__ == "__main__":
    main()
