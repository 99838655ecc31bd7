"""The targets, and how so many inputs are sent to one."""

from __future__ import annotations

import math
import random
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.fuzz.files import of_recordings
from benchmarks.fuzz.nonsense import Step
from benchmarks.fuzz.orders import of_commands
from benchmarks.fuzz.talking import Conversation, published, talks_of
from benchmarks.fuzz.visits import of_visits
from benchmarks.fuzz.wishes import of_settings
from monitor.errors import MonitorError
from monitor.wearables import WEARABLES


def of_driver(kind: str) -> Callable[[random.Random, Path], Step]:
    """Fuzz a driver."""
    return lambda rng, _: Conversation(kind, rng, published(kind), talks_of(kind)).step


TARGETS: dict[str, Callable[[random.Random, Path], Step]] = {
    **{kind: of_driver(kind) for kind in WEARABLES},
    "commands": of_commands,
    "settings": of_settings,
    "recordings": of_recordings,
    "web": of_visits,
}


class Found(MonitorError):  # noqa: N818  what a fuzz is for
    """Something else than the declared error came out."""

    exit_code = 1


def fuzz(target: str, inputs: int, seed: int, until_s: float = math.inf) -> int:
    """Send so many inputs, or until this moment of ``time.monotonic``; returns how many. Raises Found."""
    rng = random.Random(f"{target} {seed}")
    with tempfile.TemporaryDirectory() as folder:
        step = TARGETS[target](rng, Path(folder))
        for number in range(inputs):
            if time.monotonic() > until_s:
                return number
            try:
                step(number)
            except Exception as error:
                what = f"{type(error).__name__}: {error}"
                raise Found(f"{target}, seed {seed}, input {number}: {what}") from error
    return inputs
