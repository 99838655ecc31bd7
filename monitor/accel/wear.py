"""On the body or not: a sensor that nothing moves at all is doubted, then suspected, then settled as not worn.

People sit still with a thigh patch: exactly the same value for over 200 s has been seen on worn patches of coarse
resolution. So stillness is given time, and the steps are 300 s (doubt: what was learned of the mounting may be
replaced sooner), 600 s (suspected: no statement, the clock stands) and 1800 s (settled: not worn). The wearable's
own word settles it at once. Time is counted in rows: what was not observed proves nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from monitor.accel.metrics import norm
from monitor.model import Bools, Epochs, Floats, Quality


class WearRules(BaseModel, frozen=True, extra="forbid"):
    """When a still sensor is no longer believed to be worn."""

    doubt_s: float = Field(
        300.0, ge=60, le=3600, description="After so long without any movement the mounting becomes doubtful."
    )
    suspect_s: float = Field(
        600.0,
        ge=120,
        le=7200,
        description="After so long without any movement the program makes no statement and the clock stands.",
    )
    settle_s: float = Field(
        1800.0, ge=300, le=14400, description="After so long without any movement the wearable counts as not worn."
    )
    jitter_max_mg: float = Field(
        12.0,
        ge=0.0,
        le=50.0,
        description="Within a second an unworn sensor shakes no more than this: its own noise, all axes together.",
    )
    shift_max_mg: float = Field(
        6.0, ge=0.1, le=50.0, description="From one second to the next an unworn sensor's mean moves no more."
    )


@dataclass(frozen=True, slots=True, eq=False)
class WearColumns:
    """Row by row."""

    flat_s: NDArray[np.int64]
    """Seconds without any movement up to and with this row."""
    doubted: Bools
    """Still for so long that the mounting is doubtful."""
    suspected: Bools
    """No statement can be made."""
    settled: Bools
    """Not worn."""


@dataclass(eq=False)
class Wear:
    """Counts how long nothing has moved."""

    rules: WearRules = field(default_factory=WearRules)
    flat_s: int = 0
    mean_g: Floats = field(default_factory=lambda: np.full(3, np.inf))
    """Mean of the last row."""

    def advance(self, epochs: Epochs) -> WearColumns:
        """One row for every epoch."""
        before_g = np.concatenate((self.mean_g[None], epochs.mean_g))
        with np.errstate(invalid="ignore"):
            shift_g = norm(before_g[1:] - before_g[:-1])
        flat = (shift_g <= self.rules.shift_max_mg / 1000) & (epochs.jitter_g <= self.rules.jitter_max_mg / 1000)
        place = np.arange(1, len(flat) + 1)
        last_moved = np.maximum.accumulate(np.where(flat, 0, place))
        flat_s = np.where(last_moved > 0, place - last_moved, place + self.flat_s)
        if len(epochs):
            self.flat_s, self.mean_g = int(flat_s[-1]), epochs.mean_g[-1].copy()
        told = (epochs.quality & int(Quality.DEVICE_NOT_WORN)) != 0
        settled = told | (flat_s >= self.rules.settle_s)
        suspected = settled | (flat_s >= self.rules.suspect_s)
        return WearColumns(
            flat_s, doubted=suspected | (flat_s >= self.rules.doubt_s), suspected=suspected, settled=settled
        )
