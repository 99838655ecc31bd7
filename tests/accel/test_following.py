"""One motion from samples to a count, at the leg and at the trunk."""

from __future__ import annotations

import pytest

from monitor.accel.following import Follower
from monitor.accel.limb import Reference
from monitor.accel.motions import MOTIONS
from tests.support.lifting import joined, moving

UPRIGHT = (-1.0, 0.0, 0.0)


def seen(motion: str, reference: Reference, count: int, rest_deg: float, top_deg: float, rate_hz: float = 25.0) -> int:
    follower = Follower.of(MOTIONS[motion], reference, on_leg=True)
    recording = moving(count, rest_deg, top_deg, 1000.0, rate_hz=rate_hz)
    follower.feed(recording.t_s, recording.xyz_g)
    follower.finish(float(recording.t_s[-1]))
    return follower.repetitions


@pytest.mark.parametrize("rate_hz", [12.5, 25.0, 100.0])
def test_knee_lifts_squats_and_leg_raises_are_counted_at_any_rate(rate_hz: float) -> None:
    assert seen("knee_lift", Reference(upright=UPRIGHT), 6, 3.0, 88.0, rate_hz) == 6
    assert seen("squat", Reference(upright=UPRIGHT), 8, 3.0, 70.0, rate_hz) == 8
    assert seen("leg_raise", Reference(upright=UPRIGHT), 10, 92.0, 160.0, rate_hz) == 10


def test_without_any_reference_nothing_is_counted() -> None:
    assert seen("knee_lift", Reference(), 8, 3.0, 88.0) == 0


def test_leg_raises_are_no_knee_lifts() -> None:
    assert seen("knee_lift", Reference(upright=UPRIGHT), 8, 92.0, 160.0) == 0


def test_a_boat_pose_is_held_by_the_tilt_of_the_trunk() -> None:
    follower = Follower.of(MOTIONS["boat_hold"], Reference(), on_leg=False)
    held = moving(3, 10.0, 45.0, 1000.0, move_s=2.0, hold_s=15.0, pause_s=5.0)
    recording = joined(held, moving(1, 10.0, 10.0, float(held.t_s[-1]) + 0.04))
    follower.feed(recording.t_s, recording.xyz_g)
    assert follower.repetitions == 0
    assert follower.hold_s == pytest.approx(45.0, rel=0.15)
