"""What the body's signal says about speaking now: is it sure enough, and is this a good moment?"""

from __future__ import annotations

from dataclasses import dataclass

from monitor.coach.moments import Moment
from monitor.coach.rules import CoachRules
from monitor.model import NO_STATEMENT, SEDENTARY, Posture


@dataclass
class Body:
    """Follows the rows: since when they are steady, and when the body last shifted."""

    latest: Moment | None = None
    steady_from_s: float | None = None
    """Start of the rows that are sedentary and worn without a doubt, up to the latest."""
    shift_s: float | None = None
    """The latest gap in the body's signal while sedentary."""
    ticked_s: float | None = None
    """The latest time that was told apart from the rows."""

    def see(self, moment: Moment, rules: CoachRules) -> None:
        """One row more."""
        before, self.latest = self.latest, moment
        if before is not None and not 0 < moment.start_s - before.start_s <= rules.fresh_s:
            before = None
        if moment.posture not in SEDENTARY or not moment.worn:
            self.steady_from_s = None
            return
        if before is None or self.steady_from_s is None:
            self.steady_from_s = moment.start_s
        # A new posture is a shift of the body only if the one before was known: sitting after "unknown" is none.
        changed = before is not None and before.posture != moment.posture and before.posture not in NO_STATEMENT
        if changed or moment.movement_mg >= rules.shift_mg:
            self.shift_s = moment.start_s

    def stay(self, moment: Moment, shift_s: float | None) -> None:
        """Rows more like the latest, ``moment`` the last of them; ``shift_s``: the last that shook like a shift."""
        self.latest = moment
        if shift_s is not None and self.steady_from_s is not None:
            self.shift_s = shift_s

    def has_shifted(self, moment: Moment, rules: CoachRules) -> bool:
        """Whether the last shift is recent enough to speak into the gap it made."""
        return self.shift_s is not None and moment.start_s - self.shift_s < rules.shift_memory_s

    def doubt(self, moment: Moment, rules: CoachRules) -> str:
        """Why this row may not raise a call; "" where the last rows are sedentary, worn, fresh and sure."""
        if not moment.worn:
            return Posture.NOT_WORN.word
        if moment.posture not in SEDENTARY:
            return moment.posture.word
        if self.ticked_s is not None and self.ticked_s - moment.now_s > rules.fresh_s:
            return "stale"
        if not moment.confidence >= rules.min_confidence:  # so that NaN is a doubt too
            return "low_confidence"
        if moment.turned_deg >= rules.turn_deg:  # the posture may be changing; what it becomes is known soon
            return "settling"
        steady = self.steady_from_s is not None and moment.start_s + 1.0 - self.steady_from_s >= rules.steady_s
        return "" if steady else "settling"
