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
        self.vector = [share * part for part in self.vector]
        self.weight_s *= share

    def gain(self, direction: list[float], weight_s: float) -> None:
        """More evidence, ``weight_s`` seconds of it, for this unit direction."""
        self.vector = [a + weight_s * b for a, b in zip(self.vector, direction, strict=True)]
        self.weight_s += weight_s

    def direction(self) -> tuple[float, float, float]:
        """The unit vector."""
        x, y, z = self.vector
        length = math.sqrt(x * x + y * y + z * z)
        return x / length, y / length, z / length


def add_evidence(
    candidates: list[Candidate], best: int | None, direction: list[float], weight_s: float, same_deg: float
) -> int:
    """Add to the nearest candidate, or open a new one, at worst in place of the lightest but ``best``; its place."""
    angles = [between_deg(candidate.vector, direction) for candidate in candidates]
    place = min(range(len(angles)), key=angles.__getitem__, default=-1)
    if place >= 0 and angles[place] <= same_deg:
        candidates[place].gain(direction, weight_s)
        return place
    new = Candidate([weight_s * part for part in direction], weight_s)
    if len(candidates) < _CANDIDATES_MAX:
        candidates.append(new)
        return len(candidates) - 1
    place = min((i for i in range(len(candidates)) if i != best), key=lambda i: candidates[i].weight_s)
    candidates[place] = new
    return place


def between_deg(a: list[float], b: list[float]) -> float:
    """Angle between two vectors; 180 where one has no direction."""
    dot = a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
    lengths = math.hypot(*a) * math.hypot(*b)
    return math.degrees(math.acos(max(-1.0, min(1.0, dot / lengths)))) if lengths > 0 else 180.0
