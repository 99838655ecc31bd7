"""Which holds make a set."""

from __future__ import annotations

import pytest

from monitor.accel.hold_sets import Hold, HoldSet, SetRules
from monitor.accel.limb import Vector

UP: Vector = (1.0, 0.0, 0.0)
LEVEL: Vector = (0.0, 1.0, 0.0)


def after(*holds: tuple[float, float], poses: tuple[Vector, ...] = (UP,), least_count: int = 2) -> HoldSet:
    """(start, seconds) of each."""
    found = HoldSet(SetRules(least_count=least_count, pause_max_s=45.0))
    for number, (start_s, lasts_s) in enumerate(holds):
        found.add(Hold(start_s, start_s + lasts_s, poses[number % len(poses)]))
    return found


def test_a_single_hold_is_not_believed_and_a_second_one_alike_brings_the_first() -> None:
    assert after((0, 30)).held_s == 0.0
    assert after((0, 30), (40, 25)).held_s == 55.0


@pytest.mark.parametrize("second", [(40, 12), (40, 70), (80, 30)], ids=["shorter", "longer", "later"])
def test_what_is_not_alike_or_not_soon_is_no_set(second: tuple[float, float]) -> None:
    assert after((0, 30), second).held_s == 0.0


def test_another_pose_is_another_thing() -> None:
    assert after((0, 30), (40, 30), poses=(UP, LEVEL)).held_s == 0.0


def test_a_set_goes_on_and_what_comes_much_later_is_none_of_it() -> None:
    assert after((0, 20), (30, 20), (60, 22), least_count=3).held_s == 62.0
    found = after((0, 30), (40, 30), (200, 30))
    assert found.held_s == 60.0
    assert found.may_go_on(240.0)
    assert not found.may_go_on(290.0)
