"""What is a set, and what is none."""

from __future__ import annotations

import math

import pytest

from monitor.accel.motions import MOTIONS
from monitor.accel.repetitions import Counter, MotionRules


def counter(rules: MotionRules | None = None) -> Counter:
    return Counter.of(rules or MotionRules(least_deg=30.0), absolute=True)


def feed(counting: Counter, *lifts: tuple[float, float, float], from_s: float = 0.0, rest_deg: float = 2.0) -> float:
    """Each lift: size, seconds a way, pause after it; returns the time at the end."""
    at_s = from_s
    for size_deg, move_s, pause_s in lifts:
        steps = round(2 * move_s / 0.1)
        for step in range(steps):
            counting.see(at_s, rest_deg + size_deg * math.sin(math.pi * step / steps) ** 2, 0.02)
            at_s += 0.1
        for _ in range(round(pause_s / 0.1)):
            counting.see(at_s, rest_deg, 0.01)
            at_s += 0.1
    return at_s


@pytest.mark.parametrize("count", [4, 7, 12])
def test_a_set_is_counted_with_its_first_ones(count: int) -> None:
    counting = counter()
    feed(counting, *[(80.0, 1.2, 1.0)] * count)
    assert counting.repetitions == count


def test_a_single_rise_is_no_set() -> None:
    counting = counter()
    feed(counting, (85.0, 1.0, 10.0), (85.0, 1.0, 60.0))
    assert counting.repetitions == 0


def test_steps_and_pedals_are_too_quick_to_be_a_set() -> None:
    counting = counter()
    feed(counting, *[(50.0, 0.5, 0.0)] * 60)
    assert counting.repetitions == 0


def test_unlike_sizes_are_no_set() -> None:
    counting = counter()
    feed(counting, *[(size, 1.2, 1.0) for size in (35.0, 80.0, 140.0, 40.0, 120.0, 36.0)])
    assert counting.repetitions == 0


def test_a_pause_to_talk_does_not_end_the_set_once_it_is_known() -> None:
    counting = counter()
    feed(counting, *[(70.0, 1.2, 1.0)] * 4, (70.0, 1.2, 20.0), *[(66.0, 1.2, 1.0)] * 3)
    assert counting.repetitions == 8


def test_what_jolts_is_no_repetition() -> None:
    counting = counter()
    for number in range(600):
        counting.see(number / 10, 40.0 - 40.0 * math.cos(number / 5), 0.6)
    assert counting.repetitions == 0


def test_a_last_rise_from_the_chair_counts_though_the_wearer_stays_up() -> None:
    rules = MOTIONS["sit_to_stand"].count
    assert rules is not None
    counting = counter(rules)
    at_s = feed(counting, *[(-85.0, 1.2, 1.5)] * 4, rest_deg=88.0)
    for _ in range(30):
        counting.see(at_s, 3.0, 0.01)
        at_s += 0.1
    counting.finish(at_s)
    assert counting.repetitions == 5
