"""What a record's annotations say of its keys: the source of the template, the settings page and the remedies."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_
from types import UnionType
from typing import Any, Union, get_args, get_origin

from msgspec import NODEFAULT, Meta, Struct
from msgspec.structs import FieldInfo, fields

from monitor.rules.checking import bare

REQUIRED = object()
"""The default of a key that has none."""


@dataclass(frozen=True)
class Key:
    """One key of a record."""

    kind: Any
    """Its type, without what is said of it."""
    description: str
    limits: Mapping[str, float]
    """By ``ge``, ``gt``, ``le``, ``lt``."""
    default: Any


def keys(kind: type[Struct]) -> dict[str, Key]:
    """Every key of a record, in order."""
    known = fields(kind)
    usual = None if any(field.required for field in known) else kind()
    return {
        field.name: _key(field.type, _default(field) if usual is None else getattr(usual, field.name))
        for field in known
    }


def _default(field: FieldInfo) -> Any:
    """Of a key beside others that must be given."""
    if field.default_factory is not NODEFAULT:
        return field.default_factory()
    return REQUIRED if field.default is NODEFAULT else field.default


def _key(kind: Any, default: Any) -> Key:
    plain, notes = bare(kind)
    if get_origin(plain) in (Union, UnionType):
        parts = [bare(each) for each in get_args(plain)]
        plain, notes = reduce(or_, (part for part, _ in parts)), [*notes, *(note for _, told in parts for note in told)]
    note = notes[0] if notes else Meta()
    limits = {name: getattr(note, name) for name in ("ge", "gt", "le", "lt") if getattr(note, name) is not None}
    return Key(plain, note.description or "", limits, default)
