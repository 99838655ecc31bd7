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
from typing import Annotated

import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from monitor.accel.metrics import angle_deg
from monitor.accel.recent import stretches
from monitor.model import NO_STATEMENT, SEDENTARY, Bools, Epochs, Floats, Posture
from monitor.posture.rows import among
from monitor.rules import Rules


class SeatingRules(Rules, frozen=True):
    """When a horizontal thigh is believed to sit."""

    stay_s: Annotated[
        int, Meta(ge=0, le=10, description="Nobody sits down for less than this and one second more.")
    ] = 3
    calm_max_g: Annotated[
        float,
        Meta(ge=0.0, le=0.5, description="A thigh that rests on a seat shakes no more than this within a second."),
    ] = 0.035
    restless_s: Annotated[
        int, Meta(ge=1, le=60, description="A horizontal thigh that is never calm sits after so long.")
    ] = 6
    rising_min_g: Annotated[
        float,
        Meta(ge=0.05, le=2.0, description="A second that shakes more than this may be that of rising from a crouch."),
    ] = 0.2
    high_deg: Annotated[
        float, Meta(ge=0, le=60, description="A knee this much above every seat so far may be a squat.")
    ] = 8.0
    high_min_deg: Annotated[
        float, Meta(ge=90, le=120, description="A thigh tilted less than this is not deep in a squat.")
    ] = 98.0
    high_max_deg: Annotated[float, Meta(ge=95, le=180, description="A thigh tilted more than this lies, knee up.")] = (
        115.0
    )
    high_calm_max_g: Annotated[
        float, Meta(ge=0.0, le=0.5, description="A seat with the knee so high is this calm.")
    ] = 0.015
    surely_s: Annotated[
        int, Meta(ge=1, le=60, description="Whoever has stayed so for so long sits, whatever else is seen.")
    ] = 12
    known_s: Annotated[
        float, Meta(ge=5, le=3600, description="A seat is remembered once it was sat in for so long.")
    ] = 60.0


@dataclass(frozen=True, slots=True, eq=False)
class Outlook:
    """Each second, and those ahead of it as far as its row waits for them: (1 + AHEAD_S, n)."""

    tilt_deg: Floats
    jitter_g: Floats

    @classmethod
    def of(cls, epochs: Epochs, direction: Floats) -> Outlook:
        """Tilts are against (n, 3) directions of upright."""
        ahead_deg = angle_deg(epochs.ahead_mean_g, direction[:, None, :])
        return cls(
            np.concatenate((angle_deg(epochs.mean_g, direction)[None], ahead_deg.T)),
            np.concatenate((epochs.jitter_g[None], epochs.ahead_jitter_g.T)),
        )


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
        self, start_s: Floats, outlook: Outlook, posture: NDArray[np.int64], upper_deg: float, lower_deg: float
    ) -> Bools:
        """(n,) rows said to be sitting or lying that are no seat, or not yet.

        Parameters
        ----------
        posture : (n,) codes, as tilt and rhythm have it.
        upper_deg, lower_deg : a thigh tilted more is horizontal; one tilted less is not any more.
        """
        sits, silent = among(posture, SEDENTARY), among(posture, NO_STATEMENT)
        level = sits | ((outlook.tilt_deg[0] > upper_deg) & (posture != Posture.CYCLING))
        since_s = self._level_since_s(start_s, level)
        rests = (outlook.jitter_g <= self.rules.high_calm_max_g).all(axis=0)
        calm_deg = np.where(rests, outlook.tilt_deg.min(axis=0), np.nan)
        crouches = np.zeros(len(start_s), np.bool_)
        for first, end in stretches(sits):
            if first:
                self._does_not_sit(silent[first - 1])
            while self.upright and first < end:
                seconds = (outlook.tilt_deg[:, first].tolist(), outlook.jitter_g[:, first].tolist())
                self.upright = not self._is_seat(start_s[first] - since_s[first], *seconds, lower_deg)
                crouches[first] = self.upright
                first += self.upright
            self._sit(calm_deg[first:end])
        if len(start_s) and not sits[-1]:
            self._does_not_sit(silent[-1])
        return crouches

    def _level_since_s(self, start_s: Floats, level: Bools) -> Floats:
        """(n,) start of the horizontal stretch that each horizontal row belongs to, which may have begun unseen."""
        if not len(start_s):
            return np.empty(0)
        unseen_s = np.concatenate(([start_s[0] if self.last_s is None else self.last_s + 1.0], start_s[:-1] + 1.0))
        begins = level & ~np.concatenate(([self.since_s is not None], level))[:-1]
        before_s = -np.inf if self.since_s is None else self.since_s
        since_s: Floats = np.maximum.accumulate(np.where(begins, unseen_s, before_s))
        self.since_s, self.last_s = float(since_s[-1]) if level[-1] else None, float(start_s[-1])
        return since_s

    def _does_not_sit(self, silent: np.bool_) -> None:
        self.upright, self.seated_s = not silent, 0.0

    def _is_seat(self, stays_s: float, tilts_deg: list[float], jitters_g: list[float], lower_deg: float) -> bool:
        """Whether a second that has been horizontal for ``stays_s``, or one of those ahead, proves a seat."""
        rules, high = self.rules, False
        known_deg = np.inf if self.highest_deg is None else self.highest_deg + rules.high_deg
        squat_deg = max(known_deg, rules.high_min_deg)
        for ahead, (tilt, jitter) in enumerate(zip(tilts_deg, jitters_g, strict=True)):
            if ahead and tilt <= lower_deg:
                return False
            stayed_s, high = stays_s + ahead, high or squat_deg < tilt < rules.high_max_deg
            if stayed_s >= rules.stay_s and jitter <= (rules.high_calm_max_g if high else rules.calm_max_g):
                return True
            if stayed_s >= rules.restless_s and jitter < rules.rising_min_g and not high:
                return True
            if stayed_s >= rules.surely_s:
                return True
        return math.isnan(tilts_deg[-1])  # nothing follows: nothing speaks against a seat

    def _sit(self, calm_deg: Floats) -> None:
        """Seconds more of sitting; a seat that has been sat in for long shows how high this wearer's knees get.

        ``calm_deg`` is the lowest tilt of each second and of those ahead, NaN where they are not at rest.
        """
        known_deg = calm_deg[max(0, math.floor(self.rules.known_s - self.seated_s)) :]
        self.seated_s += len(calm_deg)
        highest_deg = float(np.fmax.reduce(known_deg, initial=-np.inf))
        if highest_deg > (-np.inf if self.highest_deg is None else self.highest_deg):
            self.highest_deg = highest_deg
