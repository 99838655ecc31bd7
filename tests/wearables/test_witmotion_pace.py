"""The rate of a device that does not say it."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.wearables.witmotion.pace import Pace

RATES_HZ = [1, 5, 10, 20, 50, 100, 200]


@pytest.mark.parametrize("rate_hz", [1, 5, 10, 20, 50, 100, 200])
@pytest.mark.parametrize("batch", [1, 5])
def test_the_rate_is_measured_through_jitter(rate_hz: int, batch: int) -> None:
    pace, rng = Pace(), np.random.default_rng(1)
    for first in range(0, 30 * rate_hz, batch):
        pace.heard(batch, 1000.0 + first / (rate_hz * 1.03) + 0.05 * rng.random())
    measured_hz = pace.measured_hz(RATES_HZ)
    assert measured_hz == rate_hz


def test_nothing_is_said_too_soon_and_it_is_said_once() -> None:
    pace = Pace()
    for place in range(50):
        pace.heard(1, 1000.0 + place / 10)
        assert pace.measured_hz(RATES_HZ) is None
    pace.heard(1, 1005.0)
    assert pace.measured_hz(RATES_HZ) == 10
    assert pace.measured_hz(RATES_HZ) is None


def test_time_that_runs_sixty_times_as_fast_is_no_pause() -> None:
    pace = Pace()
    for turn in range(20):
        for _ in range(60):  # all that was sampled in 50 ms of wall time
            pace.heard(1, 1000.0 + 3.0 * turn)
    assert pace.measured_hz(RATES_HZ) == 20


def test_a_pause_begins_the_count_anew() -> None:
    pace = Pace()
    for at_s in (0.0, 0.1, 0.2, 60.0, 60.1, 60.2, 60.3, 60.4):
        pace.heard(1, at_s)
    assert pace.measured_hz(RATES_HZ) is None
    assert pace.first_s == 60.0
