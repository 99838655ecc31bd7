"""A heart for a strap to hear: calm at rest, faster some time after movement; beats, and the measurement of them.

A plausible signal, not physiology: nothing that is measured of posture depends on it.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field

import numpy as np

REST_BPM, PER_G_BPM, MOST_BPM = 64.0, 220.0, 170.0
EFFORT_SHARE = 0.02
"""Weight of a new sample in the effort: about the last fifty count."""
SETTLES_S = 40.0
BEAT_VARIES_S = 0.03
CONTACT_SUPPORTED, CONTACT, INTERVALS = 0x04, 0x02, 0x10
MOST_INTERVALS = 4
"""Beats that one measurement lists."""


@dataclass
class Heart:
    """Beats along the device's clock."""

    seed: int
    bpm: float = REST_BPM
    _effort_g: float = 0.0
    """How far the body's acceleration is from one g, on average."""
    _now_s: float = 0.0
    _next_beat_s: float = 0.0
    _intervals_s: list[float] = field(default_factory=list)
    _beats: int = 0

    def move(self, xyz_g: np.ndarray) -> None:
        """Feel how much the body moves: (N, 3) samples."""
        for away_g in np.abs(np.linalg.norm(xyz_g, axis=1) - 1.0).tolist():
            self._effort_g += EFFORT_SHARE * (away_g - self._effort_g)

    def beat_until(self, now_s: float) -> None:
        """Let the heart beat up to a moment of the device's clock, which may have begun anew."""
        share = 1.0 - math.exp(-max(0.0, now_s - self._now_s) / SETTLES_S)
        self.bpm += share * (min(MOST_BPM, REST_BPM + PER_G_BPM * self._effort_g) - self.bpm)
        self._now_s = now_s
        if abs(self._next_beat_s - now_s) > 10.0:  # a reboot, or nobody has listened
            self._next_beat_s = now_s
        while self._next_beat_s <= now_s:
            interval_s = 60.0 / self.bpm + random.Random(f"{self.seed} {self._beats}").gauss(0.0, BEAT_VARIES_S)
            self._beats += 1
            self._intervals_s.append(interval_s)
            self._next_beat_s += interval_s

    def take_measurement(self, contact: bool, with_intervals: bool) -> bytes:
        """Return the value of Heart Rate Measurement (0x2A37): flags, rate, and the intervals since the last one."""
        intervals, self._intervals_s = self._intervals_s[-MOST_INTERVALS:], []
        flags = CONTACT_SUPPORTED | (CONTACT if contact else 0) | (INTERVALS if with_intervals else 0)
        head = bytes((flags, round(self.bpm) if contact else 0))
        if not (with_intervals and contact):
            return head
        return head + b"".join(round(interval_s * 1024).to_bytes(2, "little") for interval_s in intervals)
