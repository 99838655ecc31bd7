"""State as text and back: what a crash must not take away.

The state of the pure heart is plain data (dataclasses, lists, numbers, arrays), so one generic codec serves all of it.
``freeze`` gives JSON-ready data, ``thaw`` gives the objects back, ``dumps`` and ``loads`` add a version, the
fingerprint of the settings and a check sum, and a few ``lasting`` numbers that any version can read. It is no pickle: a
text can only name a dataclass, an enum or a pydantic model of this package, in a module that is already loaded, and no
dataclass runs code of its own when it comes back.

What is not plain JSON is an object whose key ``!`` says what it is. A dataclass that is reached twice comes back as one
object, as ``copy.deepcopy`` does it; lists, dicts and arrays do not share.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
import sys
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

import numpy as np
from msgspec import Struct

from monitor.errors import MonitorError
from monitor.rules import check, plain

VERSION = 1
"""Goes up when the meaning of the text changes; an older text is then refused."""
_MARK = "!"
_PACKAGE = "monitor."
_NUMERIC = frozenset(["|b1", "|i1", "|u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f2", "<f4", "<f8"])
"""The numpy dtypes that may be stored: bool, integers, floats up to 64 bits, least significant byte first."""
_LONGEST = 1 << 40


class CheckpointError(MonitorError):
    """A state that cannot be stored, or a text that cannot be trusted; ``reason`` says why."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"stored state not usable: {reason}; the program starts afresh without it")
        self.reason = reason


def dumps(state: object, fingerprint: str, lasting: Any = None) -> str:
    """The state as text; ``fingerprint`` names the settings and the program under which it means something.

    ``lasting`` is plain JSON data for whoever finds that he cannot read the state.
    """
    try:
        body = json.dumps(freeze(state), allow_nan=False, separators=(",", ":"))
    except (RecursionError, ValueError) as error:  # a circle of lists, an integer of thousands of digits
        raise CheckpointError(f"cannot be written as text ({error})") from error
    head = {"version": VERSION, "fingerprint": fingerprint, "check": _check(body), "lasting": lasting}
    head["lasting_check"] = _check(fingerprint + json.dumps(lasting))
    return json.dumps(head) + "\n" + body


def loads(text: str, fingerprint: str) -> Any:
    """The state of a text. Raises CheckpointError if version or fingerprint differ or the text is damaged."""
    first, _, body = text.partition("\n")
    try:
        head = json.loads(first)
        if not isinstance(head, dict) or head.get("version") != VERSION:
            raise CheckpointError("written by another version")
        if head.get("fingerprint") != fingerprint:
            raise CheckpointError("the settings have changed since")
        if head.get("check") != _check(body):
            raise CheckpointError("the text is damaged")
        return thaw(json.loads(body))
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"the text is damaged ({error})") from error


def lasting(text: str) -> tuple[str, Any]:
    """The fingerprint and the lasting data of a text of any version, however damaged its state.

    The data are None if there are none to be trusted; under another fingerprint not all of them may mean the same.
    """
    try:
        head = json.loads(text.partition("\n")[0])
    except (ValueError, RecursionError):
        return "", None
    if not isinstance(head, dict) or not isinstance(head.get("fingerprint"), str):
        return "", None
    fingerprint, found = head["fingerprint"], head.get("lasting")
    return fingerprint, found if head.get("lasting_check") == _check(fingerprint + json.dumps(found)) else None


def freeze(state: object) -> Any:
    """JSON-ready data for any state made of plain data. Raises CheckpointError for anything else."""
    try:
        return _Freezer().freeze(state)
    except (AttributeError, RecursionError) as error:
        raise CheckpointError(f"cannot be written as data ({error})") from error


def thaw(data: Any) -> Any:
    """The state that ``freeze`` was given. Raises CheckpointError for anything that ``freeze`` cannot have written."""
    try:
        return _Thawer().thaw(data)
    except (TypeError, ValueError, KeyError, AttributeError, RecursionError, MemoryError) as error:
        raise CheckpointError(f"not a state: {type(error).__name__} {error}") from error


