"""The test vectors of the protocols: bytes as they are on the air, and what they say."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

VECTORS = Path(__file__).parent.parent / "vectors"
Vector = dict[str, Any]


def vectors(device: str, *kinds: str) -> list[Vector]:
    """All of a device's, or those of these kinds."""
    known: list[Vector] = json.loads((VECTORS / f"{device}.json").read_text(encoding="utf-8"))
    return [vector for vector in known if not kinds or vector["kind"] in kinds]


def valid(device: str, *kinds: str) -> list[Vector]:
    """Those that keep to the protocol."""
    return [vector for vector in vectors(device, *kinds) if "error" not in vector["expect"]]


def refused(device: str, *kinds: str) -> list[Vector]:
    """Those that break it."""
    return [vector for vector in vectors(device, *kinds) if "error" in vector["expect"]]


def named(device: str, *ids: str) -> list[Vector]:
    """Those of these ids, in this order."""
    known = {vector["id"]: vector for vector in vectors(device)}
    return [known[name] for name in ids]


def each(chosen: Iterable[Vector]) -> pytest.MarkDecorator:
    """Run a test with each of these as its ``vector``."""
    return pytest.mark.parametrize("vector", list(chosen), ids=lambda vector: vector["id"])
