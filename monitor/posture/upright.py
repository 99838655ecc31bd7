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

from monitor.accel.metrics import angle_deg, unit
from monitor.accel.stepping import steps
from monitor.accel.wear import WearColumns
from monitor.model import Bools, Epochs, Floats
from monitor.posture.rises import RiseColumns
from monitor.posture.standing import Guessed, Pauses, Shown
from monitor.posture.walking import TRUNK_STEPS, Upright


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
        guessed = self.guessed.advance(directions, rises, upright.anew)
        stood = self.pauses.advance(
            epochs.start_s, steps(epochs, TRUNK_STEPS), ~rises.moving, unit(epochs.mean_g), upright.anew
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
        tilt_deg = angle_deg(epochs.window_mean_g, direction)
        return PoseColumns(tilt_deg, np.where(np.isnan(tilt_deg), Source.NONE, source), upright.steady)
