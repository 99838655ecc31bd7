"""Answers to an alert: later, done, not this one, I was not sitting.

A surface that names the alert it answers can be late or twice: the first answer wins, the same again changes nothing.
"""

from __future__ import annotations

from monitor.coach.command_text import Outcome, RefusedError, identity, is_pressed, minutes, pressed, word
from monitor.coach.speaking import Speaker
from monitor.events import Event, Snoozed, WrongReported
from monitor.exchange import Command


def snooze(coach: Speaker, command: Command, now_s: float) -> Outcome:
    """Later: the next call comes when the time is over, even if the profile allows no more."""
    if word(command) == "RESET":
        return _end_snooze(coach, now_s)
    length_min = coach.rules.snooze_min if is_pressed(command) else minutes(command, 1, 120)
    until_s = now_s + 60.0 * length_min
    if _is_late(coach, command) or coach.snoozed_until_s == until_s:
        return [], length_min
    alert_id = coach.watch.alert_id if coach.watch else None
    events = coach.clear(now_s, "snooze")
    coach.snoozed_until_s = until_s
    if coach.watch is not None:
        coach.watch.hush(until_s, "snoozed")
    snoozed = Snoozed(id=identity(coach, now_s, "snoozed"), at_s=now_s, alert_id=alert_id, until_s=until_s)
    return [*events, snoozed], length_min


def _end_snooze(coach: Speaker, now_s: float) -> Outcome:
    coach.snoozed_until_s, watch = None, coach.watch
    if watch is not None and watch.silent_because == "snoozed":
        watch.silent_until_s, watch.next_call_s = None, min(watch.next_call_s, now_s)
    return [], 0.0


def done(coach: Speaker, command: Command, now_s: float) -> Outcome:
    """The break is the wearer's word only; the credit comes from the sensor, which is given some time."""
    pressed(command)
    if _is_late(coach, command):
        return [], None
    events = coach.clear(now_s, "done")
    coach.snoozed_until_s = None
    if coach.watch is not None:
        coach.watch.hush(now_s + coach.rules.done_quiet_s, "done")
    return events, None


def skip(coach: Speaker, command: Command, now_s: float) -> Outcome:
    """No call any more in this bout."""
    pressed(command)
    if _is_late(coach, command):
        return [], None
    if coach.watch is None:
        raise RefusedError("nothing_to_skip")
    events = coach.clear(now_s, "skip")
    coach.watch.skipped, coach.snoozed_until_s = True, None
    return events, None


def wrong(coach: Speaker, command: Command, now_s: float) -> Outcome:
    """Worth a report whenever it comes, but one an alert."""
    pressed(command)
    alert_id = command.alert_id or (coach.watch.alert_id if coach.watch else None)
    if alert_id is not None and coach.answered.get(alert_id) == "wrong":
        return [], None
    latest, watch, events = coach.body.latest, coach.watch, list[Event]()
    if watch is not None and watch.alert_id == alert_id:
        events += coach.clear(now_s, "wrong")
        coach.learner.forget_call()
        watch.hush(now_s + coach.rules.wrong_quiet_s, "wrong")
    if alert_id is not None:
        coach.remember_answer(alert_id, "wrong")
    report = WrongReported(
        id=identity(coach, now_s, "wrong_reported"),
        at_s=now_s,
        alert_id=alert_id,
        posture=latest.posture.word if latest else "unknown",
        confidence=latest.confidence if latest else 0.0,
    )
    return [*events, report], None


def _is_late(coach: Speaker, command: Command) -> bool:
    """Whether this answers an alert that is over and needs nothing more; refuses an answer that comes too late."""
    alert_id, watch = command.alert_id, coach.watch
    ours = watch is not None and watch.alert_id == alert_id
    if alert_id is None or (watch is not None and ours and watch.alert_open):
        return False
    by = coach.answered.get(alert_id)
    if by is None:
        raise RefusedError("unknown_alert", alert_id)
    if by == "expired" and ours:
        return False
    taken = ("done", "break")
    if by == command.name or (command.name in taken and by in (*taken, "gap", "not_worn", "expired")):
        return True
    raise RefusedError("too_late", over=coach.words.noted.over[by])
