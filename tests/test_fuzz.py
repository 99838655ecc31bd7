"""A short seeded run of the fuzz: nonsense is refused with the declared error, and nothing else happens."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest

from benchmarks.fuzz.nonsense import Unfit, checked, garbled
from benchmarks.fuzz.running import TARGETS, Found, fuzz
from benchmarks.fuzz.talking import TALKS, Conversation, published, talks_of
from monitor.demo.profiles import PROFILES
from monitor.model import AccelBlock
from monitor.wearables import WEARABLES

INPUTS = {"settings": 100, "recordings": 100}
SEED = 11


@pytest.mark.parametrize("target", TARGETS)
def test_nonsense_is_refused_with_the_declared_error(target: str) -> None:
    assert fuzz(target, INPUTS.get(target, 1000), SEED) == INPUTS.get(target, 1000)


@pytest.mark.parametrize("kind", WEARABLES)
def test_the_talk_gets_as_far_as_samples(kind: str) -> None:
    conversation = Conversation(kind, random.Random(SEED), published(kind), talks_of(kind))
    for number in range(1500):
        conversation.step(number)
    assert conversation.delivered > 0


def test_every_simulated_wearable_has_a_talk() -> None:
    text = TALKS.read_text(encoding="utf-8")
    assert all(f'"{profile}": {{' in text for profile in PROFILES)


def test_the_same_seed_is_the_same_nonsense() -> None:
    first, second = (garbled(random.Random(3), [b"abc", bytes(40)]) for _ in range(2))
    assert first == second


def test_what_is_found_is_said_with_all_that_makes_it_happen_again(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(rng: random.Random, folder: Path) -> object:
        def step(number: int) -> None:
            if number == 7:
                raise KeyError("a bug")

        return step

    monkeypatch.setitem(TARGETS, "broken", broken)  # type: ignore[arg-type]
    with pytest.raises(Found, match="broken, seed 5, input 7: KeyError"):
        fuzz("broken", 100, 5)


@pytest.mark.parametrize(
    ("t_s", "g"),
    [([1.0, 1.0], 1.0), ([2.0, 1.0], 1.0), ([1.0, float("nan")], 1.0), ([1.0, 2.0], float("inf")), ([], 1.0)],
)
def test_samples_that_no_stage_could_use_are_seen(t_s: list[float], g: float) -> None:
    block = AccelBlock(np.array(t_s), np.full((len(t_s), 3), g, np.float32), 25.0, 0)
    with pytest.raises(Unfit):
        checked(block, 0.0)
