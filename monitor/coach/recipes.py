"""Known ways of dosing breaks: how long to sit, what to do then, and who says so.

No authority has set a threshold; the studies behind the recipes are small. Each carries its source, so that
whoever chooses one knows what it stands on. What an invitation offers where no exercise goes with it is in
``monitor.words``.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recipe:
    """One dose of breaks."""

    limit_s: float
    """Sitting after which a break is due."""
    exercise_kinds: tuple[str, ...]
    """Kinds of exercise that may go with it; empty = the activity alone."""
    rule: str
    source: str


RECIPES: dict[str, Recipe] = {
    "desk-30": Recipe(
        limit_s=1800.0,
        exercise_kinds=("strengthen", "stretch"),
        rule="After 30 minutes of sitting, stand up and move for a minute or two, with one quick exercise.",
        source="Convention; WHO 2020 and the SBRN 2017 consensus set no threshold.",
    ),
    "walk-5-per-30": Recipe(
        limit_s=1800.0,
        exercise_kinds=(),
        rule="5 minutes of light walking after every 30 minutes of sitting.",
        source="Duran et al. 2023 (n = 11, laboratory).",
    ),
    "walk-2-per-20": Recipe(
        limit_s=1200.0,
        exercise_kinds=(),
        rule="2 minutes of walking every 20 minutes.",
        source="Dunstan et al. 2012 (n = 19, laboratory).",
    ),
    "strength-3-per-30": Recipe(
        limit_s=1800.0,
        exercise_kinds=("strengthen",),
        rule="3 minutes of simple strength moves, knee raises among them, every 30 minutes.",
        source=(
            "Dempsey et al. 2016 (n = 24, type 2 diabetes); a later trial (Homer et al. 2021) saw an effect of"
            " 6 minutes per 60 but not of 3 per 30."
        ),
    ),
    "stand-hour": Recipe(
        limit_s=3600.0,
        exercise_kinds=("strengthen", "stretch"),
        rule="1 minute of standing each hour.",
        source="Vendors' convention, as in common watches.",
    ),
}
"""``coach.recipe`` is one of these; the first is the default."""
