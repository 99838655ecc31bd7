"""Why the coach speaks or is silent now, in a sentence or two."""

from __future__ import annotations

from monitor.civil import time_text
from monitor.coach.moments import Moment, Watch
from monitor.coach.speaking import Speaker
from monitor.coach.wording import CLEARS, SILENCES, duration_text


def why_now(coach: Speaker, now_s: float) -> str:
    """The reason that holds now, and the last decisions."""
    return f"{_reason(coach, now_s)} {coach.decisions.lately(coach.rules.time_zone)}"


def _reason(coach: Speaker, now_s: float) -> str:
    latest, watch = coach.body.latest, coach.watch
    if latest is None:
        return "There are no data yet."
    if now_s - latest.now_s > coach.rules.fresh_s:
        since = time_text(latest.now_s, coach.rules.time_zone)
        return f"There are no fresh data since {since}; unknown is never sitting."
    if watch is None:
        return f"No sitting bout is running: {SILENCES[latest.posture.word]}."
    seated = f"{duration_text(latest.clock_s)} of sitting, the limit is {duration_text(coach.limit_s)}"
    return _reason_in_bout(coach, latest, watch, seated)


def _reason_in_bout(coach: Speaker, latest: Moment, watch: Watch, seated: str) -> str:
    zone = coach.rules.time_zone
    if watch.alert_open:
        return f"You are being called since {seated}. It clears by: {CLEARS.lower()}"
    silence = coach.silence(latest, watch)
    because = f" Besides, {SILENCES[silence]}." if silence else ""
    if watch.calls >= coach.calls_allowed(watch):
        return f"Silent because {SILENCES['rested']}: {seated}."
    if watch.calls:
        soon = f" The next call is at {time_text(watch.next_call_s, zone)}." if latest.now_s < watch.next_call_s else ""
        return f"A break is due: {seated}.{soon}{because}"
    if watch.due_s is not None:
        return f"A break is due{f', but silent because {SILENCES[silence]}' if silence else ''}: {seated}."
    if latest.clock_s >= coach.limit_s - coach.early_s:
        return f"Waiting for a good moment: {seated}.{because}"
    return f"No break is due yet: {seated}.{because}"
