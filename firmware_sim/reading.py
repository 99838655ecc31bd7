"""What somebody has written, read as the type that is wanted, or refused in words that help."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from msgspec import ValidationError, convert, inspect

Place = tuple[str | int, ...]

_LIMITS = {">=": "at least", ">": "more than", "<=": "at most", "<": "less than"}
_NAMES = {
    "int": "a whole number",
    "float": "a number",
    "bool": "true or false",
    "str": "a text",
    "array": "a list",
    "object": "a table",
}
"""msgspec's words for what is wanted -> ours."""


class UnfitError(ValueError):
    """Something is not as it is wanted: where, what it must be, and what was there."""

    def __init__(self, key: str, remedy: str, got: str | None = None) -> None:
        self.key = key
        """Keys and positions that lead to it, with dots between; empty for the whole."""
        self.remedy = remedy
        """What it must be, in words that go on where the key ends."""
        self.told = remedy if got is None else f"{remedy} (got {got:.60})"
        """The remedy, and what was there."""
        super().__init__(f"{key}: {self.told}" if key else self.told)


class WrongValueError(ValueError):
    """A record's own objection to one of its keys, raised in ``__post_init__``."""

    def __init__(self, key: str, remedy: str) -> None:
        super().__init__(f"{key}: {remedy}")
        self.key, self.remedy = key, remedy


def read_as(kind: Any, data: object) -> Any:
    """Return data as a type: a Struct of values, tuples and further Structs, or a value. Raises UnfitError.

    Numbers may be written as texts.
    """
    try:
        return convert(data, kind, strict=False)
    except ValidationError as error:
        raise _unfit(error, kind, data) from error


def either(choices: Iterable[object]) -> str:
    """Return choices as they are told: ``a, b or c``."""
    *others, last = map(str, choices)
    return f"{', '.join(others)} or {last}" if others else last


def _unfit(error: ValidationError, kind: Any, data: Any) -> UnfitError:
    said, place = _said_of(error)
    wanted = _wanted(inspect.type_info(kind), data, place)
    if missing := re.fullmatch(r"Object missing required field `(.*)`", said):
        return UnfitError(_dotted((*place, missing[1])), "is missing")
    if unknown := re.fullmatch(r"Object contains unknown field `(.*)`", said, re.DOTALL):
        place = (*place, unknown[1])
        remedy = f"is not known here; known are {', '.join(_keys(wanted))}"
    elif isinstance(error.__cause__, WrongValueError):
        place, remedy = (*place, error.__cause__.key), error.__cause__.remedy
    else:
        remedy = _remedy(said, wanted)
    return UnfitError(_dotted(place), remedy, repr(_found(data, place)))


def _said_of(error: ValidationError) -> tuple[str, Place]:
    """What msgspec says, and of which place."""
    told = re.fullmatch(r"(.*) - at `\$((?:\.\w+|\[\d+\])*)`", str(error), re.DOTALL)
    if not told:
        return str(error), ()
    steps = re.findall(r"\.(\w+)|\[(\d+)\]", told[2])
    return told[1], tuple(key or int(position) for key, position in steps)


def _remedy(said: str, wanted: inspect.Type) -> str:
    """msgspec's words as ours."""
    if isinstance(wanted, inspect.LiteralType):
        return f"must be {either(map(repr, wanted.values))}"
    if limit := re.fullmatch(r"Expected `\w+` (>=|>|<=|<) (\S+)", said):
        return f"must be {_LIMITS[limit[1]]} {float(limit[2]):.12g}"
    if fewest := re.fullmatch(r"Expected `array` of length >= (\d+)", said):
        return f"must have entries, at least {fewest[1]}"
    if "matching regex" in said:
        return "is not of the form that is wanted"
    wanted_names = re.match(r"Expected `([^`]+)`", said)
    names = [_NAMES[name] for name in wanted_names[1].split(" | ") if name in _NAMES] if wanted_names else []
    return f"must be {either(names)}" if names else said


def _wanted(node: inspect.Type, data: Any, place: Place) -> inspect.Type:
    """What is wanted at a place, as the data chooses between Structs."""
    node = _chosen(node, data)
    if not place:
        return node
    step = place[0]
    if tags := _tags(node, step):
        return inspect.LiteralType(tags)
    if isinstance(node, inspect.StructType):
        inner = next(field.type for field in node.fields if field.encode_name == step)
    elif isinstance(node, inspect.VarTupleType):
        inner = node.item_type
    else:
        return node
    return _wanted(inner, data[step], place[1:])


def _chosen(node: inspect.Type, data: Any) -> inspect.Type:
    """Of alternatives the one that the data's tag names, or the only one beside nothing at all."""
    if isinstance(node, inspect.Metadata):
        return _chosen(node.type, data)
    if not isinstance(node, inspect.UnionType):
        return node
    kinds = [each for each in node.types if not isinstance(each, inspect.NoneType)]
    tagged = [each for each in kinds if isinstance(each, inspect.StructType) and _is_tagged(each, data)]
    return _chosen((tagged or kinds)[0], data) if tagged or len(kinds) == 1 else node


def _tags(node: inspect.Type, key: str | int) -> tuple[str, ...]:
    """The texts among which a key chooses a Struct, if it does."""
    kinds = node.types if isinstance(node, inspect.UnionType) else (node,)
    return tuple(str(each.tag) for each in kinds if isinstance(each, inspect.StructType) and each.tag_field == key)


def _is_tagged(node: inspect.StructType, data: Any) -> bool:
    return isinstance(data, Mapping) and data.get(node.tag_field) == node.tag


def _keys(node: inspect.Type) -> list[str]:
    if not isinstance(node, inspect.StructType):
        return []
    tag = [node.tag_field] if node.tag_field else []
    return tag + [field.encode_name for field in node.fields]


def _found(data: Any, place: Place) -> object:
    for step in place:
        data = data.get(step) if isinstance(data, Mapping) else data[step]
    return data


def _dotted(place: Place) -> str:
    return ".".join(map(str, place))
