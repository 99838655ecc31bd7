"""From settings to the pure parts of one wearer: the driver and the pipeline."""

from __future__ import annotations

from monitor.backfill import Backfill
from monitor.coach.policy import Coach
from monitor.pipeline import Pipeline
from monitor.posture import PLACEMENTS
from monitor.settings import Settings
from monitor.wearables import WEARABLES
from monitor.wearables.base import Wearable


def new_driver(settings: Settings, wearer: str) -> Wearable:
    """The driver of the wearer's wearable, by the settings."""
    kind = settings.wearers[wearer].wearable
    return WEARABLES[kind](getattr(settings, kind))


def new_pipeline(settings: Settings, wearer: str) -> Backfill:
    """A pipeline that has seen nothing yet, by the settings."""
    plan, rules = settings.wearers[wearer], settings.coach_of(wearer)
    coach = Coach.start(wearer, plan.placement, rules, settings.exercises)
    pipeline = Pipeline.of(wearer, PLACEMENTS[plan.placement](), settings.bouts, coach, rules.time_zone)
    return Backfill(wearer, pipeline, settings.backfill)


def fingerprint(settings: Settings, wearer: str) -> str:
    """What a stored state must agree with to be taken up again: which wearable, and where it sits."""
    plan = settings.wearers[wearer]
    return f"{plan.wearable} {plan.placement}"
