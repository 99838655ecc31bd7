"""Lunges of the other leg: small leans to anywhere, with the body caught and lifted."""

from __future__ import annotations

import copy
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.accel.following import Follower
from monitor.accel.limb import Reference
from monitor.accel.motions import MOTIONS
from tests.support.wearers import NOISE_G, Recording, rotation

UPRIGHT = np.array([-1.0, 0.0, 0.0])


def lunges(
    count: int, lean_deg: float = 14.0, load_g: float = 0.12, towards_deg: float = 70.0, rate_hz: float = 25.0
) -> Recording:
    """Every 6 s a lean of 2 s; light, heavy and light again by ``load_g``."""
    t_s = np.arange(round((10.0 + 6.0 * count) * rate_hz)) / rate_hz
    phase_s = np.where(t_s >= 6.0, (t_s - 6.0) % 6.0, 5.9)
    within = (phase_s > 1.0) & (phase_s < 3.0) & (t_s < 6.0 + 6.0 * count)
    lean = np.radians(lean_deg) * np.where(within, np.sin(np.pi * (phase_s - 1.0) / 2.0) ** 2, 0.0)
    light = ((phase_s > 0.5) & (phase_s <= 1.0)) | ((phase_s >= 3.0) & (phase_s < 3.5))
    strength_g = 1.0 + load_g * (within * 1.0 - light * (t_s < 6.0 + 6.0 * count))
    across = np.radians(towards_deg)
    gravity = np.stack([-np.cos(lean), np.sin(lean) * np.cos(across), np.sin(lean) * np.sin(across)], axis=1)
    noise_g = np.random.default_rng(5).normal(0.0, NOISE_G, gravity.shape)
    return Recording(1000.0 + t_s, (gravity * strength_g[:, None] + noise_g).astype(np.float32), rate_hz)


def follower(upright: np.ndarray = UPRIGHT) -> Follower:
    x, y, z = upright.tolist()
    return Follower.of(MOTIONS["forward_lunge"], Reference(upright=(x, y, z)), on_leg=True)


def seen(recording: Recording, upright: np.ndarray = UPRIGHT) -> int:
    following = follower(upright)
    following.feed(recording.t_s, recording.xyz_g)
    following.finish(float(recording.t_s[-1]))
    return following.repetitions


@pytest.mark.parametrize("towards_deg", [0.0, 70.0, 160.0, 250.0])
@pytest.mark.parametrize("count", [4, 9])
def test_lunges_count_wherever_the_thigh_leans_to(count: int, towards_deg: float) -> None:
    assert seen(lunges(count, towards_deg=towards_deg)) == count


@pytest.mark.parametrize("seed", range(3))
def test_lunges_count_whichever_way_the_sensor_sits(seed: int) -> None:
    turn = rotation(seed)
    assert seen(lunges(7).turned(turn), turn @ UPRIGHT) == 7


@pytest.mark.parametrize("load_g", [0.0, -0.12])
def test_leaning_about_without_sinking_is_no_lunge(load_g: float) -> None:
    assert seen(lunges(9, load_g=load_g)) == 0


def test_three_are_no_set() -> None:
    assert seen(lunges(3)) == 0


def test_lying_down_nobody_lunges() -> None:
    assert seen(lunges(9), np.array([0.0, 0.0, 1.0])) == 0


def test_a_sensor_that_tumbles_about_counts_nothing() -> None:
    turning = lunges(4)
    angle = np.linspace(0.0, 60.0, len(turning.t_s))
    tumbling_g = np.stack([np.cos(angle), np.sin(angle), 0.0 * angle], axis=1).astype(np.float32)
    assert seen(Recording(turning.t_s, tumbling_g, turning.rate_hz)) == 0


@settings(max_examples=15)
@given(st.lists(st.integers(1, 700), max_size=10))
def test_the_count_does_not_depend_on_where_the_samples_are_cut_at_the_border_of_a_bin(tenths: list[int]) -> None:
    recording, whole, parts = lunges(8), follower(), follower()
    whole.feed(recording.t_s, recording.xyz_g)
    cuts = sorted({0, len(recording.t_s), *np.searchsorted(recording.t_s, [1000.0 + n / 10 for n in tenths]).tolist()})
    for first, last in pairwise(cuts):
        parts = copy.deepcopy(parts)
        parts.feed(recording.t_s[first:last], recording.xyz_g[first:last])
    assert parts.counter is not None
    assert whole.counter is not None
    assert parts.counter.counted == whole.counter.counted
    assert parts.seeker == whole.seeker
    assert whole.repetitions == 8
