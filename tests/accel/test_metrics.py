"""Formulas against numbers that can be checked by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from monitor.accel import metrics


def powers(values: NDArray[np.float64]) -> tuple[NDArray[np.float64], ...]:
    """Means of the first three powers."""
    return tuple(np.array([(values**power).mean()]) for power in (1, 2, 3))


def test_angles_of_known_directions() -> None:
    x, y = np.array([[2.0, 0.0, 0.0]]), np.array([[0.0, 3.0, 0.0]])
    assert metrics.angle_deg(x, y)[0] == pytest.approx(90.0)
    assert metrics.angle_deg(x, -x)[0] == pytest.approx(180.0)
    assert metrics.angle_deg(x, x + y / 1.5)[0] == pytest.approx(45.0)


def test_no_direction_has_no_angle() -> None:
    assert np.isnan(metrics.angle_deg(np.zeros((1, 3)), np.ones((1, 3)))).all()
    assert np.isnan(metrics.unit(np.zeros((1, 3)))).all()


def test_the_power_of_a_sine_is_half_its_squared_amplitude() -> None:
    sine = 0.4 * np.sin(2 * np.pi * 8 * np.arange(50) / 50)[None]
    power = metrics.power_spectrum(sine)
    assert power[0, 7:10].sum() == pytest.approx(0.08)
    assert power.sum() == pytest.approx(0.08)


def test_a_swing_is_most_like_itself_one_period_later() -> None:
    place = np.arange(50)
    swing = np.stack([np.sin(2 * np.pi * place / 12), np.cos(2 * np.pi * place / 12)])[:, None]
    similar = metrics.autocorrelation(swing, 26)
    assert similar[0, 0] == pytest.approx(1.0)
    assert similar[0, 12] == pytest.approx(1.0)
    assert similar[0, 6] == pytest.approx(-1.0)


def test_constant_signals_have_no_shape() -> None:
    assert metrics.skewness(*powers(np.zeros(50))) == 0.0
    assert (metrics.autocorrelation(np.zeros((3, 1, 50)), 26) == 0.0).all()


def test_impacts_skew_upwards() -> None:
    values = np.zeros(50)
    values[::10] = 1.0
    for offset in (0.0, 0.5):
        assert metrics.skewness(*powers(values + offset)) == pytest.approx(8 / 3)


@given(st.integers(1, 60), st.integers(1, 40), st.integers(0, 1000))
def test_a_sum_over_rows_has_the_same_bits_alone_and_among_others(rows: int, columns: int, seed: int) -> None:
    values = np.random.default_rng(seed).normal(size=(2, rows, columns)) * 1000.0 ** np.arange(rows)[:, None] % 7.0
    together = metrics.total(values)
    one_by_one = values[:, 0].copy()
    for row in range(1, rows):
        one_by_one = one_by_one + values[:, row]
    assert (together == one_by_one).all()
    for column in range(columns):
        assert (metrics.total(values[..., column : column + 1])[..., 0] == together[..., column]).all()
    assert (metrics.total(np.asfortranarray(values)) == together).all()


def test_a_peak_lies_between_the_columns() -> None:
    place, height = metrics.peak_position(
        np.array([[0.0, 0.0, 3.0, 4.0, 3.0, 0.0], [0.0, 1.0, 4.0, 4.0, 1.0, 0.0]]), 1, 4
    )
    assert place.tolist() == [3.0, 2.5]
    assert height.tolist() == [4.0, 4.0]
