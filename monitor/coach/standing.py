"""Standing too long: a gentle word for those who have a standing desk and want one; off unless asked for."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.coach.moments import Moment
from monitor.model import Posture

WALK_S = 60.0
"""So much walking in between, and the standing begins anew."""


@dataclass
class Standing:
    """How long the wearer has been standing, with little walking in between."""

    standing_s: float = 0.0
    stepping_s: float = 0.0
    told: bool = False
    """This stretch has had its word."""

    def see(self, moment: Moment) -> None:
        """One second more."""
        if moment.posture == Posture.STANDING:
            self.standing_s += 1.0
        elif moment.posture == Posture.STEPPING:
            self.stepping_s += 1.0
        if moment.posture not in (Posture.STANDING, Posture.STEPPING, Posture.ACTIVE) or self.stepping_s >= WALK_S:
            self.standing_s, self.stepping_s, self.told = 0.0, 0.0, False

    def is_long(self, limit_s: float) -> bool:
        """Whether a word is due; ``limit_s`` 0 means never."""
        return bool(limit_s) and not self.told and self.standing_s >= limit_s
