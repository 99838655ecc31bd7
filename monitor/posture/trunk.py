"""What waist, lower back and chest share: the tilt of the trunk against its own pose in walking.

Sitting down tilts the pelvis by a few degrees only (the best cut at the hip is 11.6 degrees between standing and
sitting, and 64.9 between sitting and lying: Vähä-Ypyä et al. 2018, Scand J Med Sci Sports 28(3): 1092-1102), so the
tilt is averaged over 4 s, is not read while stepping, and between the two thresholds the answer stays as it was.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from monitor.accel.metrics import angle_deg
from monitor.accel.mounting import Mounting
from monitor.accel.stepping import SteppingRules, steps
from monitor.accel.wear import Wear
from monitor.model import Epochs, Floats, Posture, PostureEpochs
from monitor.posture.rows import posture_rows
from monitor.posture.smoothing import Hysteresis

TRUNK_STEPS = SteppingRules(
    spread_min_g=0.05,
    across_min_g=0.04,
    jerk_min_g=0.06,
    skewness_min=-1.0,
    teach_jerk_min_g=0.08,
    teach_skewness_min=-1.0,
    teach_across_share_min=0.0,
)
"""A trunk bobs more than it sways: steps are weaker across gravity than on a leg."""


class TrunkRules(BaseModel, frozen=True, extra="forbid"):
    """Tilt of the trunk against its own pose in walking."""

    sedentary_above_deg: float = Field(
        18.0, ge=5, le=60, description="A trunk tilted more than this against walking sits."
    )
    upright_below_deg: float = Field(
        13.0, ge=2, le=60, description="A trunk tilted less than this stands; in between it stays as it was."
    )
    lying_above_deg: float = Field(64.9, ge=40, le=90, description="A trunk tilted more than this lies.")
    moving_max_g: float = Field(
        0.12, ge=0.02, le=1.0, description="A trunk that moves more than this without steps is busy: no posture."
    )
    sitting_confidence: float = Field(0.8, ge=0, le=1, description="How far sitting is believed here.")
    standing_confidence: float = Field(0.8, ge=0, le=1, description="How far standing is believed here.")


@dataclass(eq=False)
class Trunk:
    """Posture from a trunk site; each site is a file of its own with its words and thresholds."""

    VERTICAL: ClassVar[Posture] = Posture.STANDING
    """What a still trunk without tilt says; unknown where sitting is as upright as standing."""

    rules: TrunkRules = field(default_factory=TrunkRules)
    wear: Wear = field(default_factory=Wear)
    mounting: Mounting = field(default_factory=lambda: Mounting(stepping_rules=TRUNK_STEPS))
    tilted: Hysteresis = field(default_factory=Hysteresis)

    def teach_standing(self, start_s: float, end_s: float) -> None:
        """The wearer stands upright in [start_s, end_s): used when the stream gets there, not before."""
        self.mounting.teach_standing(start_s, end_s)

    def advance(self, epochs: Epochs) -> PostureEpochs:
        """One posture row for every epoch row, in order."""
        wear = self.wear.advance(epochs)
        upright = self.mounting.advance(epochs, wear)
        stepping = steps(epochs, self.mounting.stepping_rules)
        tilt_deg = angle_deg(epochs.window_mean_g, upright.direction)
        tilted = self.tilted.advance(
            np.where(stepping, 0.0, tilt_deg), self.rules.upright_below_deg, self.rules.sedentary_above_deg
        )
        busy = epochs.window_spread_g > self.rules.moving_max_g
        lying = tilt_deg > self.rules.lying_above_deg
        known = ~np.isnan(tilt_deg)
        posture = np.select(
            [stepping & ((known & ~lying) | upright.steady), ~known, lying, busy, tilted],
            [Posture.STEPPING, Posture.UNKNOWN, Posture.LYING, Posture.ACTIVE, Posture.SITTING],
            self.VERTICAL,
        )
        return posture_rows(epochs, posture, self._confidence(posture), wear)

    def _confidence(self, posture: NDArray[np.int64]) -> Floats:
        rules = self.rules
        return np.select(
            [posture == Posture.SITTING, posture == Posture.STANDING, posture == Posture.ACTIVE],
            [rules.sitting_confidence, rules.standing_confidence, 0.7],
            0.95,
        )
