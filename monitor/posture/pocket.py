"""The trouser pocket: a thigh sensor that is put in anew several times a day.

The thigh's rule with a shorter memory: what upright is, is learned from walking, and forgotten as soon as the phone
may have been taken out, that is after a gap, a new segment, or handling (the direction keeps tumbling without steps).
Sitting down turns a phone once; a hand turns it again and again.

Where upright is not known one thing still can be: standing legs sway. A pocket that hardly turns from one second to
the next, for 20 s, and yet more than a phone on a table, sits. Measured on wisdm51 (15 people, phones put in anew for
every take): below 0.18 degrees 97.7 % of such rows were sitting, three quarters of all rows being so; 3 % of standing
and 45 % of sitting was that quiet. A sensor too coarse to see so little (8 mg steps are half a degree) says nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, ClassVar

import numpy as np
from msgspec import Meta

from monitor.accel.metrics import angle_deg
from monitor.accel.mounting import Mounting
from monitor.accel.recent import RecentCount, RecentSway, RecentTurn
from monitor.accel.stepping import steps
from monitor.accel.wear import Wear
from monitor.model import Bools, Epochs, Floats, Posture, PostureEpochs
from monitor.posture.rows import posture_rows
from monitor.posture.smoothing import Hysteresis, Lasting
from monitor.rules import Rules

_FRESH_RISK, _FRESH_HALVING_S = 0.15, 10.0
"""A thigh that has just become horizontal may kick a ball, and how soon that is out of the question."""


def quiet_confidence(sway_deg: Floats) -> Floats:
    """How often a pocket that turns so little sits: of wisdm51 all below 0.10 degrees, 98, 97, 91, 84 % to 0.18."""
    swaying_deg = np.maximum(sway_deg - 0.09, 0.0)
    likely: Floats = 0.99 - 22.0 * swaying_deg * swaying_deg
    return likely


class PocketRules(Rules, frozen=True):
    """Tilt of a pocket, and when its mounting is forgotten.

    The tilts are the thigh's, the swaying was measured on wisdm51 (above); what a hand does is our own judgement.
    """

    sedentary_above_deg: Annotated[
        float, Meta(ge=30, le=80, description="A pocket tilted more than this against walking sits.")
    ] = 48.0
    upright_below_deg: Annotated[
        float, Meta(ge=10, le=60, description="A pocket tilted less than this stands; in between it stays as it was.")
    ] = 40.0
    moving_min_g: Annotated[
        float, Meta(ge=0.0, le=1.0, description="Above this the tilt is averaged over 4 s instead of one.")
    ] = 0.06
    busy_min_g: Annotated[
        float, Meta(ge=0.05, le=2.0, description="A pocket that moves more than this without steps is busy.")
    ] = 0.25
    sway_of_s: Annotated[int, Meta(ge=5, le=30, description="Over so many seconds the swaying is watched.")] = 20
    sway_min_deg: Annotated[
        float, Meta(ge=0.0, le=1.0, description="A pocket that turns less than this in a second is perhaps a table.")
    ] = 0.05
    sway_max_deg: Annotated[
        float, Meta(ge=0.0, le=2.0, description="A pocket that usually turns less than this in a second sits.")
    ] = 0.18
    forget_gap_s: Annotated[
        float, Meta(ge=2, le=3600, description="After a gap as long the phone may sit another way round.")
    ] = 20.0
    handled_turn_of_s: Annotated[int, Meta(ge=1, le=20, description="Over so many seconds the turning is watched.")] = 3
    handled_turn_deg: Annotated[
        float, Meta(ge=10, le=120, description="Turning so far without steps may be a hand.")
    ] = 30.0
    handled_of_s: Annotated[
        int, Meta(ge=6, le=120, description="It is a hand when half of so many seconds turn as far.")
    ] = 20


@dataclass(eq=False)
class Pocket:
    """Posture from a trouser pocket."""

    NAME: ClassVar[str] = "pocket"
    KNOWS: ClassVar[str] = "Stepping; quiet sitting; sitting against standing from the first walk with the phone in."
    CANNOT: ClassVar[str] = "Tell restless sitting from standing before the next walk; tell sitting from lying."

    rules: PocketRules = field(default_factory=PocketRules)
    wear: Wear = field(default_factory=Wear)
    mounting: Mounting = field(default_factory=Mounting)
    horizontal: Hysteresis = field(default_factory=Hysteresis)
    sway: RecentSway = field(default_factory=RecentSway)
    turn: RecentTurn = field(default_factory=RecentTurn)
    turning: RecentCount = field(default_factory=RecentCount)
    lasting: Lasting = field(default_factory=Lasting)
    last_s: float | None = None
    last_segment: int | None = None

    def teach_standing(self, start_s: float, end_s: float) -> None:
        """The wearer stands upright in [start_s, end_s): used when the stream gets there, not before."""
        self.mounting.teach_standing(start_s, end_s)

    def upright_at(self, start_s: float) -> tuple[float, float, float] | None:
        """Gravity while the wearer stands, as known in this row; None where it is not."""
        return self.mounting.upright_at(start_s)

    def advance(self, epochs: Epochs) -> PostureEpochs:
        """One posture row for every epoch row, in order."""
        rules = self.rules
        wear = self.wear.advance(epochs)
        stepping = steps(epochs, self.mounting.stepping_rules)
        upright = self.mounting.advance(epochs, wear, forget=self._put_in_again(epochs, stepping))
        window_deg = angle_deg(epochs.window_mean_g, upright.direction)
        second_deg = angle_deg(epochs.mean_g, upright.direction)
        tilt_deg = np.where(epochs.window_spread_g > rules.moving_min_g, window_deg, second_deg)
        horizontal = self.horizontal.advance(tilt_deg, rules.upright_below_deg, rules.sedentary_above_deg)
        known = ~np.isnan(tilt_deg)
        sway_deg = self.sway.advance(epochs, rules.sway_of_s)
        quiet = (sway_deg > rules.sway_min_deg) & (sway_deg < rules.sway_max_deg) & ~known
        posture = np.select(
            [
                stepping & (upright.steady | (window_deg < rules.sedentary_above_deg)),
                quiet,
                ~known,
                epochs.window_spread_g > rules.busy_min_g,
                horizontal,
            ],
            [Posture.STEPPING, Posture.SITTING, Posture.UNKNOWN, Posture.ACTIVE, Posture.SITTING],
            Posture.STANDING,
        )
        since_s = self.lasting.advance(epochs.start_s, horizontal)
        fresh = np.where(horizontal, _FRESH_RISK * 0.5 ** (since_s / _FRESH_HALVING_S), 0.0)
        clear = 0.87 + np.minimum(np.abs(tilt_deg - rules.sedentary_above_deg) / 300.0, 0.1) - fresh
        said = [posture == Posture.STEPPING, posture == Posture.ACTIVE, quiet]
        confidence = np.select(said, [0.995, 0.95, quiet_confidence(sway_deg)], clear)
        return posture_rows(epochs, posture, confidence, wear)

    def _put_in_again(self, epochs: Epochs, stepping: Bools) -> Bools:
        """Rows before which the phone may have been taken out and put in another way round."""
        start_s, segment = epochs.start_s, epochs.segment
        if not len(start_s):
            return np.empty(0, np.bool_)
        first = segment[0] if self.last_segment is None else self.last_segment
        gap = np.diff(start_s, prepend=-np.inf if self.last_s is None else self.last_s) > self.rules.forget_gap_s
        renewed = np.diff(segment, prepend=first) != 0
        turn_deg = self.turn.advance(start_s, epochs.window_mean_g, self.rules.handled_turn_of_s)
        tumbles = (turn_deg > self.rules.handled_turn_deg) & ~stepping
        handled = self.turning.advance(start_s, tumbles, self.rules.handled_of_s) * 2 > self.rules.handled_of_s
        self.last_s, self.last_segment = float(start_s[-1]), int(segment[-1])
        again: Bools = gap | renewed | handled
        return again
