"""What waist and lower back share: the tilt of the trunk against its own pose in walking, weighed second by second.

Sitting down tilts the pelvis by a few degrees only (the best cut at the hip is 11.6 degrees between standing and
sitting, and 64.9 between sitting and lying: Vähä-Ypyä et al. 2018, Scand J Med Sci Sports 28(3): 1092-1102), so no
single second decides. Each adds evidence, for sitting where the tilt is beyond the middle and against it below; a
step is proof of upright; and the sum, which is bounded, decides by its sign. A clear tilt turns it in seconds, a
doubtful one in half a minute.

A pose that the wearer has shown counts as much as walking itself. Where a sensor is clipped on anew it sits otherwise:
after a gap the old pose is *stale*, says only what is clear, and is replaced by the next steps.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from monitor.accel.metrics import angle_deg, unit
from monitor.accel.mounting import Mounting
from monitor.accel.recent import RecentCount
from monitor.accel.stepping import SteppingRules, steps
from monitor.accel.wear import Wear, WearColumns
from monitor.model import Bools, Epochs, Floats, Posture, PostureEpochs
from monitor.posture.logistic import TiltModel, probability
from monitor.posture.rows import posture_rows
from monitor.posture.signs import log_tilt

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

SECOND_MAX = 1.5
"""Evidence that a single second can bring at most, in log odds."""


def weighed(beyond: Floats, model: TiltModel) -> Floats:
    """Evidence of a second: little near the middle, where time must tell, and soon enough where the tilt is clear."""
    evidence: Floats = np.clip(model.gain * beyond * (1.0 + 2.0 * np.abs(beyond)), -SECOND_MAX, SECOND_MAX)
    return evidence


class TrunkRules(BaseModel, frozen=True, extra="forbid"):
    """What is not trained."""

    lying_above_deg: float = Field(64.9, ge=40, le=90, description="A trunk tilted more than this lies.")
    moving_max_g: float = Field(
        0.12, ge=0.02, le=1.0, description="A trunk that moves more than this without steps is busy: no posture."
    )
    same_deg: float = Field(
        20.0, ge=5, le=45, description="A pose that was shown is used along with walking while they differ by less."
    )
    forget_gap_s: float = Field(
        14400.0, ge=2, le=86400, description="After a gap as long the sensor may have been put on anew."
    )
    sure_from: float = Field(
        0.8, ge=0.5, le=1, description="A sensor that may have been put on anew says only what is as likely as this."
    )


@dataclass(eq=False)
class Evidence:
    """The running sum, in log odds of sitting."""

    sum: float = 0.0
    last_s: float | None = None

    def advance(self, start_s: Floats, gains: Floats, stepping: Bools, model: TiltModel) -> Floats:
        """(n,) the sum with each row; it begins anew after 30 s without rows."""
        sums = []
        for at_s, gain, steps_now in zip(start_s.tolist(), gains.tolist(), stepping.tolist(), strict=True):
            before = self.sum if self.last_s is not None and at_s - self.last_s <= 30.0 else 0.0
            self.sum = max(-model.limit, min(model.limit, before + gain))
            if steps_now:
                self.sum = min(self.sum, -model.stepped)
            self.last_s = at_s
            sums.append(self.sum)
        return np.array(sums, np.float64)


@dataclass(eq=False)
class Shown:
    """The pose that the wearer has shown by standing on their own word."""

    stretches: list[tuple[float, float]] = field(default_factory=list)
    vector: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])
    """Sum of directions; zero where none was shown."""
    from_s: float | None = None
    """Start of the stretch that is being added up."""

    def begins(self, start_s: Floats) -> Bools:
        """Rows with which a stretch begins."""
        first = np.zeros(len(start_s), np.bool_)
        for from_s, until_s in self.stretches:
            inside = (start_s >= from_s) & (start_s + 1.0 <= until_s)
            if inside.any() and self.from_s != from_s:
                first[int(inside.argmax())] = True
        return first

    def advance(self, start_s: Floats, directions: Floats, forget: Bools) -> Floats:
        """(n, 3) direction that may be used in each row, NaN where none; what a row shows holds from the next on."""
        taught: dict[int, float] = {}
        for from_s, until_s in self.stretches:
            inside = (start_s >= from_s) & (start_s + 1.0 <= until_s)
            taught |= dict.fromkeys(np.flatnonzero(inside).tolist(), from_s)
        places = sorted({*taught, *np.flatnonzero(forget).tolist()})
        from_row, states = [0], [list(self.vector)]
        for place in places:
            if forget[place]:
                self.vector = [0.0, 0.0, 0.0]
                from_row.append(place)
                states.append(self.vector)
            if place in taught:
                self._add(taught[place], directions[place].tolist())
            from_row.append(place + 1)
            states.append(list(self.vector))
        if len(start_s):
            self.stretches = [stretch for stretch in self.stretches if stretch[1] > start_s[-1]]
        return unit(np.repeat(np.array(states), np.diff([*from_row, len(start_s)]), axis=0))

    def _add(self, from_s: float, direction: list[float]) -> None:
        if self.from_s != from_s:
            self.from_s, self.vector = from_s, [0.0, 0.0, 0.0]
        if not np.isnan(direction[0]):
            self.vector = [a + b for a, b in zip(self.vector, direction, strict=True)]


def _trunk_mounting() -> Mounting:
    return Mounting(stepping_rules=TRUNK_STEPS)


@dataclass(eq=False)
class Upright:
    """The pose in walking: the one kept for ever, until after a gap a fresh one is known."""

    kept: Mounting = field(default_factory=_trunk_mounting)
    fresh: Mounting = field(default_factory=_trunk_mounting)
    """Begins anew with every gap."""
    stale: bool = False
    """There was a gap, and no fresh pose is known since."""
    last_s: float | None = None
    last_segment: int | None = None

    def teach_standing(self, start_s: float, end_s: float) -> None:
        """The wearer stands upright in [start_s, end_s)."""
        self.kept.teach_standing(start_s, end_s)
        self.fresh.teach_standing(start_s, end_s)

    def advance(self, epochs: Epochs, wear: WearColumns, shows: Bools, gap_s: float) -> tuple[Floats, Bools, Bools]:
        """(n, 3) direction, NaN where unknown; (n,) steps are steady; (n,) it is from before a gap."""
        gaps = self._gaps(epochs, gap_s)
        kept = self.kept.advance(epochs, wear, forget=shows)
        fresh = self.fresh.advance(epochs, wear, forget=shows | gaps)
        place, known = np.arange(1, len(epochs) + 1), ~np.isnan(fresh.direction[:, 0])
        last_gap = np.maximum.accumulate(np.where(gaps, place, 0))
        last_known = np.maximum.accumulate(np.where(known, place, 0))
        stale = np.where(last_gap + last_known == 0, self.stale, last_gap > last_known)
        self.stale = bool(stale[-1]) if len(epochs) else self.stale
        return np.where(stale[:, None], kept.direction, fresh.direction), kept.steady, stale

    def _gaps(self, epochs: Epochs, gap_s: float) -> Bools:
        """Rows that begin a new segment after a gap so long that the sensor may have been put on anew."""
        start_s, segment = epochs.start_s, epochs.segment
        if not len(start_s):
            return np.zeros(0, np.bool_)
        late = np.diff(start_s, prepend=start_s[0] if self.last_s is None else self.last_s) > gap_s
        renewed = np.diff(segment, prepend=segment[0] if self.last_segment is None else self.last_segment) != 0
        self.last_s, self.last_segment = float(start_s[-1]), int(segment[-1])
        gaps: Bools = late & renewed
        return gaps


@dataclass(frozen=True, slots=True, eq=False)
class PoseColumns:
    """Row by row."""

    tilt_deg: Floats
    """Against upright; NaN where that is not known."""
    middle_deg: Floats
    """Between sitting and standing, for the upright that is used."""
    steady: Bools
    stale: Bools


@dataclass(eq=False)
class Trunk:
    """Posture from a trunk site; each site is a file of its own with its words and parameters."""

    MODEL: ClassVar[TiltModel]

    rules: TrunkRules = field(default_factory=TrunkRules)
    wear: Wear = field(default_factory=Wear)
    upright: Upright = field(default_factory=Upright)
    shown: Shown = field(default_factory=Shown)
    walking: RecentCount = field(default_factory=RecentCount)
    evidence: Evidence = field(default_factory=Evidence)

    def teach_standing(self, start_s: float, end_s: float) -> None:
        """The wearer stands upright in [start_s, end_s): used when the stream gets there, not before."""
        self.upright.teach_standing(start_s, end_s)
        self.shown.stretches.append((start_s, end_s))

    def advance(self, epochs: Epochs) -> PostureEpochs:
        """One posture row for every epoch row, in order."""
        rules, model = self.rules, self.MODEL
        wear = self.wear.advance(epochs)
        step_like = steps(epochs, TRUNK_STEPS)
        walks = self.walking.advance(epochs.start_s, step_like, 4) >= 3
        pose = self.pose(epochs, wear)
        known, lying = ~np.isnan(pose.tilt_deg), pose.tilt_deg > rules.lying_above_deg
        stepping = step_like & np.where(known, ~lying, pose.steady | walks)
        beyond = log_tilt(pose.tilt_deg, 1.0) - log_tilt(pose.middle_deg, 1.0)
        gains = np.where(lying, SECOND_MAX, np.where(known & ~stepping, weighed(beyond, model), 0.0))
        sums = self.evidence.advance(epochs.start_s, gains, stepping, model)
        likely, sure = self._likely(sums, beyond, pose.stale)
        posture = np.select(
            [stepping, ~known, lying, epochs.window_spread_g > rules.moving_max_g, ~sure, sums > 0.0],
            [Posture.STEPPING, Posture.UNKNOWN, Posture.LYING, Posture.ACTIVE, Posture.UNKNOWN, Posture.SITTING],
            Posture.STANDING,
        )
        return posture_rows(epochs, posture, self._confidence(posture, likely), wear)

    def pose(self, epochs: Epochs, wear: WearColumns) -> PoseColumns:
        """Tilt against walking, and against what was shown where both agree."""
        stale_before = self.upright.stale
        upright, steady, stale = self.upright.advance(
            epochs, wear, self.shown.begins(epochs.start_s), self.rules.forget_gap_s
        )
        replaced = np.concatenate(([stale_before], stale))[:-1] & ~stale
        shown = self.shown.advance(epochs.start_s, unit(epochs.window_mean_g), replaced)
        agree = angle_deg(upright, shown) < self.rules.same_deg
        direction = np.where(agree[:, None], upright + shown, upright)
        middle_deg = np.where(agree, self.MODEL.taught_middle_deg, self.MODEL.walking_middle_deg)
        return PoseColumns(angle_deg(epochs.window_mean_g, direction), middle_deg, steady, stale)

    def _likely(self, sums: Floats, beyond: Floats, stale: Bools) -> tuple[Floats, Bools]:
        """(n,) how likely what is said is right; (n,) whether that is enough to say it."""
        signs = {"evidence": sums, "tilt": np.clip(beyond, -1.5, 1.5)}
        sitting = probability(self.MODEL.confidence.log_odds(signs))
        if self.MODEL.stale_confidence is not None:
            sitting = np.where(stale, probability(self.MODEL.stale_confidence.log_odds(signs)), sitting)
        likely = np.where(sums > 0.0, sitting, 1.0 - sitting)
        return likely, ~stale | (likely >= self.rules.sure_from)

    def _confidence(self, posture: NDArray[np.int64], likely: Floats) -> Floats:
        model = self.MODEL
        return np.select(
            [posture == Posture.STEPPING, posture == Posture.LYING, posture == Posture.ACTIVE],
            [model.stepping_confidence, model.lying_confidence, model.active_confidence],
            np.clip(likely, 0.51, 0.99),
        )
