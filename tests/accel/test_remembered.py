"""A mounting kept from an earlier day is used once the body has shown that it still fits, and not before."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from monitor.accel.remembered import KnownUpright
from monitor.checkpoint import dumps, loads
from monitor.model import Posture, PostureEpochs
from monitor.posture.thigh import Thigh
from tests.support.wearers import Recording, rotation, rows_of, wear


def kept() -> KnownUpright:
    """What one evening's walking and sitting left behind."""
    thigh = Thigh()
    thigh.advance(rows_of(wear(("walk", 60), ("sit", 60))))
    known = thigh.known()
    assert known is not None
    return known


def next_day(known: KnownUpright, recording: Recording) -> PostureEpochs:
    thigh = Thigh()
    thigh.remember(known)
    return thigh.advance(rows_of(recording))


def test_nothing_is_known_that_could_be_kept_before_the_first_walk() -> None:
    thigh = Thigh()
    thigh.advance(rows_of(wear(("sit", 60), ("stand", 60))))
    assert thigh.known() is None


def test_what_is_kept_is_the_upright_and_the_seat() -> None:
    known = kept()
    assert known.upright[0] < -0.97
    assert known.seat is not None
    assert known.seat[2] < -0.9


def test_standing_and_sitting_as_before_prove_it_without_a_step() -> None:
    rows = next_day(kept(), wear(("sit", 30), ("stand", 30), ("sit", 30), seed=2))
    assert set(rows.posture[:30]) == {Posture.UNKNOWN}
    assert set(rows.posture[-20:]) == {Posture.SITTING}


def test_one_pose_for_long_proves_it_too() -> None:
    rows = next_day(kept(), wear(("sit", 120), seed=2))
    assert set(rows.posture[:50]) == {Posture.UNKNOWN}
    assert set(rows.posture[-20:]) == {Posture.SITTING}


def test_a_sensor_put_on_another_way_round_is_not_believed() -> None:
    for seed in range(8):
        rows = next_day(kept(), wear(("sit", 60), ("stand", 60), ("sit", 60), seed=2).turned(rotation(seed)))
        assert set(rows.posture) == {Posture.UNKNOWN}


def test_its_own_steps_replace_it() -> None:
    day = wear(("sit", 30), ("walk", 30), ("sit", 40), seed=2).turned(rotation(4))
    rows = next_day(kept(), day)
    assert set(rows.posture[-30:]) == {Posture.SITTING}


def test_a_sensor_on_the_table_proves_nothing() -> None:
    known = kept()
    still = wear(("off", 200))
    table_g = np.broadcast_to(np.array(known.seat, np.float32), still.xyz_g.shape)
    rows = next_day(known, replace(still, xyz_g=table_g.copy()))
    assert set(rows.posture) == {Posture.UNKNOWN}


def test_the_seat_of_an_earlier_mounting_is_not_kept() -> None:
    thigh = Thigh()
    thigh.advance(rows_of(wear(("walk", 60), ("sit", 60)).followed_by(wear(("walk", 60)).turned(rotation(7)))))
    known = thigh.known()
    assert known is not None
    assert known.seat is None


def test_it_survives_as_text() -> None:
    assert loads(dumps(kept(), "f"), "f") == kept()
