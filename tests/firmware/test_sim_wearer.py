"""The body: one g at rest, steps that look like steps, angles of the right posture, and never a jump."""

from __future__ import annotations

import numpy as np
import pytest

from firmware_sim.motions import MOTIONS
from firmware_sim.scenario import Activity, Scenario
from firmware_sim.timeline import Timeline
from firmware_sim.wearer import MOUNTS, Wearer

RATE_HZ = 50.0
SETTLED_S = 35.0


def worn(*activities: Activity, placement: str = "thigh", seed: int = 1) -> Wearer:
    return Wearer(Timeline(Scenario(title="test", activities=activities)), placement, seed)


def doing(do: str, placement: str = "thigh", seed: int = 1, lasts_s: float = 120.0) -> np.ndarray:
    """Return what the sensor feels, along the segment, to its front and to the left, after some standing."""
    activities = Activity(do="stand", duration_s=30), Activity(do=do, duration_s=lasts_s)
    wearer = worn(*activities, placement=placement, seed=seed)
    elapsed_s = np.arange(SETTLED_S, 30.0 + lasts_s, 1 / RATE_HZ)
    return wearer.acceleration_g(elapsed_s) @ wearer.rotation


def angle_deg(force_g: np.ndarray) -> float:
    mean = force_g.mean(axis=0)
    return float(np.degrees(np.arccos(mean[0] / np.linalg.norm(mean))))


def magnitude(force_g: np.ndarray) -> np.ndarray:
    return np.asarray(np.linalg.norm(force_g, axis=1))


def main_rate_hz(signal: np.ndarray) -> float:
    power = np.abs(np.fft.rfft(signal - signal.mean())) ** 2
    return float(np.fft.rfftfreq(len(signal), 1 / RATE_HZ)[power.argmax()])


@pytest.mark.parametrize("placement", sorted(MOUNTS))
@pytest.mark.parametrize("do", ["sit", "stand", "lie", "sleep", "off_body"])
def test_at_rest_a_body_feels_one_g(do: str, placement: str) -> None:
    force_g = doing(do, placement)
    assert np.median(magnitude(force_g)) == pytest.approx(1.0, abs=0.01)


