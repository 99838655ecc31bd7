"""From settings to the pure parts of one wearer: the driver and the pipeline."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path

from monitor.backfill import Backfill
from monitor.coach.catalogue import Catalogue, CatalogueError, Condition, load_catalogue, with_own
from monitor.coach.policy import Coach
from monitor.pipeline import Pipeline
from monitor.posture import PLACEMENTS
from monitor.settings import Settings
from monitor.wearables import WEARABLES
from monitor.wearables.base import Wearable

_log = logging.getLogger(__name__)


def new_driver(settings: Settings, wearer: str) -> Wearable:
    """The driver of the wearer's wearable, by the settings."""
    kind = settings.wearers[wearer].wearable
    return WEARABLES[kind](getattr(settings, kind))


def new_pipeline(settings: Settings, wearer: str, conditions: Sequence[str] | None = ()) -> Backfill:
    """A pipeline that has seen nothing yet, by the settings.

    ``conditions`` are what the wearer has said of themselves in the readiness check; None while they have not.
    """
    plan, rules = settings.wearers[wearer], settings.coach_of(wearer)
    catalogue, complaints = exercise_catalogue(settings, rules.language)
    for complaint in complaints:
        _log.warning("%s", complaint)
    everything = dict.fromkeys([*settings.exercises.conditions, *map(Condition, conditions or ())])
    exercises = settings.exercises.model_copy(update={"conditions": tuple(everything)})
    buzzes = settings.buzz.enabled and bool(WEARABLES[plan.wearable].ABOUT.alert)
    coach = Coach.start(wearer, plan.placement, rules, exercises, catalogue, conditions is not None, buzzes)
    pipeline = Pipeline.of(wearer, PLACEMENTS[plan.placement](), settings.bouts, coach, rules.time_zone)
    return Backfill(wearer, pipeline, settings.backfill)


def exercise_catalogue(settings: Settings, language: str) -> tuple[Catalogue, list[CatalogueError]]:
    """The exercises of the program and the user's own, and what is wrong in those."""
    path = settings.exercises.file
    if not path:
        return load_catalogue(), []
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        return load_catalogue(), [CatalogueError(path, "", "", f"cannot be read: {error}")]
    return with_own(text, path, language, load_catalogue())


def fingerprint(settings: Settings, wearer: str) -> str:
    """What a stored state must agree with to be taken up again: which wearable, and where it sits."""
    plan = settings.wearers[wearer]
    return f"{plan.wearable} {plan.placement}"
