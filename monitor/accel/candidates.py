"""Directions that may be upright, each with its evidence in seconds of walking."""

from __future__ import annotations

import math
from dataclasses import dataclass

_CANDIDATES_MAX = 8


@dataclass
class Candidate:
    """A direction that may be upright, with its evidence."""

    vector: list[float]
    """Sum of unit directions, fading; sensor axes."""
    weight_s: float

    def scale(self, share: float) -> None:
        """Keep this share of the evidence."""
        x, y, z = self.vector
        self.vector = [share * x, share * y, share * z]
        self.weight_s *= share

    def gain(self, direction: list[float], weight_s: float) -> None:
        """More evidence, ``weight_s`` seconds of it, for this unit direction."""
        (x, y, z), (more_x, more_y, more_z) = self.vector, direction
        self.vector = [x + weight_s * more_x, y + weight_s * more_y, z + weight_s * more_z]
        self.weight_s += weight_s

    def direction(self) -> tuple[float, float, float]:
        """The unit vector."""
        x, y, z = self.vector
        length = math.sqrt(x * x + y * y + z * z)
        return x / length, y / length, z / length


def add_evidence(
    candidates: list[Candidate],
    best: int | None,
    direction: list[float],
    weight_s: float,
    same_deg: float,
    kept: float = 1.0,
) -> int:
    """Add to the nearest candidate, or open a new one, at worst in place of the lightest but ``best``; its place.

    ``kept`` is the share of all earlier evidence that is left. Written out: this is most of what a walk costs.
    """
    to_x, to_y, to_z = direction
    reach, nearest, nearest_cosine = math.hypot(to_x, to_y, to_z), -1, -math.inf
    for place, candidate in enumerate(candidates):
        x, y, z = candidate.vector
        x, y, z = kept * x, kept * y, kept * z
        candidate.vector, candidate.weight_s = [x, y, z], kept * candidate.weight_s
        lengths = math.hypot(x, y, z) * reach
        cosine = (x * to_x + y * to_y + z * to_z) / lengths if lengths > 0 else -1.0
        if cosine > nearest_cosine:
            nearest, nearest_cosine = place, cosine
    if candidates and _angle_deg(nearest_cosine) <= same_deg:
        candidates[nearest].gain(direction, weight_s)
        return nearest
    new = Candidate([weight_s * part for part in direction], weight_s)
    if len(candidates) < _CANDIDATES_MAX:
        candidates.append(new)
        return len(candidates) - 1
    place = min((i for i in range(len(candidates)) if i != best), key=lambda i: candidates[i].weight_s)
    candidates[place] = new
    return place


def between_deg(a: list[float], b: list[float]) -> float:
    """Angle between two vectors; 180 where one has no direction."""
    (ax, ay, az), (bx, by, bz) = a, b
    lengths = math.hypot(ax, ay, az) * math.hypot(bx, by, bz)
    if not lengths > 0:
        return 180.0
    return _angle_deg((ax * bx + ay * by + az * bz) / lengths)


def _angle_deg(cosine: float) -> float:
    """Rounding may take a cosine a little beyond 1."""
    return math.degrees(math.acos(1.0 if cosine > 1.0 else -1.0 if cosine < -1.0 else cosine))
