"""Samples without an index: their times, whatever a radio does to them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pytest

from monitor.model import AccelBlock, Floats
from monitor.wearables.stream import Stream

START_S, BOOT_S = 1.8e9, 1.8e9 - 4321.5


@dataclass
class Air:
    """A device with a wrong clock and a wrong rate behind a late, bursty and lossy air."""

    seed: int
    rate_hz: float = 50.0
    drift: float = 2e-4
    rate_error: float = 0.02
    batch: int = 10
    least_s: float = 0.008
    interval_s: float = 0.05
    """Connection events: what waits goes out together."""
    jitter_s: float = 0.06
    stalls: float = 0.004
    """Share of packets that a disturbed radio holds up, with all that follow, for up to a second."""
    lost: float = 0.02
    repeated: float = 0.01
    stamped: bool = True
    stamp_step_us: int = 1

    def packets(self, duration_s: float) -> Iterator[tuple[Floats, float, int | None]]:
        """True times of the samples, arrival, stamp."""
        rng, rate_hz = np.random.default_rng(self.seed), self.rate_hz * (1 + self.rate_error)
        free_s = 0.0
        for first in range(0, int(duration_s * rate_hz), self.batch):
            true_s = START_S + np.arange(first, first + self.batch) / rate_hz
            ready_s = true_s[-1] + self.least_s + self.jitter_s * rng.random() ** 2
            if rng.random() < self.stalls:
                ready_s += rng.random()
            free_s = max(free_s, ready_s)
            arrived_s = np.ceil(free_s / self.interval_s) * self.interval_s + 0.002 * rng.random()
            stamp = int((true_s[-1] - BOOT_S) * (1 + self.drift) * 1e6) // self.stamp_step_us * self.stamp_step_us
            for _ in range(1 + (rng.random() < self.repeated)):
                if rng.random() >= self.lost:
                    yield true_s, arrived_s, stamp if self.stamped else None


def still(count: int) -> Floats:
    return np.repeat([[0.0, 0.0, 1.0]], count, axis=0)


def run(air: Air, duration_s: float = 900.0) -> tuple[Floats, Floats, list[AccelBlock]]:
    """Given and true times of all delivered samples."""
    stream = Stream(air.rate_hz, stamped=air.stamped)
    stream.begin(air.rate_hz)
    given_s, true_s, blocks, last = [], [], [], None
    stream.lost()
    for true, at_s, stamp in air.packets(duration_s):
        if stamp is None and true[0] == last:
            continue  # what BlueZ repeats is told by its bytes: tested apart
        last = true[0]
        for block in stream.add(still(len(true)), at_s, stamp):
            blocks.append(block)
            given_s.append(block.t_s)
            true_s.append(true)
    return np.concatenate(given_s), np.concatenate(true_s), blocks


def rms_ms(error_s: Floats) -> float:
    return float(1e3 * np.sqrt((error_s**2).mean()))


WORLDS = [(seed, drift, error) for seed in range(3) for drift, error in ((2e-4, 0.02), (-2e-4, -0.02))]


@pytest.mark.parametrize(("rate_hz", "batch", "step_us"), [(25.0, 36, 1), (52.0, 8, 1000), (100.0, 25, 1)])
def test_stamped_times_are_true_within_20_ms_rms(rate_hz: float, batch: int, step_us: int) -> None:
    errors = []
    for seed, drift, rate_error in WORLDS:
        air = Air(seed, rate_hz, drift, rate_error, batch, stamp_step_us=step_us)
        given_s, true_s, blocks = run(air)
        assert (np.diff(given_s) > 0).all()
        assert {block.segment for block in blocks} == {0}
        errors.append((given_s - true_s)[true_s > START_S + 30])
    assert rms_ms(np.concatenate(errors)) < 20.0


@pytest.mark.parametrize(("rate_hz", "batch"), [(10.0, 1), (25.0, 1), (50.0, 1), (50.0, 5), (100.0, 8)])
def test_counted_times_are_true_within_100_ms_rms(rate_hz: float, batch: int) -> None:
    errors = []
    for seed, _, rate_error in WORLDS:
        air = Air(seed, rate_hz, 0.0, rate_error * 1.5, batch, stamped=False)
        given_s, true_s, _ = run(air, 200.0)
        assert (np.diff(given_s) > 0).all()
        errors.append(given_s - true_s)
    assert rms_ms(np.concatenate(errors)) < 100.0


def test_a_radio_without_loss_gives_counted_times_within_30_ms_rms() -> None:
    given_s, true_s, blocks = run(Air(5, 10.0, 0.0, -0.03, 1, lost=0.0, stamped=False))
    assert rms_ms(given_s - true_s) < 30.0
    assert not any(block.gap_before_s for block in blocks)


def test_a_rate_a_few_per_cent_off_is_no_loss() -> None:
    for rate_error in (-0.05, 0.05):
        *_, blocks = run(Air(1, 25.0, rate_error=rate_error, batch=36, lost=0.0), 60.0)
        assert not any(block.gap_before_s for block in blocks)


def test_times_of_a_jittered_change_only_device_are_true_within_100_ms_rms() -> None:
    """Ten polls a second, a third of them unchanged, arrivals up to 150 ms late."""
    stream, rng, errors = Stream(10.0, stamped=False, on_change=True), np.random.default_rng(1), []
    for poll in range(6000):
        true_s = START_S + poll / 9.7
        if rng.random() < 0.33:
            continue
        (block,) = stream.add(rng.normal(0, 1, (1, 3)), true_s + 0.01 + 0.15 * rng.random())
        errors.append(block.t_s[-1] - true_s)
    assert rms_ms(np.array(errors)) < 100.0
