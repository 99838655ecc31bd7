"""What the wearer has set while the program runs; kept over restarts, given back by ``RESET``."""

from __future__ import annotations

from dataclasses import dataclass, field

from monitor.coach.rules import CoachRules


@dataclass
class Overrides:
    """The wearer's word over the settings; None where the settings hold."""

    limit_s: float | None = None
    profile: str | None = None
    paused: bool = False
    paused_until_s: float | None = None
    """None = until switched off."""
    busy: bool = False
    busy_until_s: float | None = None
    hurts: list[str] = field(default_factory=list)
    """Exercises that hurt: never suggested until lifted."""
    exercises_silent: bool = False
    """After "this hurts", until the wearer wants exercises again."""
    professional_said: bool = False

    def is_paused(self, now_s: float) -> bool:
        """Whether all alerts are paused."""
        return self.paused and (self.paused_until_s is None or now_s < self.paused_until_s)

    def is_busy(self, now_s: float) -> bool:
        """Whether the wearer is in a call or a meeting."""
        return self.busy and (self.busy_until_s is None or now_s < self.busy_until_s)

    def limit_in_force_s(self, rules: CoachRules) -> float:
        """The wearer's limit, else the settings'."""
        return rules.limit_s if self.limit_s is None else self.limit_s

    def profile_in_force(self, rules: CoachRules) -> str:
        """The wearer's profile, else the settings'."""
        return self.profile or rules.profile
