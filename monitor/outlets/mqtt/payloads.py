"""What stands in the messages: events and state as JSON. Every key is always there, null where it is not known.

The keys and words are a contract with every dashboard and automation out there: keys are added, never renamed.
"""

from __future__ import annotations

import json
import math
from datetime import UTC, datetime
from typing import Any

from monitor.diagnostics import Diagnostics
from monitor.events import (
    BreakDue,
    BreakTaken,
    DayEnded,
    DaySummary,
    Event,
    ExerciseSeen,
    Snoozed,
    StandingLong,
    Suggestion,
    TestAlert,
)
from monitor.exchange import ExerciseProgress, WearerState
from monitor.outlets.mqtt.sentences import sentence
from monitor.words import Words

EVENT_TYPES = (
    "break_due",
    "break_overdue",
    "break_taken",
    "exercise_seen",
    "standing_long",
    "snoozed",
    "day_summary",
    "test",
)
"""What may stand in ``event_type``; all other events go to ``log`` alone."""
ALERTS = ("none", "due", "overdue", "snoozed", "paused")
PROFILES = ("gentle", "normal", "strict")

PAYLOAD_LIMIT_BYTES = 1000
_SHORTEST_CUT = 40
"""Texts up to here are never cut: ids have 26 letters."""


def state_payload(state: WearerState) -> dict[str, Any]:
    """Every key always present; None where it is not known."""
    return {
        "v": 1,
        "ts": iso(math.floor(state.at_s)),
        "posture": state.posture,
        "sitting": state.sedentary,
        "bout_min": _minutes(state.bout_s),
        "next_break": iso(_whole(state.next_break_s)),
        "alert": state.alert,
        "snoozed_until": iso(_whole(state.snoozed_until_s)),
        "today_min": _minutes(state.today_s),
        "longest_min": _minutes(state.longest_s),
        "breaks": state.breaks,
        "day_start": iso(_whole(state.day_start_s)),
        "limit_min": _minutes(state.limit_s),
        "profile": state.profile,
        "paused": state.paused,
        "battery": state.battery_pct,
        "rssi": state.rssi_dbm,
        "last_sample": iso(_whole(state.last_sample_s)),
        "busy": state.busy,
        "bout_id": state.bout_id,
        "alert_id": state.alert_id,
        "confidence": round(state.confidence, 2) if math.isfinite(state.confidence) else None,
        "exercise": _progress(state.exercise),
    }


def diagnostics_payload(found: Diagnostics) -> dict[str, Any]:
    """Every key always present; None where it is not known."""
    return {
        "v": 1,
        "ts": iso(math.floor(found.at_s)),
        "packet_loss": _rounded(found.packet_loss_pct),
        "reconnects": found.reconnects,
        "refused_packets": found.refused_packets,
        "latency_p50": _rounded(found.latency_p50_s),
        "latency_p95": _rounded(found.latency_p95_s),
        "alerts_measured": found.alerts_measured,
        "outbox": found.outbox,
        "push": found.push,
        "push_services": [
            {"service": each.service, "outcome": each.outcome, "reason": each.reason or None, "ts": iso(each.at_s)}
            for each in found.pushes
        ],
    }


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 2)


def _progress(progress: ExerciseProgress | None) -> dict[str, Any] | None:
    if progress is None:
        return None
    return {
        "id": progress.exercise_id,
        "title": progress.title,
        "seen": progress.seen,
        "of": progress.of,
        "hold_s": math.floor(progress.hold_s),
        "side": progress.side,
        "text": progress.sentence,
    }


def alert_payload(event: Event, said: Words) -> dict[str, Any] | None:
    """The payload for ``event`` in the wearer's language; None for events that nobody needs to be told at once.

    All keys are always present, so that a template never meets a missing attribute.
    """
    match event:
        case BreakDue():
            return _call(event)
        case StandingLong() | TestAlert():
            exercise = event.exercise if isinstance(event, TestAlert) else None
            event_type = "test" if isinstance(event, TestAlert) else event.type
            return _alert(event, event_type, event.title, event.message, exercise=_exercise(exercise))
        case BreakTaken() | ExerciseSeen() | Snoozed() | DaySummary():
            return _alert(
                event, event.type, said.titles[event.type], sentence(event, said) or "", **_particulars(event)
            )
    return None


