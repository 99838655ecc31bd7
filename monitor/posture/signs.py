"""What the likelihood of sitting is read from: a few signs, none of which depends on how the sensor is turned.

They look back 10 s and no further. Longer memory looks better on recordings than it is: takes follow each other in a
script, and whoever remembers knows the script. All come from columns on the 12.5 Hz grid, so that a sensor's own rate
does not show.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from monitor.model import Epochs, Floats

BACK_S = 10
_LEAST_G = 0.003
"""What is less is the sensor's own noise."""


@dataclass(eq=False)
class RecentMean:
    """Means over the last seconds of columns side by side; what is not known is left out."""

    start_s: Floats = field(default_factory=lambda: np.empty(0))
    values: Floats = field(default_factory=lambda: np.empty((0, 0)))

    def advance(self, start_s: Floats, values: Floats, width_s: int) -> Floats:
        """(n, m) mean over the ``width_s`` seconds up to each row; NaN where nothing is known."""
        past = len(self.start_s)
        all_s = np.concatenate((self.start_s, start_s))
        all_values = np.concatenate((self.values, values)) if past else values
        known = ~np.isnan(all_values)
        filled = np.where(known, all_values, 0.0)
        total, count = filled.copy(), known.astype(np.float64)
        for back in range(1, min(width_s, len(all_s))):
            near = (all_s[back:] - all_s[:-back] < width_s)[:, None]
            total[back:] += np.where(near, filled[:-back], 0.0)
            count[back:] += near & known[:-back]
        self.start_s, self.values = all_s[-width_s:].copy(), all_values[-width_s:].copy()
        mean: Floats = np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)
        return mean[past:]


@dataclass(eq=False)
class StillMean:
    """Means over the still seconds since the last movement, at most ``BACK_S``; a moving second is its own."""

    start_s: Floats = field(default_factory=lambda: np.empty(0))
    kind: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, np.int64))
    values: Floats = field(default_factory=lambda: np.empty((0, 0)))

    def advance(self, start_s: Floats, kind: NDArray[np.int64], values: Floats) -> Floats:
        """(n, m) means of the columns of ``values``; only seconds of one kind belong together, and none below 0."""
        past = len(self.start_s)
        all_s, all_kind = np.concatenate((self.start_s, start_s)), np.concatenate((self.kind, kind))
        all_values = np.concatenate((self.values, values)) if past else values
        total, count, unbroken = all_values.copy(), np.ones(len(all_s)), all_kind >= 0
        for back in range(1, min(BACK_S, len(all_s))):
            unbroken[:back] = False
            unbroken[back:] &= (all_kind[back:] == all_kind[:-back]) & (all_s[back:] - all_s[:-back] == back)
            total[back:] += np.where(unbroken[back:, None], all_values[:-back], 0.0)
            count += unbroken
        self.start_s, self.kind = all_s[-BACK_S:].copy(), all_kind[-BACK_S:].copy()
        self.values = all_values[-BACK_S:].copy()
        mean: Floats = total / count[:, None]
        return mean[past:]


def log_tilt(tilt_deg: Floats, middle_deg: float) -> Floats:
    """How far a tilt lies beyond the middle, in factors of e; two degrees are the noise of a body."""
    beyond: Floats = np.log((tilt_deg + 2.0) / (middle_deg + 2.0))
    return beyond


@dataclass(eq=False)
class Signs:
    """Signs of sitting or standing, second by second."""

    recent: RecentMean = field(default_factory=RecentMean)

    def advance(self, epochs: Epochs, tilt_deg: Floats) -> dict[str, Floats]:
        """Columns by name; ``tilt_deg`` (n,) is the angle to the pose in walking, NaN where it is not known."""
        sway = np.log(np.maximum(epochs.across_g, _LEAST_G))
        moves = np.maximum(np.log(np.maximum(epochs.window_spread_g, _LEAST_G)) + 2.5, 0.0)
        hangs = np.exp(-((tilt_deg / 25.0) ** 2))
        lies_flat = np.exp(-(((tilt_deg - 80.0) / 25.0) ** 2))
        columns = np.stack([sway, moves, tilt_deg, hangs, lies_flat], axis=1)
        sway, moves, mean_deg, hangs, lies_flat = self.recent.advance(epochs.start_s, columns, BACK_S).T.copy()
        return {
            "sway": sway,
            "quiet": np.maximum(-4.0 - sway, 0.0),
            "busy": np.maximum(sway + 2.5, 0.0),
            "moves": moves,
            "hangs": hangs,
            "flat": lies_flat,
            "tilt_mean": mean_deg / 15.0,
            "beyond_15": np.maximum(np.minimum(tilt_deg, 150.0) - 15.0, 0.0) / 15.0,
            "beyond_45": np.maximum(np.minimum(tilt_deg, 150.0) - 45.0, 0.0) / 15.0,
            "raised": np.maximum(tilt_deg - 100.0, 0.0) / 30.0,
        }
