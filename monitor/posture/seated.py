"""Somebody who does not stand, in a wheelchair for instance: rest or movement, wherever the sensor is worn.

Upright is nothing to be learned of them, and a posture would be a guess: whoever is worn and not moving sits. What ends
their sitting is movement: wheeling, arms that are raised, a transfer. How they move is not told apart, and pressure
relief by leaning slowly to one side is too little movement to be seen.

On seated people (wisdm51, 27 wrists, four hours, typing and writing among it) 6 % of the seconds move more than the
limit, and twice it was a whole minute; at the chest (ucichest, two hours at a computer) 4 %, and never a minute.
Walking, which stands in for wheeling there, passes it in 91 % of the seconds at the wrist and 83 % at the chest. No
recording of a wheelchair was at hand.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, ClassVar

import numpy as np
from msgspec import Meta

from monitor.accel.metrics import norm
from monitor.accel.wear import Wear
from monitor.model import Epochs, Posture, PostureEpochs
from monitor.posture.rows import posture_rows
from monitor.rules import Rules

CONFIDENCE = 0.9
"""No labelled wheelchair has said how often it is right."""
ARM_MIN_G = 0.25
"""Hands are busy without anybody moving about."""


class SeatedRules(Rules, frozen=True):
    """From when on somebody seated is moving."""

    moving_min_g: Annotated[
        float,
        Meta(ge=0.02, le=1, description="Somebody seated who moves more than this over four seconds is moving about."),
    ] = 0.15


@dataclass(eq=False)
class Seated:
    """Rest and movement of somebody who does not stand."""

    NAME: ClassVar[str] = "seated"
    KNOWS: ClassVar[str] = "Rest and movement of somebody who does not stand."
    CANNOT: ClassVar[str] = "Tell wheeling from other movement, sitting from lying, leaning to relieve pressure."

    rules: SeatedRules = field(default_factory=SeatedRules)
    wear: Wear = field(default_factory=Wear)

    @classmethod
    def worn_at(cls, placement: str) -> Seated:
        """With the limit of this part of the body."""
        return cls(SeatedRules(moving_min_g=ARM_MIN_G)) if placement == "wrist" else cls()

    def teach_standing(self, start_s: float, end_s: float) -> None:
        """Nothing: whoever has said that they cannot stand has pressed that by mistake."""

    def advance(self, epochs: Epochs) -> PostureEpochs:
        """One posture row for every epoch row, in order."""
        wear = self.wear.advance(epochs)
        # Turning counts like shaking: an arm that is raised slowly changes direction, not magnitude
        moving = np.hypot(epochs.along_g, epochs.across_g) > self.rules.moving_min_g
        seen = np.where(moving, Posture.ACTIVE, Posture.SITTING)
        posture = np.where(norm(epochs.window_mean_g) > 0.0, seen, Posture.UNKNOWN)
        return posture_rows(epochs, posture, np.full(len(epochs), CONFIDENCE), wear)
