"""What a wearer may set while the program runs; the words are kept in ``Overrides``."""

from __future__ import annotations

from typing import get_args

from monitor.coach.command_text import Outcome, RefusedError, is_pressed, minutes, word
from monitor.coach.rules import LIMIT_RANGE_S, ProfileName
from monitor.coach.speaking import Speaker
from monitor.events import Event
from monitor.exchange import Command

PROFILES: tuple[str, ...] = get_args(ProfileName)
LONGEST_MIN = 1440.0
"""Longest pause or busy time; beyond a day it is ON."""


def _until(command: Command, now_s: float) -> tuple[bool, float | None]:
    """On or off, and until when (None = until switched off)."""
    said = word(command)
    if said in ("ON", "OFF", "RESET"):
        return said == "ON", None
    try:
        return True, now_s + 60.0 * minutes(command, 1, LONGEST_MIN)
    except RefusedError:
        raise RefusedError("on_off", command.value, most=f"{LONGEST_MIN:g}") from None


def pause(coach: Speaker, command: Command, now_s: float) -> Outcome:
    """No calls at all, until switched on again or for some minutes."""
    on, until_s = _until(command, now_s)
    coach.overrides.paused, coach.overrides.paused_until_s = on, until_s
    return (coach.clear(now_s, "pause") if on else []), on


def busy(coach: Speaker, command: Command, now_s: float) -> Outcome:
    """In a call or a meeting: no calls, until it is over or for some minutes."""
    on, until_s = _until(command, now_s)
    coach.overrides.busy, coach.overrides.busy_until_s = on, until_s
    return (coach.clear(now_s, "busy") if on else []), on


def limit(coach: Speaker, command: Command, now_s: float) -> Outcome:
    """Another limit, in minutes; ``RESET`` gives back that of the settings."""
    least_s, most_s = LIMIT_RANGE_S
    before_s = coach.limit_s
    reset = word(command) == "RESET"
    coach.overrides.limit_s = None if reset else 60.0 * minutes(command, least_s / 60, most_s / 60)
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


def profile(coach: Speaker, command: Command, now_s: float) -> Outcome:
    """Another profile; ``reset`` gives back that of the settings."""
    name = command.value.strip().lower()
    if name not in (*PROFILES, "reset"):
        raise RefusedError("profile", command.value, known=", ".join(PROFILES))
    coach.overrides.profile = None if name == "reset" else name
    return [], coach.profile


def hurts(coach: Speaker, command: Command, now_s: float) -> Outcome:
    """Never again that exercise, and none at all until the wearer wants them: OFF = all but those, RESET = all.

    PRESS, from a surface that names none, means the exercise that was suggested last. It is an answer to an open alert,
    and comes too late for none: the next call, if the sensor sees no break, offers a break without an exercise.
    """
    overrides, known, said = coach.overrides, coach.suggester.catalogue.exercises, coach.words.safety
    given = word(command)
    if given == "RESET":
        overrides.hurts, overrides.exercises_silent, overrides.professional_said = [], False, False
        return [], said.hurts_reset
    if given == "OFF":
        overrides.exercises_silent = False
        return [], said.hurts_off
    exercise_id = coach.suggester.latest if is_pressed(command) else command.value.strip().lower()
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