@pytest.mark.parametrize(
    ("do", "lowest", "highest"), [("stand", 0, 12), ("walk", 4, 20), ("sit", 70, 98), ("lie", 75, 98)]
)
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_thigh_is_upright_or_level_as_the_posture_says(do: str, lowest: float, highest: float, seed: int) -> None:
    assert lowest <= angle_deg(doing(do, seed=seed)) <= highest


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_walking_shakes_the_thigh_as_people_do(seed: int) -> None:
    vm = magnitude(doing("walk", seed=seed))
    seconds = vm[: len(vm) // 50 * 50].reshape(-1, 50)
    assert 0.2 < np.median(seconds.std(axis=1)) < 0.6
    assert ((vm - vm.mean()) ** 3).mean() / vm.std() ** 3 > 0.4, "heel strikes are sharp peaks upwards"
    assert 1.6 < main_rate_hz(vm) < 2.0


def test_the_step_rate_can_be_chosen() -> None:
    wearer = worn(Activity(do="walk", duration_s=60, step_rate_hz=1.7))
    vm = magnitude(wearer.acceleration_g(np.arange(0, 60, 1 / RATE_HZ)))
    assert main_rate_hz(vm) == pytest.approx(1.7, abs=0.06)


def test_a_thigh_feels_its_own_leg_s_steps_more_than_the_other_s() -> None:
    force_g = doing("walk", lasts_s=20.0)
    front, step = force_g[:, 1] - force_g[:, 1].mean(), RATE_HZ / main_rate_hz(magnitude(force_g))
    alike = [front[: -round(lag)] @ front[round(lag) :] for lag in (step, 2 * step)]
    assert alike[1] > 1.2 * alike[0]


def test_cycling_is_smooth_and_slower_than_walking() -> None:
    cycling, walking = doing("cycle"), doing("walk")
    assert 0.95 < main_rate_hz(cycling[:, 0]) < 1.35
    fast = [np.abs(np.diff(magnitude(force_g), n=2)).max() for force_g in (cycling, walking)]
    assert fast[0] < fast[1] / 2, "no heel strikes"


def test_sitting_people_move_a_little_and_a_band_on_a_table_does_not() -> None:
    sitting, on_table = doing("sit", lasts_s=400), doing("off_body", lasts_s=400)
    assert np.ptp(on_table, axis=0).max() < 1e-6
    minutes = sitting[: len(sitting) // 3000 * 3000].reshape(-1, 3000, 3)
    assert (np.ptp(minutes, axis=1).max(axis=1) > 0.01).all()


def test_a_knee_lift_takes_the_thigh_level_and_holds_it() -> None:
    activity = Activity(do="standing_hip_flexion", duration_s=130, repetitions=10, hold_s=3)
    wearer = worn(Activity(do="stand", duration_s=30), activity)
    elapsed_s = np.arange(30.0, 160.0, 0.1)
    force_g = wearer.acceleration_g(elapsed_s) @ wearer.rotation
    level = np.degrees(np.arctan2(force_g[:, 1], force_g[:, 0])) > 75
    starts = np.flatnonzero(np.diff(level.astype(int)) == 1)
    holds_s = [level[start + 1 :].argmin() * 0.1 for start in starts]
    assert len(starts) == 10
    assert holds_s == pytest.approx([3.3] * 10, abs=0.5)
    assert np.diff(starts).min() * 0.1 > 2 * 3.0, "the other leg works in between"


def test_a_lunge_stretches_the_thigh_behind_and_before() -> None:
    activity = Activity(do="lunge_stretch", duration_s=160, repetitions=2, hold_s=30)
    wearer = worn(activity)
    force_g = wearer.acceleration_g(np.arange(0, 160, 0.1)) @ wearer.rotation
    angles = np.degrees(np.arctan2(force_g[:, 1], force_g[:, 0]))
    assert (angles < -8).sum() * 0.1 == pytest.approx(60, abs=8)
    assert (angles > 75).sum() * 0.1 == pytest.approx(60, abs=8)


@pytest.mark.parametrize("placement", ["waist", "lower_back", "chest"])
def test_the_trunk_goes_down_into_a_lunge_and_up_again_as_far_as_the_hips(placement: str) -> None:
    wearer = worn(Activity(do="lunge_stretch", duration_s=60, repetitions=1, hold_s=20), placement=placement)
    for start_s, rise_m in ((3.0, -0.42), (25.5, 0.42)):
        elapsed_s = np.arange(start_s, start_s + 2.5, 0.01)
        up_g = magnitude(wearer.acceleration_g(elapsed_s)) - 1.0
        height_m = -9.81 * 0.01**2 * float((up_g * (np.arange(len(up_g)) - len(up_g) / 2)).sum())
        assert height_m == pytest.approx(rise_m, abs=0.08)


@pytest.mark.parametrize("do", sorted(MOTIONS))
def test_nothing_ever_jumps(do: str) -> None:
    activities = [Activity(do=name, duration_s=20) for name in ("sit", do, "stand", do, "sit")]
    wearer = worn(*activities, seed=4)
    borders_s = np.concatenate([np.arange(start - 0.5, start + 3.0, 0.002) for start in (20, 40, 60, 80)])
    steps = np.abs(np.diff(wearer.acceleration_g(borders_s), axis=0)).max(axis=1)
    steps = steps[np.diff(borders_s) < 0.01]
    assert steps.max() < {"run": 1.2, "stairs": 0.3}.get(do, 0.2)


def test_getting_up_takes_about_two_seconds() -> None:
    wearer = worn(Activity(do="sit", duration_s=60), Activity(do="stand", duration_s=60))
    force_g = wearer.acceleration_g(np.arange(55, 70, 0.02)) @ wearer.rotation
    angles = np.degrees(np.arctan2(force_g[:, 1], force_g[:, 0]))
    rising = (angles < 75) & (angles > 10)
    assert 0.8 < rising.sum() * 0.02 < 2.5


def test_the_same_seed_is_the_same_body_and_another_is_not() -> None:
    one, same, other = doing("walk", seed=1), doing("walk", seed=1), doing("walk", seed=2)
    assert (one == same).all()
    assert np.abs(one - other).max() > 0.1


def test_asking_in_pieces_makes_no_difference() -> None:
    activities = Activity(do="sit", duration_s=50), Activity(do="walk", duration_s=50)
    elapsed_s = np.arange(0, 100, 0.04)
    whole = worn(*activities).acceleration_g(elapsed_s)
    wearer = worn(*activities)
    pieces = np.concatenate([wearer.acceleration_g(part) for part in np.array_split(elapsed_s, 37)])
    assert np.abs(whole - pieces).max() < 1e-12


def test_the_mounting_is_a_rotation() -> None:
    rotation = worn(Activity(do="sit", duration_s=5), seed=9).rotation
    assert rotation @ rotation.T == pytest.approx(np.eye(3), abs=1e-12)
    assert np.linalg.det(rotation) == pytest.approx(1.0)


def test_at_the_waist_sitting_and_standing_differ_by_little() -> None:
    difference = abs(angle_deg(doing("sit", "waist")) - angle_deg(doing("stand", "waist")))
    assert 2 < difference < 35


def test_a_slipped_sensor_feels_the_same_body_from_another_side() -> None:
    activities = (Activity(do="sit", duration_s=300),)
    before, slipped = worn(*activities), worn(*activities)
    slipped.slip(100.0, 70.0)
    elapsed_s = np.arange(0.0, 200.0, 0.1)
    straight, turned = (wearer.acceleration_g(elapsed_s) for wearer in (before, slipped))
    assert np.abs(straight - turned)[elapsed_s < 100].max() < 1e-12
    assert magnitude(turned) == pytest.approx(magnitude(straight), abs=1e-9)
    late = elapsed_s > 105
    cosine = (straight[late] * turned[late]).sum(axis=1) / magnitude(straight[late]) ** 2
    assert np.degrees(np.arccos(cosine)).min() > 20


def exercised(do: str, placement: str, repetitions: int, hold_s: float) -> np.ndarray:
    """Return the angle of the segment to the vertical, ten times a second, grown positive to its front."""
    wearer = worn(Activity(do=do, duration_s=200, repetitions=repetitions, hold_s=hold_s), placement=placement)
    force_g = wearer.acceleration_g(np.arange(0.0, 200.0, 0.1)) @ wearer.rotation
    return np.degrees(np.arctan2(force_g[:, 1], force_g[:, 0]))


def test_a_leg_raise_brings_the_leg_up_and_slowly_near_the_floor() -> None:
    angles = exercised("lying_leg_raise", "thigh", 10, 1.0)
    up = angles % 360 > 150
    assert (np.diff(up.astype(int)) == 1).sum() == 10
    assert (np.abs(angles - 99) < 3).sum() * 0.1 > 10 * 0.8


def test_a_bird_dog_reaches_back_twice_a_repetition_on_the_own_side() -> None:
    assert (np.diff((exercised("bird_dog", "thigh", 5, 2.0) < -65).astype(int)) == 1).sum() == 10


def test_a_boat_pose_leans_the_trunk_back_for_the_hold() -> None:
    leaning = exercised("boat_pose", "waist", 3, 20.0) - 5.0 > 30
    assert leaning.sum() * 0.1 == pytest.approx(3 * 21, abs=6)


def test_a_frog_stretch_is_face_down() -> None:
    assert np.median(exercised("frog_stretch", "chest", 2, 30.0)) < -60
