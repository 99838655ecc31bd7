"""How the sensor sits: the direction of gravity while the wearer walks, learned from the walking itself.

Each steady stepping second (``stepping.SteadySteps``) adds its mean direction to the nearest candidate, or opens
a new one; so do short walks (``short_walks``), a few steps between two pauses in the same pose. Old evidence fades
with every new stepping second, so a re-mounted or slipped sensor is right again after less than a minute of walking;
the heaviest candidate wins as soon as it has evidence enough.

Trust: a sensor that lay flat for 300 s is *doubted* (its candidates keep little weight, so that a few steps on a
new mounting decide); one that was suspected or settled as not worn is *withheld* (nobody may use the direction)
until a few steps confirm it, or until it moves so often without leaving its pose that it must have been on a still
body: a sensor picked up from the table turns over.
What is learned in row k is used from row k + 1. A mounting can be kept for another day (``known``, ``remember``): it is
withheld until steps or poses prove that it still fits.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
from pydantic import BaseModel, Field

from monitor.accel.candidates import Candidate, add_evidence, between_deg
from monitor.accel.metrics import unit
from monitor.accel.recent import RecentCount, RisingEdge
from monitor.accel.remembered import KnownUpright, PoseFit, last_seat
from monitor.accel.short_walks import ShortWalks
from monitor.accel.stepping import SteadySteps, SteppingRules, sure_steps
from monitor.accel.wear import WearColumns
from monitor.model import Bools, Epochs, Floats


class MountingRules(BaseModel, frozen=True, extra="forbid"):
    """How fast upright is learned, and how fast it is given up."""

    enough_s: float = Field(
        5.0, ge=1.0, le=60.0, description="Upright is known after so many seconds of steady walking."
    )
    halving_s: float = Field(
        20.0, ge=5.0, le=600.0, description="Evidence of upright halves after so many further seconds of walking."
    )
    same_deg: float = Field(
        35.0, ge=10.0, le=80.0, description="Directions within this angle count as the same mounting."
    )
    short_walk_s: float = Field(
        3.0,
        ge=0.0,
        le=30.0,
        description="A few steps between two pauses in the same pose count like so many seconds of steady walking.",
    )
    doubted_s: float = Field(
        4.0, ge=0.0, le=60.0, description="What evidence is left, in seconds, when a sensor lay still for minutes."
    )
    confirm_s: int = Field(
        3, ge=1, le=60, description="A withheld direction is trusted again after so many matching walking seconds."
    )
    pose_deg: float = Field(
        20.0, ge=1.0, le=60.0, description="Still in the same pose after stillness: within this angle."
    )
    alive_s: int = Field(
        30,
        ge=5,
        le=600,
        description="So many moving seconds, without turning over, in the same pose prove a sensor worn.",
    )
    alive_of_s: int = Field(60, ge=5, le=600, description="Within so many seconds they must fall.")


@dataclass(frozen=True, slots=True, eq=False)
class UprightColumns:
    """Row by row: what may be used there."""

    direction: Floats
    """(n, 3) unit vector of gravity while walking, NaN where unknown or withheld."""
    evidence_s: Floats
    """(n,) seconds of walking behind it."""
    steady: Bools
    """(n,) steps so steady that upright is being learned from them."""
    doubted: Bools
    """(n,) known, but the sensor lay still for long since."""


@dataclass(eq=False)
class Mounting:
    """Learns and forgets."""

    rules: MountingRules = field(default_factory=MountingRules)
    stepping_rules: SteppingRules = field(default_factory=SteppingRules)
    steady: SteadySteps = field(default_factory=SteadySteps)
    short_walks: ShortWalks = field(default_factory=ShortWalks)
    moving: RecentCount = field(default_factory=RecentCount)
    turning: RecentCount = field(default_factory=RecentCount)
    life_begins: RisingEdge = field(default_factory=RisingEdge)
    doubt_begins: RisingEdge = field(default_factory=RisingEdge)
    suspicion_begins: RisingEdge = field(default_factory=RisingEdge)
    settling_begins: RisingEdge = field(default_factory=RisingEdge)
    fit: PoseFit = field(default_factory=PoseFit)
    fit_begins: RisingEdge = field(default_factory=RisingEdge)
    candidates: list[Candidate] = field(default_factory=list)
    best: int | None = None
    """Place of the candidate in force."""
    walked: bool = False
    """Steady walking, or the wearer's word, has taught upright: short walks are not asked any more."""
    doubted: bool = False
    withheld: bool = False
    settled: bool = False
    """Withheld because it was surely not worn: the same pose proves nothing, only steps do."""
    confirmed_s: float = 0.0
    forgotten_s: float = -math.inf
    """Start of the last row before which everything was forgotten."""
    remembered: bool = False
    """What is withheld was kept from an earlier day and has not been proven yet."""
    since_s: float = -math.inf
    """When the candidate in force came into force."""
    seat: tuple[float, float, float] | None = None
    """Direction of gravity in the last quiet horizontal second."""
    seat_s: float = -math.inf
    pose: list[float] = field(default_factory=list)
    """Direction of gravity while it lay still."""
    in_force: list[tuple[float, tuple[float, float, float] | None]] = field(default_factory=list)
    """From which row on which direction might be used: of the rows of the last call, and the one before them."""
    standing: list[tuple[float, float]] = field(default_factory=list)
    """Stretches in which the wearer says to stand upright."""

    def teach_standing(self, start_s: float, end_s: float) -> None:
        """The wearer stands in [start_s, end_s); used when the rows get there."""
        self.standing.append((start_s, end_s))

    def known(self) -> KnownUpright | None:
        """What is worth keeping for another day: proven by walking, or by the wearer's word; None if nothing is."""
        if self.remembered:
            return self.fit.known
        if self.best is None or not self.walked:
            return None
        seat = None if self.seat is None or self.seat_s < self.since_s else self.seat
        best = self.candidates[self.best]
        return KnownUpright(best.direction(), seat, best.weight_s)

    def remember(self, known: KnownUpright) -> None:
        """Start from a kept mounting: withheld until a few steps, or standing and sitting as before, prove it."""
        weight_s = min(known.evidence_s, self.rules.doubted_s)
        self.candidates, self.best = [Candidate([weight_s * part for part in known.upright], weight_s)], 0
        self.doubted = self.withheld = self.settled = self.remembered = True
        self.confirmed_s, self.fit.known = 0.0, known

    def upright_at(self, start_s: float) -> tuple[float, float, float] | None:
        """What might be used in the row of ``start_s``, one of the last call; None where nothing might."""
        known = [direction for from_s, direction in self.in_force if from_s <= start_s]
        return known[-1] if known else None

    def _note_in_force(self, from_s: Floats, directions: Floats) -> None:
        self.in_force = self.in_force[-1:]
        for row_s, (x, y, z) in zip(from_s.tolist(), directions.tolist(), strict=True):
            direction = None if math.isnan(x) else (x, y, z)
            if row_s < math.inf and (not self.in_force or self.in_force[-1][1] != direction):
                self.in_force.append((row_s, direction))

    def forget(self) -> None:
        """Nothing is known any more, as on the first day."""
        self.candidates, self.best = [], None
        self.walked = self.doubted = self.withheld = self.settled = self.remembered = False

    def advance(self, epochs: Epochs, wear: WearColumns, forget: Bools | None = None) -> UprightColumns:
        """What may be used in each row; learns from the rows as it goes.

        ``forget`` marks rows from which on nothing learned before may be used: this is known beforehand, and so
        holds in the row itself.
        """
        steady, turn_deg = self.steady.advance(epochs, self.stepping_rules)
        steady &= ~wear.suspected
        sure, asked = sure_steps(epochs, self.stepping_rules) & ~wear.suspected, not self.walked or forget is not None
        short_walks = self.short_walks.advance(epochs, sure, asked)
        # Who sits down a moment too early has not shown what standing looks like
        taught = self._taught(epochs.start_s) & ~(turn_deg > self.rules.same_deg)
        happenings = (
            (taught, self._stand),
            (steady & ~taught, self._step),
            (self.doubt_begins.advance(wear.doubted), self._doubt),
            (self.life_begins.advance(self._alive(epochs, wear, turn_deg)) & ~wear.suspected, self._notice_life),
            (self.suspicion_begins.advance(wear.suspected), self._withhold),
            (self.settling_begins.advance(wear.settled), self._settle),
            (self.fit_begins.advance(self.fit.advance(epochs, wear.flat_s == 0)), self._notice_fit),
        )
        forget = np.zeros(len(epochs), np.bool_) if forget is None else forget
        ended = np.zeros(len(epochs), np.bool_)
        ended[list(short_walks)] = True
        rare = np.any([forget, ended, taught, *(mask for mask, _ in happenings[2:])], axis=0)
        places = np.flatnonzero(rare | steady)
        directions = unit(epochs.window_mean_g[places]).tolist()
        from_row, states = [0], [self._state()]
        for place, direction, is_rare in zip(places.tolist(), directions, rare[places].tolist(), strict=True):
            before = None if self.best is None else self.candidates[self.best]
            if not is_rare and self.walked:  # walking on: all but a few of the rows in which there is anything to learn
                self._step(direction)
            else:
                if forget[place]:
                    self.forget()
                    self.forgotten_s = float(epochs.start_s[place])
                    from_row.append(place)
                    states.append(self._state())
                if (steady[place] or taught[place]) and not self.walked:
                    self._prefer_real_walking()
                for mask, happen in happenings:
                    if mask[place]:
                        happen(direction)
                walk = short_walks.get(place)
                if walk is not None and walk.begin_s >= self.forgotten_s and not self.walked:
                    self._step(walk.direction, self.rules.short_walk_s)
            if self.best is not None and self.candidates[self.best] is not before:
                self.since_s = float(epochs.start_s[place])
            # what is learned in a row holds from the next one on
            from_row.append(place + 1)
            states.append(self._state())
        known, from_rows = np.array(states), np.array(from_row)
        known[:, :3] = unit(known[:, :3])
        self._note_in_force(np.append(epochs.start_s, math.inf)[from_rows], known[:, :3])
        table = np.repeat(known, np.diff(from_rows, append=len(epochs)), axis=0)
        self.seat_s, self.seat = last_seat(epochs, table[:, :3], self.fit.rules) or (self.seat_s, self.seat)
        return UprightColumns(direction=table[:, :3], evidence_s=table[:, 3], doubted=table[:, 4] > 0, steady=steady)

    def _prefer_real_walking(self) -> None:
        """What short walks have taught is a guess, and shrinks to the weight of one of them."""
        self.walked = True
        for candidate in self.candidates:
            if candidate.weight_s > self.rules.short_walk_s > 0:
                candidate.scale(self.rules.short_walk_s / candidate.weight_s)

    def _alive(self, epochs: Epochs, wear: WearColumns, turn_deg: Floats) -> Bools:
        """Moves often, and has not turned over meanwhile."""
        rules = self.rules
        moved = self.moving.advance(epochs.start_s, wear.flat_s == 0, rules.alive_of_s)
        turned = self.turning.advance(epochs.start_s, turn_deg > rules.pose_deg, rules.alive_of_s)
        alive: Bools = (moved >= rules.alive_s) & (turned == 0)
        return alive

    def _state(self) -> tuple[float, float, float, float, float]:
        """Direction, not yet of unit length, seconds of evidence, and whether it is doubted."""
        if self.best is None or self.withheld:
            return math.nan, math.nan, math.nan, 0.0, 0.0
        best = self.candidates[self.best]
        x, y, z = best.vector
        return x, y, z, best.weight_s, float(self.doubted)

    def _taught(self, start_s: Floats) -> Bools:
        taught = np.zeros(len(start_s), np.bool_)
        for from_s, until_s in self.standing:
            taught |= (start_s >= from_s) & (start_s + 1.0 <= until_s)
        if len(start_s):
            self.standing = [stretch for stretch in self.standing if stretch[1] > start_s[-1]]
        return taught

    def _step(self, direction: list[float], weight_s: float = 1.0) -> None:
        """One more second of steady walking in this direction, or a short walk that counts for several."""
        kept = 0.5 ** (weight_s / self.rules.halving_s)
        place = add_evidence(self.candidates, self.best, direction, weight_s, self.rules.same_deg, kept)
        weights_s = [candidate.weight_s for candidate in self.candidates]
        heaviest = weights_s.index(max(weights_s))
        if heaviest != self.best and self.candidates[heaviest].weight_s >= self.rules.enough_s:
            self.best = heaviest
            self._trust()
        elif self.withheld or self.doubted:
            self.confirmed_s = self.confirmed_s + weight_s if place == self.best else 0.0
            if self.confirmed_s >= self.rules.confirm_s:
                self._trust()

    def _stand(self, direction: list[float]) -> None:
        """One second of standing on the wearer's word: replaces what contradicts it."""
        if any(math.isnan(part) for part in direction):
            return
        if self.best is None or between_deg(self.candidates[self.best].vector, direction) > self.rules.same_deg:
            self.candidates, self.best = [Candidate([0.0, 0.0, 0.0], 0.0)], 0
        self.candidates[self.best].gain(direction, self.rules.enough_s / 2)
        self._trust()

    def _doubt(self, _direction: list[float]) -> None:
        """It lay still for minutes: a few steps on another mounting shall be enough to replace what was learned."""
        self.doubted, self.confirmed_s = True, 0.0
        for candidate in self.candidates:
            if candidate.weight_s > self.rules.doubted_s:
                candidate.scale(self.rules.doubted_s / candidate.weight_s)

    def _withhold(self, direction: list[float]) -> None:
        """Perhaps not worn: nobody may use the direction."""
        self._doubt(direction)
        self.withheld, self.pose = True, direction

    def _settle(self, direction: list[float]) -> None:
        """Not worn: steps alone bring the direction back."""
        self._withhold(direction)
        self.settled = True

    def _notice_life(self, direction: list[float]) -> None:
        """A sensor that moves for long in the pose in which it lay still was on a still body all the time."""
        if self.withheld and not self.settled and between_deg(self.pose, direction) <= self.rules.pose_deg:
            self._trust()
            self.doubted = True

    def _notice_fit(self, _direction: list[float]) -> None:
        """Standing and sitting look as they did before: the sensor was left on, or put on the same way round."""
        if self.remembered:
            self._trust()
            self.doubted = True

    def _trust(self) -> None:
        self.doubted = self.withheld = self.settled = self.remembered = False
        self.confirmed_s = 0.0
