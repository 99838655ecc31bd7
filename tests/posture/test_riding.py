"""A vehicle is a seat that shakes without a pause; whoever fidgets, or wears a noisy sensor, sits."""

from __future__ import annotations

import numpy as np

from monitor.model import Posture, PostureEpochs
from monitor.posture.thigh import Thigh
from tests.support.wearers import Recording, rows_of, wear

BEFORE = (("walk", 40.0), ("rest", 80.0))


def said(recording: Recording) -> PostureEpochs:
    return Thigh().advance(rows_of(recording, decides_after_s=5))


def quiet(recording: Recording, seed: int = 0) -> Recording:
    """The same from a sensor without noise to speak of: its rest is below 0.01 g."""
    rng = np.random.default_rng(seed)
    resting = slice(int(50 * recording.rate_hz), int(110 * recording.rate_hz))
    xyz_g = recording.xyz_g.copy()
    mean_g = xyz_g[resting].mean(axis=0)
    xyz_g[resting] = mean_g + rng.normal(0.0, 0.001, xyz_g[resting].shape)
    return Recording(recording.t_s, xyz_g, recording.rate_hz)


def test_a_shaking_seat_is_a_vehicle_after_some_minutes() -> None:
    rows = said(quiet(wear(*BEFORE, ("drive", 600), ("rest", 200))))
    assert Posture.VEHICLE not in set(rows.posture[:300])
    assert set(rows.posture[420:715]) == {Posture.VEHICLE}
    assert set(rows.posture[800:900]) == {Posture.SITTING}


def test_whoever_rests_in_between_sits() -> None:
    fidgeting = (("drive", 8.0), ("rest", 3.0)) * 60
    assert Posture.VEHICLE not in set(said(quiet(wear(*BEFORE, *fidgeting))).posture)


def test_a_sensor_that_was_never_at_rest_says_nothing_of_it() -> None:
    assert Posture.VEHICLE not in set(said(wear(("walk", 40), ("drive", 900))).posture)


def test_whoever_stands_on_a_shaking_floor_is_in_no_seat() -> None:
    shaking = wear(*BEFORE, ("drive", 600))
    upright = wear(("stand", 600))
    last = slice(int(120 * shaking.rate_hz), None)
    xyz_g = quiet(shaking).xyz_g
    noise_g = np.random.default_rng(1).normal(0.0, 0.05, upright.xyz_g.shape)
    xyz_g[last] = upright.xyz_g[: len(xyz_g[last])] + noise_g[: len(xyz_g[last])]
    rows = said(Recording(shaking.t_s, xyz_g.astype(np.float32), shaking.rate_hz))
    assert Posture.VEHICLE not in set(rows.posture)
