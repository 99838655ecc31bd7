"""How often the postures are right, on labelled recordings of real people.

    python benchmarks/accuracy.py DATA_DIR [--placement thigh] [--seeds N]

DATA_DIR holds one folder a placement with ``.npz`` recordings (acc in milli-g, label, fs, seg_start, seg_t0).
Every recording is turned into a random orientation, fed through the same path as live samples, and compared
second by second with the labels.

A second counts if at least 80 % of its samples bear one label and no change of label is near (2 s where labels
have a resolution of 1 s, else 1 s). Sedentary is sitting and lying; upright is standing, walking, stairs, running
and being active otherwise; cycling makes no statement and is reported apart. *After walk* counts only seconds
after 20 labelled seconds of walking: a program that is not told the orientation may be ignorant before.
"""

from __future__ import annotations

import argparse
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from monitor.accel.epochs import EpochBuilder, join
from monitor.model import AccelBlock, Posture, PostureEpochs
from monitor.posture import PLACEMENTS

SEDENTARY_LABELS, UPRIGHT_LABELS, CYCLING_LABEL, WALKING_LABEL, STANDING_LABEL = (1, 2), (3, 4, 5, 6, 9), 7, 4, 3
LABELS = 10
COARSE_SETS = ("harth", "sens")
"""Data sets whose labels have a resolution of 1 s."""
SUSPECT = {("harth__S032", "thigh"): STANDING_LABEL}
"""Labels that the signal contradicts: a quarter of this standing is horizontal."""
FLAT_MIN_S, FLAT_GRACE_S = 600, 900
WORST_MIN_S = 60


@dataclass(frozen=True, eq=False)
class Labelled:
    """One recording with its labels."""

    name: str
    placement: str
    t_s: NDArray[np.float64]
    xyz_g: NDArray[np.float64]
    label: NDArray[np.int64]
    piece: NDArray[np.int64]
    """Which continuous piece each sample belongs to."""
    rate_hz: float

    @classmethod
    def load(cls, path: Path, placement: str) -> Labelled:
        with np.load(path) as stored:
            index = np.arange(len(stored["label"]))
            piece = np.searchsorted(stored["seg_start"], index, "right") - 1
            rate_hz = float(stored["fs"])
            computed_s = stored["seg_t0"][piece] + (index - stored["seg_start"][piece]) / rate_hz
            return cls(
                name=path.stem,
                placement=placement,
                t_s=stored.get("t", computed_s),
                xyz_g=stored["acc"] / 1000.0,
                label=stored["label"].astype(np.int64),
                piece=piece,
                rate_hz=rate_hz,
            )

    def blocks(self, rotation: NDArray[np.float64], until_s: float = np.inf) -> Iterator[AccelBlock]:
        """Piece by piece, turned, cut off at ``until_s``."""
        xyz_g = (self.xyz_g @ rotation.T).astype(np.float32)
        end = int(np.searchsorted(self.t_s, until_s))
        edges = [0, *(np.flatnonzero(np.diff(self.piece)) + 1).tolist(), len(self.t_s)]
        for a, b in pairwise(edges):
            if a < min(b, end):
                part = slice(a, min(b, end))
                yield AccelBlock(self.t_s[part], xyz_g[part], self.rate_hz, segment=int(self.piece[a]))


@dataclass(frozen=True, eq=False)
class Truth:
    """Labels by the second, for the seconds from ``first_s`` on."""

    first_s: float
    label: NDArray[np.int64]
    """0 where no statement is made or the second is left out."""
    after_walk: NDArray[np.bool_]

    @classmethod
    def of(cls, recording: Labelled) -> Truth:
        second = np.floor(recording.t_s).astype(np.int64)
        slot, length = second - second[0], int(second[-1] - second[0]) + 1
        votes = np.stack([np.bincount(slot, recording.label == code, length) for code in range(LABELS)], axis=1)
        pure = (votes.max(axis=1) >= 0.8 * votes.sum(axis=1)) & (votes.sum(axis=1) > 0)
        majority = np.where(pure, votes.argmax(axis=1), 0)
        after_walk = np.cumsum(majority == WALKING_LABEL) >= 20
        label = np.where(_near_change(recording, slot, length), 0, majority)
        suspect = SUSPECT.get((recording.name, recording.placement))
        return cls(float(second[0]), np.where(label == suspect, 0, label), after_walk)


def _near_change(recording: Labelled, slot: NDArray[np.int64], length: int) -> NDArray[np.bool_]:
    margin = 2 if recording.name.startswith(COARSE_SETS) else 1
    near = np.zeros(length, np.bool_)
    for place in (np.flatnonzero(np.diff(recording.label)) + 1).tolist():
        near[max(0, slot[place] - margin) : slot[place] + margin] = True
    return near


