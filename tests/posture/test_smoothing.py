"""Decisions that do not flicker, whatever the cuts."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from monitor.posture.smoothing import Holding, Hysteresis


def test_in_between_it_stays_as_it_was() -> None:
    values = np.array([46.0, 49.0, 46.0, np.nan, 45.0, 43.0, 46.0, 48.0])
    assert Hysteresis().advance(values, 44.0, 48.0).tolist() == [False, True, True, True, True, False, False, False]


@given(st.lists(st.floats(0, 90), max_size=30), st.integers(0, 30))
def test_hysteresis_does_not_depend_on_the_cut(values: list[float], cut: int) -> None:
    column, parted = np.array(values), Hysteresis()
    parts = [parted.advance(column[:cut], 40.0, 50.0), parted.advance(column[cut:], 40.0, 50.0)]
    assert np.concatenate(parts).tolist() == Hysteresis().advance(column, 40.0, 50.0).tolist()


def test_it_holds_for_the_time_and_no_longer() -> None:
    holding = Holding()
    first = holding.advance(np.array([0.0, 1.0]), np.array([False, True]), 3.0)
    later = holding.advance(np.array([2.0, 4.0, 5.0]), np.zeros(3, bool), 3.0)
    assert first.tolist() == [False, True]
    assert later.tolist() == [True, True, False]
