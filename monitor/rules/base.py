"""The record itself, and the same as plain data."""

from __future__ import annotations

from typing import Any, TypeVar

from msgspec import Struct, structs, to_builtins

HIDDEN = "**********"
"""What is shown of a secret, in packet logs and stored states."""
Record = TypeVar("Record", bound=Struct)


class Rules(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Base of every record; a key that it does not have is a fault."""


class Secret:
    """A text that no log, message or stored state shows."""

    __slots__ = ("text",)

    def __init__(self, text: str = "") -> None:
        self.text = text

    def __bool__(self) -> bool:
        return bool(self.text)

    def __str__(self) -> str:
        return HIDDEN if self.text else ""

    def __repr__(self) -> str:
        return f"Secret({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self.text == other.text

    def __hash__(self) -> int:
        return hash((Secret, self.text))


def changed(record: Record, **values: Any) -> Record:
    """The record with other values; they are not checked."""
    return structs.replace(record, **values)


def plain(record: object) -> Any:
    """The same as JSON-ready data, secrets hidden."""
    return _as_json(to_builtins(record, enc_hook=_hidden))


def _as_json(value: Any) -> Any:
    """JSON knows no tuples."""
    if isinstance(value, dict):
        return {key: _as_json(each) for key, each in value.items()}
    return [_as_json(each) for each in value] if isinstance(value, list | tuple) else value


def _hidden(value: object) -> str:
    if isinstance(value, Secret):
        return str(value)
    raise TypeError(f"{type(value).__name__} is no plain data")
