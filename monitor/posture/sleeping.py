"""Asleep, cautiously: lying that can be told from sitting, for most of an hour, with hardly a stir.

Unproven: no labelled recording here holds sleep, only lying of up to a quarter of an hour, of which none is called
sleep. Hence the caution. A thigh on its back looks like a seated one, so only lying on the side, prone or with the knee
up begins it: for 40 minutes at least, counted with fading, while fewer than one second in twenty stirs. Nobody sits
like that. Once begun it lasts over a turn on the back, until the wearer stirs for minutes or gets up. Sleep on the back
alone is never seen, and lying awake without a stir is taken for sleep; both cost no sitting at a desk.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from monitor.model import SEDENTARY, Bools, Epochs, Posture
from monitor.posture.smoothing import Holding, Share

_SEDENTARY = [int(code) for code in SEDENTARY]


class SleepRules(BaseModel, frozen=True, extra="forbid"):
    """When lying still is sleep."""

    lying_halving_s: float = Field(
        1800.0, ge=300, le=7200, description="Lying longer ago than this counts by half towards sleep."
    )
    lying_share_min: float = Field(
        0.6, ge=0.3, le=0.99, description="Sleep is believed when so much of that time was lying: 0.6 takes 40 minutes."
    )
    stir_min_g: float = Field(0.05, ge=0.01, le=0.5, description="A second that shakes more than this is a stir.")
    stir_halving_s: float = Field(300.0, ge=30, le=1800, description="A stir longer ago than this counts by half.")
    stir_share_max: float = Field(0.05, ge=0.0, le=0.5, description="Who falls asleep stirs in no more of his seconds.")
    awake_share: float = Field(0.25, ge=0.05, le=1.0, description="Who stirs in more of his seconds is awake.")


@dataclass
class Sleep:
    """Follows lying and stirring."""

    rules: SleepRules = field(default_factory=SleepRules)
    lying: Share = field(default_factory=Share)
    stirring: Share = field(default_factory=Share)
    sleeping: Holding = field(default_factory=Holding)

    def advance(self, epochs: Epochs, posture: NDArray[np.int64]) -> Bools:
        """(n,) rows of sleep among those said to be sitting or lying."""
        rules, lies = self.rules, posture == Posture.LYING
        lying = self.lying.advance(lies, rules.lying_halving_s)
        stirring = self.stirring.advance(epochs.jitter_g > rules.stir_min_g, rules.stir_halving_s)
        begins = lies & (lying > rules.lying_share_min) & (stirring < rules.stir_share_max)
        ends = ~np.isin(posture, _SEDENTARY) | (stirring > rules.awake_share)
        return self.sleeping.advance(epochs.start_s, begins, math.inf, ends)
