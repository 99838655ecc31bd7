"""Labelled recordings as the training reads them: samples, truth by the second, and a simple score.

``sitbreak evaluate`` judges by definitions of its own (``monitor/evaluation``); this is the older, simpler reading
from which the parameter files in ``monitor/posture/models`` were made, kept so that a training means what it meant.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from monitor.accel.epochs import EpochBuilder, join
from monitor.model import AccelBlock, Epochs, Posture

SEDENTARY_LABELS, UPRIGHT_LABELS, CYCLING_LABEL, WALKING_LABEL, STANDING_LABEL = (1, 2), (3, 4, 5, 6, 9), 7, 4, 3
LABELS = 10
COARSE_SETS = ("harth", "sens")
"""Data sets whose labels have a resolution of 1 s."""
SUSPECT = {("harth__S032", "thigh"): STANDING_LABEL}
"""Labels that the signal contradicts: a quarter of this standing is horizontal."""


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


def epochs_of(recording: Labelled, rotation: NDArray[np.float64], decides_after_s: int = 3) -> Epochs:
    """The rows of a turned recording, by the path that live samples take."""
    builder, parts, last_s = EpochBuilder(decides_after_s=decides_after_s), [], None
    for block in recording.blocks(rotation):
        if last_s is not None:
            parts.append(builder.tick(min(last_s + 5.0, float(block.t_s[0]))))
        parts.append(builder.feed(block))
        last_s = float(block.t_s[-1])
    if last_s is not None:
        parts.append(builder.tick(last_s + 5.0))
    return join(parts)


def random_rotation(rng: np.random.Generator) -> NDArray[np.float64]:
    q, r = np.linalg.qr(rng.normal(size=(3, 3)))
    q = q * np.sign(np.diag(r))
    return q if np.linalg.det(q) > 0 else -q
