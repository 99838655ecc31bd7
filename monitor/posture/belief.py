"""Sitting or standing, in log odds, carried from second to second: what the pose says now, and what has happened.

Whoever sits goes on sitting until a movement ends it (a hidden Markov model with two states, in which only movements
between two still moments change the state). Each movement is weighed by three likelihoods of its height (``rises``):
that the wearer got up, sat down, or only shifted. What the pose said before it counts half as much afterwards, since
one person's poses are alike. A step is proof of upright; and who gets up from lying mostly sits first.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Annotated

import numpy as np
from msgspec import Meta

from monitor.model import Bools, Floats
from monitor.posture.rises import RiseColumns
from monitor.rules import Rules


class BeliefRules(Rules, frozen=True):
    """How movements change what is believed; log odds are of sitting.

    The heights are near what ``rises`` reads on hapt. All are set by hand, so that the training has no part in them.
    """

    rise_m: Annotated[float, Meta(ge=0.1, le=0.8, description="Usual height of getting up.")] = 0.32
    rise_spread_m: Annotated[float, Meta(ge=0.02, le=0.4, description="Its spread among people and chairs.")] = 0.10
    fall_m: Annotated[float, Meta(ge=0.1, le=0.8, description="Usual height read when somebody sits down.")] = 0.28
    fall_spread_m: Annotated[float, Meta(ge=0.02, le=0.4, description="Its spread; the landing hides some of it.")] = (
        0.13
    )
    shift_spread_m: Annotated[
        float, Meta(ge=0.005, le=0.2, description="Height read in a shift that takes a second.")
    ] = 0.03
    shift_growth_m: Annotated[
        float, Meta(ge=0.0, le=0.05, description="How much that grows with the square of the seconds it takes.")
    ] = 0.004
    odd_share: Annotated[float, Meta(ge=0.01, le=0.5, description="Share of movements with any height whatever.")] = 0.1
    change_share: Annotated[
        float, Meta(ge=0.01, le=0.9, description="Share of longer movements that change posture.")
    ] = 0.3
    short_change_share: Annotated[
        float, Meta(ge=0.0, le=0.5, description="The same of movements that take a single second.")
    ] = 0.02
    turn_deg: Annotated[
        float, Meta(ge=1.0, le=40.0, description="A change of posture turns the trunk by this or more.")
    ] = 8.0
    over_deg: Annotated[float, Meta(ge=20.0, le=90.0, description="A trunk that turns more than this lay or lies.")] = (
        55.0
    )
    after_lying: Annotated[
        float, Meta(ge=0.0, le=4.0, description="Log odds of sitting after lying; steps or a rise tell if not.")
    ] = 1.5
    stepped: Annotated[float, Meta(ge=0.5, le=6.0, description="Log odds of standing after a step.")] = 1.0
    limit: Annotated[float, Meta(ge=1.0, le=10.0, description="Nothing that has happened counts more than this.")] = 4.0
    pose_share: Annotated[
        float, Meta(ge=0.0, le=1.0, description="How much the last pose counts after a movement.")
    ] = 0.5
    leak: Annotated[float, Meta(ge=0.0, le=0.5, description="What gives way to the prior in each moving second.")] = (
        0.05
    )
    prior: Annotated[
        float,
        Meta(
            ge=-3.0, le=3.0, description="Log odds of sitting after much movement without a step, upright being known."
        ),
    ] = 0.0
    clear: Annotated[float, Meta(ge=0.0, le=6.0, description="Log odds from which on a pose is clearly a seat.")] = 2.0
    doubt: Annotated[
        float,
        Meta(ge=0.0, le=0.5, description="Share of what spoke for standing that a clear seat takes away in a second."),
    ] = 0.1
    gap_s: Annotated[
        float, Meta(ge=1.0, le=60.0, description="After so long without data anything may have happened.")
    ] = 10.0


def weighed(odds: float, rise_m: float, turn_deg: float, lasted_s: float, rules: BeliefRules) -> float:
    """Log odds after a movement of this height, turn and duration, from those before it."""
    sitting = 1.0 / (1.0 + math.exp(-odds))
    change = rules.change_share if lasted_s > 1.0 else rules.short_change_share
    error_m = rules.shift_spread_m + rules.shift_growth_m * lasted_s**2
    turned = 1.0 - math.exp(-turn_deg / rules.turn_deg)
    got_up = change * turned * _likely(rise_m, rules.rise_m, rules.rise_spread_m + error_m, rules.odd_share)
    sat_down = change * turned * _likely(rise_m, -rules.fall_m, rules.fall_spread_m + error_m, rules.odd_share)
    stayed = (1.0 - change * turned) * _likely(rise_m, 0.0, error_m, rules.odd_share)
    after_sitting = sitting * stayed + (1.0 - sitting) * sat_down
    after_standing = (1.0 - sitting) * stayed + sitting * got_up
    return max(-rules.limit, min(rules.limit, math.log(after_sitting / after_standing)))


def _likely(value_m: float, middle_m: float, spread_m: float, odd_share: float) -> float:
    """Density of a bell with a flat tail over 2 m."""
    bell = math.exp(-0.5 * ((value_m - middle_m) / spread_m) ** 2) / (spread_m * math.sqrt(2.0 * math.pi))
    return (1.0 - odd_share) * bell + odd_share / 2.0


@dataclass(eq=False)
class Belief:
    """What has happened, in log odds of sitting."""

    rules: BeliefRules = field(default_factory=BeliefRules)
    odds: float = 0.0
    still_odds: float = 0.0
    """With what the pose said, in the last still second."""
    lying: bool = False
    last_s: float | None = None

    def advance(self, start_s: Floats, pose_odds: Floats, lying: Bools, stepping: Bools, rises: RiseColumns) -> Floats:
        """(n,) log odds from what happened; ``pose_odds`` (n,) is what each pose says itself, NaN where unknown."""
        columns = (start_s, pose_odds, lying, stepping, rises.moving, rises.ended)
        movements = (rises.rise_m, rises.turn_deg, rises.lasted_s)
        rows = zip(*(column.tolist() for column in (*columns, *movements)), strict=True)
        return np.array([self._row(*row) for row in rows], np.float64)

    def _row(
        self,
        at_s: float,
        pose: float,
        lies: bool,
        steps: bool,
        moves: bool,
        ended: bool,
        rise_m: float,
        turn_deg: float,
        lasted_s: float,
    ) -> float:
        rules, known = self.rules, not math.isnan(pose)
        if self.last_s is None or at_s - self.last_s > rules.gap_s:
            self.odds, self.still_odds, self.lying = 0.0, 0.0, False
        if steps:
            self.odds = min(self.odds, -rules.stepped)
        elif lies or self.lying:
            self.odds = rules.after_lying
        elif ended and turn_deg > rules.over_deg:
            self.odds = self.odds if known else 0.0
        elif ended:
            self.odds = weighed(self.still_odds, rise_m, turn_deg, lasted_s, rules)
        elif moves:
            self.odds += rules.leak * ((rules.prior if known else 0.0) - self.odds)
        elif pose > rules.clear and self.odds < 0.0:
            self.odds -= rules.doubt * self.odds
        if not moves:
            self.still_odds = self.odds + (rules.pose_share * pose if known else 0.0)
        self.last_s, self.lying = at_s, lies
        return self.odds
