"""The two lines: what they learn and what does not mislead them."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.wearables.clock_lines import HostLine, IndexLine


def test_the_true_rate_is_learned_from_the_stamps() -> None:
    line = IndexLine(40_000.0)
    for second in range(120):
        line.learn(25 * second, 1e6 * second * 1.03)
    assert line.period_us == pytest.approx(41_200.0, rel=1e-6)
    assert line.at(3000) == pytest.approx(3000 * 41_200.0)


def test_a_wild_stamp_does_not_tilt_the_line() -> None:
    line = IndexLine(40_000.0)
    for second in range(60):
        line.learn(25 * second, 1e6 * second + (5e6 if second == 30 else 0))
    assert line.period_us == pytest.approx(40_000.0, rel=1e-4)


def test_three_stamps_elsewhere_are_a_new_line() -> None:
    line = IndexLine(40_000.0)
    for second in range(20):
        line.learn(25 * second, 1e6 * second)
    found = [line.learn(25 * second, 1e6 * second + 2e5) for second in range(20, 24)]
    assert found[-1] == pytest.approx(23.2e6)
    assert line.at(25 * 24) == pytest.approx(24.2e6, abs=1e4)


def arrivals(line: HostLine, seconds: int, drift: float, late_s: float, seed: int = 1) -> None:
    rng = np.random.default_rng(seed)
    for second in range(seconds):
        line.arrived(second * (1 - drift), 1000.0 + second + rng.uniform(0, late_s))


def test_arrivals_alone_give_the_earliest() -> None:
    line = HostLine(5e-4)
    arrivals(line, 300, 0.0, 0.3)
    assert line.at(300.0) == pytest.approx(1300.0, abs=0.02)


@pytest.mark.parametrize("drift", [2e-4, -2e-4])
def test_few_arrivals_that_are_all_held_up_do_not_make_it_late(drift: float) -> None:
    errors_s = []
    for seed in range(30):
        line, rng = HostLine(5e-4), np.random.default_rng(seed)
        for second in range(0, 90, 2):
            line.arrived(second * (1 - drift), 1000.0 + second + rng.uniform(0, 0.04) + rng.exponential(0.03))
        errors_s.append(line.at(90.0 * (1 - drift)) - 1090.0)
    assert np.sqrt(np.mean(np.square(errors_s))) < 0.0115


def test_what_comes_without_delay_is_not_taken_for_late_by_a_drift_still_unknown() -> None:
    line = HostLine(5e-4)
    arrivals(line, 60, -2e-4, 0.0)
    assert line.at(59 * (1 + 2e-4)) == pytest.approx(1059.0, abs=1e-4)


def test_the_drift_is_learned_within_ten_minutes() -> None:
    line = HostLine(5e-4)
    arrivals(line, 600, 2e-4, 0.3)
    assert line.drift == pytest.approx(2e-4, abs=4e-5)


def test_an_exchange_bounds_from_both_sides() -> None:
    line = HostLine(5e-4)
    line.exchanged(999.0, 0.0, 1001.0)
    assert line.at(0.0) == pytest.approx(1000.0)
    line.exchanged(1009.9, 10.0, 1010.1)
    assert line.at(10.0) == pytest.approx(1010.0, abs=0.05)


def test_a_clock_that_was_set_is_noticed() -> None:
    line = HostLine(5e-4)
    line.exchanged(999.9, 0.0, 1000.1)
    assert not line.contradicts(1009.9, 10.0, 1010.1, 5.0)
    assert line.contradicts(4609.9, 10.0, 4610.1, 5.0)


def test_the_drift_survives_forgetting() -> None:
    line = HostLine(5e-4)
    arrivals(line, 600, 2e-4, 0.05)
    line.forget()
    assert not line.known
    line.arrived(1e6, 2e6)
    assert line.drift == pytest.approx(2e-4, abs=4e-5)


def test_the_way_back_is_the_inverse() -> None:
    line = HostLine(5e-4)
    arrivals(line, 600, 1e-4, 0.1)
    assert line.device_at(line.at(123.0)) == pytest.approx(123.0)


def test_packets_held_up_for_seconds_are_no_scatter_to_be_taken_off() -> None:
    even, held = HostLine(500e-6), HostLine(500e-6)
    for number in range(20):
        even.arrived(float(number), number + 0.002 * (number % 3))
        held.arrived(float(number), number + 0.002 * (number % 3) + (4.0 if number % 2 else 0.0))
    assert held.at(20.0) == pytest.approx(even.at(20.0), abs=0.021)
