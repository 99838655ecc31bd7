"""What waist and lower back share: the tilt of the trunk, how still it is, and what was seen to happen.

Sitting down tilts the pelvis by a few degrees only (the best cut at the hip is 11.6 degrees between standing and
sitting, and 64.9 between sitting and lying: Vähä-Ypyä et al. 2018, Scand J Med Sci Sports 28(3): 1092-1102), and
somebody on the edge of a bed is as upright as somebody who stands. So three witnesses are heard: the tilt against the
wearer's own upright (``upright``), the sway, of which those who sit have less, and the movements in which the body
rose or sank (``rises``, ``belief``). Their log odds are added; the sign decides.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, ClassVar

import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from monitor.accel.metrics import norm
from monitor.accel.recent import RecentCount
from monitor.accel.stepping import steps
from monitor.accel.wear import Wear, WearColumns
from monitor.model import Bools, Epochs, Floats, Posture, PostureEpochs
from monitor.posture.belief import Belief
from monitor.posture.logistic import Logistic, TrunkModel, probability
from monitor.posture.rises import RiseColumns, Rises
from monitor.posture.rows import posture_rows
from monitor.posture.signs import StillMean, log_tilt
from monitor.posture.smoothing import LastClear
from monitor.posture.upright import Pose, PoseColumns, Source
from monitor.posture.walking import TRUNK_STEPS
from monitor.rules import Rules

MIDDLE_DEG = 11.6
"""Vähä-Ypyä et al. 2018; the sign ``tilt`` is 0 here."""
_LEAST_G = 0.003
"""What sways less is the sensor's own noise."""


class TrunkRules(Rules, frozen=True):
    """What is not trained: lying as above (Vähä-Ypyä et al. 2018), the others are our own judgement."""

    lying_above_deg: Annotated[float, Meta(ge=40, le=90, description="A trunk tilted more than this lies.")] = 64.9
    moving_max_g: Annotated[
        float, Meta(ge=0.02, le=1.0, description="A trunk that moves more than this without steps is busy: no posture.")
    ] = 0.12
    same_deg: Annotated[
        float,
        Meta(ge=5, le=45, description="A pose that was shown is used along with walking while they differ by less."),
    ] = 20.0
    forget_gap_s: Annotated[
        float, Meta(ge=2, le=86400, description="After a gap as long the sensor may have been put on anew.")
    ] = 14400.0
    hold_share: Annotated[
        float, Meta(ge=0.0, le=1.0, description="How much the last still or stepping second counts in a movement.")
    ] = 0.0
    hold_s: Annotated[float, Meta(ge=1.0, le=60.0, description="It does so for no longer than this.")] = 10.0
    sure_from: Annotated[
        float,
        Meta(ge=0.5, le=1, description="While upright is not known at all, only what is as likely as this is said."),
    ] = 0.8


@dataclass(frozen=True, slots=True, eq=False)
class TrunkColumns:
    """What a trunk shows, row by row, before anything is said."""

    source: NDArray[np.int64]
    """Where upright comes from, ``Source`` codes."""
    stepping: Bools
    lying: Bools
    busy: Bools
    signs: dict[str, Floats]
    """``tilt``, ``sway``: of the still seconds since the last movement."""
    rises: RiseColumns


