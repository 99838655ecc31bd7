"""The wrist: steps are sure, posture is weak.

An arm rests the same whether its owner sits or stands. What daily life allows is this: a wrist that has been quiet
for a minute without a step most likely belongs to somebody who sits. That is said with little confidence, standing
is never said, and everything else is unknown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from pydantic import BaseModel, Field

from monitor.accel.recent import RecentCount
from monitor.accel.stepping import SteppingRules, steps
from monitor.accel.wear import Wear
from monitor.model import Epochs, Posture, PostureEpochs
from monitor.posture.rows import posture_rows


class WristRules(BaseModel, frozen=True, extra="forbid"):
    """Stillness and steps at the wrist."""

    quiet_across_max_g: float = Field(
        0.15, ge=0.01, le=1.0, description="A quiet wrist sways less than this: it may type or write."
    )
    quiet_of_s: int = Field(
        60, ge=10, le=600, description="Sitting is supposed after so many seconds of a quiet wrist."
    )
    quiet_share: float = Field(0.8, ge=0.5, le=1.0, description="So much of that time must be quiet.")
    busy_min_g: float = Field(
        0.25, ge=0.05, le=2.0, description="An arm that moves more than this without steps is busy."
    )
    sitting_confidence: float = Field(0.6, ge=0, le=1, description="How far sitting is believed here.")


@dataclass(eq=False)
class Wrist:
    """Posture from the wrist."""

    NAME: ClassVar[str] = "wrist"
    KNOWS: ClassVar[str] = "Stepping, and whether the arm has been quiet for a minute, which mostly means sitting."
    CANNOT: ClassVar[str] = (
        "Tell sitting from standing still or lying: sitting is only supposed, with a low confidence."
    )

    rules: WristRules = field(default_factory=WristRules)
    stepping_rules: SteppingRules = field(default_factory=SteppingRules)
    wear: Wear = field(default_factory=Wear)
    quiet: RecentCount = field(default_factory=RecentCount)
    stepped: RecentCount = field(default_factory=RecentCount)

    def teach_standing(self, start_s: float, end_s: float) -> None:
        """Of no use here: an arm hangs or rests as it likes."""

    def advance(self, epochs: Epochs) -> PostureEpochs:
        """One posture row for every epoch row, in order."""
        rules = self.rules
        wear = self.wear.advance(epochs)
        stepping = steps(epochs, self.stepping_rules)
        quiet = (epochs.across_g < rules.quiet_across_max_g) & ~stepping
        long_quiet = self.quiet.advance(epochs.start_s, quiet, rules.quiet_of_s) >= rules.quiet_share * rules.quiet_of_s
        stepped = self.stepped.advance(epochs.start_s, stepping, rules.quiet_of_s) > rules.quiet_of_s // 20
        busy = epochs.window_spread_g > rules.busy_min_g
        posture = np.select(
            [stepping, long_quiet & ~stepped, busy],
            [Posture.STEPPING, Posture.SITTING, Posture.ACTIVE],
            Posture.UNKNOWN,
        )
        said = [posture == Posture.STEPPING, posture == Posture.SITTING, posture == Posture.ACTIVE]
        return posture_rows(epochs, posture, np.select(said, [0.9, rules.sitting_confidence, 0.7], 0.0), wear)
