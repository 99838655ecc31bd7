"""What is a set, and what is none."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest

from monitor.accel.limb import Row, Signal
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
            counting.see(Row(at_s, rest_deg + size_deg * math.sin(math.pi * step / steps) ** 2, 0.02))
            at_s += 0.1
        for _ in range(round(pause_s / 0.1)):
            counting.see(Row(at_s, rest_deg, 0.01))
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
        counting.see(Row(number / 10, 40.0 - 40.0 * math.cos(number / 5), 0.6))
    assert counting.repetitions == 0


def test_a_last_rise_from_the_chair_counts_though_the_wearer_stays_up() -> None:
    rules = MOTIONS["sit_to_stand"].count
    assert rules is not None
    counting = counter(rules)
    at_s = feed(counting, *[(-85.0, 1.2, 1.5)] * 4, rest_deg=88.0)
    for _ in range(30):
        counting.see(Row(at_s, 3.0, 0.01))
        at_s += 0.1
    counting.finish(at_s)
    assert counting.repetitions == 5


def lunge(counting: Counter, at_s: float, load_g: float, size_deg: float = 18.0) -> float:
    """The thigh leans for 2 s; in the middle of it the body is heavy, just before and after it light."""
    for step in range(50):
        share = math.sin(math.pi * (step - 15) / 20) ** 2 if 15 <= step < 35 else 0.0
        heavy = 1.0 if 18 <= step < 32 else -1.0 if 8 <= step < 15 or 35 <= step < 42 else 0.0
        counting.see(Row(at_s + step / 10, size_deg * share, 0.02, 1.0 + load_g * heavy))
    return at_s + 5.0


@pytest.mark.parametrize(("load_g", "count"), [(0.1, 5), (0.0, 0), (-0.1, 0)])
def test_leaning_is_a_lunge_only_if_the_body_is_caught_and_lifted(load_g: float, count: int) -> None:
    counting, at_s = counter(MOTIONS["forward_lunge"].count), 0.0
    for _ in range(5):
        at_s = lunge(counting, at_s, load_g)
    assert counting.repetitions == count


@pytest.mark.parametrize(("shake_g", "count"), [(0.02, 5), (0.15, 0)])
def test_a_squat_need_not_be_as_deep_if_it_is_calm(shake_g: float, count: int) -> None:
    counting, rules = counter(MOTIONS["squat"].count), MOTIONS["squat"].count
    assert rules is not None
    for step in range(250):
        angle_deg = -8.0 + 42.0 * math.sin(math.pi * step / 50) ** 2
        counting.see(Row(step / 10, angle_deg, shake_g))
    assert counting.repetitions == count


@pytest.mark.parametrize("signal", ["flexion", "lowering"])
def test_bins_together_are_the_bins_one_by_one(signal: Signal) -> None:
    rng = np.random.default_rng(5)
    lifts = np.concatenate([[0.0] * 40, *([60.0 * np.sin(np.pi * np.arange(25) / 25) ** 2, [0.0] * 12] * 12)])
    angles_deg = (-1 if signal == "lowering" else 1) * lifts + rng.normal(0.0, 2.0, len(lifts))
    bins = [(number / 10, angle_deg, 0.02, 1.0) for number, angle_deg in enumerate(angles_deg.tolist())]
    rules = MotionRules(signal=signal, least_deg=30.0, load_g=(-1.0, 1.0))
    one_by_one, ways = Counter.of(rules, absolute=False), []
    changed_s = [row[0] for row in bins if one_by_one.see(Row(*row))]
    for cuts in ([], [1, 50, 51, 52, 200, 333]):
        together = Counter.of(rules, absolute=False)
        ways.append([at_s for a, b in pairwise([0, *cuts, len(bins)]) for at_s in together.follow(bins[a:b])])
        assert together == one_by_one
    assert changed_s
    assert ways == [changed_s, changed_s]
