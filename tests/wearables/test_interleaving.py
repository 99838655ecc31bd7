"""Samples that come late lie between their neighbours, whatever their stamps say."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.wearables.interleaving import interleave
from monitor.wearables.sample_clock import Anchor

START_S = 1.8e9


def test_between_two_neighbours_times_follow_the_device_clock_scaled_to_meet_both() -> None:
    before, after = Anchor(9, START_S, 1e6), Anchor(12, START_S + 2.0, 5e6)
    times = interleave(10, 2, np.array([2e6, 4e6]), before, after, 0.04, 1.0)
    assert times - START_S == pytest.approx([0.5, 1.5])


@pytest.mark.parametrize("pace", [1.0, 1.01])
def test_beside_one_neighbour_they_run_at_the_learned_pace(pace: float) -> None:
    stamps_us = np.array([2e6, 4e6])
    later = interleave(10, 2, stamps_us, Anchor(9, START_S, 1e6), None, 0.04, pace)
    assert later - START_S == pytest.approx([pace, 3 * pace])
    earlier = interleave(10, 2, stamps_us, None, Anchor(12, START_S, 5e6), 0.04, pace)
    assert earlier - START_S == pytest.approx([-3 * pace, -pace])


def test_without_stamps_they_follow_the_index_and_leave_room_for_what_is_still_missing() -> None:
    times = interleave(50, 2, None, Anchor(0, START_S, 0.0), Anchor(100, START_S + 4.0, 4e6), 0.05, 1.0)
    assert times - START_S == pytest.approx([2.0, 2.04])


@given(
    device=st.lists(st.floats(0, 20e6), min_size=1, max_size=10).map(sorted),
    has_before=st.booleans(),
    has_after=st.booleans(),
    known=st.tuples(st.booleans(), st.booleans()),
    width_s=st.floats(0.01, 1000),
)
def test_late_samples_lie_strictly_between_their_neighbours(
    device: list[float], has_before: bool, has_after: bool, known: tuple[bool, bool], width_s: float
) -> None:
    before = Anchor(9, START_S, 1e6 if known[0] else None) if has_before or not has_after else None
    after = Anchor(30, START_S + width_s, 1.84e6 if known[1] else None) if has_after else None
    device_us = np.array(device) + np.arange(len(device))
    times = interleave(12, len(device), device_us, before, after, 0.04, 1.0)
    ordered = [*([before.at_s] if before else []), *times, *([after.at_s] if after else [])]
    assert (np.diff(ordered) > 0).all()
