"""What a command says, read from its text; what cannot be obeyed is refused with a remedy."""

from __future__ import annotations

from monitor.coach.speaking import Speaker
from monitor.errors import MonitorError
from monitor.event_ids import event_id
from monitor.events import Event
from monitor.exchange import Command
from monitor.words import Refused

Value = str | float | bool | None
Outcome = tuple[list[Event], Value]
"""What a command has brought, and the value that its answer tells."""
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


def legible(text: str) -> str:
    """What can be stored and said back: half a surrogate pair, as JSON can hold one, could not even be written."""
    return "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in text)


def word(command: Command) -> str:
    """The value as one of the words ``PRESS``, ``ON``, ``OFF``, ``RESET``, if it is one."""
    return command.value.strip().upper()


def is_pressed(command: Command) -> bool:
    """Whether nothing but the command was said, as by a button."""
    return word(command) in ("PRESS", "")


def pressed(command: Command) -> None:
    """Refuse a value where none is taken."""
    if not is_pressed(command):
        raise RefusedError("pressed", command.value, name=command.name)


def minutes(command: Command, least: float, most: float) -> float:
    """The value as minutes; refused where it is no number of that range."""
    try:
        given = float(command.value)
    except ValueError:
        given = float("nan")
    if not least <= given <= most:  # NaN is outside every range
        raise RefusedError("minutes", command.value, least=f"{least:g}", most=f"{most:g}")
    return given


def identity(coach: Speaker, now_s: float, kind: str) -> str:
    """The id of an event that a command brings: the same command given again brings another."""
    return event_id(now_s, coach.wearer_key, kind, coach.command_count)
