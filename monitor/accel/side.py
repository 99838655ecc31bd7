"""On its side or not: how far a horizontal thigh is rolled about its own length, against the way its wearer sits.

Nobody sits down on his side. So the direction across the thigh in the first minute after being upright is that of
sitting; a horizontal thigh that is rolled far away from it lies. On sens, 32 % of lying (sides and prone) and 0.2 % of
sitting is rolled by more than 50 degrees; lying on the back looks like sitting. What is learned in row k is used from
row k + 1, and only while upright is where it was when the seat was learned.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Annotated

import numpy as np
from msgspec import Meta

from monitor.accel.candidates import between_deg
from monitor.accel.metrics import angle_deg, norm
from monitor.model import Bools, Floats
from monitor.rules import Rules


class SideRules(Rules, frozen=True):
    """When a horizontal thigh is rolled on its side."""

    rolled_deg: Annotated[
        float, Meta(ge=30, le=120, description="A thigh rolled so far from the way its wearer sits is lying.")
    ] = 55.0
    settle_s: Annotated[
        float, Meta(ge=0, le=60, description="The seat is learned from so long after being upright on.")
    ] = 5.0
    learn_until_s: Annotated[float, Meta(ge=10, le=600, description="The seat is learned until so long after.")] = 60.0
    enough_s: Annotated[float, Meta(ge=1, le=600, description="So many seconds of sitting down make a seat.")] = 20.0
    fading: Annotated[float, Meta(ge=0.5, le=1.0, description="What is left of the seat at each new second of it.")] = (
        0.98
    )
    flat_min_g: Annotated[
        float,
        Meta(ge=0.1, le=1.0, description="Gravity across the thigh is at least so much where a side can be told."),
    ] = 0.4
    same_deg: Annotated[
        float, Meta(ge=5, le=80, description="Upright has not moved further than this since the seat was learned.")
    ] = 35.0


@dataclass
class Side:
    """Learns the seat of one mounting."""

    rules: SideRules = field(default_factory=SideRules)
    seat: list[float] = field(default_factory=lambda: [0.0, 0.0, 0.0])
    """Fading sum of unit directions across the thigh; sensor axes."""
    weight_s: float = 0.0
    upright: list[float] = field(default_factory=lambda: [math.nan] * 3)
    """Upright when the seat was learned."""

    def advance(self, mean_g: Floats, upright: Floats, horizontal: Bools, since_upright_s: Floats) -> Bools:
        """(n,) true where a horizontal thigh is rolled on its side; ``mean_g`` and ``upright`` (n, 3)."""
        rules = self.rules
        across_g = _across(mean_g, upright)
        length_g = norm(across_g)
        tellable = horizontal & (length_g > rules.flat_min_g)
        fresh = (since_upright_s >= rules.settle_s) & (since_upright_s < rules.learn_until_s)
        edges, states = [0], [self._state()]
        places = np.flatnonzero(tellable & fresh)
        directions, uprights = (across_g[places] / length_g[places, None]).tolist(), upright[places].tolist()
        for place, direction, up in zip(places.tolist(), directions, uprights, strict=True):
            self._learn(direction, up)
            edges.append(place + 1)
            states.append(self._state())
        table = np.repeat(np.array(states), np.diff([*edges, len(mean_g)]), axis=0)
        seat, valid = _across(table[:, :3], upright), angle_deg(table[:, 3:6], upright) < rules.same_deg
        rolled: Bools = tellable & valid & (angle_deg(across_g, seat) > rules.rolled_deg)
        return rolled

    def _learn(self, direction: list[float], upright: list[float]) -> None:
        if upright != self.upright and not between_deg(self.upright, upright) < self.rules.same_deg:
            self.seat, self.weight_s = [0.0, 0.0, 0.0], 0.0
        self.upright = upright
        self.seat = [self.rules.fading * a + b for a, b in zip(self.seat, direction, strict=True)]
        self.weight_s = self.rules.fading * self.weight_s + 1.0

    def _state(self) -> list[float]:
        known = self.weight_s >= self.rules.enough_s
        return [*(self.seat if known else [math.nan] * 3), *self.upright]


def _across(vectors: Floats, axis: Floats) -> Floats:
    """What of (n, 3) vectors is at right angles to (n, 3) unit vectors."""
    along = vectors[:, 0] * axis[:, 0] + vectors[:, 1] * axis[:, 1] + vectors[:, 2] * axis[:, 2]
    across: Floats = vectors - along[:, None] * axis
    return across
