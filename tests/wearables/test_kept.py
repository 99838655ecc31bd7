"""Memories survive as plain data, and what is none is none."""

from __future__ import annotations

import json
from dataclasses import dataclass, field

import pytest

from monitor.wearables.kept import Kept


@dataclass
class Remembered:
    segments: dict[int, int]
    of: str = ""
    last: tuple[int, float] | None = None
    nested: list[str] = field(default_factory=list)


KEPT = Kept(Remembered)


def test_a_memory_goes_through_json_and_back() -> None:
    memory = Remembered({7: 100}, "me", (1, 2.5), ["a"])
    assert KEPT.read(json.loads(json.dumps(KEPT.written(memory)))) == memory


def test_a_field_of_another_version_does_no_harm() -> None:
    assert KEPT.read({"segments": {"7": 1}, "of_tomorrow": True}) == Remembered({7: 1})


@pytest.mark.parametrize("resume", [None, 7, {}, {"segments": None}, {"segments": {}, "last": "yesterday"}])
def test_what_is_not_understood_is_no_memory(resume: object) -> None:
    assert KEPT.read(resume) is None
