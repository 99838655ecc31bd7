"""A Thingy's pedometer: rises of the acceleration's norm through a threshold."""

from __future__ import annotations

import struct
from dataclasses import dataclass

import numpy as np

STEP_ABOVE_G, OVER_BELOW_G = 1.15, 1.05
SHORTEST_US = 300_000
"""Rises nearer to each other are one step."""
LONGEST_US = 2_000_000
"""Steps further apart are no walk; the time between them does not count."""


@dataclass
class StepCounter:
    """Counts steps, and the time walked."""

    steps: int = 0
    walked_us: int = 0
    _high: bool = False
    _last_us: int = -LONGEST_US

    def walk(self, device_us: np.ndarray, xyz_g: np.ndarray) -> None:
        """Take (N,) times and (N, 3) accelerations."""
        norms = np.linalg.norm(xyz_g, axis=1)
        for at_us, norm_g in zip(device_us.tolist(), norms.tolist(), strict=True):
            since_us = at_us - self._last_us
            if norm_g > STEP_ABOVE_G and not self._high and since_us > SHORTEST_US:
                self.steps += 1
                self.walked_us += since_us if since_us < LONGEST_US else 0
                self._last_us = at_us
            self._high = norm_g > (OVER_BELOW_G if self._high else STEP_ABOVE_G)

    def encode(self) -> bytes:
        """Pack the pedometer's value: steps, milliseconds."""
        return struct.pack("<II", self.steps, self.walked_us // 1000 & 0xFFFFFFFF)