@dataclass(eq=False)
class Trunk:
    """Posture from a trunk site; each site is a file of its own with its words and parameters."""

    MODEL: ClassVar[TrunkModel]

    rules: TrunkRules = field(default_factory=TrunkRules)
    wear: Wear = field(default_factory=Wear)
    pose: Pose = field(default_factory=Pose)
    rises: Rises = field(default_factory=Rises)
    walking: RecentCount = field(default_factory=RecentCount)
    still: StillMean = field(default_factory=StillMean)
    belief: Belief = field(default_factory=Belief)
    last_clear: LastClear = field(default_factory=LastClear)

    def teach_standing(self, start_s: float, end_s: float) -> None:
        """The wearer stands upright in [start_s, end_s): used when the stream gets there, not before."""
        self.pose.teach_standing(start_s, end_s)

    def advance(self, epochs: Epochs) -> PostureEpochs:
        """One posture row for every epoch row, in order."""
        wear = self.wear.advance(epochs)
        seen = self.look(epochs, wear)
        evidence = self.weigh(epochs.start_s, seen)
        sitting = probability(by_source(self.MODEL.confidence, seen.source, seen.signs | {"evidence": evidence}))
        likely = np.where(evidence > 0.0, sitting, 1.0 - sitting)
        no_gravity = norm(epochs.window_mean_g) == 0.0
        silent = (seen.source == Source.NONE) & (no_gravity | (likely < self.rules.sure_from))
        posture = np.select(
            [seen.stepping, seen.lying, seen.busy, silent, evidence > 0.0],
            [Posture.STEPPING, Posture.LYING, Posture.ACTIVE, Posture.UNKNOWN, Posture.SITTING],
            Posture.STANDING,
        )
        return posture_rows(epochs, posture, self._confidence(posture, likely), wear)

    def look(self, epochs: Epochs, wear: WearColumns) -> TrunkColumns:
        """What is seen, by rules alone; learns upright from the rows as it goes."""
        rules = self.rules
        step_like = steps(epochs, TRUNK_STEPS)
        walks = self.walking.advance(epochs.start_s, step_like, 4) >= 3
        rises = self.rises.advance(epochs)
        pose = self.pose.advance(epochs, wear, rises, rules.forget_gap_s, rules.same_deg)
        known, lying = pose.source != Source.NONE, pose.tilt_deg > rules.lying_above_deg
        stepping = step_like & np.where(known, ~lying, pose.steady | walks)
        lying &= ~stepping
        signs = self._signs(epochs, pose, rises.moving)
        busy = (epochs.window_spread_g > rules.moving_max_g) & ~stepping & ~lying & known
        return TrunkColumns(pose.source, stepping, lying, busy, signs, rises)

    def weigh(self, start_s: Floats, seen: TrunkColumns) -> Floats:
        """(n,) log odds of sitting, from the pose and from what has happened."""
        known = seen.source != Source.NONE
        pose = np.where(known, by_source(self.MODEL.pose, seen.source, seen.signs), np.nan)
        happened = self.belief.advance(start_s, pose, seen.lying, seen.stepping, seen.rises)
        evidence = happened + np.where(known, pose, 0.0)
        unclear = seen.rises.moving & ~seen.stepping
        return self.last_clear.advance(start_s, unclear, evidence, self.rules.hold_share, self.rules.hold_s)

    def _signs(self, epochs: Epochs, pose: PoseColumns, moving: Bools) -> dict[str, Floats]:
        sway = np.log(np.maximum(epochs.across_g, _LEAST_G)) + 4.0
        tilt = log_tilt(pose.tilt_deg, MIDDLE_DEG)
        kind = np.where(moving, -1, pose.source)
        tilt, sway = self.still.advance(epochs.start_s, kind, np.stack([tilt, sway], axis=1)).T.copy()
        return {"tilt": tilt, "sway": sway}

    def _confidence(self, posture: NDArray[np.int64], likely: Floats) -> Floats:
        model = self.MODEL
        return np.select(
            [posture == Posture.STEPPING, posture == Posture.LYING, posture == Posture.ACTIVE],
            [model.stepping_confidence, model.lying_confidence, model.active_confidence],
            np.clip(likely, 0.51, 0.99),
        )


def by_source(models: dict[str, Logistic], source: NDArray[np.int64], signs: dict[str, Floats]) -> Floats:
    """(n,) log odds, each row by the model of its source; 0 where there is none."""
    odds = np.zeros(len(source))
    for name, model in models.items():
        odds = np.where(source == Source[name.upper()], model.log_odds(signs), odds)
    return odds
