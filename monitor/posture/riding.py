"""In a vehicle, cautiously: a seat that shakes without a pause for minutes, under legs that do nothing.

Unproven: no labelled recording here has a moving car; the road was simulated as broadband shaking of 0.03 to 0.1 g,
which ISO 2631-1 (1997, annex C) calls a little to fairly uncomfortable. Hence the caution. Nearly every second of the
last minutes must shake by more than 0.02 g while the thigh keeps its direction; the restless in chairs do so in half of
their seconds at most (harth, sens: 138 of 300, where 285 are asked). A sensor that has never been seen at rest may
shake by its own noise and says nothing. A smooth train, a car in dense traffic, and whoever drives right after putting
the sensor on, stay sitting.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Annotated

import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from monitor.accel.recent import RecentTurn
from monitor.model import SEDENTARY, Bools, Epochs
from monitor.posture.rows import among
from monitor.posture.smoothing import Holding, Share
from monitor.rules import Rules


class RideRules(Rules, frozen=True):
    """When a shaking seat is a vehicle."""

    shake_min_g: Annotated[float, Meta(ge=0.005, le=0.2, description="The road shakes a seat by at least so much.")] = (
        0.02
    )
    shake_max_g: Annotated[float, Meta(ge=0.05, le=1.0, description="What shakes more than this is the wearer.")] = 0.30
    turn_max_deg: Annotated[
        float, Meta(ge=0.5, le=20, description="Shaken legs turn no further from second to second.")
    ] = 4.0
    halving_s: Annotated[float, Meta(ge=20, le=600, description="Shaking longer ago than this counts by half.")] = 60.0
    share_min: Annotated[
        float,
        Meta(ge=0.7, le=0.999, description="A vehicle is believed when so much of the time shook; it takes 4 minutes."),
    ] = 0.95
    share_end: Annotated[float, Meta(ge=0.1, le=0.9, description="The ride is over when less of the time shakes.")] = (
        0.5
    )
    rest_max_g: Annotated[float, Meta(ge=0.001, le=0.05, description="A sensor at rest shakes no more than this.")] = (
        0.010
    )
    rest_min_s: Annotated[int, Meta(ge=1, le=3600, description="A sensor must have been seen at rest for so long.")] = (
        60
    )


@dataclass
class Ride:
    """Follows the shaking."""

    rules: RideRules = field(default_factory=RideRules)
    turn: RecentTurn = field(default_factory=RecentTurn)
    shaking: Share = field(default_factory=Share)
    riding: Holding = field(default_factory=Holding)
    rest_s: int = 0
    """Seconds at rest so far."""

    def advance(self, epochs: Epochs, posture: NDArray[np.int64]) -> Bools:
        """(n,) rows in a vehicle among those said to be sitting."""
        rules, sits = self.rules, among(posture, SEDENTARY)
        turn_deg = self.turn.advance(epochs.start_s, epochs.mean_g, 1)
        shakes = (epochs.jitter_g > rules.shake_min_g) & (epochs.jitter_g < rules.shake_max_g)
        share = self.shaking.advance(sits & shakes & (turn_deg < rules.turn_max_deg), rules.halving_s)
        rest_s = self.rest_s + np.cumsum(sits & (epochs.jitter_g < rules.rest_max_g))
        self.rest_s = int(rest_s[-1]) if len(rest_s) else self.rest_s
        begins = sits & (share > rules.share_min) & (rest_s >= rules.rest_min_s)
        return self.riding.advance(epochs.start_s, begins, math.inf, ~sits | (share < rules.share_end))
