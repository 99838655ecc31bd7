"""What the wearer may say, from whatever surface: every text gets exactly one answer, and nothing here raises.

A surface that names the alert it answers can be late or twice: the first answer wins, the same again changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import get_args

from monitor.coach.rules import LIMIT_RANGE_S, ProfileName
from monitor.coach.speaking import Speaker
from monitor.coach.why import why_now
from monitor.errors import MonitorError
from monitor.event_ids import event_id
from monitor.events import CommandAnswered, Event, Snoozed, TestAlert, WrongReported
from monitor.exchange import Command
from monitor.words import Refused

Value = str | float | bool | None
Outcome = tuple[list[Event], Value]
PROFILES: tuple[str, ...] = get_args(ProfileName)
LONGEST_MIN = 1440.0
"""Longest pause or busy time; beyond a day it is ON."""
SHOWN_STANDING_S = 10.0
"""So long a wearer who shows the standing pose shall stand."""
SHOWN = 40
"""Characters of a refused text that are said back."""


class RefusedError(MonitorError):
    """A command that cannot be obeyed; ``key`` of the words ``Refused`` says why, and what would be."""

    def __init__(self, key: str, given: str | None = None, **filled: object) -> None:
        self.key, self.given, self.filled = key, given, filled
        super().__init__(key)

    def told(self, said: Refused) -> str:
        """In the wearer's language; what was given stands before, where it is the reason."""
        remedy = str(getattr(said, self.key)).format(**self.filled)
        if self.given is None:
            return remedy
        return said.given.format(given=self.given[:SHOWN] or said.nothing, remedy=remedy)


def obey(coach: Speaker, command: Command, now_s: float) -> list[Event]:
    """Apply a command, or say why not."""
    coach.command_count += 1
    alert_id = None if command.alert_id is None else _legible(command.alert_id)
    command = replace(command, name=_legible(command.name), value=_legible(command.value), alert_id=alert_id)
    events: list[Event] = []
    value: Value = None
    error: str | None = None
    try:
        if command.name not in COMMANDS:
            raise RefusedError("command", command.name, known=", ".join(COMMANDS))
        events, value = COMMANDS[command.name](coach, command, now_s)
        if command.name not in ("why", "test"):
            what = f"{command.name} {command.value[:SHOWN]}".rstrip()
            coach.decisions.note(now_s, coach.words.noted.you_said.format(what=what))
    except RefusedError as refusal:
        error = refusal.told(coach.words.refused)
    answer = CommandAnswered(
        id=_identity(coach, now_s, "command_answered"),
        at_s=now_s,
        command=command.name,
        ok=error is None,
        value=value,
        error=error,
        source=command.source,
    )
    return [*events, answer]


