"""The step counter of a motion chip: rises of the magnitude that follow each other as steps do."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

QUICK_S, SLOW_S = 0.05, 0.6
"""Time constants of the two running means whose difference is counted."""
RISE_G = 0.05
"""What a step must rise above the slow mean, and fall below it before."""
SHORTEST_S, LONGEST_S = 0.28, 1.3
"""Steps nearer to each other are the same step, steps further apart are no walk (0.6 to 3.6 steps a second)."""
STREAK = 7
"""So many steps in a row make a walk; they are then counted together, as chips do."""


@dataclass
class StepCounter:
    """Counts steps in a stream of samples."""

    rate_hz: float
    steps: int = 0
    _quick_g: float = 1.0
    _slow_g: float = 1.0
    _low: bool = False
    _since_s: float = LONGEST_S
    _streak: int = 0

    def feed(self, xyz_g: np.ndarray) -> None:
        """Take consecutive (N, 3) samples in g."""
        period_s = 1.0 / self.rate_hz
        quick, slow = period_s / (QUICK_S + period_s), period_s / (SLOW_S + period_s)
        for norm_g in np.linalg.norm(xyz_g, axis=1).tolist():
            self._quick_g += quick * (norm_g - self._quick_g)
            self._slow_g += slow * (norm_g - self._slow_g)
            self._since_s += period_s
            self._look(self._quick_g - self._slow_g)

    def _look(self, above_g: float) -> None:
        if above_g < -RISE_G:
            self._low = True
        elif above_g > RISE_G and self._low and self._since_s >= SHORTEST_S:
            self._low = False
            self._step()

    def _step(self) -> None:
        self._streak = self._streak + 1 if self._since_s <= LONGEST_S else 1
        self._since_s = 0.0
        if self._streak == STREAK:
            self.steps += STREAK
        elif self._streak > STREAK:
            self.steps += 1
