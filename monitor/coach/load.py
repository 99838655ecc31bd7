"""Sitting load: what has been sat and not yet been paid off by being upright.

The clock of a bout begins at zero after any break; a load does not: a stretch of 40 seconds pays off its share of 90
minutes, no more. Which dose pays off what is nobody's finding: with the default, the 5 minutes of the recipe
``walk-5-per-30`` pay off its 30 minutes.
"""

from __future__ import annotations

from dataclasses import dataclass

from monitor.coach.moments import Moment
from monitor.model import SEDENTARY, UPRIGHT, Posture

FORGOTTEN_AFTER_S = 7200.0
"""After so long without any posture (a night, an evening without the wearable) the day begins anew."""


@dataclass
class Load:
    """Seconds of sitting that are not paid off."""

    load_s: float = 0.0
    last_s: float | None = None
    """Start of the last second with a statement."""

    def see(self, moment: Moment, payoff: float, count: int = 1) -> float:
        """So many seconds like the last of them, ``moment``; returns the load after it.

        ``payoff``: seconds of sitting that a second upright pays off.
        """
        seated = moment.posture in SEDENTARY or (moment.posture == Posture.ACTIVE and moment.bout_id is not None)
        if not moment.worn or not (seated or moment.posture in UPRIGHT):
            return self.load_s
        if self.last_s is not None and moment.start_s - (count - 1) - self.last_s > FORGOTTEN_AFTER_S:
            self.load_s = 0.0
        self.last_s = moment.start_s
        if seated:
            self.load_s += count
        while not seated and count and self.load_s:
            self.load_s, count = max(0.0, self.load_s - payoff), count - 1
        return self.load_s