def _legible(text: str) -> str:
    """What can be stored and said back: half a surrogate pair, as JSON can hold one, could not even be written."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def _identity(coach: Speaker, now_s: float, kind: str) -> str:
    return event_id(now_s, coach.wearer_key, kind, coach.command_count)


# --- reading what was said ----------------------------------------------------------------------------------


def _word(command: Command) -> str:
    return command.value.strip().upper()


def _minutes(command: Command, least: float, most: float) -> float:
    try:
        minutes = float(command.value)
    except ValueError:
        minutes = float("nan")
    if not least <= minutes <= most:  # NaN is outside every range
        raise RefusedError("minutes", command.value, least=f"{least:g}", most=f"{most:g}")
    return minutes


def _pressed(command: Command) -> None:
    if _word(command) not in ("PRESS", ""):
        raise RefusedError("pressed", command.value, name=command.name)


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


# --- answers to an alert ------------------------------------------------------------------------------------


def _snooze(coach: Speaker, command: Command, now_s: float) -> Outcome:
    if _word(command) == "RESET":
        return _end_snooze(coach, now_s)
    pressed = _word(command) in ("PRESS", "")
    minutes = coach.rules.snooze_min if pressed else _minutes(command, 1, 120)
    until_s = now_s + 60.0 * minutes
    if _is_late(coach, command) or coach.snoozed_until_s == until_s:
        return [], minutes
    alert_id = coach.watch.alert_id if coach.watch else None
    events = coach.clear(now_s, "snooze")
    coach.snoozed_until_s = until_s
    if coach.watch is not None:
        coach.watch.hush(until_s, "snoozed")
    snoozed = Snoozed(id=_identity(coach, now_s, "snoozed"), at_s=now_s, alert_id=alert_id, until_s=until_s)
    return [*events, snoozed], minutes


def _end_snooze(coach: Speaker, now_s: float) -> Outcome:
    coach.snoozed_until_s, watch = None, coach.watch
    if watch is not None and watch.silent_because == "snoozed":
        watch.silent_until_s, watch.next_call_s = None, min(watch.next_call_s, now_s)
    return [], 0.0


def _done(coach: Speaker, command: Command, now_s: float) -> Outcome:
    """The break is the wearer's word only; the credit comes from the sensor, which is given some time."""
    _pressed(command)
    if _is_late(coach, command):
        return [], None
    events = coach.clear(now_s, "done")
    coach.snoozed_until_s = None
    if coach.watch is not None:
        coach.watch.hush(now_s + coach.rules.done_quiet_s, "done")
    return events, None


def _skip(coach: Speaker, command: Command, now_s: float) -> Outcome:
    _pressed(command)
    if _is_late(coach, command):
        return [], None
    if coach.watch is None:
        raise RefusedError("nothing_to_skip")
    events = coach.clear(now_s, "skip")
    coach.watch.skipped, coach.snoozed_until_s = True, None
    return events, None


def _wrong(coach: Speaker, command: Command, now_s: float) -> Outcome:
    """Worth a report whenever it comes, but one an alert."""
    _pressed(command)
    alert_id = command.alert_id or (coach.watch.alert_id if coach.watch else None)
    if alert_id is not None and coach.answered.get(alert_id) == "wrong":
        return [], None
    latest, watch, events = coach.body.latest, coach.watch, list[Event]()
    if watch is not None and watch.alert_id == alert_id:
        events += coach.clear(now_s, "wrong")
        watch.hush(now_s + coach.rules.wrong_quiet_s, "wrong")
    if alert_id is not None:
        coach.remember_answer(alert_id, "wrong")
    report = WrongReported(
        id=_identity(coach, now_s, "wrong_reported"),
        at_s=now_s,
        alert_id=alert_id,
        posture=latest.posture.word if latest else "unknown",
        confidence=latest.confidence if latest else 0.0,
    )
    return [*events, report], None


# --- settings while it runs ---------------------------------------------------------------------------------


def _until(command: Command, now_s: float) -> tuple[bool, float | None]:
    """On or off, and until when (None = until switched off)."""
    word = _word(command)
    if word in ("ON", "OFF", "RESET"):
        return word == "ON", None
    try:
        return True, now_s + 60.0 * _minutes(command, 1, LONGEST_MIN)
    except RefusedError:
        raise RefusedError("on_off", command.value, most=f"{LONGEST_MIN:g}") from None


def _pause(coach: Speaker, command: Command, now_s: float) -> Outcome:
    on, until_s = _until(command, now_s)
    coach.overrides.paused, coach.overrides.paused_until_s = on, until_s
    return (coach.clear(now_s, "pause") if on else []), on


def _busy(coach: Speaker, command: Command, now_s: float) -> Outcome:
    on, until_s = _until(command, now_s)
    coach.overrides.busy, coach.overrides.busy_until_s = on, until_s
    return (coach.clear(now_s, "busy") if on else []), on


def _limit(coach: Speaker, command: Command, now_s: float) -> Outcome:
    least_s, most_s = LIMIT_RANGE_S
    before_s = coach.limit_s
    reset = _word(command) == "RESET"
    coach.overrides.limit_s = None if reset else 60.0 * _minutes(command, least_s / 60, most_s / 60)
    return (_reconsider(coach, now_s) if coach.limit_s != before_s else []), coach.limit_s / 60


