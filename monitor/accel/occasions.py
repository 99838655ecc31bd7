"""The seconds in which there is something to learn of a mounting: steps, stillness, life, and the wearer's word."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated

import numpy as np
from msgspec import Meta

from monitor.accel.recent import RecentCount, RisingEdge
from monitor.accel.remembered import PoseFit
from monitor.accel.short_walks import ShortWalk, ShortWalks
from monitor.accel.stepping import SteadySteps, SteppingRules, sure_steps
from monitor.accel.wear import WearColumns
from monitor.model import Bools, Epochs, Floats
from monitor.rules import Rules


class LifeRules(Rules, frozen=True):
    """When a sensor that lay still is on a body after all.

    Our own judgement: no labelled recording shows a sensor being put on again.
    """

    pose_deg: Annotated[
        float, Meta(ge=1.0, le=60.0, description="Still in the same pose after stillness: within this angle.")
    ] = 20.0
    alive_s: Annotated[
        int,
        Meta(
            ge=5,
            le=600,
            description="So many moving seconds, without turning over, in the same pose prove a sensor worn.",
        ),
    ] = 30
    alive_of_s: Annotated[int, Meta(ge=5, le=600, description="Within so many seconds they must fall.")] = 60


@dataclass(frozen=True, slots=True, eq=False)
class OccasionColumns:
    """Row by row, in the order in which they count where several come together."""

    forgets: Bools
    """Nothing learned before may be used."""
    taught: Bools
    """The wearer stands, on his own word."""
    steps: Bools
    """So steady that upright is learned from them."""
    doubts: Bools
    """It has lain still for minutes, from here on."""
    lives: Bools
    """It moves so often in one pose, from here on, that it must be on a living body."""
    suspicions: Bools
    """It is suspected of not being worn, from here on."""
    settles: Bools
    """It is surely not worn, from here on."""
    fits: Bools
    """The kept poses have been seen again, from here on."""
    short_walks: dict[int, ShortWalk]
    """A few steps between two pauses, by the row in which they are known to be that."""

    def rare(self) -> Bools:
        """(n,) rows that are more than one step after another."""
        rare = self.forgets | self.taught | self.doubts | self.lives | self.suspicions | self.settles | self.fits
        rare[list(self.short_walks)] = True
        return rare


@dataclass(eq=False)
class Occasions:
    """Watches for them."""

    life_rules: LifeRules = field(default_factory=LifeRules)
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
    standing: list[tuple[float, float]] = field(default_factory=list)
    """Stretches in which the wearer says to stand upright."""

    def advance(
        self,
        epochs: Epochs,
        wear: WearColumns,
        stepping_rules: SteppingRules,
        same_deg: float,
        forget: Bools | None,
        short_walks_count: bool,
    ) -> OccasionColumns:
        """One row for every epoch.

        Parameters
        ----------
        same_deg : who turns further has not stood: he sat down a moment too early.
        forget : rows from which on nothing learned before may be used; None where there are none.
        short_walks_count : False once upright is known from real walking.
        """
        steady, turn_deg = self.steady.advance(epochs, stepping_rules)
        sure = sure_steps(epochs, stepping_rules) & ~wear.suspected
        taught = self._taught(epochs.start_s) & ~(turn_deg > same_deg)
        moves = wear.flat_s == 0
        return OccasionColumns(
            forgets=np.zeros(len(epochs), np.bool_) if forget is None else forget,
            taught=taught,
            steps=steady & ~wear.suspected,
            doubts=self.doubt_begins.advance(wear.doubted),
            lives=self.life_begins.advance(self._lives(epochs, moves, turn_deg)) & ~wear.suspected,
            suspicions=self.suspicion_begins.advance(wear.suspected),
            settles=self.settling_begins.advance(wear.settled),
            fits=self.fit_begins.advance(self.fit.advance(epochs, moves)),
            short_walks=self.short_walks.advance(epochs, sure, short_walks_count),
        )

    def _lives(self, epochs: Epochs, moves: Bools, turn_deg: Floats) -> Bools:
        """Moves often, and has not turned over meanwhile."""
        rules = self.life_rules
        moved = self.moving.advance(epochs.start_s, moves, rules.alive_of_s)
        turned = self.turning.advance(epochs.start_s, turn_deg > rules.pose_deg, rules.alive_of_s)
        alive: Bools = (moved >= rules.alive_s) & (turned == 0)
        return alive

    def _taught(self, start_s: Floats) -> Bools:
        taught = np.zeros(len(start_s), np.bool_)
        for from_s, until_s in self.standing:
            taught |= (start_s >= from_s) & (start_s + 1.0 <= until_s)
        if len(start_s):
            self.standing = [stretch for stretch in self.standing if stretch[1] > start_s[-1]]
        return taught
