"""Whether a confidence means what it says: of the seconds said with 0.9, nine in ten should be right."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from monitor.model import Bools, Floats

STEPS = 1000
"""Confidences are counted in thousandths, as they are published."""
BINS = 10


@dataclass
class Calibration:
    """Seconds by confidence: wrong ones in column 0, right ones in column 1."""

    counts: NDArray[np.int64] = field(default_factory=lambda: np.zeros((STEPS + 1, 2), np.int64))

    def add(self, confidence: Floats, right: Bools) -> None:
        """Count (n,) seconds in which something was said."""
        place = np.clip(np.rint(confidence * STEPS), 0, STEPS).astype(np.int64)
        np.add.at(self.counts, (place, right.astype(np.int64)), 1)

    def reliability(self) -> list[tuple[float, float, int]]:
        """(mean confidence, share right, seconds) of each tenth that has any."""
        tenth = np.minimum(np.arange(STEPS + 1) * BINS // STEPS, BINS - 1)
        value = np.arange(STEPS + 1) / STEPS
        rows = []
        for at in range(BINS):
            counts = self.counts[tenth == at]
            seconds = int(counts.sum())
            if seconds:
                mean = float((value[tenth == at] * counts.sum(axis=1)).sum()) / seconds
                rows.append((mean, float(counts[:, 1].sum()) / seconds, seconds))
        return rows

    def expected_error(self) -> float:
        """Expected calibration error over tenths (Naeini et al. 2015, AAAI); NaN without a second."""
        rows = self.reliability()
        total = sum(seconds for *_, seconds in rows)
        return sum(abs(mean - right) * seconds for mean, right, seconds in rows) / total if total else float("nan")

    def wrong_s(self) -> int:
        """Seconds in which what was said was wrong; of a handful an AUROC tells little."""
        return int(self.counts[:, 0].sum())

    def auroc(self) -> float:
        """How often a right second has the higher confidence than a wrong one (ties count half); NaN without both."""
        wrong, right = self.counts[:, 0].astype(np.float64), self.counts[:, 1].astype(np.float64)
        if not wrong.sum() or not right.sum():
            return float("nan")
        below = np.cumsum(wrong) - wrong
        return float((right * (below + wrong / 2.0)).sum() / (wrong.sum() * right.sum()))
