"""Gain and offset are learned from still poses, turn with the sensor, and never do harm."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from monitor.accel.calibration import Calibration, fit_sphere
from monitor.accel.epochs import EpochBuilder, take
from monitor.accel.metrics import norm
from monitor.model import AccelBlock, Epochs
from tests.support.wearers import rotation

GAIN = np.diag([1.12, 0.93, 1.05])
OFFSET_G = np.array([0.08, -0.11, 0.05])


def poses(count: int, seed: int = 3) -> NDArray[np.float64]:
    directions = np.random.default_rng(seed).normal(size=(count, 3))
    return directions / np.linalg.norm(directions, axis=1)[:, None]


def rest(directions: NDArray[np.float64], seconds: int = 20) -> Epochs:
    """Rows of a sensor that rests in each direction for some seconds, measured by a faulty sensor."""
    measured_g = np.repeat((directions - OFFSET_G) @ np.linalg.inv(GAIN), seconds * 10, axis=0)
    measured_g += np.random.default_rng(1).normal(0, 0.003, measured_g.shape)
    block = AccelBlock(1000.0 + np.arange(len(measured_g)) / 10.0, measured_g.astype(np.float32), 10.0, 0)
    return EpochBuilder().feed(block)


def error_mg(rows: Epochs) -> NDArray[np.float64]:
    return 1000.0 * np.abs(norm(rows.mean_g) - 1.0)


def test_the_fit_finds_the_gain_and_offset_that_were_put_in() -> None:
    measured_g = (poses(40) - OFFSET_G) @ np.linalg.inv(GAIN)
    gain, offset_g = fit_sphere(measured_g, np.full(40, 1 / 40), ridge=0.0)
    assert gain == pytest.approx(GAIN, abs=0.01)
    assert offset_g == pytest.approx(OFFSET_G, abs=0.01)


def test_a_turned_sensor_gives_the_turned_fit() -> None:
    turn, measured_g = rotation(5), (poses(20) - OFFSET_G) @ np.linalg.inv(GAIN)
    gain, offset_g = fit_sphere(measured_g, np.full(20, 1 / 20), ridge=0.02)
    turned_gain, turned_offset_g = fit_sphere(measured_g @ turn.T, np.full(20, 1 / 20), ridge=0.02)
    assert turned_gain == pytest.approx(turn @ gain @ turn.T, abs=1e-6)
    assert turned_offset_g == pytest.approx(turn @ offset_g, abs=1e-6)


def test_rows_after_many_poses_measure_one_g() -> None:
    rows = rest(poses(40))
    calibration = Calibration()
    corrected = calibration.advance(rows).epochs(rows)
    assert calibration.calibrated
    assert error_mg(rows)[-200:].mean() > 60
    assert error_mg(corrected)[-200:].mean() < 15


def test_a_few_poses_change_nothing() -> None:
    rows = rest(poses(9), seconds=60)
    assert Calibration().advance(rows).epochs(rows).mean_g.tolist() == rows.mean_g.tolist()


def test_poses_of_one_side_only_change_nothing() -> None:
    one_sided = poses(400)
    rows = rest(one_sided[one_sided[:, 0] > 0.8][:30])
    calibration = Calibration()
    calibration.advance(rows)
    assert not calibration.calibrated


def test_what_is_no_sphere_is_not_fitted() -> None:
    rough = poses(40) * np.random.default_rng(2).uniform(0.7, 1.3, (40, 1))
    calibration = Calibration()
    calibration.advance(rest(rough))
    assert not calibration.calibrated


def test_a_true_sensor_is_left_alone() -> None:
    true_g = (poses(40) * 1.002) @ GAIN + OFFSET_G
    rows = rest(true_g)
    calibration = Calibration()
    calibration.advance(rows)
    assert np.abs(calibration.gain - np.eye(3)).max() < 0.02


def test_a_calibration_that_fits_no_more_is_thrown_away() -> None:
    calibration = Calibration()
    calibration.advance(rest(poses(40)))
    turned = rest(poses(2, seed=9))
    turn = rotation(2)
    moved = AccelBlock(9000.0 + np.arange(1200) / 10.0, np.repeat(turned.mean_g[5:6] @ turn.T * 1.1, 1200, 0), 10.0, 1)
    calibration.advance(EpochBuilder().feed(moved))
    assert not calibration.calibrated


def test_row_by_row_corrects_the_same() -> None:
    rows = rest(poses(25))
    whole, calibration = Calibration().advance(rows).epochs(rows), Calibration()
    single = [calibration.advance(one).epochs(one) for one in (take(rows, slice(k, k + 1)) for k in range(len(rows)))]
    for name in ("mean_g", "window_mean_g", "across_g", "step_power"):
        assert np.concatenate([getattr(one, name) for one in single]).tobytes() == getattr(whole, name).tobytes()


def test_many_poses_never_need_more_memory() -> None:
    calibration = Calibration()
    calibration.advance(rest(poses(300), seconds=12))
    assert len(calibration.poses) <= calibration.rules.poses_max
