"""Why the coach speaks or is silent, now or at a time of the last day, in a sentence or two."""

from __future__ import annotations

from monitor.civil import time_text
from monitor.coach.moments import Moment, Watch
from monitor.coach.speaking import Speaker


def reasons(coach: Speaker, now_s: float, time_of_day: str = "") -> str:
    """What holds now, and the last decisions; or what held at ``HH:MM``. Raises ValueError where that is no time."""
    if time_of_day:
        return coach.decisions.at(time_of_day, now_s, coach.rules.time_zone, coach.words.why)
    return f"{_reason(coach, now_s)} {coach.decisions.lately(coach.rules.time_zone, coach.words.why)}"


def _reason(coach: Speaker, now_s: float) -> str:
    latest, watch, said = coach.body.latest, coach.watch, coach.words
    if latest is None:
        return said.why.no_data
    if now_s - latest.now_s > coach.rules.fresh_s:
        return said.why.stale.format(time=time_text(latest.now_s, coach.rules.time_zone))
    if watch is None:
        return said.why.no_bout.format(silence=said.silences[latest.posture.word])
    sat, limit = said.duration(latest.clock_s), said.duration(coach.limit_s)
    return _reason_in_bout(coach, latest, watch, said.why.seated.format(sat=sat, limit=limit))


def _reason_in_bout(coach: Speaker, latest: Moment, watch: Watch, seated: str) -> str:
    why, silences = coach.words.why, coach.words.silences
    if watch.alert_open:
        return why.called.format(seated=seated, clears=coach.clears)
    silence = coach.silence(latest, watch)
    besides = f" {why.besides.format(silence=silences[silence])}" if silence else ""
    if watch.calls >= coach.calls_allowed(watch):
        return why.rested.format(silence=silences["rested"], seated=seated)
    if watch.calls:
        at = time_text(watch.next_call_s, coach.rules.time_zone)
        soon = f" {why.next_call.format(time=at)}" if latest.now_s < watch.next_call_s else ""
        so_far = why.not_due if watch.due_s is None else why.due  # the call may have come early
        return f"{so_far.format(seated=seated)}{soon}{besides}"
    if watch.due_s is not None:
        if silence:
            return why.due_silent.format(silence=silences[silence], seated=seated)
        return why.due.format(seated=seated)
    waits = latest.clock_s >= coach.limit_s - coach.early_s
    return (why.waiting if waits else why.not_due).format(seated=seated) + besides
