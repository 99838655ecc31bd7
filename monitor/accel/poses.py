"""The poses in which a sensor has lain still, each the mean of its moments."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from monitor.accel.metrics import norm
from monitor.model import Floats

_MOMENTS_MAX = 10.0
"""A pose follows its moments as if it had had no more of them than this: sensors drift."""
_AT_ONCE = 64
"""Moments that are looked at together."""


@dataclass(eq=False)
class Poses:
    """Still moments, by their directions."""

    mean_g: Floats = field(default_factory=lambda: np.empty((0, 3)))
    """(p, 3) mean of the still moments of each pose, the oldest first."""
    moments: Floats = field(default_factory=lambda: np.empty(0))
    """(p,) how many moments; at most 10 count."""

    def __len__(self) -> int:
        return len(self.mean_g)

    def open(self, mean_g: Floats, most: int) -> None:
        """A pose that is like none so far; where there are ``most`` of them the oldest goes."""
        first = 1 if len(self) >= most else 0
        self.mean_g = np.concatenate((self.mean_g[first:], mean_g[None]))
        self.moments = np.append(self.moments[first:], 1.0)

    def take(self, moments_g: Floats, pose_deg: float) -> int:
        """Add (k, 3) moments, one after the other, each to the nearest pose, until one is like none; how many."""
        near, taken = math.cos(math.radians(pose_deg)), 0
        while taken < len(moments_g):
            added = self._stay(moments_g[taken : taken + _AT_ONCE], near)
            if not added:
                break
            taken += added
        return taken

    def _stay(self, moments_g: Floats, near: float) -> int:
        """Add the first to its pose, and those after it that stay there, as a body does for minutes; how many.

        Only the pose that they are added to moves meanwhile: what the others have to offer is known beforehand.
        """
        if not len(self):
            return 0
        m, p = moments_g[:, :, None], self.mean_g.T
        along = m[:, 0] * p[0] + m[:, 1] * p[1] + m[:, 2] * p[2]
        length_g = norm(moments_g)
        offers = np.where(along > near * (norm(self.mean_g) * length_g[:, None]), along, -np.inf)
        pose = int(offers[0].argmax())
        if offers[0, pose] == -np.inf:
            return 0
        offers[:, pose] = -np.inf
        (x, y, z), count, taken = self.mean_g[pose].tolist(), float(self.moments[pose]), 0
        rows = zip(moments_g.tolist(), length_g.tolist(), offers.max(axis=1).tolist(), strict=True)
        for (to_x, to_y, to_z), length, other in rows:
            own = x * to_x + y * to_y + z * to_z
            is_near = own > near * (math.sqrt(x * x + y * y + z * z) * length)
            if taken and not (is_near and own > other):
                break
            count = min(count + 1.0, _MOMENTS_MAX)
            x, y, z = x + (to_x - x) / count, y + (to_y - y) / count, z + (to_z - z) / count
            taken += 1
        self.mean_g[pose], self.moments[pose] = (x, y, z), count
        return taken
