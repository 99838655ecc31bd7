"""How long a device without a host stays awake, and what movement wakes it.

Advertising runs on wall time in this simulator, so its end does too: at speed 60 a host needs as many seconds to find
a wearable as at speed 1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

THRESHOLD_G = 0.10
"""A reading that differs by more from the one a moment ago is a movement; wake-up interrupts are set near 60-250 mg."""


@dataclass
class MovementDetector:
    """Compares readings with those before them."""

    threshold_g: float = THRESHOLD_G
    last_g: np.ndarray | None = None

    def moved(self, xyz_g: np.ndarray) -> bool:
        """Say whether these (N, 3) consecutive readings show a movement."""
        if len(xyz_g) == 0:
            return False
        readings = xyz_g if self.last_g is None else np.vstack((self.last_g, xyz_g))
        self.last_g = readings[-1]
        return bool((np.abs(np.diff(readings, axis=0)) > self.threshold_g).any())


@dataclass
class Wakefulness:
    """Runs out unless stirred; an hour of it is an hour of wall time."""

    lasts_s: float | None
    """None where it never runs out."""
    wall_s: Callable[[], float]
    _since_s: float | None = None

    def stir(self) -> None:
        """Begin anew."""
        self._since_s = self.wall_s()

    def over(self) -> bool:
        """Say whether it has run out; the first question begins it."""
        if self._since_s is None:
            self.stir()
        assert self._since_s is not None
        return self.lasts_s is not None and self.wall_s() - self._since_s >= self.lasts_s
