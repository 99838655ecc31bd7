"""Data that anybody may have written -> a record, or every fault in it with its place."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Sized
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from types import UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin

from msgspec import Meta, Struct, ValidationError, convert
from msgspec.structs import fields

from monitor.rules.base import Secret

Place = tuple[str | int, ...]
Sort = Literal["value", "unknown", "missing", "form"]
Kind = TypeVar("Kind")

_LIMITS = {">=": "at least", ">": "more than", "<=": "at most", "<": "less than"}
_NAMES = {
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "str": "a text in quotes",
    "array": "a list",
    "object": "a table",
}
"""msgspec's words for what TOML calls otherwise."""
_SWITCHES = {"yes": True, "y": True, "on": True, "t": True, "no": False, "n": False, "off": False, "f": False}
"""What the environment says of a switch, besides true, false, 1 and 0."""


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong."""

    place: Place
    """Keys and positions that lead to it."""
    problem: str
    """What it must be; completes a sentence that begins with the place."""
    value: Any = field(default=None, repr=False)
    sort: Sort = "value"
    """``unknown`` and ``missing`` are faults of a key; ``form``: a text not of the form that its description says."""


class FaultsError(ValueError):
    """Data that cannot be taken; ``faults`` has at least one."""

    def __init__(self, faults: list[Fault]) -> None:
        super().__init__("; ".join(f"{dotted(fault.place)}: {fault.problem}".lstrip(": ") for fault in faults))
        self.faults = faults


class WrongValueError(ValueError):
    """A record's own objection, raised in ``__post_init__``: to one key, or ("") to how its keys go together."""

    def __init__(self, key: str, problem: str) -> None:
        super().__init__(f"{key}: {problem}" if key else problem)
        self.key, self.problem = key, problem


@contextmanager
def objecting_to(key: str) -> Iterator[None]:
    """A ValueError raised within is an objection to this key."""
    try:
        yield
    except ValueError as error:
        raise WrongValueError(key, str(error)) from None


def check(kind: type[Kind], data: object) -> Kind:
    """The data as this kind: a record, or any type that msgspec knows. Raises FaultsError.

    Texts are read as numbers where numbers are wanted, as the environment gives them.
    """
    checking = _Checking()
    made: Kind = checking.take(kind, data, ())
    if checking.faults:
        raise FaultsError(checking.faults)
    return made


def dotted(place: Place) -> str:
    """A place as one reads it: ``wearers.me.placement``."""
    return ".".join(map(str, place))


