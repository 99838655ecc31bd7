"""Which way is up for a trunk sensor: from walking, from the wearer's word, or from having seen somebody get up.

Walking is best and is kept. A pose that the wearer has shown counts as much. Where a sensor is clipped on anew it sits
otherwise: after a gap the old pose is *stale* until the next steps. Before any steps, and while the pose is stale,
getting up and sitting down (``rises``) show what standing looks like, each time a little surer.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from monitor.accel.metrics import angle_deg, unit
from monitor.accel.mounting import Mounting
from monitor.accel.stepping import SteppingRules, steps
from monitor.accel.wear import WearColumns
from monitor.model import Bools, Epochs, Floats
from monitor.posture.pauses import Pauses
from monitor.posture.rises import RiseColumns

class Source(IntEnum):
    """Where the upright in use comes from, from the weakest to the best."""

    NONE = 0
    STALE = 1
    """From before a gap in which the sensor may have been put on anew."""
    GUESSED = 2
    """From getting up and sitting down."""
    WALKED = 3
    SHOWN = 4
    """From walking and from the wearer's word, which agree."""


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


class GuessRules(BaseModel, frozen=True, extra="forbid"):
    """Which rises and falls show what standing looks like."""

    rise_min_m: float = Field(0.18, ge=0.05, le=0.5, description="Who rises by so much has got up.")
    fall_min_m: float = Field(0.15, ge=0.05, le=0.5, description="Who sinks by so much has sat down.")
    rise_max_m: float = Field(0.8, ge=0.3, le=2.0, description="Nobody rises by more than this from a seat.")
    turn_max_deg: float = Field(
        55.0, ge=20.0, le=90.0, description="Where the trunk turns more than this between two still moments it lay."
    )


@dataclass(eq=False)
class Guessed:
    """The pose in which somebody stood after getting up, or before sitting down."""

    rules: GuessRules = field(default_factory=GuessRules)
    vector: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])
    """Sum of directions, of which the older count half; zero where none was seen."""

    def advance(self, directions: Floats, rises: RiseColumns, forget: Bools) -> Floats:
        """(n, 3) direction that may be used in each row, NaN where none."""
        rules = self.rules
        near = rises.ended & (rises.turn_deg < rules.turn_max_deg) & (np.abs(rises.rise_m) < rules.rise_max_m)
        got_up, sat_down = near & (rises.rise_m > rules.rise_min_m), near & (rises.rise_m < -rules.fall_min_m)
        standing = np.where(got_up[:, None], directions, unit(rises.before_g))
        from_row, states = [0], [self.vector]
        for place in np.flatnonzero(got_up | sat_down | forget).tolist():
            if forget[place]:
                self.vector = [0.0, 0.0, 0.0]
            if (got_up | sat_down)[place]:
                self.vector = [0.5 * a + b for a, b in zip(self.vector, standing[place].tolist(), strict=True)]
            from_row.append(place)
            states.append(self.vector)
        return unit(np.repeat(np.array(states), np.diff([*from_row, len(directions)]), axis=0))


def _trunk_mounting() -> Mounting:
    return Mounting(stepping_rules=TRUNK_STEPS)


@dataclass(frozen=True, slots=True, eq=False)
class UprightColumns:
    """Row by row."""

    direction: Floats
    """(n, 3), NaN where unknown."""
    steady: Bools
    """Steps from which it is learned."""
    stale: Bools
    """It is from before a gap."""
    gaps: Bools
    """The row comes after such a gap."""


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

    def advance(self, epochs: Epochs, wear: WearColumns, shows: Bools, gap_s: float) -> UprightColumns:
        """One row for every epoch."""
        gaps = self._gaps(epochs, gap_s)
        kept = self.kept.advance(epochs, wear, forget=shows)
        fresh = self.fresh.advance(epochs, wear, forget=shows | gaps)
        place, known = np.arange(1, len(epochs) + 1), ~np.isnan(fresh.direction[:, 0])
        last_gap = np.maximum.accumulate(np.where(gaps, place, 0))
        last_known = np.maximum.accumulate(np.where(known, place, 0))
        stale = np.where(last_gap + last_known == 0, self.stale, last_gap > last_known)
        self.stale = bool(stale[-1]) if len(epochs) else self.stale
        return UprightColumns(np.where(stale[:, None], kept.direction, fresh.direction), kept.steady, stale, gaps)

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
    source: NDArray[np.int64]
    """``Source`` codes."""
    steady: Bools


@dataclass(eq=False)
class Pose:
    """The best upright there is, second by second."""

    upright: Upright = field(default_factory=Upright)
    shown: Shown = field(default_factory=Shown)
    guessed: Guessed = field(default_factory=Guessed)
    pauses: Pauses = field(default_factory=Pauses)

    def teach_standing(self, start_s: float, end_s: float) -> None:
        """The wearer stands upright in [start_s, end_s)."""
        self.upright.teach_standing(start_s, end_s)
        self.shown.stretches.append((start_s, end_s))

    def advance(
        self, epochs: Epochs, wear: WearColumns, rises: RiseColumns, gap_s: float, same_deg: float
    ) -> PoseColumns:
        """Tilt against walking, against what was shown where both agree, or against what getting up has shown."""
        stale_before = self.upright.stale
        upright = self.upright.advance(epochs, wear, self.shown.begins(epochs.start_s), gap_s)
        replaced = np.concatenate(([stale_before], upright.stale))[:-1] & ~upright.stale
        directions = unit(epochs.window_mean_g)
        shown = self.shown.advance(epochs.start_s, directions, replaced)
        guessed = self.guessed.advance(directions, rises, upright.gaps)
        stood = self.pauses.advance(
            epochs.start_s, steps(epochs, TRUNK_STEPS), ~rises.moving, unit(epochs.mean_g), upright.gaps
        )
        stood = np.where(angle_deg(upright.direction, stood)[:, None] < same_deg, stood, np.nan)
        known, fresh = ~np.isnan(upright.direction[:, 0]), ~np.isnan(guessed[:, 0])
        agree = angle_deg(upright.direction, shown) < same_deg
        weak = fresh & (upright.stale | ~known)
        direction = np.where(agree[:, None], upright.direction + shown, upright.direction)
        paused = ~np.isnan(stood[:, 0]) & ~upright.stale & ~agree & known
        direction = np.where(paused[:, None], direction + stood, direction)
        direction = np.where(weak[:, None], guessed, direction)
        source = np.select(
            [weak, ~known, upright.stale, agree],
            [Source.GUESSED, Source.NONE, Source.STALE, Source.SHOWN],
            Source.WALKED,
        )
        return PoseColumns(angle_deg(epochs.window_mean_g, direction), source, upright.steady)
