"""Recordings as the training sees them: turned at random, shuffled where a script would give the posture away."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from labelled import (
    SEDENTARY_LABELS,
    STANDING_LABEL,
    UPRIGHT_LABELS,
    WALKING_LABEL,
    Labelled,
    Truth,
    epochs_of,
    random_rotation,
)
from numpy.typing import NDArray

from monitor.model import Bools, Epochs
from monitor.posture.base import Placement
from monitor.posture.logistic import Provenance

SEED = 20180201
PAUSE_S = 60.0
"""Between shuffled takes."""
TAKE_BASED = ("chest", "wrist")


def shuffled(recording: Labelled, rng: np.random.Generator) -> Labelled:
    """The takes in random order; a recording in one piece is cut where its label changes."""
    cuts = np.diff(recording.piece) != 0
    if not cuts.any():
        cuts = np.diff(recording.label) != 0
    edges = [0, *(np.flatnonzero(cuts) + 1).tolist(), len(recording.label)]
    takes = list(itertools.pairwise(edges))
    order, t_s, now_s = [], [], 1000.0
    for number in rng.permutation(len(takes)).tolist():
        part = np.arange(*takes[number])
        order.append(part)
        t_s.append(np.ceil(now_s) + recording.t_s[part] - recording.t_s[part[0]])
        now_s = t_s[-1][-1] + PAUSE_S
    places = np.concatenate(order)
    return replace(
        recording,
        t_s=np.concatenate(t_s),
        xyz_g=recording.xyz_g[places],
        label=recording.label[places],
        piece=np.repeat(np.arange(len(order)), [len(part) for part in order]),
    )


@dataclass(frozen=True, eq=False)
class Subject:
    """One recording, ready to be learned from and to be judged."""

    name: str
    epochs: Epochs
    label: NDArray[np.int64]
    after_walk: Bools
    shows: tuple[tuple[float, float], ...]
    """The first 10 s of labelled standing of the recording, or of each piece where the sensor is put on anew."""
    once: tuple[float, float] | None
    """The very first 10 s of standing, or of walking where nobody stands; None where there is neither."""

    @property
    def sedentary(self) -> Bools:
        return np.isin(self.label, SEDENTARY_LABELS)

    @property
    def counted(self) -> Bools:
        return np.isin(self.label, SEDENTARY_LABELS + UPRIGHT_LABELS)


def load(data_dir: Path, placement: str, turn: int = 0) -> list[Subject]:
    """All subjects of a placement, turned and shuffled by the seed; each ``turn`` does it in another way."""
    subjects = []
    for number, path in enumerate(sorted((data_dir / placement).glob("*.npz"))):
        rng = np.random.default_rng([SEED, number, turn])
        recording = Labelled.load(path, placement)
        if placement in TAKE_BASED:
            recording = shuffled(recording, rng)
        epochs, truth = epochs_of(recording, random_rotation(rng)), Truth.of(recording)
        place = (epochs.start_s - truth.first_s).astype(np.int64)
        label = truth.label[place]
        shows = tuple(_first_of(STANDING_LABEL, epochs, label, each_piece=placement == "waist"))
        once = next(itertools.chain(shows, _first_of(WALKING_LABEL, epochs, label, each_piece=False)), None)
        subjects.append(Subject(path.stem, epochs, label, truth.after_walk[place], shows, once))
    if not subjects:
        raise SystemExit(f"{data_dir / placement}: no .npz recordings here")
    return subjects


def _first_of(
    wanted: int, epochs: Epochs, label: NDArray[np.int64], *, each_piece: bool
) -> Iterator[tuple[float, float]]:
    pieces = np.unique(epochs.segment) if each_piece else [None]
    for piece in pieces:
        still = (label == wanted) & ((epochs.segment == piece) if piece is not None else True)
        start_s = epochs.start_s[still]
        whole = np.flatnonzero(start_s[9:] - start_s[:-9] == 9.0)
        if len(whole):
            yield float(start_s[whole[0]]), float(start_s[whole[0]]) + 10.0


def rehearse(site: Placement, epochs: Epochs) -> None:
    """Let it see the day before, which was the same."""
    day_s = epochs.start_s[-1] - epochs.start_s[0] + 1.0
    site.advance(
        replace(
            epochs,
            start_s=epochs.start_s - day_s,
            decided_s=epochs.decided_s - day_s,
            segment=0 * epochs.segment + epochs.segment[0],
        )
    )


def provenance(placement: str, subjects: list[Subject]) -> Provenance:
    sets = sorted({subject.name.split("__")[0] for subject in subjects})
    seconds = sum(int(subject.counted.sum()) for subject in subjects)
    return Provenance(
        about=f"Parameters of monitor/posture/{placement}.py; the fields are explained in monitor/posture/logistic.py.",
        trained_on=f"{len(subjects)} recordings of {', '.join(sets)}, {seconds} labelled seconds, seed {SEED}",
        command=f"python benchmarks/train.py DATA_DIR --placement {placement} --out FILE",
    )
