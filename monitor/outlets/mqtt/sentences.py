"""One sentence for clients that can only show text: at each alert and at its end."""

from __future__ import annotations

from monitor.events import (
    AlertCleared,
    BreakDue,
    BreakTaken,
    CommandAnswered,
    DaySummary,
    Event,
    ExerciseSeen,
    Snoozed,
    StandingLong,
    TestAlert,
)
from monitor.exchange import WearerState
from monitor.words import Words


def sentence(event: Event, said: Words) -> str | None:
    """What to show after an event; None where it changes nothing for the reader."""
    match event:
        case BreakDue() | StandingLong() | TestAlert():
            return event.message
        case AlertCleared():
            # A snooze has an event of its own, which says for how long.
            return None if event.by == "snooze" else said.cleared.get(event.by, said.standing["none"])
        case BreakTaken():
            up, sat = said.duration(event.upright_s), said.duration(event.sedentary_s)
            return said.news.break_taken.format(up=up, sat=sat)
        case ExerciseSeen():
            return said.exercise_seen(event.title, event.seen, event.repetitions, event.hold_s, event.sides)
        case CommandAnswered(command="hurts", ok=True):
            return str(event.value)  # whom to see about it must not stay in an answer that nobody shows
        case DaySummary():
            return said.day_so_far(event.until, event.sedentary_min, event.longest_min, event.breaks)
        case Snoozed():
            return said.news.snoozed.format(length=said.duration(event.until_s - event.at_s))
    return None


def sentence_of_state(state: WearerState, said: Words) -> str:
    """What to show as long as nothing has happened since the start."""
    return said.standing.get(state.alert, said.standing["none"])
