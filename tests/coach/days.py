"""Days for the coach: stretches of posture become moments, with a plain second reading of the bouts' rules."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from monitor.coach.policy import Coach, CoachRules, ExerciseRules, Moment
from monitor.events import BreakDue, Event
from monitor.model import NO_STATEMENT, SEDENTARY, UPRIGHT, Posture
from monitor.rules import check

NOON_S = 1_763_809_200.0
"""2025-11-22T11:00:00Z, noon in Vienna."""
BREAK_MIN_S = 60
GAP_MAX_S = 300
DECIDED_AFTER_S = 4.0


@dataclass(frozen=True)
class Stretch:
    """Seconds of one posture."""

    posture: Posture
    length_s: int
    confidence: float = 0.9
    worn: bool = True
    movement_mg: float = 4.0


@dataclass(frozen=True)
class BreakSeen:
    """The bouts have seen the break."""

    bout_id: str
    now_s: float


@dataclass(frozen=True)
class BoutOver:
    """The bout is over without a break."""

    bout_id: str
    now_s: float
    ended_by: str


Step = Moment | BreakSeen | BoutOver


def sitting(length_s: int, **features: float | bool) -> Stretch:
    """A stretch of sitting."""
    return Stretch(Posture.SITTING, length_s, **features)  # type: ignore[arg-type]


def steps_of(stretches: Iterable[Stretch], start_s: float = NOON_S) -> list[Step]:
    """What the pipeline would tell the coach of these stretches, in order."""
    steps: list[Step] = []
    at_s, clock, upright, nothing = start_s, 0.0, 0, 0
    bout: str | None = None
    bout_start_s: float | None = None
    for stretch in stretches:
        for _ in range(stretch.length_s):
            now_s = at_s + DECIDED_AFTER_S
            if stretch.posture in SEDENTARY:
                if bout is None:
                    bout, bout_start_s, clock = f"bout-{at_s:.0f}", at_s, 0.0
                clock, upright, nothing = clock + 1.0, 0, 0
            elif bout is not None:
                clock += stretch.posture is Posture.ACTIVE
                upright = upright + 1 if stretch.posture in UPRIGHT else 0
                nothing = nothing + 1 if stretch.posture in NO_STATEMENT else 0
                if upright == BREAK_MIN_S:
                    steps.append(BreakSeen(bout, now_s))
                    bout, bout_start_s, clock = None, None, 0.0
                elif nothing == GAP_MAX_S:
                    steps.append(BoutOver(bout, now_s, "gap"))
                    bout, bout_start_s, clock = None, None, 0.0
            steps.append(
                Moment(
                    now_s=now_s,
                    start_s=at_s,
                    posture=stretch.posture,
                    worn=stretch.worn and stretch.posture is not Posture.NOT_WORN,
                    confidence=stretch.confidence,
                    movement_mg=stretch.movement_mg,
                    bout_id=bout,
                    bout_start_s=bout_start_s,
                    clock_s=clock,
                )
            )
            at_s += 1.0
    return steps


def tell(coach: Coach, step: Step) -> list[Event]:
    """Hand one step to the coach."""
    if isinstance(step, Moment):
        return coach.advance(step)
    if isinstance(step, BreakSeen):
        return coach.break_taken(step.bout_id, step.now_s, step.now_s - BREAK_MIN_S - DECIDED_AFTER_S)
    return coach.bout_ended(step.bout_id, step.now_s, step.ended_by)


def live(coach: Coach, *stretches: Stretch, start_s: float = NOON_S) -> list[Event]:
    """The events of a stretch of life."""
    return [event for step in steps_of(stretches, start_s) for event in tell(coach, step)]


def calls(events: list[Event]) -> list[BreakDue]:
    """The calls among them, repeats too."""
    return [event for event in events if isinstance(event, BreakDue)]


def a_coach(exercise_rules: ExerciseRules | None = None, **rules: object) -> Coach:
    """A coach in Vienna that speaks at 10 minutes, not early."""
    chosen = {"limit_s": 600.0, "early_s": 0.0, "time_zone": "Europe/Vienna", **rules}
    return Coach.start("me", "thigh", check(CoachRules, chosen), exercise_rules)
