"""The mean stride of real people: what hips and thigh feel from one heel strike of a leg to its next one.

Harmonics of the stride rate, fitted to the walking of nine people of the HARTH set (Logacjov et al. 2021, Sensors
21(23):7853, CC BY 4.0) at thigh and lower back. Phase 0 is the heel strike of the sensor's own leg. The thigh's table
holds what is left after the hips' acceleration and a thigh that swings like a pendulum have been taken away.
"""

from __future__ import annotations

import numpy as np

HIPS_MG = np.array(
    [
        ((11, -12), (-26, 65), (4, -3)),
        ((29, -144), (20, 4), (353, 121)),
        ((10, -14), (44, -80), (3, 2)),
        ((-13, -108), (4, 3), (40, 3)),
        ((11, -2), (66, -7), (-5, -3)),
        ((-13, -50), (11, 8), (55, -19)),
        ((-2, 1), (10, 47), (6, -12)),
        ((-21, -19), (-4, 15), (64, 18)),
        ((-5, -3), (-2, 26), (15, -12)),
        ((-20, -11), (-9, 10), (57, 13)),
    ]
)
"""(H, 3, 2) cosine and sine of harmonics 1 to 10: forward, left, up."""
LEG_MG = np.array(
    [
        ((-90, 29), (-106, -1), (30, 10)),
        ((18, -23), (68, -84), (-34, 29)),
        ((48, -136), (-185, -220), (-64, 147)),
        ((-87, -55), (-93, -131), (-19, -11)),
        ((-12, -37), (-185, -13), (-128, -6)),
        ((-32, 6), (-1, 67), (-81, -26)),
        ((99, 11), (-12, 83), (-54, -117)),
        ((75, -56), (165, 38), (-39, -84)),
        ((129, -18), (86, 5), (-14, -77)),
        ((80, -69), (150, -38), (-5, -74)),
    ]
)
"""(H, 3, 2) cosine and sine of harmonics 1 to 10: along the thigh, to its front, to the left."""
PERSONAL_SIZE, PERSONAL_PHASE = 0.2, 0.3
"""How much people differ from the mean: of each harmonic's size, and in radians of its phase."""


class Stride:
    """One person's own stride."""

    def __init__(self, table_mg: np.ndarray, rng: np.random.Generator) -> None:
        shape = table_mg.shape[:2]
        size = rng.normal(1.0, PERSONAL_SIZE, shape)
        turn = np.exp(1j * rng.normal(0.0, PERSONAL_PHASE, shape))
        self._waves_g = size * turn * (table_mg[..., 0] - 1j * table_mg[..., 1]) / 1000.0

    def acceleration_g(self, strides: np.ndarray) -> np.ndarray:
        """Return the (N, 3) acceleration at (N,) strides gone; whole at the own leg's heel strikes."""
        number = np.arange(1, len(self._waves_g) + 1)
        circles = np.exp(2j * np.pi * strides[:, None] * number)
        return np.asarray((circles @ self._waves_g).real)
