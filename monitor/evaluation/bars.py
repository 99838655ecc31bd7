"""Bars that a score must reach, ``--min thigh.taught.sensitivity=99.8`` and ``--max``: a release can check itself."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from monitor.errors import MonitorError


class BarError(MonitorError):
    """A bar that names no figure. ``text`` is what was given."""

    def __init__(self, text: str, remedy: str) -> None:
        super().__init__(f"{text}: {remedy}")
        self.text = text


@dataclass(frozen=True, slots=True)
class Bar:
    """One figure of the pooled scores, and what it must at least or at most be."""

    path: tuple[str, ...]
    """Placement (or ``*`` for each), scope, figure; deeper for alerts and wear."""
    bound: float
    at_least: bool

    def missed_in(self, placements: dict[str, Any]) -> list[str]:
        """A line for each placement that misses it; a figure that could not be computed misses too."""
        names = list(placements) if self.path[0] == "*" else [self.path[0]]
        lines = []
        for name in names:
            value = self._figure(placements, name)
            if value is None or (value < self.bound if self.at_least else value > self.bound):
                said = "none" if value is None else f"{value:g}"
                word = "min" if self.at_least else "max"
                lines.append(f"{name}.{'.'.join(self.path[1:])} is {said}, {word} {self.bound:g}")
        return lines

    def _figure(self, placements: dict[str, Any], name: str) -> float | None:
        place: Any = placements.get(name, {}).get("pooled", {})
        for step in self.path[1:]:
            if not isinstance(place, dict) or step not in place:
                raise BarError(".".join(self.path), f"there is no {step!r}; --json shows the names of all figures")
            place = place[step]
        if place is not None and not isinstance(place, int | float):
            raise BarError(".".join(self.path), "is no number; --json shows the names of all figures")
        return place


def bar(text: str, placements: list[str], *, at_least: bool) -> Bar:
    """Read ``[PLACEMENT.]SCOPE.FIGURE=VALUE``."""
    name, _, value = text.partition("=")
    steps = tuple(name.strip().split("."))
    try:
        bound = float(value)
    except ValueError:
        bound = math.nan
    if math.isnan(bound):  # nothing would ever miss it
        raise BarError(text, "give [PLACEMENT.]SCOPE.FIGURE=NUMBER, such as taught.sensitivity=99.8")
    return Bar(steps if steps[0] in placements else ("*", *steps), bound, at_least)
