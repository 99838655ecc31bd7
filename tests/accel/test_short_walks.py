"""A few steps teach only between two pauses in the pose in which they were made."""

from __future__ import annotations

import numpy as np

from monitor.accel.epochs import take
from monitor.accel.metrics import angle_deg
from monitor.accel.mounting import Mounting
from monitor.accel.short_walks import ShortWalk, ShortWalks
from monitor.accel.stepping import SteppingRules, sure_steps
from monitor.accel.wear import Wear
from monitor.model import Epochs
from tests.support.wearers import rotation, rows_of, wear

UP = np.array([-1.0, 0.0, 0.0])


def walks_in(rows: Epochs) -> dict[int, ShortWalk]:
    return ShortWalks().advance(rows, sure_steps(rows, SteppingRules()))


def test_standing_a_few_steps_standing_is_a_short_walk() -> None:
    found = walks_in(rows_of(wear(("stand", 20), ("walk", 5), ("stand", 20))))
    assert len(found) == 1
    (row, walk), *_ = found.items()
    assert 26 <= row <= 32
    assert walk.begin_s < 1020
    assert angle_deg(np.array(walk.direction), UP) < 10


def test_steps_between_sitting_and_sitting_are_none() -> None:
    assert not walks_in(rows_of(wear(("sit", 20), ("walk", 5), ("sit", 20))))


def test_a_pause_before_alone_is_not_enough() -> None:
    assert not walks_in(rows_of(wear(("stand", 20), ("walk", 5), ("sit", 30))))


def test_a_long_walk_is_no_short_one() -> None:
    assert not walks_in(rows_of(wear(("stand", 20), ("walk", 50), ("stand", 20))))


def test_a_pause_on_the_other_side_of_a_gap_does_not_count() -> None:
    rows = rows_of(wear(("stand", 20), ("walk", 5), ("stand", 20)))
    gap = rows.start_s >= 1027
    assert not walks_in(take(rows, ~(gap & (rows.start_s < 1043))))


def test_one_short_walk_is_not_believed_and_two_are() -> None:
    once = rows_of(wear(("stand", 20), ("walk", 5), ("stand", 30), ("sit", 30)))
    twice = rows_of(wear(("stand", 20), ("walk", 5), ("stand", 30), ("walk", 5), ("stand", 20), ("sit", 30)))
    assert np.isnan(Mounting().advance(once, Wear().advance(once)).direction).all()
    direction = Mounting().advance(twice, Wear().advance(twice)).direction
    assert angle_deg(direction[-1], UP) < 10


def test_two_short_walks_in_different_directions_are_not_believed() -> None:
    one, two = (wear(("stand", 20), ("walk", 5), ("stand", 20)) for _ in range(2))
    rows = rows_of(one.followed_by(two.turned(rotation(3))))
    assert np.isnan(Mounting().advance(rows, Wear().advance(rows)).direction).all()


def test_row_by_row_finds_the_same() -> None:
    rows = rows_of(wear(("stand", 20), ("walk", 5), ("stand", 9), ("walk", 4), ("stand", 20)))
    single: dict[int, ShortWalk] = {}
    walks = ShortWalks()
    for k in range(len(rows)):
        one = take(rows, slice(k, k + 1))
        for walk in walks.advance(one, sure_steps(one, SteppingRules())).values():
            single[k] = walk
    assert single == walks_in(rows)
    assert len(walks.start_s) <= 64