def _call(event: BreakDue) -> dict[str, Any]:
    return _alert(
        event,
        "break_overdue" if event.repeat else "break_due",
        event.title,
        event.message,
        alert_id=event.alert_id,
        bout_id=event.bout_id,
        bout_min=_minutes(event.sedentary_s),
        limit_min=_minutes(event.limit_s),
        level=event.level,
        repeat=event.repeat,
        why_now=event.why_now,
        clears=event.clears,
        confidence=round(event.confidence, 2),
        exercise=_exercise(event.exercise),
    )


def _particulars(event: BreakTaken | ExerciseSeen | Snoozed | DaySummary) -> dict[str, Any]:
    match event:
        case BreakTaken():
            return {"bout_id": event.bout_id, "bout_min": _minutes(event.sedentary_s)}
        case Snoozed():
            return {"alert_id": event.alert_id, "until": iso(_whole(event.until_s))}
        case DaySummary():
            totals = ("date", "until", "sedentary_min", "longest_min", "breaks", "alerts")
            return {name: getattr(event, name) for name in totals}
    return {
        "alert_id": event.alert_id,
        "exercise_id": event.exercise_id,
        "repetitions": event.repetitions,
        "hold_s": round(event.hold_s, 1),
        "seen": event.seen,
    }


def _alert(event: Event, event_type: str, title: str, message: str, **known: Any) -> dict[str, Any]:
    head = {"event_type": event_type, "id": event.id, "ts": iso(event.at_s)}
    absent = ("bout_min", "limit_min", "level", "repeat")
    body = {**dict.fromkeys(absent), "title": title, "message": message, "exercise": None, "alert_id": None}
    return head | body | known


def _exercise(suggestion: Suggestion | None) -> dict[str, Any] | None:
    if suggestion is None:
        return None
    return {
        "id": suggestion.exercise_id,
        "title": suggestion.title,
        "dose": suggestion.dose,
        "side": suggestion.side,
        "how": suggestion.how,
        "image": suggestion.image or None,
    }


def day_payload(event: DayEnded) -> dict[str, Any]:
    """The totals of the day that ended."""
    return {
        "v": 1,
        "ts": iso(event.at_s),
        "date": event.date,
        "sedentary_min": round(event.sedentary_min, 1),
        "longest_min": round(event.longest_min, 1),
        "breaks": event.breaks,
        "alerts": event.alerts,
    }


def iso(at_s: float | None) -> str | None:
    """ISO 8601 in UTC with a Z; milliseconds only where there are any."""
    if at_s is None or not math.isfinite(at_s):
        return None
    at_ms = round(at_s * 1000)
    precision = "milliseconds" if at_ms % 1000 else "seconds"
    return datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec=precision).replace("+00:00", "Z")


def compact(payload: dict[str, Any]) -> str:
    """JSON without blanks and without NaN, which is no JSON."""
    return json.dumps(_finite(payload), ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def fitting(payload: dict[str, Any]) -> str:
    """JSON below 1 kB: the longest texts are cut, because brokers and phones refuse more, and ids never are."""
    text = compact(payload)
    while (excess := len(text.encode()) - PAYLOAD_LIMIT_BYTES) > 0:
        owner, key = max(_texts(payload), key=lambda place: len(place[0][place[1]]), default=(payload, ""))
        if len(owner.get(key) or "") <= _SHORTEST_CUT:
            break
        keep = max(_SHORTEST_CUT - 1, len(owner[key]) - excess - 3)
        payload = _with(payload, owner, {**owner, key: owner[key][:keep].rstrip() + "…"})
        text = compact(payload)
    return text


def _texts(payload: dict[str, Any]) -> list[tuple[dict[str, Any], str]]:
    owners = [payload, *(value for value in payload.values() if isinstance(value, dict))]
    return [(owner, key) for owner in owners for key, value in owner.items() if isinstance(value, str)]


def _with(payload: dict[str, Any], old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    return new if payload is old else {key: new if value is old else value for key, value in payload.items()}


def _finite(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _minutes(duration_s: float) -> float | int | None:
    if not math.isfinite(duration_s):
        return None
    minutes = round(duration_s / 60, 1)
    return int(minutes) if minutes.is_integer() else minutes


def _whole(at_s: float | None) -> float | None:
    return at_s if at_s is None or not math.isfinite(at_s) else round(at_s)
