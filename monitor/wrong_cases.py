"""What the sensor showed before the wearer said "wrong": kept as recordings, for a replay and a better rule.

Raw samples leave the memory only by this wish of the wearer, and stay in the state directory.
"""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime
from pathlib import Path

import numpy as np

from monitor.model import AccelBlock

KEPT_S = 300.0
"""Length of a case."""
KEPT_CASES = 20
SEGMENT_GAP_S = 2.0
"""Samples further apart are segments of their own."""


class RecentSamples:
    """The last minutes of one wearer's samples, and where they are written when asked for."""

    def __init__(self, folder: Path, wearer: str) -> None:
        self._folder, self._wearer = folder, wearer
        self._blocks: deque[AccelBlock] = deque()

    def add(self, block: AccelBlock) -> None:
        """Samples have come; what is older than ``KEPT_S`` is let go."""
        self._blocks.append(block)
        newest_s = max(float(block.t_s[-1]), float(self._blocks[0].t_s[-1]))
        while newest_s - float(self._blocks[0].t_s[-1]) > KEPT_S:
            self._blocks.popleft()

    def save(self, at_s: float) -> Path | None:
        """Write them as a recording that ``sitbreak replay`` reads; None where there is nothing. Raises OSError."""
        blocks = sorted(self._blocks, key=lambda block: float(block.t_s[0]))
        if not blocks:
            return None
        t_s = np.concatenate([block.t_s for block in blocks])
        starts = np.flatnonzero(np.diff(t_s, prepend=-np.inf) > SEGMENT_GAP_S)
        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._folder / f"{self._wearer}-{datetime.fromtimestamp(at_s, UTC):%Y%m%dT%H%M%SZ}.npz"
        np.savez_compressed(
            path,
            acc=np.rint(np.concatenate([block.xyz_g for block in blocks]) * 1000).clip(-32768, 32767).astype(np.int16),
            t=t_s,
            fs=np.float64(blocks[-1].rate_hz),
            seg_start=starts.astype(np.int64),
            seg_t0=t_s[starts],
        )
        path.chmod(0o600)
        # as long as this name: "me-*" would also find what "me-too" has reported
        own = [case for case in self._folder.glob(f"{self._wearer}-*.npz") if len(case.name) == len(path.name)]
        for old in sorted(own)[:-KEPT_CASES]:
            old.unlink()
        return path
