"""Rising and sinking, from the strength of the pull alone."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.accel.heights import Heights, HeightStep
from monitor.accel.limb import Binning
from tests.support.lunging import Way, trunk
from tests.support.wearers import Recording, rotation


def steps(recording: Recording) -> list[HeightStep]:
    """Those that could be a lunge; noise alone looks like up to 0.13 m."""
    bins, heights = Binning().feed(recording.t_s, recording.xyz_g), Heights()
    found = [heights.see(*each) for each in zip(bins.at_s.tolist(), bins.strength_g.tolist(), strict=True)]
    return [step for step in found if step is not None and abs(step.rise_m) > 0.14]


@pytest.mark.parametrize("rate_hz", [12.5, 25.0, 100.0])
@pytest.mark.parametrize(("rise_m", "lasts_s"), [(-0.25, 0.8), (-0.4, 1.4), (0.3, 2.2), (0.45, 1.0)])
def test_a_way_up_or_down_is_measured_and_timed(rise_m: float, lasts_s: float, rate_hz: float) -> None:
    (step,) = steps(trunk(Way(10.0), Way(15.0, lasts_s, rise_m), rate_hz=rate_hz))
    assert step.rise_m == pytest.approx(rise_m, abs=0.06)
    assert step.start_s == pytest.approx(1011.4, abs=0.4)
    assert step.end_s == pytest.approx(1011.4 + lasts_s, abs=0.4)


def test_neither_the_mounting_nor_an_uncalibrated_sensor_matters() -> None:
    recording = trunk(Way(10.0), Way(15.0, 1.4, -0.35))
    for seed in range(3):
        off = recording.turned(rotation(seed))
        (step,) = steps(Recording(off.t_s, off.xyz_g * np.float32(1.1), off.rate_hz))
        assert step.rise_m == pytest.approx(-0.385, abs=0.05)


def test_swaying_and_standing_are_no_ways() -> None:
    assert steps(trunk(Way(5.0), Way(5.0, 2.0, -0.05), Way(5.0, 2.0, 0.05), Way(20.0, 1.0, turn_deg=20.0))) == []


def test_a_way_with_a_hole_in_it_says_nothing() -> None:
    recording = trunk(Way(10.0), Way(15.0, 1.4, -0.35))
    keep = np.abs(recording.t_s - 1012.0) > 0.4
    assert steps(Recording(recording.t_s[keep], recording.xyz_g[keep], recording.rate_hz)) == []
