"""What confidence is worth."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.evaluation.calibration import Calibration


def test_calibration_error_and_auroc_by_hand() -> None:
    calibration = Calibration()
    calibration.add(np.array([0.95] * 10), np.array([True] * 9 + [False]))
    calibration.add(np.array([0.55] * 10), np.array([True] * 4 + [False] * 6))
    assert calibration.reliability() == [(pytest.approx(0.55), 0.4, 10), (pytest.approx(0.95), 0.9, 10)]
    assert calibration.expected_error() == pytest.approx(0.5 * 0.15 + 0.5 * 0.05)
    # right 9 high, 4 low; wrong 1 high, 6 low: 9 x 6 won, 9 x 1 and 4 x 6 tied, 4 x 1 lost, of 91
    assert calibration.auroc() == pytest.approx((54 + 0.5 * 33) / 91)
    assert calibration.wrong_s() == 7


def test_without_a_wrong_second_nothing_can_be_told_apart() -> None:
    calibration = Calibration()
    calibration.add(np.array([0.9, 1.0]), np.array([True, True]))
    assert np.isnan(calibration.auroc())