def postures(recording: Labelled, rotation: NDArray[np.float64], until_s: float = np.inf) -> PostureEpochs:
    """The rows, by the path that live samples take; the clock ticks on over gaps and past the end."""
    builder, placement = EpochBuilder(), PLACEMENTS[recording.placement]()
    parts, last_s = [], None
    for block in recording.blocks(rotation, until_s):
        if last_s is not None:
            parts.append(builder.tick(min(last_s + 5.0, float(block.t_s[0]))))
        parts.append(builder.feed(block))
        last_s = float(block.t_s[-1])
    if last_s is not None:
        parts.append(builder.tick(last_s + 5.0))
    return placement.advance(join(parts))


@dataclass
class Score:
    """Seconds by label and posture; postures of missing rows count as unknown."""

    table: NDArray[np.int64] = field(default_factory=lambda: np.zeros((LABELS, len(Posture)), np.int64))

    def add(self, label: NDArray[np.int64], posture: NDArray[np.uint8]) -> None:
        np.add.at(self.table, (label, posture), 1)

    def right_pct(self, labels: tuple[int, ...], *, sedentary: bool, count_unknown: bool) -> float:
        rows = self.table[list(labels)].sum(axis=0)
        said = rows[[Posture.SITTING, Posture.LYING]].sum()
        silent = rows[[Posture.UNKNOWN, Posture.NOT_WORN]].sum()
        all_s = rows.sum() if count_unknown else rows.sum() - silent
        right = said if sedentary else rows.sum() - said - silent
        return 100.0 * float(right) / float(all_s) if all_s else float("nan")

    def called_sedentary_pct(self, label: int) -> float:
        rows = self.table[label]
        return 100.0 * float(rows[[Posture.SITTING, Posture.LYING]].sum()) / max(1.0, float(rows.sum()))

    def seconds(self, labels: tuple[int, ...]) -> int:
        return int(self.table[list(labels)].sum())

    def line(self, name: str) -> str:
        figures = [
            f"{self.right_pct(SEDENTARY_LABELS, sedentary=True, count_unknown=count):6.2f} / "
            f"{self.right_pct(UPRIGHT_LABELS, sedentary=False, count_unknown=count):6.2f}"
            for count in (False, True)
        ]
        return (
            f"{name:<22}{figures[0]:>18}{figures[1]:>18}"
            f"{self.called_sedentary_pct(CYCLING_LABEL):9.2f}{self.called_sedentary_pct(STANDING_LABEL):9.2f}"
            f"{self.seconds(SEDENTARY_LABELS):9d}{self.seconds(UPRIGHT_LABELS):9d}"
        )


def flat_minutes(recording: Labelled, said: PostureEpochs, truth: Truth) -> tuple[float, float]:
    """Minutes called sedentary, of all, after 15 min of an exactly constant signal in unlabelled time."""
    moved = np.flatnonzero(np.any(np.diff(recording.xyz_g, axis=0) != 0, axis=1) | (recording.label[1:] != 0)) + 1
    edges_s = recording.t_s[np.concatenate(([0], moved, [len(recording.t_s) - 1]))]
    called = of = 0.0
    for from_s, until_s in pairwise(edges_s.tolist()):
        if until_s - from_s >= FLAT_MIN_S:
            inside = (said.start_s >= from_s + FLAT_GRACE_S) & (said.start_s < until_s)
            called, of = called + float(said.sedentary[inside].sum()), of + float(inside.sum())
    return called / 60.0, of / 60.0


def causal(recording: Labelled, rotation: NDArray[np.float64], whole: PostureEpochs, until_s: float) -> bool:
    """A recording cut off at ``until_s`` gives the same bytes for the rows decided by then."""
    cut = postures(recording, rotation, until_s)
    final = int((cut.decided_s <= until_s).sum())
    return all(
        getattr(cut, column.name)[:final].tobytes() == getattr(whole, column.name)[:final].tobytes()
        for column in fields(cut)
    )


def random_rotation(rng: np.random.Generator) -> NDArray[np.float64]:
    q, r = np.linalg.qr(rng.normal(size=(3, 3)))
    q = q * np.sign(np.diag(r))
    return q if np.linalg.det(q) > 0 else -q


