"""Samples that are held back until there are some of them."""

from __future__ import annotations

import numpy as np

from monitor.model import AccelBlock
from monitor.wearables.gathered import GATHER_S, QUIET_S, Gathered
from monitor.wearables.stream import Stream

AT_S = 1.8e9
STILL = np.array([[0, 0, 1]], np.float32)


def test_nothing_is_due_before_its_time_and_everything_is_handed_on_at_once() -> None:
    gathered = Gathered()
    assert not gathered.is_due(AT_S)
    for number in range(10):
        gathered.add(STILL, AT_S + 0.04 * number)
    assert not gathered.is_due(AT_S + GATHER_S - 0.01)
    assert gathered.is_due(AT_S + GATHER_S)
    (block,) = gathered.handed_to(Stream(25.0, stamped=False))
    assert isinstance(block, AccelBlock)
    assert len(block.t_s) == 10
    assert not gathered.is_due(AT_S + 60.0)
    assert gathered.handed_to(Stream(25.0, stamped=False)) == []


def test_what_comes_after_a_silence_is_not_mixed_with_what_came_before() -> None:
    gathered = Gathered()
    gathered.add(STILL, AT_S)
    assert not gathered.is_due(AT_S + 0.9 * QUIET_S)
    assert gathered.is_due(AT_S + QUIET_S)


def test_the_stamp_handed_on_is_that_of_the_newest() -> None:
    stream, gathered = Stream(25.0), Gathered()
    gathered.add(np.tile(STILL, (4, 1)), AT_S, 160_000)
    gathered.add(np.tile(STILL, (4, 1)), AT_S + 0.16, 320_000)
    gathered.handed_to(stream)
    assert stream.past.stamp_us == 320_000
    assert gathered.stamp_us is None
