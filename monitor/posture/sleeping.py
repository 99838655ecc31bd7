"""Asleep, cautiously: hours without getting up, part of them in a pose in which nobody sits, with hardly a stir.

Unproven: no labelled recording here holds sleep, and the longest labelled sitting lasts 40 minutes. Hence the caution.
A thigh on its back looks like a seated one, and a thigh on its side may be a crossed leg: so sleep is believed only
after two hours without an upright second, half an hour of which were on the side, prone or with the knee up, and while
fewer than one second in twenty stirs. It lasts until the wearer gets up or stirs for minutes. The first two hours of a
night are sitting and lying, and who sleeps on the back alone is never seen; a desk that is left every two hours is
never slept at.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Annotated

import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from monitor.model import SEDENTARY, Bools, Epochs, Posture
from monitor.posture.rows import among
from monitor.posture.smoothing import Holding, Lasting, Share
from monitor.rules import Rules


class SleepRules(Rules, frozen=True):
    """When lying still is sleep."""

    unbroken_s: Annotated[
        float, Meta(ge=3600, le=14400, description="Whoever sleeps has not got up for so long, at the least.")
    ] = 7200.0
    lying_s: Annotated[
        int, Meta(ge=300, le=7200, description="So long of that he has lain on the side, prone or with the knee up.")
    ] = 1800
    stir_min_g: Annotated[
        float, Meta(ge=0.01, le=0.5, description="A second that shakes more than this is a stir.")
    ] = 0.05
    stir_halving_s: Annotated[
        float, Meta(ge=30, le=1800, description="A stir longer ago than this counts by half.")
    ] = 300.0
    stir_share_max: Annotated[
        float, Meta(ge=0.0, le=0.5, description="Who falls asleep stirs in no more of his seconds.")
    ] = 0.05
    awake_share: Annotated[float, Meta(ge=0.05, le=1.0, description="Who stirs in more of his seconds is awake.")] = (
        0.25
    )


@dataclass
class Sleep:
    """Follows lying and stirring since the wearer was upright last."""

    rules: SleepRules = field(default_factory=SleepRules)
    unbroken: Lasting = field(default_factory=Lasting)
    stirring: Share = field(default_factory=Share)
    sleeping: Holding = field(default_factory=Holding)
    lying_s: int = 0
    """Seconds of lying in the present stretch."""

    def advance(self, epochs: Epochs, posture: NDArray[np.int64]) -> Bools:
        """(n,) rows of sleep among those said to be sitting or lying."""
        rules, rests = self.rules, among(posture, SEDENTARY)
        unbroken_s = self.unbroken.advance(epochs.start_s, rests)
        lying_s = self._lying_s(posture == Posture.LYING, rests)
        stirring = self.stirring.advance(epochs.jitter_g > rules.stir_min_g, rules.stir_halving_s)
        begins = rests & (unbroken_s >= rules.unbroken_s) & (lying_s >= rules.lying_s)
        begins &= stirring < rules.stir_share_max
        return self.sleeping.advance(epochs.start_s, begins, math.inf, ~rests | (stirring > rules.awake_share))

    def _lying_s(self, lies: Bools, rests: Bools) -> NDArray[np.int64]:
        """(n,) seconds of lying since the last row that was neither sitting nor lying."""
        so_far = self.lying_s + np.cumsum(lies)
        lying_s: NDArray[np.int64] = so_far - np.maximum.accumulate(np.where(rests, 0, so_far))
        self.lying_s = int(lying_s[-1]) if len(lying_s) else self.lying_s
        return lying_s
