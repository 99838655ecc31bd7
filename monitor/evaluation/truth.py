"""What the labels state, second by second, and what the program said in the same seconds.

* The label of second k is the majority of the samples in [k, k + 1), if at least 80 % of them bear it.
* Sedentary: sitting, lying. Upright: standing, walking, stairs, running, active otherwise. Cycling, transitions and
  unlabelled time make no statement.
* Not scored: 2 s around a change of class where labels have a resolution of 1 s (harth, sens), 1 s elsewhere; and
  labels that the signal contradicts.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monitor.evaluation.stretches import NOTHING, SEDENTARY, UPRIGHT, runs
from monitor.model import NO_STATEMENT, Bools, Floats, Posture, PostureEpochs
from monitor.model import SEDENTARY as SEDENTARY_POSTURES

UNLABELLED, SITTING, LYING, STANDING, WALKING, STAIRS, RUNNING, CYCLING, TRANSITION, ACTIVE = range(10)
SEDENTARY_LABELS = (SITTING, LYING)
UPRIGHT_LABELS = (STANDING, WALKING, STAIRS, RUNNING, ACTIVE)
LABEL_COUNT = 10

PURE_SHARE = 0.8
COARSE_SETS = frozenset({"harth", "sens"})
"""Data sets whose labels have a resolution of 1 s."""
COARSE_MARGIN_S, FINE_MARGIN_S = 2.0, 1.0
SUSPECT = {("harth__S032", "thigh"): STANDING}
"""Labels that the signal contradicts: 27 % of this standing is horizontal."""

KIND_OF_LABEL = np.full(LABEL_COUNT, NOTHING, np.int8)
KIND_OF_LABEL[list(SEDENTARY_LABELS)] = SEDENTARY
KIND_OF_LABEL[list(UPRIGHT_LABELS)] = UPRIGHT
KIND_OF_POSTURE = np.full(len(Posture), UPRIGHT, np.int8)
KIND_OF_POSTURE[[int(p) for p in NO_STATEMENT]] = NOTHING
KIND_OF_POSTURE[[int(p) for p in SEDENTARY_POSTURES]] = SEDENTARY


@dataclass(frozen=True, slots=True, eq=False)
class Truth:
    """Labels by the second, for the n seconds from ``first_s`` on."""

    first_s: int
    label: NDArray[np.uint8]
    """The majority, 0 where it is not pure or there is no sample."""
    near_change: Bools
    suspect: Bools

    @property
    def kind(self) -> NDArray[np.int8]:
        """(n,) ``SEDENTARY``, ``UPRIGHT`` or ``NOTHING`` where no (credible) statement is made."""
        return np.where(self.suspect, NOTHING, KIND_OF_LABEL[self.label]).astype(np.int8)

    @property
    def scored_label(self) -> NDArray[np.uint8]:
        """(n,) the label, 0 where the second is left out."""
        return np.where(self.near_change | self.suspect, UNLABELLED, self.label).astype(np.uint8)

    def walked_s(self) -> NDArray[np.int64]:
        """(n,) seconds of walking so far, this one included."""
        return np.cumsum(self.label == WALKING)

    def standing(self, long_s: int) -> tuple[int, int] | None:
        """The first ``long_s`` scored seconds of standing (of walking where there are none), as seconds of the grid."""
        for wanted in (STANDING, WALKING):
            for value, start, end in runs(self.scored_label == wanted):
                if value and end - start >= long_s:
                    return start, start + long_s
        return None


def truth_of(t_s: Floats, label: NDArray[np.uint8], subject: str = "", placement: str = "") -> Truth:
    """Labels of samples -> labels of seconds."""
    second = np.floor(t_s).astype(np.int64)
    slot, length = second - second[0], int(second[-1] - second[0]) + 1
    votes = np.stack([np.bincount(slot, label == code, length) for code in range(LABEL_COUNT)], axis=1)
    pure = (votes.max(axis=1) >= PURE_SHARE * votes.sum(axis=1)) & (votes.sum(axis=1) > 0)
    majority = np.where(pure, votes.argmax(axis=1), UNLABELLED).astype(np.uint8)
    margin_s = COARSE_MARGIN_S if subject.split("__")[0] in COARSE_SETS else FINE_MARGIN_S
    near = _near_change(t_s - second[0], label, length, margin_s)
    return Truth(int(second[0]), majority, near, majority == SUSPECT.get((subject, placement), 255))


def _near_change(t_s: Floats, label: NDArray[np.uint8], length: int, margin_s: float) -> Bools:
    """Seconds any part of which is within ``margin_s`` of a change of class; cycling and unlabelled are classes too."""
    classes = KIND_OF_LABEL[label].astype(np.int64)
    classes = np.where(classes == NOTHING, 10 + (label == CYCLING), classes)
    near = np.zeros(length, np.bool_)
    for change_s in t_s[np.flatnonzero(np.diff(classes)) + 1].tolist():
        near[max(0, int(np.floor(change_s - margin_s))) : int(np.ceil(change_s + margin_s))] = True
    return near


@dataclass(frozen=True, slots=True, eq=False)
class Said:
    """What a program said, on the grid of a ``Truth``; seconds without a row are unknown."""

    posture: NDArray[np.uint8]
    worn: Bools
    confidence: Floats
    """NaN where there is no row, or a program without confidences."""
    delay_s: Floats
    """``decided_s - start_s``, NaN where there is no row."""

    @property
    def kind(self) -> NDArray[np.int8]:
        """(n,) ``SEDENTARY``, ``UPRIGHT`` or ``NOTHING``."""
        return KIND_OF_POSTURE[self.posture]


def said_in(rows: PostureEpochs, truth: Truth) -> Said:
    """Rows on the grid of the labels."""
    length = len(truth.label)
    place = np.floor(rows.start_s).astype(np.int64) - truth.first_s
    inside = (place >= 0) & (place < length)
    place = place[inside]
    posture, worn = np.full(length, int(Posture.UNKNOWN), np.uint8), np.ones(length, np.bool_)
    confidence, delay_s = np.full(length, np.nan), np.full(length, np.nan)
    posture[place], worn[place] = rows.posture[inside], rows.worn[inside]
    confidence[place] = rows.confidence[inside]
    delay_s[place] = (rows.decided_s - rows.start_s)[inside]
    return Said(posture, worn, confidence, delay_s)
