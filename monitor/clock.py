"""The one clock of the daemon, scalable: a demo lives a day in minutes.

Stream time (``now_s``) runs ``speed`` times as fast as the wall; both processes of a demo share ``origin_s``
and ``speed`` and so agree on it. What belongs to the radio, the broker or systemd stays on wall time
(``asyncio.sleep``, ``asyncio.timeout``).
"""

from __future__ import annotations

import time
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Clock:
    """``now_s = origin_s + speed * (wall - origin_s)``."""

    origin_s: float = 0.0
    """Wall time at which stream time and wall time were equal, seconds since the Unix epoch."""
    speed: float = 1.0

    def now_s(self) -> float:
        """Stream time, seconds since the Unix epoch."""
        return self.at_s(time.time())

    def at_s(self, wall_s: float) -> float:
        """Stream time at a wall time."""
        return self.origin_s + self.speed * (wall_s - self.origin_s) if self.speed != 1.0 else wall_s
