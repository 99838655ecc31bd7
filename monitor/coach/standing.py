"""Standing too long: a gentle word for those who have a standing desk and want one; off unless asked for."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.model import Posture

UP = (Posture.STANDING, Posture.STEPPING, Posture.ACTIVE)
"""On one's legs; anything else ends the stretch."""
WALK_S = 60.0
"""So much walking in between, and the standing begins anew."""


@dataclass
class Standing:
    """How long the wearer has been standing, with little walking in between."""

    standing_s: float = 0.0
    stepping_s: float = 0.0
    told: bool = False
    """This stretch has had its word."""

    def see(self, posture: Posture, count: int = 1) -> None:
        """So many seconds more, all in one posture."""
        if posture == Posture.STANDING:
            self.standing_s += count
        elif posture == Posture.STEPPING:
            self.stepping_s += count
        if posture not in UP:
            self.standing_s, self.stepping_s, self.told = 0.0, 0.0, False
        elif self.stepping_s >= WALK_S:
            self.standing_s, self.stepping_s, self.told = 0.0, self.stepping_s % WALK_S, False

    def is_long(self, limit_s: float) -> bool:
        """Whether a word is due; ``limit_s`` 0 means never."""
        return bool(limit_s) and not self.told and self.standing_s >= limit_s
