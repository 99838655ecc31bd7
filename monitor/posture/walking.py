"""The pose in which a trunk sensor sits while its wearer walks, and whether it may sit otherwise since."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from monitor.accel.mounting import Mounting
from monitor.accel.stepping import SteppingRules
from monitor.accel.wear import WearColumns
from monitor.model import Bools, Epochs, Floats

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


def _trunk_mounting() -> Mounting:
    return Mounting(stepping_rules=TRUNK_STEPS)


@dataclass(frozen=True, slots=True, eq=False)
class WalkingColumns:
    """Row by row."""

    direction: Floats
    """(n, 3), NaN where unknown."""
    steady: Bools
    """Steps from which it is learned."""
    stale: Bools
    """It is from before a gap."""
    anew: Bools
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

    def advance(self, epochs: Epochs, wear: WearColumns, shows: Bools, gap_s: float) -> WalkingColumns:
        """One row for every epoch."""
        gaps = self._gaps(epochs, gap_s)
        kept = self.kept.advance(epochs, wear, forget=shows)
        fresh = self.fresh.advance(epochs, wear, forget=shows | gaps)
        place, known = np.arange(1, len(epochs) + 1), ~np.isnan(fresh.direction[:, 0])
        last_gap = np.maximum.accumulate(np.where(gaps, place, 0))
        last_known = np.maximum.accumulate(np.where(known, place, 0))
        stale = np.where(last_gap + last_known == 0, self.stale, last_gap > last_known)
        self.stale = bool(stale[-1]) if len(epochs) else self.stale
        return WalkingColumns(np.where(stale[:, None], kept.direction, fresh.direction), kept.steady, stale, gaps)

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
