"""What chest and wrist share: posture is only likely there, and is said where it is likely enough.

A logistic model of a few signs (``signs.py``), which look back 20 s, says how likely sitting is. Between the two
likelihoods from which on sitting or upright is said, the answer is unknown.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Annotated, ClassVar

import numpy as np
from msgspec import Meta

from monitor.accel.metrics import angle_deg
from monitor.accel.mounting import Mounting, MountingRules
from monitor.accel.recent import RecentCount
from monitor.accel.stepping import SteppingRules, steps
from monitor.accel.wear import Wear
from monitor.model import Bools, Epochs, Floats, Posture, PostureEpochs
from monitor.posture.logistic import LikelyModel, probability
from monitor.posture.rows import posture_rows
from monitor.posture.signs import Signs
from monitor.rules import Rules

LOOSE_STEPS = SteppingRules(
    spread_min_g=0.05,
    across_min_g=0.06,
    jerk_min_g=0.07,
    skewness_min=-1.0,
    teach_jerk_min_g=0.12,
    teach_skewness_min=-1.0,
    teach_power_ratio_min=3.0,
    teach_across_share_min=0.0,
)
"""Arms swing as they like: held to the steps of a leg, they would teach the pose in running, if any."""

SURE = MountingRules(enough_s=10.0, halving_s=60.0)
"""Fidgeting looks like a few steps here: a pose is learned from a real walk, or not at all."""

WALK_MAX_G = 0.42
"""Who moves more than this runs: of wisdm51, 19 in 20 walking seconds are below, as many running ones above."""

_SITTING_S, _SITTING_AT_ONCE = 20, 0.5
_UPRIGHT_S, _UPRIGHT_AT_ONCE = 10, 0.75
"""So many seconds the evidence takes to count in full, and what share of it counts at once. After a gap it would be
overrated: in wisdm51, on people left out, what was called upright with 0.96 was so in 0.88 of the first 3 s, in 0.94
of the next ones up to 10 s; what was called sitting with 0.95, in 0.84 of the first 3 s."""
_HAS_MOVED = 0.65
"""What movement counts for, as evidence of being upright, in a second that does not move itself: the last before
getting up, the first after sitting down (spsw, wrist)."""


def walking_only(epochs: Epochs) -> Epochs:
    """The same without what could teach the pose in running, in which arms are bent."""
    return replace(epochs, jerk_g=np.where(epochs.window_spread_g > WALK_MAX_G, np.nan, epochs.jerk_g))


class LikelyRules(Rules, frozen=True):
    """What is not trained; our own judgement, but where a site's file says otherwise."""

    busy_min_g: Annotated[
        float, Meta(ge=0.05, le=2.0, description="Somebody upright who moves more than this without steps is busy.")
    ] = 0.25
    still_max_g: Annotated[
        float, Meta(ge=0, le=1, description="Before the first walk, a second that moves less is rarely called upright.")
    ] = 0.05
    restless_min_g: Annotated[
        float, Meta(ge=0.02, le=2.0, description="Somebody who has swayed more than this for 20 s is not said to sit.")
    ] = 1.0
    lying_above_deg: Annotated[
        float, Meta(ge=50, le=180, description="Somebody tilted more than this against walking lies rather than sits.")
    ] = 180.0
    confidence_max: Annotated[
        float, Meta(ge=0.5, le=1, description="No answer is given more confidence than this.")
    ] = 0.99


@dataclass(eq=False)
class Likely:
    """Posture from a weak site; each site is a file of its own with its words and parameters."""

    MODEL: ClassVar[LikelyModel]

    rules: LikelyRules = field(default_factory=LikelyRules)
    wear: Wear = field(default_factory=Wear)
    mounting: Mounting = field(default_factory=lambda: Mounting(rules=SURE, stepping_rules=LOOSE_STEPS))
    signs: Signs = field(default_factory=Signs)
    seen: RecentCount = field(default_factory=RecentCount)

    def teach_standing(self, start_s: float, end_s: float) -> None:
        """The wearer stands upright in [start_s, end_s): used when the stream gets there, not before."""
        self.mounting.teach_standing(start_s, end_s)

    def advance(self, epochs: Epochs) -> PostureEpochs:
        """One posture row for every epoch row, in order."""
        model, rules = self.MODEL, self.rules
        wear = self.wear.advance(epochs)
        stepping = steps(epochs, self.mounting.stepping_rules)
        tilt_deg = angle_deg(epochs.window_mean_g, self.mounting.advance(walking_only(epochs), wear).direction)
        signs, walked = self.signs.advance(epochs, tilt_deg, stepping), ~np.isnan(tilt_deg)
        log_odds = np.where(walked, model.walked.log_odds(signs), model.unwalked.log_odds(signs))
        likely = probability(log_odds * self._weight(epochs, walked, log_odds > 0.0))
        calm = signs["sway"] < np.log(rules.restless_min_g)
        sedentary = calm & (likely >= np.where(walked, model.sedentary_from, model.unwalked_sedentary_from))
        upright = 1.0 - likely >= np.where(walked, model.upright_from, model.unwalked_upright_from)
        lying, steps_on = sedentary & (tilt_deg > rules.lying_above_deg), stepping & (likely < 0.49)
        busy = upright & (epochs.window_spread_g > rules.busy_min_g)
        posture = np.select(
            [lying, sedentary, steps_on, busy, upright],
            [Posture.LYING, Posture.SITTING, Posture.STEPPING, Posture.ACTIVE, Posture.STANDING],
            Posture.UNKNOWN,
        )
        confidence = np.where(sedentary, likely, 1.0 - likely)
        return posture_rows(epochs, posture, np.minimum(confidence, rules.confidence_max), wear)

    def _weight(self, epochs: Epochs, walked: Bools, sits: Bools) -> Floats:
        """(n,) how much the log odds of a row count: by the seconds that they rest on, and by this one itself."""
        seen_s = self.seen.advance(epochs.start_s, np.ones(len(epochs), np.bool_), _SITTING_S)
        at_once = np.where(sits, _SITTING_AT_ONCE, _UPRIGHT_AT_ONCE)
        ripe = np.minimum(seen_s / np.where(sits, _SITTING_S, _UPRIGHT_S), 1.0)
        has_moved = ~sits & ~walked & (epochs.spread_g < self.rules.still_max_g)
        weight: Floats = (at_once + (1.0 - at_once) * ripe) * np.where(has_moved, _HAS_MOVED, 1.0)
        return weight
