"""From settings to the pure parts of one wearer: the driver and the pipeline."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from monitor import checkpoint
from monitor.backfill import Backfill
from monitor.coach.catalogue import Catalogue, CatalogueError, Condition, load_catalogue, with_own
from monitor.coach.policy import Coach
from monitor.pipeline import Pipeline
from monitor.posture import PLACEMENTS
from monitor.posture.base import Placement
from monitor.posture.seated import Seated
from monitor.rules import changed
from monitor.settings.sections import Settings
from monitor.wearables import WEARABLES
from monitor.wearables.base import Wearable

if TYPE_CHECKING:
    from monitor.history.ways import Ways

_log = logging.getLogger(__name__)


def new_driver(settings: Settings, wearer: str) -> Wearable:
    """The driver of the wearer's wearable, by the settings."""
    kind = settings.wearers[wearer].wearable
    return WEARABLES[kind](settings.rules_of(kind))


def new_pipeline(settings: Settings, wearer: str, conditions: Sequence[str] | None = ()) -> Backfill:
    """A pipeline that has seen nothing yet, by the settings; what is wrong in the user's exercises is logged once.

    ``conditions`` are what the wearer has said of themselves in the readiness check; None while they have not.
    """
    plan, rules = settings.wearers[wearer], settings.coach_of(wearer)
    catalogue, complaints = exercise_catalogue(settings, rules.language)
    for complaint in complaints:
        _say_once(str(complaint))
    coach = new_coach(settings, wearer, conditions, catalogue)
    placement: Placement = PLACEMENTS[plan.placement]()
    bouts = settings.bouts
    if Condition.CANNOT_STAND in coach.suggester.rules.conditions:
        placement, bouts = Seated.worn_at(plan.placement), changed(bouts, movement_ends=True)
    pipeline = Pipeline.of(wearer, placement, bouts, coach, rules.time_zone)
    return Backfill(wearer, pipeline, settings.backfill)


def new_coach(settings: Settings, wearer: str, conditions: Sequence[str] | None, catalogue: Catalogue) -> Coach:
    """The coach of a pipeline that has seen nothing yet; ``conditions`` as there."""
    plan, rules = settings.wearers[wearer], settings.coach_of(wearer)
    everything = dict.fromkeys([*settings.exercises.conditions, *map(Condition, conditions or ())])
    exercises = changed(settings.exercises, conditions=tuple(everything))
    ready, called = conditions is not None, buzzes(settings, wearer)
    return Coach.start(wearer, plan.placement, rules, exercises, catalogue, ready, called)


def buzzes(settings: Settings, wearer: str) -> bool:
    """Whether the wearable itself is asked to call its wearer."""
    return settings.buzz.enabled and bool(WEARABLES[settings.wearers[wearer].wearable].ABOUT.alert)


def ways(settings: Settings, wearer: str, history: Path) -> Ways:
    """Who tells what became of this wearer's calls."""
    from monitor.history.ways import Ways  # late: settings are checked without a history
    from monitor.words import words

    rules = settings.coach_of(wearer)
    return Ways(history, wearer, buzzes(settings, wearer), words(rules.language), rules.time_zone)


@cache
def _say_once(complaint: str) -> None:
    _log.warning("%s", complaint)  # several wearers, or two policies side by side, share one file


def exercise_catalogue(settings: Settings, language: str) -> tuple[Catalogue, list[CatalogueError]]:
    """The exercises of the program and the user's own, and what is wrong in those."""
    path = settings.exercises.file
    if not path:
        return load_catalogue(), []
    try:
        text = Path(path).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        return load_catalogue(), [CatalogueError(path, "", "", f"cannot be read: {error}")]
    return with_own(text, path, language, load_catalogue())


def restored(text: str, settings: Settings, wearer: str) -> dict[str, Any]:
    """What a checkpoint holds. Raises CheckpointError where it does not fit the settings or the program."""
    PLACEMENTS.get(settings.wearers[wearer].placement)  # loaded first, for a text itself has nothing imported
    state: dict[str, Any] = checkpoint.loads(text, fingerprint(settings, wearer))
    return state


def fingerprint(settings: Settings, wearer: str) -> str:
    """What a stored state must agree with to be taken up again: which wearable, and where it sits."""
    plan = settings.wearers[wearer]
    return f"{plan.wearable} {plan.placement}"