@dataclass
class Report:
    """What is summed up over recordings and seeds."""

    everything: Score = field(default_factory=Score)
    after_walk: Score = field(default_factory=Score)
    by_subject: dict[str, Score] = field(default_factory=dict)
    flat: list[float] = field(default_factory=lambda: [0.0, 0.0])
    confidence: NDArray[np.float64] = field(default_factory=lambda: np.zeros((11, 3)))
    """Rows, their summed confidence, and how many were right, by confidence in tenths."""
    late: int = 0
    acausal: list[str] = field(default_factory=list)
    turned_s: int = 0
    """Seconds whose posture differs from that of the unturned recording."""
    rows: int = 0

    def add(self, recording: Labelled, seed: int) -> None:
        rng = np.random.default_rng([seed, zlib.crc32(recording.name.encode())])
        rotation = random_rotation(rng)
        said, truth = postures(recording, rotation), Truth.of(recording)
        posture = np.zeros(len(truth.label), np.uint8)
        posture[(said.start_s - truth.first_s).astype(np.int64)] = said.posture
        self.everything.add(truth.label, posture)
        self.after_walk.add(truth.label[truth.after_walk], posture[truth.after_walk])
        subject = self.by_subject.setdefault(recording.name, Score())
        subject.add(truth.label[truth.after_walk], posture[truth.after_walk])
        for place, minutes in enumerate(flat_minutes(recording, said, truth)):
            self.flat[place] += minutes
        self._add_confidence(said, truth)
        self.late += int((said.decided_s - said.start_s > 5.0).sum())
        if not causal(recording, rotation, said, float(rng.uniform(recording.t_s[0], recording.t_s[-1]))):
            self.acausal.append(recording.name)
        self.turned_s += int((postures(recording, np.eye(3)).posture != said.posture).sum())
        self.rows += len(said)

    def _add_confidence(self, said: PostureEpochs, truth: Truth) -> None:
        label = truth.label[(said.start_s - truth.first_s).astype(np.int64)]
        counted = np.isin(label, SEDENTARY_LABELS + UPRIGHT_LABELS) & (said.posture != Posture.UNKNOWN)
        right = said.sedentary[counted] == np.isin(label[counted], SEDENTARY_LABELS)
        confidence = said.confidence[counted].astype(np.float64)
        np.add.at(
            self.confidence,
            np.floor(confidence * 10).astype(np.int64),
            np.stack([np.ones(len(right)), confidence, right], axis=1),
        )

    def worst(self, labels: tuple[int, ...], *, sedentary: bool) -> str:
        scores = sorted(
            (score.right_pct(labels, sedentary=sedentary, count_unknown=True), name)
            for name, score in self.by_subject.items()
            if score.seconds(labels) >= WORST_MIN_S
        )
        return ", ".join(f"{name} {percent:.1f}" for percent, name in scores[:3]) or "none with a minute of it"

    def lines(self) -> Iterator[str]:
        yield f"{'sens / spec %':<22}{'unknown excluded':>18}{'unknown wrong':>18}{'cyc sed':>9}{'std sed':>9}"
        yield self.everything.line("all seconds")
        yield self.after_walk.line("after 20 s of walking")
        yield "worst sensitivity: " + self.worst(SEDENTARY_LABELS, sedentary=True)
        yield "worst specificity: " + self.worst(UPRIGHT_LABELS, sedentary=False)
        yield f"exactly constant for 15 min: {self.flat[0]:.1f} of {self.flat[1]:.1f} min called sedentary"
        for count, total, right in self.confidence[self.confidence[:, 0] > 0]:
            yield f"confidence {total / count:.3f}: right {right / count:.3f} of {count:.0f} rows"
        yield f"rows later than 5 s: {self.late}; not causal: {', '.join(self.acausal) or 'none'}"
        yield f"rows that differ when the sensor is turned: {self.turned_s} of {self.rows}"


def main() -> None:
    parser = argparse.ArgumentParser(description="Postures against labels, with a random orientation each time.")
    parser.add_argument("data_dir", type=Path, help="folder with one folder of .npz recordings a placement")
    parser.add_argument(
        "--placement", choices=sorted(PLACEMENTS), action="append", help="repeatable; default: all found"
    )
    parser.add_argument("--seeds", type=int, default=1, help="how many orientations of each recording (default 1)")
    options = parser.parse_args()
    for placement in options.placement or [name for name in PLACEMENTS if (options.data_dir / name).is_dir()]:
        paths = sorted((options.data_dir / placement).glob("*.npz"))
        if not paths:
            parser.error(f"{options.data_dir / placement}: no .npz recordings here")
        report = Report()
        for path in paths:
            recording = Labelled.load(path, placement)
            for seed in range(options.seeds):
                report.add(recording, seed)
        print(f"\n{placement}: {len(paths)} recordings, {options.seeds} orientation(s) each")
        print("\n".join(report.lines()), flush=True)


if __name__ == "__main__":
    main()
