"""The form of the tables of parts: a line a part, and no part is loaded before it is asked for.

A daemon keeps for months what it has loaded, and one wearer wears one wearable at one place.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TypeVar

Part = TypeVar("Part")


class Table(Mapping[str, type[Part]]):
    """Parts by name; names, their order and their number are known without loading any."""

    def __init__(self, package: str, places: Mapping[str, str]) -> None:
        """``places``: by name, the class, as ``file.Class`` below the package."""
        self._package, self._places = package, places

    def __getitem__(self, name: str) -> type[Part]:
        file, _, kind = self._places[name].rpartition(".")
        part: type[Part] = getattr(import_module(f"{self._package}.{file}"), kind)
        return part

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)
