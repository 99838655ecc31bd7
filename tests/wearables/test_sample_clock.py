"""Sample times: strictly increasing, gentle, and true within 20 ms on a simulated radio."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest

from monitor.model import Floats
from monitor.wearables.sample_clock import SampleClock, SampleClockRules, unwrap

BOOT_S, START_S = 1.8e9 - 4321.5, 1.8e9


@dataclass
class Radio:
    """A device with a wrong clock and a wrong rate behind a late and lossy air."""

    seed: int
    drift: float = 2e-4
    rate_error: float = 0.03
    jitter_s: float = 0.3
    least_s: float = 0.02
    lost: float = 0.1
    batch: int = 25
    stamped: bool = True
    exchanges: bool = True

    def run(self, clock: SampleClock, duration_s: float) -> tuple[Floats, Floats, Floats]:
        """Given and true times of the samples that came, and the times of the last sample of each block."""
        rng, rate_hz = np.random.default_rng(self.seed), 25.0 * (1 + self.rate_error)
        given, true, ends = [], [], []
        next_exchange_s, count = START_S, 0
        for first in range(0, int(duration_s * rate_hz), self.batch):
            last_s = START_S + (first + self.batch - 1) / rate_hz
            while self.exchanges and next_exchange_s <= last_s:
                there_s, back_s = self.least_s + self.jitter_s * rng.random(2)
                sent_s = next_exchange_s
                clock.synchronise(sent_s, self.device_us(sent_s + there_s), sent_s + there_s + back_s)
                count += 1
                rough = clock.host.uncertainty_s > 0.03 and count < 30
                next_exchange_s += 0.5 if count < 6 else 15.0 if rough else 600.0
            if rng.random() < self.lost:
                continue
            stamp = self.device_us(last_s) if self.stamped else None
            arrived_s = last_s + self.least_s + self.jitter_s * rng.random()
            times = clock.place(first, self.batch, stamp, arrived_s)
            given.append(times)
            true.append(START_S + np.arange(first, first + self.batch) / rate_hz)
            ends.append(times[-1])
        return np.concatenate(given), np.concatenate(true), np.array(ends)

    def device_us(self, at_s: float) -> int:
        return int((at_s - BOOT_S) * (1 + self.drift) * 1e6)


def rms_ms(error_s: Floats) -> float:
    return float(1e3 * np.sqrt((error_s**2).mean()))


def test_times_are_true_within_20_ms_rms() -> None:
    """Drift of 200 ppm, 3 % wrong rate, arrivals and both ways of an exchange up to 300 ms late, a tenth lost."""
    squares = []
    for seed in range(4):
        for drift, rate_error in ((2e-4, 0.03), (-2e-4, -0.03)):
            given_s, true_s, _ = Radio(seed, drift, rate_error).run(SampleClock(25.0), 1500.0)
            assert (np.diff(given_s) > 0).all()
            late = true_s > START_S + 60
            squares.append(np.mean((given_s - true_s)[late] ** 2))
    assert 1e3 * np.sqrt(np.mean(squares)) < 20.0


def test_a_quiet_radio_gives_times_within_5_ms() -> None:
    given_s, true_s, _ = Radio(1, jitter_s=0.03, least_s=0.005, lost=0.0).run(SampleClock(25.0), 1200.0)
    assert rms_ms((given_s - true_s)[2000:]) < 5.0


def test_samples_of_two_bytes_packets_are_as_good() -> None:
    radio = Radio(1, batch=2)
    clock, rate_hz = SampleClock(25.0), 25.0 * 1.03
    rng, errors = np.random.default_rng(3), []
    for there_s, back_s in 0.02 + 0.05 * rng.random((8, 2)):
        clock.synchronise(START_S, radio.device_us(START_S + there_s), START_S + there_s + back_s)
    for first in range(0, 15000, 2):
        last_s = START_S + (first + 1) / rate_hz
        stamp = radio.device_us(last_s) if first % 26 == 0 else None
        times = clock.place(first, 2, stamp, last_s + 0.02 + 0.3 * rng.random())
        errors += list(times - (START_S + np.arange(first, first + 2) / rate_hz))
    assert rms_ms(np.array(errors)[1000:]) < 20.0


def test_a_device_without_stamps_is_mapped_by_its_arrivals() -> None:
    clock = SampleClock(25.0, SampleClockRules(max_drift_ppm=50_000))
    given_s, true_s, _ = Radio(2, stamped=False, exchanges=False, lost=0.0).run(clock, 1200.0)
    assert (np.diff(given_s) > 0).all()
    assert rms_ms((given_s - true_s)[3000:]) < 40.0


def test_once_settled_the_pace_changes_by_5_ms_a_second_at_most() -> None:
    clock = SampleClock(25.0)
    _, _, ends = Radio(4, lost=0.0).run(clock, 1500.0)
    steps_s = np.diff(ends[60:])
    assert abs(steps_s - np.median(steps_s)).max() < 0.012


def test_a_missing_stretch_keeps_its_length() -> None:
    clock = SampleClock(25.0)
    for first in [*range(0, 1500, 25), *range(3000, 3100, 25)]:
        at_s = START_S + (first + 24) / 25
        times = clock.place(first, 25, int((at_s - BOOT_S) * 1e6), at_s + 0.05)
    assert times[-1] == pytest.approx(START_S + 3099 / 25, abs=0.06)


def test_the_48_bit_clock_may_wrap() -> None:
    clock, wrap = SampleClock(25.0), 1 << 48
    for first in range(0, 2000, 25):
        at_s = START_S + (first + 24) / 25
        times = clock.place(first, 25, (wrap - 40_000_000 + (first + 24) * 40_000) % wrap, at_s)
        assert times[-1] == pytest.approx(at_s, abs=0.001)


def test_unwrapping_takes_the_nearest() -> None:
    assert unwrap(5, None) == 5.0
    assert unwrap(5, float((1 << 48) - 10)) == float((1 << 48) + 5)
    assert unwrap((1 << 48) - 5, float((1 << 48) + 10)) == float((1 << 48) - 5)


def test_a_reboot_goes_on_after_what_was_there() -> None:
    clock = SampleClock(25.0)
    for first in range(0, 500, 25):
        clock.place(first, 25, (first + 24) * 40_000, START_S + (first + 24) / 25)
    last_s = clock.floor_s
    assert last_s is not None
    clock.restart(25.0)
    times = clock.place(0, 25, 960_000, last_s + 0.5)  # sooner than the samples can have been taken
    assert times[0] > last_s
    assert (np.diff(times) > 0).all()


def test_a_host_clock_set_forward_is_followed_at_once() -> None:
    clock = SampleClock(25.0)
    for first in range(0, 1000, 25):
        at_s = START_S + (first + 24) / 25 + (3600.0 if first >= 500 else 0.0)
        device_us = (first + 24) * 40_000
        if first % 500 == 0:
            clock.synchronise(at_s - 0.01, device_us, at_s + 0.01)
        times = clock.place(first, 25, device_us, at_s)
    assert times[-1] == pytest.approx(START_S + 3600 + 999 / 25, abs=0.1)


def test_a_host_clock_set_back_never_makes_times_go_back() -> None:
    clock, all_times = SampleClock(25.0), []
    for first in range(0, 5000, 25):
        at_s = START_S + (first + 24) / 25 - (60.0 if first >= 500 else 0.0)
        device_us = (first + 24) * 40_000
        if first % 500 == 0:
            clock.synchronise(at_s - 0.01, device_us, at_s + 0.01)
        all_times += list(clock.place(first, 25, device_us, at_s))
    assert (np.diff(all_times) > 0).all()
    assert all_times[-1] - at_s < 12.0


def test_after_a_discontinuity_the_stamp_says_where_time_is() -> None:
    clock = SampleClock(25.0)
    for first in range(0, 1000, 25):
        clock.place(first, 25, (first + 24) * 40_000, START_S + (first + 24) / 25)
    # The device jumps by 25 samples, but three seconds have passed.
    times = clock.place(1025, 25, 1049 * 40_000 + 2_000_000, START_S + 1049 / 25 + 2, discontinuity=True)
    assert times[-1] == pytest.approx(START_S + 1049 / 25 + 2, abs=0.05)


def test_the_first_block_without_a_stamp_is_placed_by_its_arrival() -> None:
    clock = SampleClock(25.0)
    clock.synchronise(START_S - 0.01, 77_000_000, START_S + 0.01)
    times = clock.place(10, 2, None, START_S + 5.0)
    assert times[-1] == pytest.approx(START_S + 5.0, abs=0.05)
