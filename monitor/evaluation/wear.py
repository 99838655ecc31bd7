"""Off the body: exactly constant signal, which no body gives for long, and worn time that was called not worn."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from monitor.evaluation.stretches import SEDENTARY
from monitor.evaluation.truth import UNLABELLED, Said, Truth
from monitor.model import Floats

GRACE_S = 900.0
"""A sensor that does not move at all is given so long; from then on what is said of it is looked at."""


@dataclass
class WearScore:
    """Seconds, and how late the rows were."""

    flat_s: int = 0
    """Unlabelled and exactly constant for more than 15 minutes."""
    flat_sedentary_s: int = 0
    labelled_s: int = 0
    labelled_not_worn_s: int = 0
    delays_s: dict[float, int] = field(default_factory=dict)
    """Rows by how long after their start they were decided."""

    def add(self, t_s: Floats, xyz_g: Floats, label: NDArray[np.uint8], truth: Truth, said: Said) -> None:
        """Count one recording."""
        sedentary = said.kind == SEDENTARY
        for start, end in flat_stretches(t_s - truth.first_s, xyz_g, label):
            self.flat_s += end - start
            self.flat_sedentary_s += int(sedentary[start:end].sum())
        labelled = truth.label != UNLABELLED
        self.labelled_s += int(labelled.sum())
        self.labelled_not_worn_s += int((labelled & ~said.worn).sum())
        values, counts = np.unique(said.delay_s[np.isfinite(said.delay_s)], return_counts=True)
        for delay_s, count in zip(values.tolist(), counts.tolist(), strict=True):
            self.delays_s[delay_s] = self.delays_s.get(delay_s, 0) + count

    def figures(self) -> dict[str, float | int | None]:
        """Minutes, shares in percent, and delays in seconds."""
        rows = sum(self.delays_s.values())
        total_s = sum(delay_s * count for delay_s, count in self.delays_s.items())
        return {
            "flat_min": round(self.flat_s / 60.0, 1),
            "flat_called_sedentary_min": round(self.flat_sedentary_s / 60.0, 1),
            "worn_called_not_worn": round(100.0 * self.labelled_not_worn_s / max(1, self.labelled_s), 4),
            "rows": rows,
            "delay_mean_s": round(total_s / rows, 3) if rows else None,
            "delay_max_s": max(self.delays_s, default=None),
        }


def flat_stretches(t_s: Floats, xyz_g: Floats, label: NDArray[np.uint8]) -> list[tuple[int, int]]:
    """Whole seconds [start, end) of each exactly constant unlabelled stretch, from its sixteenth minute on."""
    moved = np.flatnonzero(np.any(np.diff(xyz_g, axis=0) != 0, axis=1) | (label[1:] != UNLABELLED)) + 1
    edges_s = t_s[np.concatenate(([0], moved, [len(t_s) - 1]))]
    whole = [(math.ceil(from_s + GRACE_S), math.floor(until_s)) for from_s, until_s in pairwise(edges_s.tolist())]
    return [(start, end) for start, end in whole if end > start]