def _check(body: str) -> str:
    return hashlib.blake2b(body.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _type_name(cls: type) -> str:
    if not cls.__module__.startswith(_PACKAGE) or "<locals>" in cls.__qualname__:
        raise CheckpointError(f"{cls.__module__}.{cls.__qualname__} is no record of this program")
    return f"{cls.__module__}:{cls.__qualname__}"


def _type_named(name: object) -> type:
    """A class of this package by its name; nothing is imported for it."""
    module_name, _, path = str(name).partition(":")
    found: Any = sys.modules.get(module_name) if module_name.startswith(_PACKAGE) else None
    for part in path.split("."):
        found = vars(found).get(part) if found is not None else None
    if not isinstance(found, type) or found.__module__ != module_name or found.__qualname__ != path:
        raise CheckpointError(f"{str(name)[:80]!r} is no record of this program")
    return found


class _Freezer:
    """One run of ``freeze``; remembers the dataclasses it has met."""

    def __init__(self) -> None:
        self.met: dict[int, int] = {}

    def freeze(self, item: Any) -> Any:
        if item is None or type(item) in (bool, int, str):
            return item
        if type(item) is float:
            return item if math.isfinite(item) else {_MARK: "float", "v": repr(item)}
        if type(item) is list:
            return [self.freeze(each) for each in item]
        if type(item) is dict:
            return self._dict(item)
        if type(item) is tuple:
            return {_MARK: "tuple", "v": [self.freeze(each) for each in item]}
        if type(item) is bytes:
            return {_MARK: "bytes", "v": base64.b64encode(item).decode()}
        if isinstance(item, Enum):
            return {_MARK: "enum", "type": _type_name(type(item)), "v": self.freeze(item.value)}
        if isinstance(item, np.ndarray | np.generic):
            return _array(item)
        return self._object(item)

    def _dict(self, item: dict[Any, Any]) -> Any:
        if all(type(key) is str for key in item) and _MARK not in item:
            return {key: self.freeze(value) for key, value in item.items()}
        return {_MARK: "dict", "v": [[self.freeze(key), self.freeze(value)] for key, value in item.items()]}

    def _object(self, item: Any) -> Any:
        name = _type_name(type(item))
        if isinstance(item, Struct):
            return {_MARK: "model", "type": name, "v": self.freeze(plain(item))}
        if not is_dataclass(item):
            raise CheckpointError(f"{name} is neither a dataclass nor plain data")
        if id(item) in self.met:
            return {_MARK: "same", "v": self.met[id(item)]}
        self.met[id(item)] = len(self.met)
        names = [field.name for field in fields(item)]
        stray = set(getattr(item, "__dict__", ())) - set(names)
        if stray:
            raise CheckpointError(f"{name} carries {sorted(stray)}, which are no fields and would be lost")
        return {_MARK: "record", "type": name, "v": {field: self.freeze(getattr(item, field)) for field in names}}


def _array(item: Any) -> dict[str, Any]:
    kind = "array" if isinstance(item, np.ndarray) else "scalar"
    dtype = item.dtype.newbyteorder("<")
    if dtype.str not in _NUMERIC or (kind == "array" and type(item) is not np.ndarray):
        raise CheckpointError(f"a numpy {kind} of type {type(item).__name__} {item.dtype} cannot be stored")
    item = np.asarray(item).astype(dtype, copy=False)
    # sums over Fortran order have other last bits, so the order is part of the state
    order = "F" if item.flags.fnc else "C"
    value = base64.b64encode(item.tobytes(order)).decode()
    return {_MARK: kind, "dtype": item.dtype.str, "shape": list(item.shape), "order": order, "v": value}


class _Thawer:
    """One run of ``thaw``; remembers the dataclasses it has made."""

    def __init__(self) -> None:
        self.made: list[object] = []
        self.kinds: dict[str, Callable[[dict[str, Any]], Any]] = {
            "float": lambda data: {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}[data["v"]],
            "tuple": lambda data: tuple(self.thaw(each) for each in _list(data["v"])),
            "bytes": lambda data: base64.b64decode(data["v"], validate=True),
            "dict": lambda data: {self.thaw(key): self.thaw(value) for key, value in _list(data["v"])},
            "enum": self._enum,
            "model": self._model,
            "record": self._record,
            "same": lambda data: self.made[_count(data["v"], len(self.made))],
            "array": _numpy,
            "scalar": lambda data: _numpy(data)[()],
        }

    def thaw(self, data: Any) -> Any:
        if isinstance(data, list):
            return [self.thaw(each) for each in data]
        if not isinstance(data, dict):
            return data
        if _MARK not in data:
            return {key: self.thaw(value) for key, value in data.items()}
        if not isinstance(data[_MARK], str) or data[_MARK] not in self.kinds:
            raise CheckpointError(f"unknown kind {str(data[_MARK])[:40]!r}")
        return self.kinds[data[_MARK]](data)

    def _enum(self, data: dict[str, Any]) -> Any:
        cls = _type_named(data["type"])
        if not issubclass(cls, Enum):
            raise CheckpointError(f"{data['type']} is no enum")
        return cls(self.thaw(data["v"]))

    def _model(self, data: dict[str, Any]) -> Any:
        cls = _type_named(data["type"])
        if not issubclass(cls, Struct):
            raise CheckpointError(f"{data['type']} is no record of settings")
        return check(cls, self.thaw(data["v"]))

    def _record(self, data: dict[str, Any]) -> Any:
        cls = _type_named(data["type"])
        if not is_dataclass(cls):
            raise CheckpointError(f"{data['type']} is no dataclass")
        names = {field.name for field in fields(cls)}
        if set(data["v"]) != names:
            raise CheckpointError(f"{data['type']} has other fields now: {sorted(names ^ set(data['v']))}")
        made = object.__new__(cls)
        self.made.append(made)
        for name, value in data["v"].items():
            object.__setattr__(made, name, self.thaw(value))
        return made


def _list(data: Any) -> list[Any]:
    if not isinstance(data, list):
        raise CheckpointError("a list is missing")
    return data


def _count(data: Any, end: int) -> int:
    if type(data) is not int or not 0 <= data < end:
        raise CheckpointError("a count is out of range")
    return data


def _numpy(data: dict[str, Any]) -> Any:
    if data["dtype"] not in _NUMERIC or data["order"] not in ("C", "F"):
        raise CheckpointError(f"an array of {str(data['dtype'])[:40]!r} is not allowed")
    dtype = np.dtype(data["dtype"])
    raw = base64.b64decode(data["v"], validate=True)
    shape = [_count(size, _LONGEST) for size in _list(data["shape"])]
    # the size is compared before anything is allocated
    if math.prod(shape) * dtype.itemsize != len(raw):
        raise CheckpointError("an array's shape does not fit its data")
    return np.frombuffer(raw, dtype).reshape(shape, order=data["order"]).copy(order="K")
