"""Trained parameters: small files that can be read, and the one formula that uses them.

The files in ``models/`` are written by ``python benchmarks/train.py`` and by nobody else; each says what it was trained
on. They are read once, when a placement is imported, and are no part of a placement's memory.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TypeVar

import numpy as np
from msgspec import json

from monitor.model import Floats
from monitor.rules import Rules

Model = TypeVar("Model", bound=Rules)


class Logistic(Rules, frozen=True):
    """A logistic model: log odds = bias + sum of weight times sign."""

    bias: float
    weights: dict[str, float]
    """By the name of the sign."""

    def log_odds(self, signs: dict[str, Floats]) -> Floats:
        """(n,) log odds; NaN where a sign is not known."""
        total = np.full(len(next(iter(signs.values()))), self.bias)
        for name, weight in self.weights.items():
            # one after the other: a matrix product has other last bits when the number of rows changes
            total = total + weight * signs[name]
        return total


def probability(log_odds: Floats) -> Floats:
    """The share that log odds stand for."""
    share: Floats = 1.0 / (1.0 + np.exp(-np.clip(log_odds, -30.0, 30.0)))
    return share


class Provenance(Rules, frozen=True):
    """Where parameters come from."""

    about: str
    trained_on: str
    command: str


class TrunkModel(Rules, frozen=True):
    """A trunk site: what a still pose says, and how right that is together with what has happened."""

    provenance: Provenance
    pose: dict[str, Logistic]
    """Sitting against standing as if both were equally frequent, from ``tilt`` and ``sway``; by where upright comes
    from (``upright.Source``, in lower case)."""
    confidence: dict[str, Logistic]
    """How likely sitting is, from ``evidence`` (log odds of pose and happenings) and ``sway``."""
    stepping_confidence: float
    lying_confidence: float
    active_confidence: float


class LikelyModel(Rules, frozen=True):
    """A weak site: how likely sitting is, and when that is enough to say so."""

    provenance: Provenance
    walked: Logistic
    """Once the pose in walking is known."""
    unwalked: Logistic
    """Before: from movement alone."""
    sedentary_from: float
    """Sitting is said from this likelihood on."""
    upright_from: float
    """Upright is said from this likelihood on."""
    unwalked_sedentary_from: float
    unwalked_upright_from: float


def load_model(kind: type[Model], name: str) -> Model:
    """The parameters of a placement, from their file."""
    return json.decode(files("monitor.posture").joinpath("models", f"{name}.json").read_bytes(), type=kind)
