"""One event as one line: ``10:27:30 break_due sat=30:00 level=1 exercise=heel_raise "Seated for 30 minutes."``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from datetime import datetime
from typing import Any

from monitor.events import (
    AlertCleared,
    AlertWithheld,
    BoutEnded,
    BoutStarted,
    BreakDue,
    BreakEnded,
    BreakTaken,
    CommandAnswered,
    DataCorrected,
    DayEnded,
    DaySummary,
    Event,
    ExerciseSeen,
    GapEnded,
    NotWorn,
    PostureChanged,
    SitToStand,
    Snoozed,
    StandingLong,
    StandToSit,
    TestAlert,
    Worn,
    WrongReported,
    plain,
)


def event_line(event: Event, wearer: str = "", say: Callable[[str], str] = str) -> str:
    """Local stream time, the event's name, what matters of it; a text for people comes last and in quotes.

    ``say`` puts names and values into another language; times and numbers stay.
    """
    words = dict(_matters(event))
    message = words.pop("message", None)
    parts = [clock_time(event.at_s), say(event.type)]
    parts += [f"{say('wearer')}={wearer}"] if wearer else []
    known = {key: value for key, value in words.items() if value not in (None, "")}
    parts += [f"{say(key)}={_shown(say(value) if isinstance(value, str) else value)}" for key, value in known.items()]
    return " ".join(parts + ([f'"{" ".join(message.split())}"'] if message else []))


def clock_time(at_s: float) -> str:
    """``HH:MM:SS`` on the clock on the wall."""
    return f"{datetime.fromtimestamp(at_s):%H:%M:%S}"


def span(duration_s: float) -> str:
    """``30:00`` or ``1:02:30``."""
    minutes, seconds = divmod(max(0, round(duration_s)), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"


def _shown(value: Any) -> str:
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return f'"{text}"' if " " in text else text


def _matters(event: Event) -> dict[str, Any]:
    match event:
        case PostureChanged():
            return {"posture": event.posture, "was": event.previous, "confidence": round(event.confidence, 2)}
        case SitToStand() | StandToSit():
            return {"took": span(event.to_s - event.from_s)}
        case NotWorn() | Worn():
            return {"since": clock_time(event.since_s)}
        case BreakDue():
            exercise = event.exercise.exercise_id if event.exercise else None
            repeat = event.repeat or None
            words = {"sat": span(event.sedentary_s), "level": event.level, "repeat": repeat, "exercise": exercise}
            return {**words, "message": event.message}
        case ExerciseSeen():
            held = span(event.hold_s) if event.hold_s >= 1.0 else None
            words = {"exercise": event.exercise_id, "seen": event.seen, "held": held}
            return {**words, "repetitions": event.repetitions or None}
        case StandingLong():
            return {"stood": span(event.standing_s), "message": event.message}
        case TestAlert():
            return {"message": event.message}
    return _of_the_books(event) or _of_commands(event) or _everything(event)


def _of_the_books(event: Event) -> dict[str, Any]:
    match event:
        case BoutStarted():
            return {"since": clock_time(event.bout_start_s)}
        case BoutEnded():
            return {"sat": span(event.sedentary_s), "by": event.ended_by}
        case BreakTaken():
            return {"up": span(event.upright_s), "after": span(event.sedentary_s)}
        case BreakEnded():
            return {"up": span(event.upright_s), "stepping": span(event.stepping_s), "steps": event.steps}
        case GapEnded():
            return {"lasted": span(event.gap_end_s - event.gap_start_s), "reason": event.reason}
        case DayEnded():
            return {"date": event.date, "sat": span(event.sedentary_min * 60), "breaks": event.breaks}
        case DaySummary():
            return {
                "date": event.date,
                "until": event.until,
                "sat": span(event.sedentary_min * 60),
                "breaks": event.breaks,
            }
        case DataCorrected():
            return {"from": clock_time(event.from_s), "until": clock_time(event.until_s)}
    return {}


def _of_commands(event: Event) -> dict[str, Any]:
    match event:
        case AlertCleared():
            return {"by": event.by}
        case AlertWithheld():
            return {"reason": event.reason}
        case Snoozed():
            return {"until": clock_time(event.until_s)}
        case CommandAnswered():
            return {"command": event.command, "ok": event.ok, "value": event.value, "message": event.error}
        case WrongReported():
            return {"posture": event.posture, "confidence": round(event.confidence, 2)}
    return {}


def _everything(event: Event) -> dict[str, Any]:
    return {f.name: plain(getattr(event, f.name)) for f in fields(event) if f.name not in ("id", "at_s")}
