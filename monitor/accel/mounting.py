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
from typing import Annotated

import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from monitor.accel.candidates import Candidate, Candidates
from monitor.accel.metrics import unit
from monitor.accel.occasions import OccasionColumns, Occasions
from monitor.accel.remembered import KnownUpright, last_seat
from monitor.accel.stepping import SteppingRules
from monitor.accel.trust import Trust
from monitor.accel.wear import WearColumns
from monitor.model import Bools, Epochs, Floats
from monitor.rules import Rules

_AT_ONCE = 8, 256
"""Steps that are tried together: few where the last ones did not all belong together. More than the second number would
take a second's weight beyond what numbers can hold."""


class MountingRules(Rules, frozen=True):
    """How fast upright is learned, and how fast it is given up.

    Chosen on harth and sens, turned silently half-way: evidence that halves in 60 s costs two or three minutes of wrong
    answers after that, in 20 s less than one, and nothing elsewhere.
    """

    enough_s: Annotated[
        float, Meta(ge=1.0, le=60.0, description="Upright is known after so many seconds of steady walking.")
    ] = 5.0
    halving_s: Annotated[
        float,
        Meta(ge=5.0, le=600.0, description="Evidence of upright halves after so many further seconds of walking."),
    ] = 20.0
    same_deg: Annotated[
        float, Meta(ge=10.0, le=80.0, description="Directions within this angle count as the same mounting.")
    ] = 35.0
    short_walk_s: Annotated[
        float,
        Meta(
            ge=0.0,
            le=30.0,
            description="A few steps between two pauses in the same pose count like so many seconds of steady walking.",
        ),
    ] = 3.0
    doubted_s: Annotated[
        float,
        Meta(ge=0.0, le=60.0, description="What evidence is left, in seconds, when a sensor lay still for minutes."),
    ] = 4.0
    confirm_s: Annotated[
        int,
        Meta(ge=1, le=60, description="A withheld direction is trusted again after so many matching walking seconds."),
    ] = 3


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
    occasions: Occasions = field(default_factory=Occasions)
    candidates: Candidates = field(default_factory=Candidates)
    trust: Trust = field(default_factory=Trust)
    walked: bool = False
    """Upright is known from real walking: short walks teach nothing more."""
    forgotten_s: float = -math.inf
    """Start of the last row before which everything was forgotten."""
    since_s: float = -math.inf
    """When the candidate in force came into force."""
    seat: tuple[float, float, float] | None = None
    """Direction of gravity in the last quiet horizontal second."""
    seat_s: float = -math.inf
    in_force_s: Floats = field(default_factory=lambda: np.empty(0))
    """From which rows on another direction might be used: those of the last call, and the last before them."""
    in_force: Floats = field(default_factory=lambda: np.empty((0, 3)))
    """(m, 3) these directions, NaN where none might."""

    def teach_standing(self, start_s: float, end_s: float) -> None:
        """The wearer stands in [start_s, end_s); used when the rows get there."""
        self.occasions.standing.append((start_s, end_s))

    def known(self) -> KnownUpright | None:
        """What is worth keeping for another day: proven by walking, or by the wearer's word; None if nothing is."""
        if self.trust.remembered:
            return self.occasions.fit.known
        best = self.candidates.best
        if best is None or not self.walked:
            return None
        seat = None if self.seat is None or self.seat_s < self.since_s else self.seat
        return KnownUpright(self.candidates.each[best].direction(), seat, self.candidates.weight_s(best))

    def remember(self, known: KnownUpright) -> None:
        """Start from a kept mounting: withheld until a few steps, or standing and sitting as before, prove it."""
        self.candidates.only(list(known.upright), min(known.evidence_s, self.rules.doubted_s))
        self.trust.begin_with_remembered()
        self.occasions.fit.known = known

    def forget(self) -> None:
        """Nothing is known any more, as on the first day."""
        self.candidates, self.walked = Candidates(), False
        self.trust.restore()

    def upright_at(self, start_s: float) -> tuple[float, float, float] | None:
        """What might be used in the row of ``start_s``, one of the last call; None where nothing might."""
        place = int(np.searchsorted(self.in_force_s, start_s, side="right")) - 1
        if place < 0 or math.isnan(self.in_force[place, 0]):
            return None
        x, y, z = self.in_force[place].tolist()
        return x, y, z

    def advance(self, epochs: Epochs, wear: WearColumns, forget: Bools | None = None) -> UprightColumns:
        """What may be used in each row; learns from the rows as it goes.

        ``forget`` marks rows from which on nothing learned before may be used: this is known beforehand, and so
        holds in the row itself.
        """
        short_walks_count = not self.walked or forget is not None
        seen = self.occasions.advance(epochs, wear, self.stepping_rules, self.rules.same_deg, forget, short_walks_count)
        from_rows, known = self._learn(epochs, seen)
        known[:, :3] = unit(known[:, :3])
        self._note_in_force(np.append(epochs.start_s, math.inf)[from_rows], known[:, :3])
        table = np.repeat(known, np.diff(from_rows, append=len(epochs)), axis=0)
        direction = table[:, :3]
        self.seat_s, self.seat = last_seat(epochs, direction, self.occasions.fit.rules) or (self.seat_s, self.seat)
        return UprightColumns(direction, evidence_s=table[:, 3], doubted=table[:, 4] > 0, steady=seen.steps)

    def _note_in_force(self, from_s: Floats, directions: Floats) -> None:
        seen = from_s < math.inf
        self.in_force_s = np.concatenate((self.in_force_s[-1:], from_s[seen]))
        self.in_force = np.concatenate((self.in_force[-1:], directions[seen]))

    # --- learning -------------------------------------------------------------------------------------------

    def _learn(self, epochs: Epochs, seen: OccasionColumns) -> tuple[NDArray[np.int64], Floats]:
        """From which rows on what holds, (m,) and (m, 5) as ``_state`` has it: from the row after one that taught it.

        Walking on is most of what there is to learn from, and is taken at once; the other rows come one by one.
        """
        rare = seen.rare()
        places = np.flatnonzero(rare | seen.steps)
        directions = unit(epochs.window_mean_g[places])
        borders = np.append(np.flatnonzero(rare[places]), len(places))
        from_rows, states = [np.zeros(1, np.int64)], [np.array([self._state()])]
        at, at_once = 0, _AT_ONCE[0]
        while at < len(places):
            border = int(borders[np.searchsorted(borders, at)])
            until = min(border, at + at_once)
            walking = self._walk_on(directions[at:until])
            from_rows.append(places[at : at + len(walking)] + 1)
            states.append(walking)
            at += len(walking)
            at_once = min(2 * at_once, _AT_ONCE[1]) if at == until else _AT_ONCE[0]
            if at < until or at == border < len(places):
                place = int(places[at])
                if seen.forgets[place]:
                    self._forget_before(float(epochs.start_s[place]))
                    from_rows.append(places[at : at + 1])
                    states.append(np.array([self._state()]))
                self._look_at(place, float(epochs.start_s[place]), directions[at].tolist(), seen)
                from_rows.append(places[at : at + 1] + 1)
                states.append(np.array([self._state()]))
                at += 1
        return np.concatenate(from_rows), np.concatenate(states)

    def _state(self) -> tuple[float, float, float, float, float]:
        """Direction, not yet of unit length, seconds of evidence, and whether it is doubted."""
        best = self.candidates.best
        if best is None or self.trust.withheld:
            return math.nan, math.nan, math.nan, 0.0, 0.0
        x, y, z = self.candidates.each[best].vector
        return x, y, z, self.candidates.weight_s(best), float(self.trust.doubted)

    def _walk_on(self, directions: Floats) -> Floats:
        """(k, 5) states after each of the first k steps in (n, 3) directions that can bring nothing new."""
        if not self.walked or self.candidates.best is None or not self.trust.is_full:
            return np.empty((0, 5))
        sums, evidence_s = self.candidates.follow(directions, self.rules.same_deg, self.rules.halving_s)
        return np.column_stack((sums, evidence_s, np.zeros(len(sums))))

    def _forget_before(self, start_s: float) -> None:
        self.forget()
        self.forgotten_s = start_s

    def _look_at(self, place: int, start_s: float, direction: list[float], seen: OccasionColumns) -> None:
        """One row in which anything may happen."""
        before = self._best()
        if seen.taught[place] or seen.steps[place]:
            self._prefer_real_walking()
        if seen.taught[place]:
            self._stand(direction)
        elif seen.steps[place]:
            self._step(direction)
        self._look_at_wear(place, direction, seen)
        walk = seen.short_walks.get(place)
        if walk is not None and walk.begin_s >= self.forgotten_s and not self.walked:
            self._step(walk.direction, self.rules.short_walk_s)
        if self._best() is not before and self._best() is not None:
            self.since_s = start_s

    def _best(self) -> Candidate | None:
        return None if self.candidates.best is None else self.candidates.each[self.candidates.best]

    def _look_at_wear(self, place: int, direction: list[float], seen: OccasionColumns) -> None:
        """A sensor that lay still for long may have been taken off; a few steps shall then be enough to learn anew."""
        if seen.doubts[place] or seen.suspicions[place] or seen.settles[place]:
            self.candidates.shrink_to(self.rules.doubted_s)
        if seen.doubts[place]:
            self.trust.doubt()
        if seen.lives[place]:
            self.trust.notice_life(direction, self.occasions.life_rules.pose_deg)
        if seen.suspicions[place]:
            self.trust.withhold(direction)
        if seen.settles[place]:
            self.trust.settle(direction)
        if seen.fits[place]:
            self.trust.notice_fit()

    def _prefer_real_walking(self) -> None:
        """What short walks have taught is a guess, and shrinks to the weight of one of them."""
        if not self.walked and self.rules.short_walk_s > 0:
            self.candidates.shrink_to(self.rules.short_walk_s)
        self.walked = True

    def _step(self, direction: list[float], weight_s: float = 1.0) -> None:
        """One more second of steady walking in this direction, or a short walk that counts for several."""
        candidates, rules = self.candidates, self.rules
        place = candidates.add(direction, weight_s, rules.same_deg, rules.halving_s)
        heaviest = candidates.heaviest()
        if heaviest != candidates.best and candidates.weight_s(heaviest) >= rules.enough_s:
            candidates.best = heaviest
            self.trust.restore()
        elif not self.trust.is_full:
            self.trust.confirm(weight_s if place == candidates.best else 0.0, rules.confirm_s)

    def _stand(self, direction: list[float]) -> None:
        """One second of standing on the wearer's word: replaces what contradicts it."""
        if any(math.isnan(part) for part in direction):
            return
        self.candidates.insist(direction, self.rules.enough_s / 2, self.rules.same_deg)
        self.trust.restore()
