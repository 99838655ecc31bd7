"""The chip: its own pace, its own clock, its own faults, the same for everybody who asks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from firmware_sim.sensor import Samples, Sensor, SensorRules

PERFECT = SensorRules(noise_mg=0, gain_error=0, offset_mg=0, drift_ppm=0, rate_error=0)


class Steady:
    """A body that pulls the same way for ever."""

    def __init__(self, *force_g: float) -> None:
        self._force_g = force_g

    def acceleration_g(self, elapsed_s: np.ndarray) -> np.ndarray:
        return np.tile(self._force_g, (len(elapsed_s), 1))


def test_a_perfect_chip_counts_4096_a_g() -> None:
    samples = Sensor(Steady(0.5, -1.0, 0.25), 1, PERFECT).read(1.0)
    assert samples.counts[0].tolist() == [2048, -4096, 1024]


def test_a_sample_comes_every_period_and_carries_the_device_clock() -> None:
    samples = Sensor(Steady(0, 0, 1), 1, PERFECT).read(1.0)
    assert samples.device_us.tolist() == list(range(40_000, 1_000_001, 40_000))


def test_a_fast_clock_and_a_fast_chip_are_told_apart() -> None:
    rules = replace(PERFECT, drift_ppm=100.0, rate_error=0.01)
    sensor = Sensor(Steady(0, 0, 1), 1, rules)
    samples = sensor.read(1000.0)
    assert len(samples.counts) == 25_250
    assert samples.device_us[-1] == pytest.approx(1000.1e6, abs=2)
    assert sensor.device_us(2000.0) == 2000_200_000


@pytest.mark.parametrize("range_g", [2, 4, 8])
def test_beyond_its_range_it_clips_and_says_so(range_g: int) -> None:
    sensor = Sensor(Steady(range_g + 1, -range_g - 1, 0), 1, PERFECT)
    sensor.start(0.0, 25.0, range_g)
    samples = sensor.read(0.1)
    assert samples.clipped.all()
    assert samples.counts[0].tolist() == [range_g * 4096 - 1, -range_g * 4096, 0]


def test_a_restarted_chip_begins_a_period_after_its_start() -> None:
    sensor = Sensor(Steady(0, 0, 1), 1, PERFECT)
    sensor.read(10.0)
    sensor.start(10.0, 50.0, 8)
    assert sensor.read(10.1).device_us.tolist() == [10_020_000, 10_040_000, 10_060_000, 10_080_000, 10_100_000]


def test_a_reboot_sets_the_device_clock_to_zero() -> None:
    sensor = Sensor(Steady(0, 0, 1), 1, PERFECT)
    sensor.boot(100.0)
    assert sensor.device_us(101.5) == 1_500_000


def test_the_noise_is_as_large_as_it_should_be() -> None:
    counts = Sensor(Steady(0, 0, 0), 1, SensorRules(noise_mg=4.0)).read(400.0).counts
    assert counts.std(axis=0) == pytest.approx(np.full(3, 4.0 * 4.096), rel=0.05)


def test_another_seed_is_another_chip() -> None:
    one, other = (Sensor(Steady(0, 0, 1), seed).read(10.0).counts.mean(axis=0) for seed in (1, 2))
    assert np.abs(one - other).max() > 10


@given(cuts=st.lists(st.floats(0.01, 60.0), min_size=1, max_size=8))
def test_how_often_it_is_read_makes_no_difference(cuts: list[float]) -> None:
    ends = np.cumsum(cuts)
    piecewise, at_once = Sensor(Steady(0, 0, 1), 3), Sensor(Steady(0, 0, 1), 3)
    joined = Samples.joined([piecewise.read(float(end)) for end in ends])
    whole = at_once.read(float(ends[-1]))
    assert (joined.counts == whole.counts).all()
    assert (joined.device_us == whole.device_us).all()


def test_its_offset_moves_as_it_takes_on_the_warmth_of_the_skin() -> None:
    rules = replace(PERFECT, offset_mg_per_c=2.0, warms_s=600.0)
    sensor = Sensor(Steady(0, 0, 0), 4, rules)
    assert (sensor.read(10.0).counts == 0).all()
    sensor.warm(10.0, 31.0)
    after_one = np.abs(sensor.read(610.0).counts[-1]).max()
    sensor.warm(610.0, 31.0)
    at_last = np.abs(sensor.read(6000.0).counts[-1]).max()
    assert after_one == pytest.approx(at_last * (1 - np.exp(-1)), abs=1.5)
    sensor.warm(6000.0, 23.0)
    assert np.abs(sensor.read(12000.0).counts[-1]).max() <= 1


def test_a_queue_in_the_chip_is_read_by_whole_fills_and_loses_nothing() -> None:
    queued = Sensor(Steady(0, 0, 1), 1, SensorRules(fifo_samples=32))
    parts = [queued.read(second * 0.5) for second in range(1, 41)]
    assert {len(part.counts) % 32 for part in parts} == {0}
    whole = Sensor(Steady(0, 0, 1), 1, SensorRules()).read(20.0)
    joined = Samples.joined(parts)
    assert len(whole.counts) - len(joined.counts) < 32
    assert (joined.counts == whole.counts[: len(joined.counts)]).all()


def test_a_stuck_chip_repeats_its_last_reading_and_keeps_its_pace() -> None:
    sensor = Sensor(Steady(0, 0, 1), 1)
    last = sensor.read(10.0).counts[-1]
    sensor.stuck = True
    samples = sensor.read(20.0)
    assert len(samples.counts) == 251
    assert (samples.counts == last).all()
    sensor.stuck = False
    assert len({tuple(row) for row in sensor.read(30.0).counts.tolist()}) > 50
