"""What the likelihood of sitting is read from: a few signs, none of which depends on how the sensor is turned.

They look back 20 s and no further. Longer memory looks better on recordings than it is: takes follow each other in a
script, and whoever remembers knows the script. All come from columns on the 12.5 Hz grid or from means of seconds, so
that a sensor's own rate does not show. What could grow without end is cut off where it has said all: running is no
more upright than walking, and a chest or a phone that hangs upside down has not sat down harder than one that leans.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from monitor.accel.metrics import angle_deg
from monitor.accel.recent import RecentCount
from monitor.model import Bools, Epochs, Floats

BACK_S, LONG_S = 10, 20
"""Movement and pose are means over the first, swaying over the second: it comes and goes."""
_LEAST_G, _LEAST_DEG = 0.005, 0.1
"""What is less is the sensor's own noise."""
_MOVES_FROM, _MOVES_ENOUGH, _STIRS_G = -2.5, 0.8, 0.04
"""Logarithms of g: a wrist at a desk moves less than the first (0.08 g), a walking one mostly more; nothing above the
sum of both (0.18 g) is told from walking. Below the last a window holds too little for its shape to mean anything."""
_MOVES_UNKNOWN_G = 0.1
"""Where the rate is too low to see a step, movement of this strength stands for one."""
_LEAN_MAX_DEG = 45.0


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
    long: RecentMean = field(default_factory=RecentMean)
    stepped: RecentCount = field(default_factory=RecentCount)
    last_s: float = -np.inf
    last_g: Floats = field(default_factory=lambda: np.full(3, np.nan))

    def advance(self, epochs: Epochs, tilt_deg: Floats, stepping: Bools) -> dict[str, Floats]:
        """Columns by name; ``tilt_deg`` (n,) is the angle to the pose in walking, NaN where it is not known."""
        sway = np.log(np.maximum(epochs.across_g, _LEAST_G))
        moves = np.log(np.maximum(epochs.window_spread_g, _LEAST_G)) - _MOVES_FROM
        stirs = np.clip(moves, 0.0, _MOVES_ENOUGH)
        hangs = np.exp(-((tilt_deg / 25.0) ** 2))
        lies_flat = np.exp(-(((tilt_deg - 80.0) / 25.0) ** 2))
        columns = np.stack([sway, stirs, tilt_deg, hangs, lies_flat], axis=1)
        recent_sway, moves, mean_deg, hangs, lies_flat = self.recent.advance(epochs.start_s, columns, BACK_S).T.copy()
        swaying = np.stack([sway, self._turning(epochs)], axis=1)
        sway, turning = self.long.advance(epochs.start_s, swaying, LONG_S).T.copy()
        stepping = stepping | (~epochs.rhythm_known & (epochs.window_spread_g > _MOVES_UNKNOWN_G))
        return {
            "sway": sway,
            "turning": np.where(np.isnan(turning), 0.0, turning),
            "quiet": np.maximum(-4.0 - recent_sway, 0.0),
            "moves": moves,
            "stirs": stirs,
            "jolts": _jolts(epochs),
            "steps": self.stepped.advance(epochs.start_s, stepping, BACK_S) / BACK_S,
            "hangs": hangs,
            "flat": lies_flat,
            "lean": np.minimum(mean_deg, _LEAN_MAX_DEG) / 15.0,
            "beyond_45": np.maximum(np.minimum(tilt_deg, 150.0) - 45.0, 0.0) / 15.0,
            "raised": np.maximum(tilt_deg - 100.0, 0.0) / 30.0,
        }

    def _turning(self, epochs: Epochs) -> Floats:
        """(n,) logarithm of the degrees turned since the second before; NaN where that one is missing."""
        before_g = np.concatenate((self.last_g[None], epochs.mean_g))
        follows = np.diff(epochs.start_s, prepend=self.last_s) == 1.0
        if len(epochs):
            self.last_s, self.last_g = float(epochs.start_s[-1]), epochs.mean_g[-1].copy()
        turned = np.log(np.maximum(angle_deg(before_g[1:], before_g[:-1]), _LEAST_DEG))
        return np.where(follows, turned, np.nan)


def _jolts(epochs: Epochs) -> Floats:
    """(n,) how sudden movement is for its strength: typing is more so than a swinging arm; 0 where little moves."""
    shaped = epochs.rhythm_known & (epochs.window_spread_g > _STIRS_G)
    ratio = np.divide(epochs.jerk_g, epochs.window_spread_g, out=np.ones(len(epochs)), where=shaped)
    return np.clip(np.log(np.maximum(ratio, 1e-3)), -1.0, 1.5)
