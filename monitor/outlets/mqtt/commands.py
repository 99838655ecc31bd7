"""What comes in over MQTT: bytes become a ``Command`` or a refusal in words. Values are judged by the pipeline."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from typing import Any

from monitor.errors import MonitorError
from monitor.exchange import Command
from monitor.words import Refused

NAMES = frozenset(
    {
        "snooze",
        "pause",
        "limit",
        "profile",
        "test",
        "break",
        "done",
        "why",
        "skip",
        "wrong",
        "busy",
        "hurts",
        "standing",
    }
)
"""Those that the coach obeys; ``Command.name`` lists them too."""
PAYLOAD_LIMIT_BYTES = 64
_MAY_BE_EMPTY = frozenset({"why"})
_YES = frozenset({"on", "true", "yes", "1"})
_NO = frozenset({"off", "false", "no", "0", ""})
FORM = '{"value":...,"id":...}'


class CommandError(MonitorError):
    """A command that cannot be read; ``key`` of the words ``Refused`` says why, and that is published as its result."""

    def __init__(self, name: str, key: str, **filled: object) -> None:
        self.name, self.key, self.filled = name, key, filled
        super().__init__(key)

    def told(self, said: Refused) -> str:
        """In the wearer's language."""
        return str(getattr(said, self.key)).format(**self.filled)


def read_command(name: str, payload: bytes) -> Command | None:
    """A command from its topic's last part and its payload; None for an empty payload, which says nothing."""
    if name not in NAMES:
        raise CommandError(name, "command", known=", ".join(sorted(NAMES)))
    text = _text(name, payload)
    if not text and name not in _MAY_BE_EMPTY:
        return None
    value, alert_id = _from_json(name, text) if text.startswith("{") else (text, None)
    if not value.isprintable() or not (alert_id or "").isprintable():
        raise CommandError(name, "not_printable")
    if _is_not_a_number(value):
        raise CommandError(name, "not_a_number")
    return Command(name, value, alert_id, source="mqtt")


def read_busy(payload: bytes) -> Command | None:
    """A foreign ``busy`` topic in the words such topics use; None where it makes no sense."""
    try:
        word = _text("busy", payload)
    except CommandError:
        return None
    if word.lower() in _YES | _NO:
        return Command("busy", "ON" if word.lower() in _YES else "OFF", source="mqtt")
    return None


def _text(name: str, payload: bytes) -> str:
    if len(payload) > PAYLOAD_LIMIT_BYTES:
        raise CommandError(name, "too_long", most=PAYLOAD_LIMIT_BYTES)
    try:
        text = payload.decode().strip()
    except UnicodeDecodeError:
        raise CommandError(name, "not_text") from None
    if not text.isprintable():
        raise CommandError(name, "not_printable")
    return text


def _from_json(name: str, text: str) -> tuple[str, str | None]:
    try:
        form = json.loads(text)
    except (ValueError, RecursionError):
        raise CommandError(name, "not_json", form=FORM) from None
    if set(form) - {"value", "id"}:
        raise CommandError(name, "unknown_key", form=FORM)
    value, alert_id = form.get("value", "PRESS"), form.get("id")
    if not isinstance(value, str | int | float) or not isinstance(alert_id, str | None):
        raise CommandError(name, "json_values")
    return _word(value), alert_id


def _word(value: str | float) -> str:
    if isinstance(value, bool):
        return "ON" if value else "OFF"
    return value.strip() if isinstance(value, str) else str(value)


def _is_not_a_number(value: str) -> bool:
    # float("nan") slips through range tests written as `if x < low or x > high`.
    try:
        return not math.isfinite(float(value))
    except ValueError:
        return False


@dataclass(slots=True)
class Allowance:
    """So many commands a second and no more (a token bucket), because a stuck automation must not flood the heart."""

    per_s: float = 10.0
    tokens: float = 10.0
    last_s: float = 0.0

    def take(self, now_s: float) -> bool:
        """One command more at a time of any steady clock; False when there have been too many."""
        self.tokens = min(self.per_s, self.tokens + max(0.0, now_s - self.last_s) * self.per_s)
        self.last_s = now_s
        if self.tokens < 1.0:
            return False
        self.tokens -= 1.0
        return True


def reply_allowed(topic: str, base: str, discovery_prefix: str) -> bool:
    """Whether a command may name this topic for its answer: nobody may make us overwrite our own or system topics."""
    forbidden: tuple[Any, ...] = (f"{base}/", f"{discovery_prefix}/", "$", "/")
    return bool(topic) and len(topic) <= 256 and not set("+#\0") & set(topic) and not topic.startswith(forbidden)
