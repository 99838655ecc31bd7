"""Labels and answers written as letters, a second each."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from monitor.evaluation.stretches import NOTHING, SEDENTARY, UPRIGHT
from monitor.evaluation.truth import CYCLING, SITTING, STANDING, WALKING, Said, Truth
from monitor.model import Posture

KINDS = {"s": SEDENTARY, "u": UPRIGHT, ".": NOTHING}
LABELS = {"s": SITTING, "S": STANDING, "w": WALKING, "c": CYCLING, ".": 0}
POSTURES = {"s": Posture.SITTING, "S": Posture.STANDING, "w": Posture.STEPPING, "?": Posture.UNKNOWN}


def kinds(*parts: tuple[str, int]) -> NDArray[np.int8]:
    return np.concatenate([np.full(seconds, KINDS[letter], np.int8) for letter, seconds in parts])


def everywhere(column: NDArray[np.int8]) -> NDArray[np.bool_]:
    return np.ones(len(column), np.bool_)


def truth(letters: str) -> Truth:
    label = np.array([LABELS[letter] for letter in letters], np.uint8)
    no = np.zeros(len(label), np.bool_)
    return Truth(0, label, no, no)


def said(letters: str) -> Said:
    """Worn, rather sure, and in time."""
    posture = np.array([POSTURES[letter] for letter in letters], np.uint8)
    return Said(posture, np.ones(len(posture), np.bool_), np.full(len(posture), 0.9), np.full(len(posture), 3.0))


def samples(*parts: tuple[int, int], rate_hz: int = 10) -> tuple[NDArray[np.float64], NDArray[np.uint8]]:
    """Times and labels of (code, samples) in turn."""
    label = np.concatenate([np.full(count, code, np.uint8) for code, count in parts])
    return 100.0 + np.arange(len(label)) / rate_hz, label
