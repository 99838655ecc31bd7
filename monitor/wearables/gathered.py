"""Samples that come one a notification, handed on a few at a time."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitor.wearables.base import Reply
from monitor.wearables.stream import Stream

GATHER_S = 0.5
"""Each block costs the stages after us the same, however few samples it has."""
QUIET_S = 0.25
"""What comes after such a silence is not mixed with what came before."""


@dataclass
class Gathered:
    """Samples that wait for others."""

    xyz_g: list[tuple[float, float, float]] = field(default_factory=list)
    since_s: float = 0.0
    """Arrival of the first."""
    arrivals: list[tuple[int, float]] = field(default_factory=list)
    """Of every packet: how many samples there were with it, and when it came."""
    last_s: float = 0.0
    """Arrival of the newest."""
    stamp_us: int | None = None
    """Device clock at the newest, where the device stamps its samples."""

    def add(self, xyz_g: NDArray[Any], at_s: float, stamp_us: int | None = None) -> None:
        """More samples, (N, 3)."""
        self.since_s = self.since_s if self.xyz_g else at_s
        self.xyz_g += [(x_g, y_g, z_g) for x_g, y_g, z_g in xyz_g.tolist()]
        self.last_s, self.stamp_us = at_s, stamp_us
        self.arrivals.append((len(self.xyz_g), at_s))

    def is_due(self, now_s: float) -> bool:
        """Whether there is anything, and it has waited long enough."""
        return bool(self.xyz_g) and (now_s - self.since_s >= GATHER_S or now_s - self.last_s >= QUIET_S)

    def handed_to(self, stream: Stream) -> Reply:
        """Everything, as blocks."""
        xyz_g, self.xyz_g = self.xyz_g, []
        arrivals, self.arrivals = self.arrivals, []
        stamp_us, self.stamp_us = self.stamp_us, None
        if not xyz_g:
            return []
        return [*stream.add(np.array(xyz_g, dtype=np.float32), self.last_s, stamp_us, arrivals=arrivals)]
