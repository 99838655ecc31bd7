"""One sentence for clients that can only show text: at each alert and at its end."""

from __future__ import annotations

from monitor.events import AlertCleared, BreakDue, BreakTaken, Event, Snoozed, TestAlert, WearerState

CLEARED = {
    "break": "Break seen. Well done.",
    "done": "Noted: break taken.",
    "skip": "Skipped this break.",
    "wrong": "Noted: you were not sitting.",
    "pause": "Alerts are paused.",
    "busy": "Busy: no alerts for now.",
    "not_worn": "The wearable is not worn.",
    "gap": "No data from the wearable.",
    "expired": "No break is due.",
    "correction": "No break is due after all.",
}
STANDING = {
    "none": "No break is due.",
    "due": "Time for a break.",
    "overdue": "A break is overdue.",
    "snoozed": "Snoozed.",
    "paused": "Alerts are paused.",
}


def sentence(event: Event) -> str | None:
    """What to show after an event; None where it changes nothing for the reader."""
    match event:
        case BreakDue() | TestAlert():
            return event.message
        case AlertCleared():
            # A snooze has an event of its own, which says for how long.
            return None if event.by == "snooze" else CLEARED.get(event.by, "No break is due.")
        case BreakTaken():
            return f"Break taken: up for {_span(event.upright_s)} after {_span(event.sedentary_s)} of sitting."
        case Snoozed():
            return f"Snoozed for {_span(event.until_s - event.at_s)}."
    return None


def sentence_of_state(state: WearerState) -> str:
    """What to show as long as nothing has happened since the start."""
    return STANDING.get(state.alert, "No break is due.")


def _span(duration_s: float) -> str:
    minutes = round(duration_s / 60)
    if minutes < 1:
        return f"{max(0, round(duration_s))} seconds"
    return "1 minute" if minutes == 1 else f"{minutes} minutes"
