"""The beat of steps is the steps', not its overtone's."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.accel.epochs import EpochBuilder
from monitor.model import AccelBlock, Epochs


def shaken(*beats: tuple[float, float]) -> Epochs:
    """Rows of a sensor shaken along gravity by some (rate in Hz, strength in g)."""
    t_s = 1000.0 + np.arange(750) / 25.0
    along_g = 1.0 + sum(strength_g * np.sin(2 * np.pi * rate_hz * t_s) for rate_hz, strength_g in beats)
    xyz_g = np.stack([0 * t_s, 0 * t_s, along_g], axis=1).astype(np.float32)
    return EpochBuilder().feed(AccelBlock(t_s, xyz_g, 25.0, 0))


@pytest.mark.parametrize("rate_hz", [1.5, 1.9, 2.3, 2.8])
def test_a_single_beat_is_found_where_it_is(rate_hz: float) -> None:
    assert shaken((rate_hz, 0.3)).cadence_hz[2:-3] == pytest.approx(rate_hz, abs=0.08)


def test_a_louder_overtone_at_three_halves_is_not_the_beat() -> None:
    assert shaken((1.86, 0.22), (2.79, 0.25)).cadence_hz[2:-3] == pytest.approx(1.86, abs=0.1)


def test_a_runner_is_a_runner() -> None:
    assert shaken((1.4, 0.15), (2.8, 0.6)).cadence_hz[2:-3] == pytest.approx(2.8, abs=0.1)


def test_where_all_is_still_there_is_no_beat() -> None:
    assert (shaken((1.9, 0.01)).cadence_hz[2:-3] == 0).all()
