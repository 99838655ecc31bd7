from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.model import AccelBlock, Quality
from monitor.wearables.readings import Readings, Vector

SEATED, UPRIGHT = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)
RATE_HZ = 1 / 1.285


def times(blocks: list[AccelBlock]) -> list[float]:
    return [t_s for block in blocks for t_s in block.t_s.tolist()]


def test_the_first_still_reading_counts_and_nothing_is_known_of_before() -> None:
    (block,) = Readings(RATE_HZ).take(100.2, SEATED, still=True)
    assert times([block]) == [100.2]
    assert block.xyz_g.tolist() == [list(SEATED)]
    assert block.gap_before_s is None
    assert block.quality == Quality.LOW_RATE


def test_between_two_undisturbed_readings_every_second_is_known_from_the_nearer_one() -> None:
    readings = Readings(RATE_HZ)
    readings.take(100.2, SEATED, still=True)
    (block,) = readings.take(103.9, (0.9, 0.1, 0.0), still=True)
    assert times([block]) == [101.5, 102.5, 103.9]
    assert block.xyz_g[:, 0].tolist() == pytest.approx([1.0, 0.9, 0.9])
    assert block.gap_before_s == 0.0
    assert block.quality == Quality.LOW_RATE | Quality.INTERPOLATED_TIME


def test_a_longer_silence_stays_a_gap() -> None:
    readings = Readings(RATE_HZ)
    readings.take(100.0, SEATED, still=True)
    (block,) = readings.take(105.0, SEATED, still=True)
    assert times([block]) == [105.0]
    assert block.gap_before_s == pytest.approx(5.0 - 1.285)


def test_one_reading_in_movement_is_nothing_and_nothing_is_filled_in_across_it() -> None:
    readings = Readings(RATE_HZ)
    readings.take(100.2, SEATED, still=True)
    assert readings.take(101.5, UPRIGHT, still=False) == []
    assert times(readings.take(102.8, UPRIGHT, still=True)) == [102.8]


def test_readings_in_movement_are_believed_on_average_when_they_agree() -> None:
    readings = Readings(RATE_HZ)
    swings = [(0.3, 1.2, 0.0), (-0.3, 0.9, 0.1), (0.2, 1.1, 0.0), (-0.2, 0.8, 0.0), (0.0, 1.0, -0.1)]
    taken = [readings.take(100.0 + 1.3 * k, swing, still=False) for k, swing in enumerate(swings)]
    assert taken[:4] == [[]] * 4
    (block,) = taken[4]
    assert block.xyz_g[0].tolist() == pytest.approx([0.0, 1.0, 0.0], abs=1e-6)


def test_readings_that_tumble_are_not_believed() -> None:
    readings = Readings(RATE_HZ)
    ways: list[Vector] = [(1, 0, 0), (0, 1, 0), (0, 0, 1), (-1, 0, 0), (0, -1, 0), (0.0, 0.0, 0.0)]
    assert all(readings.take(100.0 + k, way, still=False) == [] for k, way in enumerate(ways))


def test_readings_in_movement_that_are_too_old_do_not_help() -> None:
    readings = Readings(RATE_HZ)
    assert all(readings.take(100.0 + 3.0 * k, UPRIGHT, still=False) == [] for k in range(8))


def test_a_new_life_is_a_new_segment_and_connects_with_nothing() -> None:
    readings = Readings(RATE_HZ)
    readings.take(100.0, SEATED, still=True)
    readings.renew()
    (block,) = readings.take(101.3, SEATED, still=True)
    assert (block.segment, block.gap_before_s) == (2, None)


@given(st.lists(st.tuples(st.floats(0.01, 20.0), st.booleans()), max_size=60))
def test_times_always_grow_and_no_sample_is_older_than_a_posture_may_wait(steps: list[tuple[float, bool]]) -> None:
    readings, now_s, last_s = Readings(RATE_HZ), 1.8e9, 0.0
    for step_s, still in steps:
        now_s += step_s
        for block in readings.take(now_s, SEATED, still):
            assert (np.diff(block.t_s) > 0).all()
            assert block.t_s[0] > last_s
            assert block.t_s[0] > now_s - 4.0
            last_s = float(block.t_s[-1])
