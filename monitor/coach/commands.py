"""What the wearer may say, from whatever surface: every text gets exactly one answer, and nothing here raises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from monitor.coach import alert_answers, wishes
from monitor.coach.command_text import SHOWN, Outcome, RefusedError, Value, identity, is_pressed, legible, pressed
from monitor.coach.speaking import Speaker
from monitor.coach.why import reasons
from monitor.events import CommandAnswered, Event, TestAlert
from monitor.exchange import Command

SHOWN_STANDING_S = 10.0
"""So long a wearer who shows the standing pose shall stand."""


def obey(coach: Speaker, command: Command, now_s: float) -> list[Event]:
    """Apply a command, or say why not; the last event is always its one ``CommandAnswered``."""
    coach.command_count += 1
    alert_id = None if command.alert_id is None else legible(command.alert_id)
    command = replace(command, name=legible(command.name), value=legible(command.value), alert_id=alert_id)
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
        id=identity(coach, now_s, "command_answered"),
        at_s=now_s,
        command=command.name,
        ok=error is None,
        value=value,
        error=error,
        source=command.source,
    )
    return [*events, answer]


# --- questions ----------------------------------------------------------------------------------------------


def _test(coach: Speaker, command: Command, now_s: float) -> Outcome:
    pressed(command)
    exercise, offer = coach.invitation(now_s, None)
    alert = TestAlert(
        id=identity(coach, now_s, "test_alert"),
        at_s=now_s,
        title=coach.words.call.test_title,
        message=coach.words.call.test_message.format(offer=offer),
        exercise=exercise,
    )
    return [alert], None


def _why(coach: Speaker, command: Command, now_s: float) -> Outcome:
    try:
        return [], reasons(coach, now_s, "" if is_pressed(command) else command.value)
    except ValueError:
        raise RefusedError("time", command.value) from None


def _standing(coach: Speaker, command: Command, now_s: float) -> Outcome:
    """The wearer shows what upright is; who hands this on teaches the placement."""
    pressed(command)
    return [], coach.words.call.stand_still.format(seconds=round(SHOWN_STANDING_S))


COMMANDS: dict[str, Callable[[Speaker, Command, float], Outcome]] = {
    "snooze": alert_answers.snooze,
    "pause": wishes.pause,
    "limit": wishes.limit,
    "profile": wishes.profile,
    "test": _test,
    "break": alert_answers.done,
    "done": alert_answers.done,
    "why": _why,
    "skip": alert_answers.skip,
    "wrong": alert_answers.wrong,
    "busy": wishes.busy,
    "hurts": wishes.hurts,
    "standing": _standing,
}
"""Every command of ``Command.name``."""