class _Checking:
    """One run over the data; what it makes is not to be used once there are faults."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def take(self, kind: Any, data: object, place: Place) -> Any:
        """The data as this kind."""
        plain, notes = bare(kind)
        origin, inner = get_origin(plain), get_args(plain)
        if _is_record(plain):
            return data if isinstance(data, plain) else self._record(plain, data, place)
        if origin in (Union, UnionType) and isinstance(data, Mapping) and any(map(_is_record, inner)):
            return self._record(next(filter(_is_record, inner)), data, place)
        if origin is dict and isinstance(data, Mapping):
            self._measure(data, notes, place)
            keys = [self._leaf(inner[0], key, (*place, key)) for key in data]
            values = [self.take(inner[1], each, (*place, key)) for key, each in data.items()]
            return dict(zip(keys, values, strict=True))
        if origin is tuple and inner[-1] is Ellipsis and isinstance(data, list | tuple | str):
            listed = _listed(data)
            self._measure(listed, notes, place)
            return tuple(self.take(inner[0], each, (*place, number)) for number, each in enumerate(listed))
        return self._leaf(kind, _of_environment(plain, data), place)

    def _record(self, kind: type[Struct], data: object, place: Place) -> Any:
        if not isinstance(data, Mapping):
            return self._object(Fault(place, f"must be {_NAMES['object']}", data))
        before, known = len(self.faults), {each.name: each for each in fields(kind)}
        taken = {}
        for name, key in known.items():
            if name in data:
                taken[name] = self.take(key.type, data[name], (*place, name))
            elif key.required:
                self._object(Fault((*place, name), "is missing", None, "missing"))
        for name in data:
            if name not in known and kind.__struct_config__.forbid_unknown_fields:
                self._object(Fault((*place, name), "is not known", data[name], "unknown"))
        return self._made(kind, taken, data, place) if len(self.faults) == before else None

    def _made(self, kind: type[Struct], taken: dict[str, Any], data: Mapping[str, Any], place: Place) -> Any:
        try:
            return kind(**taken)
        except WrongValueError as wrong:
            at, value = ((*place, wrong.key), data.get(wrong.key)) if wrong.key else (place, data)
            return self._object(Fault(at, wrong.problem, value))

    def _leaf(self, kind: Any, data: object, place: Place) -> Any:
        try:
            return convert(data, kind, strict=False, dec_hook=_of_text)
        except ValidationError as error:
            problem, sort = _problem(kind, str(error).partition(" - at `$")[0])
            return self._object(Fault(place, problem, data, sort))

    def _measure(self, data: Sized, notes: list[Meta], place: Place) -> None:
        """The length of a list or table whose entries are looked at one by one."""
        for note in notes:
            if note.min_length is not None and len(data) < note.min_length:
                self._object(Fault(place, _counted(">=", note.min_length, "entries"), data))
            if note.max_length is not None and len(data) > note.max_length:
                self._object(Fault(place, _counted("<=", note.max_length, "entries"), data))

    def _object(self, fault: Fault) -> None:
        self.faults.append(fault)


def _listed(data: Sequence[Any]) -> Sequence[Any]:
    """A list; one text stands for a list of it, as in an environment variable, which needs no brackets then."""
    return data if not isinstance(data, str) else [data] if data else []


def _of_environment(plain: Any, data: object) -> object:
    """A number or a switch as it stands in the environment: there may be spaces around it."""
    if plain not in (bool, int, float) or not isinstance(data, str):
        return data
    return _SWITCHES.get(data.strip().casefold(), data.strip()) if plain is bool else data.strip()


def _of_text(kind: type, data: object) -> object:
    """What msgspec does not know: our secrets."""
    if isinstance(data, kind):
        return data
    if kind is Secret and isinstance(data, str):
        return Secret(data)
    raise ValueError(f"must be {_NAMES['str']}")


def _problem(kind: Any, said: str) -> tuple[str, Sort]:
    """msgspec's words as ours."""
    if limit := re.fullmatch(r"Expected `\w+` (>=|>|<=|<) (\S+)", said):
        return f"must be {_LIMITS[limit[1]]} {float(limit[2]):.12g}", "value"
    if "matching regex" in said:
        return "not of the form that is wanted", "form"
    if length := re.fullmatch(r"Expected `(str|array)` of length (>=|<=|) ?(\d+).*", said):
        return _counted(length[2], int(length[3]), "characters" if length[1] == "str" else "entries"), "value"
    if quoted := [f'"{each}"' for each in choices(kind)]:
        return f"must be one of {', '.join(quoted)}", "value"
    if wanted := re.match(r"Expected `([^`]+)`", said):
        names = [_NAMES[name] for name in wanted[1].split(" | ") if name in _NAMES]
        return f"must be {' or '.join(names)}" if names else said, "value"
    return said, "value"


def _counted(limit: str, number: int, what: str) -> str:
    """How many characters or entries there must be."""
    if (limit, number) == (">=", 1):
        return "must not be empty"
    return f"must have {_LIMITS[limit]} {number} {what}" if limit else f"must have {number} {what}"


def choices(kind: Any) -> tuple[Any, ...]:
    """The values of a ``Literal`` or an enumeration, also as an alternative; empty for any other type."""
    plain, _ = bare(kind)
    if get_origin(plain) is Literal:
        return get_args(plain)
    if isinstance(plain, type) and issubclass(plain, Enum):
        return tuple(each.value for each in plain)
    alternatives = get_args(plain) if get_origin(plain) in (Union, UnionType) else ()
    return tuple(choice for each in alternatives for choice in choices(each))


def bare(kind: Any) -> tuple[Any, list[Meta]]:
    """A type without what is said of it, and that."""
    if get_origin(kind) is not Annotated:
        return kind, []
    plain, *notes = get_args(kind)
    return plain, [note for note in notes if isinstance(note, Meta)]


def _is_record(kind: Any) -> bool:
    """Whether a type is that of records."""
    return isinstance(kind, type) and issubclass(kind, Struct)
