"""Sitting down, or only crouching: which horizontal thighs of somebody who was upright are a seat.

A thigh is horizontal in a squat, in a lunge, on a bicycle just mounted and while a shoe is tied, and none of these is
sitting. What tells them apart, within the 5 s a row may take: a seat bears the thigh, so it comes to rest; a crouch is
short, and the muscles that hold it keep stirring. So somebody upright sits from the first horizontal second on once
the thigh has stayed so for 3 s and then is calm, or has stayed so for 6 s and is not about to rise; before that he is
busy. A knee that is held higher than in any seat so far (a deep squat) must be calmer, or stay longer.

Measured on harth and sens: of 125 times sitting down 77 are said from the first second, 44 are 1 or 2 s late; all
labelled crouches, 1 to 11 s long, are told, and 15 lulls of pedalling; somebody "standing" calmly with a horizontal
thigh for 26 s is not. The rule of the high knee decides one squat there (P05, 11 s): it costs nothing, and is no proof.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, Field

from monitor.accel.metrics import angle_deg
from monitor.model import NO_STATEMENT, SEDENTARY, Bools, Epochs, Floats, Posture

_SEDENTARY, _SILENT = [int(code) for code in SEDENTARY], [int(code) for code in NO_STATEMENT]


class SeatingRules(BaseModel, frozen=True, extra="forbid"):
    """When a horizontal thigh is believed to sit."""

    stay_s: int = Field(3, ge=0, le=10, description="Nobody sits down for less than this and one second more.")
    calm_max_g: float = Field(
        0.035, ge=0.0, le=0.5, description="A thigh that rests on a seat shakes no more than this within a second."
    )
    restless_s: int = Field(6, ge=1, le=60, description="A horizontal thigh that is never calm sits after so long.")
    rising_min_g: float = Field(
        0.2, ge=0.05, le=2.0, description="A second that shakes more than this may be that of rising from a crouch."
    )
    high_deg: float = Field(8.0, ge=0, le=60, description="A knee this much above every seat so far may be a squat.")
    high_min_deg: float = Field(
        98.0, ge=90, le=120, description="A thigh tilted less than this is not deep in a squat."
    )
    high_max_deg: float = Field(115.0, ge=95, le=180, description="A thigh tilted more than this lies, knee up.")
    high_calm_max_g: float = Field(0.015, ge=0.0, le=0.5, description="A seat with the knee so high is this calm.")
    surely_s: int = Field(12, ge=1, le=60, description="Whoever has stayed so for so long sits, whatever else is seen.")
    known_s: float = Field(60.0, ge=5, le=3600, description="A seat is remembered once it was sat in for so long.")


@dataclass
class Seating:
    """Follows one horizontal stretch after the other."""

    rules: SeatingRules = field(default_factory=SeatingRules)
    upright: bool = False
    """The last row was upright, or has not been believed to sit."""
    since_s: float | None = None
    """Start of the horizontal stretch that runs; None: none does."""
    seated_s: float = 0.0
    """Seconds of sitting without a break."""
    last_s: float | None = None
    """Start of the last row."""
    highest_deg: float | None = None
    """The highest a knee has been in a seat."""

    def advance(
        self, epochs: Epochs, direction: Floats, posture: NDArray[np.int64], upper_deg: float, lower_deg: float
    ) -> Bools:
        """(n,) rows said to be sitting or lying that are no seat, or not yet.

        Parameters
        ----------
        direction : (n, 3) upright in each row.
        posture : (n,) codes, as tilt and rhythm have it.
        upper_deg, lower_deg : a thigh tilted more is horizontal; one tilted less is not any more.
        """
        tilt_deg, jitter_g = tilts(epochs, direction), jitters(epochs)
        sits, silent = np.isin(posture, _SEDENTARY), np.isin(posture, _SILENT)
        level = sits | ((tilt_deg[:, 0] > upper_deg) & (posture != Posture.CYCLING))
        calm_deg = np.where((jitter_g <= self.rules.high_calm_max_g).all(axis=1), tilt_deg.min(axis=1), np.nan)
        crouches = np.zeros(len(epochs), np.bool_)
        columns = (epochs.start_s, level, sits, silent, calm_deg)
        for place, row in enumerate(zip(*(column.tolist() for column in columns), strict=True)):
            start_s, is_level, is_sitting, is_silent, lowest_deg = row
            if not is_level:
                self.since_s = None
            elif self.since_s is None:  # from where it may have been so unseen
                self.since_s = start_s if self.last_s is None else self.last_s + 1.0
            self.last_s = start_s
            if not is_sitting:
                self.upright, self.seated_s = not is_silent, 0.0
            elif self.upright and not self._is_seat(start_s, tilt_deg[place], jitter_g[place], lower_deg):
                crouches[place] = True
            else:
                self.upright, self.seated_s = False, self.seated_s + 1.0
                self._learn(lowest_deg)
        return crouches

    def _is_seat(self, start_s: float, tilt_deg: Floats, jitter_g: Floats, lower_deg: float) -> bool:
        """Whether this second, or one of those ahead, proves the stretch to be a seat."""
        assert self.since_s is not None
        rules, high = self.rules, False
        known_deg = np.inf if self.highest_deg is None else self.highest_deg + rules.high_deg
        squat_deg = max(known_deg, rules.high_min_deg)
        for ahead, (tilt, jitter) in enumerate(zip(tilt_deg.tolist(), jitter_g.tolist(), strict=True)):
            if ahead and tilt <= lower_deg:
                return False
            stayed_s, high = start_s + ahead - self.since_s, high or squat_deg < tilt < rules.high_max_deg
            if stayed_s >= rules.stay_s and jitter <= (rules.high_calm_max_g if high else rules.calm_max_g):
                return True
            if stayed_s >= rules.restless_s and jitter < rules.rising_min_g and not high:
                return True
            if stayed_s >= rules.surely_s:
                return True
        return bool(np.isnan(tilt_deg[-1]))  # nothing follows: nothing speaks against a seat

    def _learn(self, calm_deg: float) -> None:
        """A seat that has been sat in for long, and at rest, shows how high this wearer's knees get.

        ``calm_deg`` is the lowest tilt of a second and of those ahead, NaN where they are not at rest.
        """
        if self.seated_s > self.rules.known_s and not math.isnan(calm_deg):
            self.highest_deg = calm_deg if self.highest_deg is None else max(calm_deg, self.highest_deg)


def tilts(epochs: Epochs, direction: Floats) -> Floats:
    """(n, 1 + AHEAD_S) tilt of each second and of those ahead."""
    ahead_deg = angle_deg(epochs.ahead_mean_g, direction[:, None, :])
    return np.concatenate((angle_deg(epochs.mean_g, direction)[:, None], ahead_deg), axis=1)


def jitters(epochs: Epochs) -> Floats:
    """(n, 1 + ahead) jitter in g of each second and of those after it."""
    return np.concatenate((epochs.jitter_g[:, None], epochs.ahead_jitter_g), axis=1)
