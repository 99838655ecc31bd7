"""Upright is learned from walking, replaced by other walking, and not believed after long stillness."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.accel.epochs import take
from monitor.accel.metrics import angle_deg
from monitor.accel.mounting import Mounting, UprightColumns
from monitor.accel.wear import Wear
from monitor.model import Epochs
from tests.support.wearers import rotation, rows_of, wear

DOWN_THE_LEG = np.array([-1.0, 0.0, 0.0])


def learn(rows: Epochs, mounting: Mounting | None = None) -> UprightColumns:
    return (mounting or Mounting()).advance(rows, Wear().advance(rows))


def test_nothing_is_known_before_the_first_walk() -> None:
    assert np.isnan(learn(rows_of(wear(("sit", 60), ("stand", 60), ("cycle", 60)))).direction).all()


@pytest.mark.parametrize("seed", range(4))
def test_twenty_seconds_of_walking_teach_the_direction_down_the_leg(seed: int) -> None:
    turn = rotation(seed)
    upright = learn(rows_of(wear(("sit", 20), ("walk", 20), ("sit", 5)).turned(turn)))
    assert angle_deg(upright.direction[-1:], (turn @ DOWN_THE_LEG)[None])[0] < 8.0


def test_what_is_learned_in_a_row_is_used_from_the_next() -> None:
    rows = rows_of(wear(("walk", 30)))
    whole = learn(rows)
    known = int(np.flatnonzero(~np.isnan(whole.direction[:, 0]))[0])
    assert np.isnan(learn(take(rows, slice(0, known))).direction).all()
    assert whole.evidence_s[known] >= 4.5


def test_a_remounted_sensor_is_right_again_within_a_minute_of_walking() -> None:
    turn = rotation(7)
    upright = learn(rows_of(wear(("walk", 300)).followed_by(wear(("walk", 60)).turned(turn))))
    wrong = angle_deg(upright.direction[300:], np.broadcast_to(turn @ DOWN_THE_LEG, (60, 3))) > 20
    assert wrong.sum() < 45
    assert not wrong[-5:].any()


def test_after_long_stillness_a_few_steps_on_a_new_mounting_decide() -> None:
    turn = rotation(7)
    upright = learn(rows_of(wear(("walk", 300), ("off", 400)).followed_by(wear(("walk", 30)).turned(turn))))
    assert upright.doubted[650]
    right = angle_deg(upright.direction[715:], np.broadcast_to(turn @ DOWN_THE_LEG, upright.direction[715:].shape)) < 20
    assert right.all()


def test_a_direction_is_withheld_once_not_worn_is_suspected_and_confirmed_by_steps() -> None:
    upright = learn(rows_of(wear(("walk", 60), ("off", 700), ("stand", 30), ("walk", 30))))
    known = ~np.isnan(upright.direction[:, 0])
    assert known[600]
    assert not known[670:785].any()
    assert known[-15:].all()


def test_moving_on_in_the_same_pose_proves_that_it_was_worn() -> None:
    sit = wear(("walk", 60), ("sit", 800), rate_hz=25.0)
    frozen = slice(80 * 25, 780 * 25)
    sit.xyz_g[frozen] = sit.xyz_g[frozen.start]
    lively = sit.xyz_g[780 * 25 :]
    lively += np.random.default_rng(1).normal(0, 0.03, lively.shape).astype(np.float32)
    known = ~np.isnan(learn(rows_of(sit)).direction[:, 0])
    assert not known[700]
    assert known[-10:].all()


def test_ten_seconds_of_standing_are_enough_when_the_wearer_says_so() -> None:
    mounting = Mounting()
    mounting.teach_standing(1010.0, 1020.0)
    known = ~np.isnan(learn(rows_of(wear(("sit", 8), ("stand", 15))), mounting).direction[:, 0])
    assert not known[:11].any()
    assert known[15:].all()  # who has got up just now is still turning


def test_standing_on_the_wearers_word_replaces_what_contradicts_it() -> None:
    mounting = Mounting()
    mounting.teach_standing(1065.0, 1075.0)
    turn = rotation(3)
    recording = wear(("walk", 60)).followed_by(wear(("stand", 20)).turned(turn))
    upright = learn(rows_of(recording), mounting)
    assert angle_deg(upright.direction[-1:], (turn @ DOWN_THE_LEG)[None])[0] < 12.0


def test_many_directions_never_need_more_memory() -> None:
    mounting = Mounting()
    rows = rows_of(wear(("walk", 9)).followed_by(*(wear(("walk", 9), seed=k).turned(rotation(k)) for k in range(40))))
    learn(rows, mounting)
    assert len(mounting.candidates.each) <= 8


def test_row_by_row_learns_the_same() -> None:
    rows = rows_of(wear(("walk", 40), ("off", 320), ("sit", 10), ("walk", 20), rate_hz=12.5))
    mounting, wearing = Mounting(), Wear()
    single = [
        mounting.advance(one, wearing.advance(one)).direction
        for one in (take(rows, slice(k, k + 1)) for k in range(len(rows)))
    ]
    assert np.concatenate(single).tobytes() == learn(rows).direction.tobytes()


def test_short_walks_are_a_guess_that_a_real_walk_ends() -> None:
    """A few steps between two pauses say where upright is only to who has never seen a walk."""
    turn = rotation(7)
    paced = [("stand", 20.0), ("walk", 4.0)] * 3 + [("stand", 20.0)]
    short = wear(*paced).turned(turn)
    assert angle_deg(learn(rows_of(short)).direction[-1:], (turn @ DOWN_THE_LEG)[None])[0] < 8.0
    walked_before = wear(("walk", 40), ("sit", 20)).followed_by(short)
    assert angle_deg(learn(rows_of(walked_before)).direction[-1:], DOWN_THE_LEG[None])[0] < 8.0
