"""Rows and events of a small day, written by hand."""

from __future__ import annotations

import numpy as np

from monitor.event_ids import event_id
from monitor.events import (
    AlertCleared,
    BoutEnded,
    BoutStarted,
    BreakDue,
    BreakEnded,
    BreakTaken,
    Event,
    ExerciseSeen,
    GapEnded,
    Suggestion,
)
from monitor.exchange import Message
from monitor.model import Posture, PostureEpochs

T0 = 1_700_000_000.0
DELAY_S = 3.0
"""From the start of a second to its decision."""


def rows(start_s: float, *stretches: tuple[Posture, int], confidence: float = 0.75) -> PostureEpochs:
    """One row a second: each posture for its number of seconds."""
    posture = np.concatenate(
        [np.full(count, int(code), np.uint8) for code, count in stretches] or [np.empty(0, np.uint8)]
    )
    count = len(posture)
    start = start_s + np.arange(count, dtype=np.float64)
    return PostureEpochs(
        start_s=start,
        decided_s=start + DELAY_S,
        posture=posture,
        worn=posture != int(Posture.NOT_WORN),
        confidence=np.full(count, confidence, np.float32),
        movement_mg=np.zeros(count, np.float32),
        cadence_hz=np.zeros(count, np.float32),
    )


def bout_id(start_s: float) -> str:
    return event_id(start_s, "me", "bout")


def bout_started(start_s: float) -> BoutStarted:
    return BoutStarted(id=bout_id(start_s), at_s=start_s + DELAY_S, bout_start_s=start_s)


def bout_ended(
    start_s: float, end_s: float, by: str = "upright", at_s: float | None = None, paused_s: float = 0.0
) -> BoutEnded:
    return BoutEnded(
        id=event_id(start_s, "me", "bout_ended"),
        at_s=at_s if at_s is not None else end_s + 60 + DELAY_S,
        bout_id=bout_id(start_s),
        bout_start_s=start_s,
        bout_end_s=end_s,
        sedentary_s=end_s - start_s - paused_s,
        paused_s=paused_s,
        unknown_s=0.0,
        ended_by=by,
    )


def break_taken(start_s: float, bout_start_s: float) -> BreakTaken:
    return BreakTaken(
        id=event_id(start_s, "me", "break_taken"),
        at_s=start_s + 60 + DELAY_S,
        bout_id=bout_id(bout_start_s),
        break_start_s=start_s,
        upright_s=60.0,
        sedentary_s=start_s - bout_start_s,
    )


def break_ended(start_s: float, end_s: float, steps: int = 100) -> BreakEnded:
    return BreakEnded(
        id=event_id(start_s, "me", "break_ended"),
        at_s=end_s + DELAY_S,
        break_start_s=start_s,
        break_end_s=end_s,
        upright_s=end_s - start_s,
        stepping_s=(end_s - start_s) / 2,
        steps=steps,
    )


def gap_ended(start_s: float, end_s: float, reason: str = "no_data") -> GapEnded:
    return GapEnded(
        id=event_id(start_s, "me", "gap_ended"),
        at_s=end_s + DELAY_S,
        gap_start_s=start_s,
        gap_end_s=end_s,
        reason=reason,
    )


def break_due(at_s: float, bout_start_s: float, repeat: int = 0, exercise: str | None = "calf_raises") -> BreakDue:
    suggestion = Suggestion(
        exercise or "", "Calf raises", "2 x 10", "Rise on your toes.", "", "", "short", "repetitions"
    )
    return BreakDue(
        id=event_id(at_s, "me", "break_due", repeat),
        at_s=at_s,
        alert_id=event_id(bout_start_s, "me", "alert"),
        bout_id=bout_id(bout_start_s),
        bout_start_s=bout_start_s,
        due_s=bout_start_s + 1800,
        sedentary_s=at_s - bout_start_s,
        limit_s=1800.0,
        repeat=repeat,
        level=1 + repeat,
        confidence=0.9,
        why_now="limit",
        clears="stand for a minute",
        title="Time to get up",
        message="You have been sitting for 30 min.",
        exercise=suggestion if exercise else None,
        expires_s=at_s + 600,
    )


def alert_cleared(at_s: float, bout_start_s: float, by: str = "break") -> AlertCleared:
    return AlertCleared(
        id=event_id(at_s, "me", "cleared"), at_s=at_s, alert_id=event_id(bout_start_s, "me", "alert"), by=by
    )


def message(event: Event, topic: str = "sitbreak/abc/log") -> Message:
    return Message(topic, f'{{"id":"{event.id}"}}', event_id=event.id, properties={"type": event.type})


def office_hour(t0: float = T0) -> tuple[PostureEpochs, tuple[Event, ...]]:
    """40 minutes of sitting, 3 of standing, 17 of sitting that go on; with an alert that is obeyed."""
    postures = rows(t0, (Posture.SITTING, 2400), (Posture.STANDING, 180), (Posture.SITTING, 1020))
    up_s, down_s = t0 + 2400, t0 + 2580
    events = (
        bout_started(t0),
        break_due(t0 + 1800, t0),
        break_due(t0 + 2100, t0, repeat=1),
        bout_ended(t0, up_s),
        break_taken(up_s, t0),
        alert_cleared(up_s + 63, t0),
        break_ended(up_s, down_s),
        bout_started(down_s),
    )
    return postures, events


def exercise_seen(start_s: float, end_s: float, alert_id: str, repetitions: int = 10) -> ExerciseSeen:
    return ExerciseSeen(
        id=event_id(end_s, "me", "exercise_seen"),
        at_s=end_s + DELAY_S,
        exercise_id="calf_raises",
        title="Calf raises",
        alert_id=alert_id,
        start_s=start_s,
        end_s=end_s,
        repetitions=repetitions,
        hold_s=0.0,
        seen="repetitions",
    )