def _reconsider(coach: Speaker, now_s: float) -> list[Event]:
    """A new limit: the running bout may be due now, or not be due any more (then its alert has lost its reason)."""
    watch, latest = coach.watch, coach.body.latest
    if watch is None or latest is None:
        return []
    watch.due_s = None
    if latest.clock_s >= coach.limit_s - coach.early_s:
        return []
    events: list[Event] = coach.clear(now_s, "expired")
    watch.calls, watch.granted, watch.alert_id, watch.withheld = 0, 0, None, []
    return events


def _profile(coach: Speaker, command: Command, now_s: float) -> Outcome:
    word = command.value.strip().lower()
    if word not in (*PROFILES, "reset"):
        raise RefusedError("profile", command.value, known=", ".join(PROFILES))
    coach.overrides.profile = None if word == "reset" else word
    return [], coach.profile


def _hurts(coach: Speaker, command: Command, now_s: float) -> Outcome:
    """Never again that exercise, and none at all until the wearer wants them: OFF = all but those, RESET = all.

    PRESS, from a surface that names none, means the exercise that was suggested last. It is an answer to an open alert,
    and comes too late for none: the next call, if the sensor sees no break, offers a break without an exercise.
    """
    overrides, known, said = coach.overrides, coach.suggester.catalogue.exercises, coach.words.safety
    word = _word(command)
    if word == "RESET":
        overrides.hurts, overrides.exercises_silent, overrides.professional_said = [], False, False
        return [], said.hurts_reset
    if word == "OFF":
        overrides.exercises_silent = False
        return [], said.hurts_off
    exercise_id = coach.suggester.latest if word in ("PRESS", "") else command.value.strip().lower()
    if exercise_id not in known:
        raise RefusedError("exercise", command.value, known=", ".join(known))
    if exercise_id not in overrides.hurts:
        overrides.hurts.append(exercise_id)
    overrides.exercises_silent = True
    advice, overrides.professional_said = "" if overrides.professional_said else f" {said.professional}", True
    title = coach.suggester.catalogue.words_of(exercise_id, coach.rules.language).title
    events = coach.clear(now_s, "hurts")
    if events and coach.watch is not None:
        coach.watch.hush(now_s + coach.rules.done_quiet_s, "done")
    return events, said.hurts.format(exercise=title) + advice


# --- questions ----------------------------------------------------------------------------------------------


def _test(coach: Speaker, command: Command, now_s: float) -> Outcome:
    _pressed(command)
    exercise, offer = coach.invitation(now_s, None)
    alert = TestAlert(
        id=_identity(coach, now_s, "test_alert"),
        at_s=now_s,
        title=coach.words.call.test_title,
        message=coach.words.call.test_message.format(offer=offer),
        exercise=exercise,
    )
    return [alert], None


def _why(coach: Speaker, command: Command, now_s: float) -> Outcome:
    if _word(command) in ("PRESS", ""):
        return [], why_now(coach, now_s)
    try:
        return [], coach.decisions.at(command.value, now_s, coach.rules.time_zone, coach.words.why)
    except ValueError:
        raise RefusedError("time", command.value) from None


def _standing(coach: Speaker, command: Command, now_s: float) -> Outcome:
    """The wearer shows what upright is; who hands this on teaches the placement."""
    _pressed(command)
    return [], coach.words.call.stand_still.format(seconds=round(SHOWN_STANDING_S))


COMMANDS: dict[str, Callable[[Speaker, Command, float], Outcome]] = {
    "snooze": _snooze,
    "pause": _pause,
    "limit": _limit,
    "profile": _profile,
    "test": _test,
    "break": _done,
    "done": _done,
    "why": _why,
    "skip": _skip,
    "wrong": _wrong,
    "busy": _busy,
    "hurts": _hurts,
    "standing": _standing,
}
"""Every command of ``Command.name``."""
