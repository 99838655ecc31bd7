"""The thigh: the place that tells sitting from standing best, whichever way round the sensor sits.

The tilt of the thigh against its own mean direction in walking decides: a sitting or lying thigh is horizontal, a
standing one is not. Pedalling tilts it half-way and is known by its rhythm. Whether a horizontal thigh belongs to
somebody who sits or who lies on his back cannot be seen; legs up or a thigh on its side are lying. Somebody who
crouches is told from somebody who sits down by ``seating``; sleep and vehicles are said by ``sleeping`` and ``riding``,
cautiously and unproven.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, ClassVar

import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from monitor.accel.calibration import Calibration
from monitor.accel.metrics import angle_deg, unit
from monitor.accel.mounting import Mounting, UprightColumns
from monitor.accel.recent import RecentCount
from monitor.accel.remembered import KnownUpright
from monitor.accel.side import Side
from monitor.accel.stepping import steps
from monitor.accel.wear import Wear
from monitor.model import SEDENTARY, Bools, Epochs, Floats, Posture, PostureEpochs
from monitor.posture.riding import Ride
from monitor.posture.rows import among, posture_rows
from monitor.posture.seating import Outlook, Seating
from monitor.posture.sleeping import Sleep
from monitor.posture.smoothing import Holding, Hysteresis, Lasting
from monitor.rules import Rules

_UP = (Posture.STANDING, Posture.STEPPING, Posture.ACTIVE)
_STIRRING_G = 0.010
"""A second that shakes more than this is no quiet sitting."""
_FRESH_RISK, _FRESH_HALVING_S = 0.10, 10.0
"""How often a thigh that has just become horizontal, stirring, is not sitting; and how soon that passes."""
_LEANING_RISK, _STRAIGHT_DEG = 0.03, 20.0
"""How often a standing thigh that leans 30 degrees is not standing."""
_YOUNG_S = 10.0
"""Evidence of upright, in seconds of walking, that is still little."""


class ThighRules(Rules, frozen=True):
    """Tilt and rhythm of a thigh; measured on harth and sens."""

    sedentary_above_deg: Annotated[
        float, Meta(ge=30, le=80, description="A thigh tilted more than this sits or lies.")
    ] = 48.0
    upright_below_deg: Annotated[
        float, Meta(ge=10, le=60, description="A thigh tilted less than this stands; in between it stays as it was.")
    ] = 40.0
    lying_above_deg: Annotated[
        float, Meta(ge=95, le=170, description="A thigh tilted more than this has its knee up: lying.")
    ] = 115.0
    moving_min_g: Annotated[
        float, Meta(ge=0.0, le=1.0, description="Above this the tilt is averaged over 4 s instead of one.")
    ] = 0.06
    stepping_below_deg: Annotated[
        float, Meta(ge=20, le=80, description="Steps are believed of a thigh tilted less than this.")
    ] = 50.0
    cycling_min_deg: Annotated[
        float, Meta(ge=0, le=40, description="A pedalling thigh is tilted at least so much on average.")
    ] = 15.0
    cycling_max_deg: Annotated[
        float, Meta(ge=45, le=80, description="A pedalling thigh is tilted at most so much on average.")
    ] = 62.0
    cycling_across_min_g: Annotated[
        float, Meta(ge=0.0, le=1.0, description="Pedalling sways the thigh at least so much.")
    ] = 0.10
    cycling_rhythm_min: Annotated[float, Meta(ge=0.0, le=1.0, description="How regular pedalling is, 0 to 1.")] = 0.5
    cycling_jerk_min_g: Annotated[
        float, Meta(ge=0.0, le=1.0, description="Pedalling changes the acceleration within 0.08 s at least so much.")
    ] = 0.08
    cycling_spread_min_g: Annotated[
        float, Meta(ge=0.0, le=1.0, description="Pedalling changes the strength so much; swinging in a chair does not.")
    ] = 0.06
    cycling_still_max_g: Annotated[
        float, Meta(ge=0.0, le=0.2, description="A horizontal thigh that shakes less within a second is on no bicycle.")
    ] = 0.025
    cycling_of_s: Annotated[
        int, Meta(ge=4, le=60, description="Cycling is believed when most of so many seconds look like it.")
    ] = 12
    cycling_hold_s: Annotated[
        float, Meta(ge=0, le=300, description="Cycling is kept so long over a pause at the lights.")
    ] = 30.0
    coasting_jerk_min_g: Annotated[
        float,
        Meta(ge=0.0, le=1.0, description="Coasting shakes the saddle so much that a chair is out of the question."),
    ] = 0.05
    coasting_of_s: Annotated[
        int, Meta(ge=2, le=60, description="Coasting is believed when half of so many seconds shake like that.")
    ] = 6
    coasting_hold_s: Annotated[float, Meta(ge=0, le=600, description="Cycling is kept so long while coasting.")] = 90.0
    busy_across_min_g: Annotated[
        float, Meta(ge=0.05, le=2.0, description="Exercise without steps swings the thigh at least so much.")
    ] = 0.3
    busy_of_s: Annotated[
        int, Meta(ge=2, le=60, description="Exercise is believed when three quarters of so many seconds look like it.")
    ] = 8


@dataclass(eq=False)
class Thigh:
    """Posture from the thigh."""

    NAME: ClassVar[str] = "thigh"
    KNOWS: ClassVar[str] = "Sitting, standing, stepping and cycling, any way round, after about 20 seconds of walking."
    CANNOT: ClassVar[str] = "Tell sitting from lying on the back; before the first steps it says nothing."
    DECIDES_AFTER_S: ClassVar[int] = 5
    """Two seconds more than its windows need: they show whether somebody sits down or crouches."""

    rules: ThighRules = field(default_factory=ThighRules)
    wear: Wear = field(default_factory=Wear)
    calibration: Calibration = field(default_factory=Calibration)
    mounting: Mounting = field(default_factory=Mounting)
    horizontal: Hysteresis = field(default_factory=Hysteresis)
    pedalling: RecentCount = field(default_factory=RecentCount)
    cycling: Holding = field(default_factory=Holding)
    coasting: Holding = field(default_factory=Holding)
    shaking: RecentCount = field(default_factory=RecentCount)
    swinging: RecentCount = field(default_factory=RecentCount)
    seating: Seating = field(default_factory=Seating)
    lasting: Lasting = field(default_factory=Lasting)
    seated: Lasting = field(default_factory=Lasting)
    side: Side = field(default_factory=Side)
    ride: Ride = field(default_factory=Ride)
    sleep: Sleep = field(default_factory=Sleep)

    def teach_standing(self, start_s: float, end_s: float) -> None:
        """The wearer stands upright in [start_s, end_s): used when the stream gets there, not before."""
        self.mounting.teach_standing(start_s, end_s)

    def upright_at(self, start_s: float) -> tuple[float, float, float] | None:
        """Gravity while the wearer stands, as known in this row; None where it is not."""
        return self.mounting.upright_at(start_s)

    def known(self) -> KnownUpright | None:
        """What is worth keeping of this mounting for another day; None if there is nothing."""
        return self.mounting.known()

    def remember(self, known: KnownUpright) -> None:
        """Start from a mounting kept from an earlier day; used once the body has shown that it still fits."""
        self.mounting.remember(known)

    def advance(self, epochs: Epochs) -> PostureEpochs:
        """One posture row for every epoch row, in order."""
        rules, wear = self.rules, self.wear.advance(epochs)
        upright = self.mounting.advance(epochs, wear)
        correction = self.calibration.advance(epochs)
        epochs, direction = correction.epochs(epochs), correction.directions(upright.direction)
        outlook, window_deg = Outlook.of(epochs, direction), angle_deg(epochs.window_mean_g, direction)
        tilt_deg = np.where(epochs.window_spread_g > rules.moving_min_g, window_deg, outlook.tilt_deg[0])
        posture = self._by_tilt_and_rhythm(epochs, tilt_deg, window_deg, outlook, upright.steady)
        limits_deg = (rules.sedentary_above_deg, rules.upright_below_deg)
        crouches = self.seating.advance(epochs.start_s, outlook, posture, *limits_deg)
        posture = np.where(crouches, Posture.ACTIVE, posture)
        posture = self._by_what_lasts(epochs, direction, posture)
        return posture_rows(epochs, posture, self._confidence(epochs, tilt_deg, posture, upright), wear)

    def _by_tilt_and_rhythm(
        self, epochs: Epochs, tilt_deg: Floats, window_deg: Floats, outlook: Outlook, steady: Bools
    ) -> NDArray[np.int64]:
        """(n,) codes: what the thigh does, taking every horizontal one for a seat."""
        rules = self.rules
        stepping = steps(epochs, self.mounting.stepping_rules) & (window_deg < rules.stepping_below_deg)
        cycling = self._cycles(epochs, window_deg, outlook)
        horizontal = self.horizontal.advance(tilt_deg, rules.upright_below_deg, rules.sedentary_above_deg)
        busy, unknown = self._is_busy(epochs, stepping), np.isnan(tilt_deg)
        said = [
            (unknown & steady, Posture.STEPPING),
            (unknown, Posture.UNKNOWN),
            (cycling, Posture.CYCLING),
            (stepping, Posture.STEPPING),
            (busy, Posture.ACTIVE),
            (~horizontal, Posture.STANDING),
            (tilt_deg > rules.lying_above_deg, Posture.LYING),
        ]
        return np.select([rows for rows, _ in said], [posture for _, posture in said], Posture.SITTING)

    def _by_what_lasts(self, epochs: Epochs, direction: Floats, posture: NDArray[np.int64]) -> NDArray[np.int64]:
        """(n,) codes, with those that a single second does not show: on the side, on the road, asleep."""
        since_upright_s = self.seated.advance(epochs.start_s, ~among(posture, _UP))
        sits = posture == Posture.SITTING
        rolled = self.side.advance(epochs.mean_g, unit(direction), sits, since_upright_s)
        posture = np.where(rolled, Posture.LYING, posture)
        posture = np.where(self.ride.advance(epochs, posture), Posture.VEHICLE, posture)
        return np.where(self.sleep.advance(epochs, posture), Posture.ASLEEP, posture)

    def _cycles(self, epochs: Epochs, window_deg: Floats, outlook: Outlook) -> Bools:
        rules = self.rules
        within = (window_deg > rules.cycling_min_deg) & (window_deg < rules.cycling_max_deg)
        pedals = (
            within
            & (epochs.across_g > rules.cycling_across_min_g)
            & (epochs.window_spread_g > rules.cycling_spread_min_g)
            & (epochs.sway_rhythm > rules.cycling_rhythm_min)
            & (epochs.jerk_g > rules.cycling_jerk_min_g)
        )
        often = self.pedalling.advance(epochs.start_s, pedals, rules.cycling_of_s) * 2 > rules.cycling_of_s
        still = outlook.jitter_g < rules.cycling_still_max_g
        rests = np.any(still & (outlook.tilt_deg > rules.sedentary_above_deg), axis=0)
        held = self.cycling.advance(epochs.start_s, often, rules.cycling_hold_s, ends=rests)
        shakes = self.shaking.advance(epochs.start_s, epochs.jerk_g > rules.coasting_jerk_min_g, rules.coasting_of_s)
        coasts = self.coasting.advance(epochs.start_s, often, rules.coasting_hold_s, ends=rests) & (
            shakes * 2 > rules.coasting_of_s
        )
        return often | ((held | coasts) & within)

    def _is_busy(self, epochs: Epochs, stepping: Bools) -> Bools:
        swings = (epochs.across_g > self.rules.busy_across_min_g) & ~stepping
        return self.swinging.advance(epochs.start_s, swings, self.rules.busy_of_s) * 4 >= self.rules.busy_of_s * 3

    def _confidence(
        self, epochs: Epochs, tilt_deg: Floats, posture: NDArray[np.int64], upright: UprightColumns
    ) -> Floats:
        """How often rows like these were right on harth and sens, sedentary or upright; rounded, not fitted.

        A horizontal thigh was wrong when it had just become so or stirred (a foot on a step, a squat), an
        upright one when it leant: perching at 25 degrees. Of all other rows fewer than one in a thousand was wrong:
        none of 933 where the mounting was doubted, after lying still for minutes. But nobody there had put the sensor
        on another way round meanwhile.
        """
        sedentary = among(posture, SEDENTARY)
        since_s = self.lasting.advance(epochs.start_s, sedentary)
        stirring = np.where(epochs.jitter_g > _STIRRING_G, 1.0, 0.3)
        fresh = 1.0 - _FRESH_RISK * stirring * 0.5 ** (since_s / _FRESH_HALVING_S)
        leaning = 1.0 - _LEANING_RISK * np.clip((tilt_deg - _STRAIGHT_DEG) / 10.0, 0.0, 2.0)
        unproven = among(posture, (Posture.VEHICLE, Posture.ASLEEP))
        said = [sedentary, posture == Posture.STEPPING, posture == Posture.CYCLING, posture == Posture.ACTIVE, unproven]
        middle_deg = (self.rules.sedentary_above_deg + self.rules.upright_below_deg) / 2
        clear = np.minimum(0.99 + 0.0009 * np.abs(tilt_deg - middle_deg), 0.9995)
        confidence = np.select(said, [clear * fresh, 0.9995, 0.95, 0.97, 0.7], clear * leaning)
        unsure = upright.doubted | (upright.evidence_s < _YOUNG_S)
        trusted: Floats = np.where(unsure, 0.98, 1.0) * confidence
        return trusted
