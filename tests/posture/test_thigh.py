"""The thigh: postures from tilt and rhythm, any way round."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.accel.epochs import EpochBuilder
from monitor.model import AccelBlock, Posture, PostureEpochs
from monitor.posture.thigh import Thigh
from tests.support.wearers import Recording, rotation, rows_of, wear

DAY = wear(("walk", 30), ("stand", 20), ("sit", 40), ("walk", 15), ("sit", 30), ("lie", 20))


def postures(*parts: Recording | AccelBlock, thigh: Thigh | None = None) -> PostureEpochs:
    return (thigh or Thigh()).advance(rows_of(*parts, decides_after_s=Thigh.DECIDES_AFTER_S))


def word(rows: PostureEpochs, from_s: int, until_s: int) -> set[Posture]:
    """What was said in these seconds of the recording."""
    inside = (rows.start_s >= 1000 + from_s) & (rows.start_s < 1000 + until_s)
    return {Posture(code) for code in rows.posture[inside]}


def test_a_day_in_short() -> None:
    rows = postures(DAY)
    assert word(rows, 8, 28) == {Posture.STEPPING}
    assert word(rows, 33, 48) == {Posture.STANDING}
    assert word(rows, 52, 88) == {Posture.SITTING}
    assert word(rows, 93, 103) == {Posture.STEPPING}
    assert word(rows, 107, 133) == {Posture.SITTING}
    assert word(rows, 138, 153) == {Posture.LYING}


def test_a_change_of_posture_is_placed_within_two_seconds() -> None:
    rows = postures(DAY)
    changes = rows.start_s[1:][np.diff(rows.sedentary.astype(int)) != 0] - 1000
    assert changes == pytest.approx([50, 90, 105], abs=2)


def test_before_the_first_walk_nothing_is_claimed() -> None:
    rows = postures(wear(("sit", 60), ("stand", 60)))
    assert set(rows.posture) == {Posture.UNKNOWN}
    assert (rows.confidence == 0).all()
    assert rows.worn.all()


def test_steady_steps_are_stepping_before_upright_is_known() -> None:
    assert word(postures(wear(("sit", 10), ("walk", 20))), 17, 20) == {Posture.STEPPING}


def test_standing_on_the_wearers_word_replaces_the_first_walk() -> None:
    thigh = Thigh()
    thigh.teach_standing(1005.0, 1015.0)
    rows = postures(wear(("stand", 20), ("sit", 30)), thigh=thigh)
    assert word(rows, 8, 19) == {Posture.STANDING}
    assert word(rows, 22, 50) == {Posture.SITTING}


@pytest.mark.parametrize("before", ["walk", "stand"])
def test_who_sits_down_a_moment_too_early_has_not_shown_standing_with_it(before: str) -> None:
    thigh = Thigh()
    thigh.teach_standing(1005.0, 1015.0)
    rows = postures(wear((before, 12), ("sit", 60)), thigh=thigh)
    assert word(rows, 20, 70) == {Posture.SITTING}


def test_a_low_rate_knows_sitting_from_standing_once_it_was_told_upright() -> None:
    thigh = Thigh()
    thigh.teach_standing(1005.0, 1015.0)
    rows = postures(wear(("stand", 20), ("sit", 30), ("walk", 20), rate_hz=2.0), thigh=thigh)
    assert word(rows, 22, 49) == {Posture.SITTING}
    assert word(rows, 52, 70) == {Posture.STANDING}


def test_cycling_is_neither_walking_nor_sitting() -> None:
    rows = postures(wear(("walk", 30), ("stand", 10), ("cycle", 120), ("stand", 60)))
    assert word(rows, 55, 155) == {Posture.CYCLING}
    assert not rows.sedentary.any()
    assert Posture.CYCLING not in word(rows, 195, 215)


def test_a_still_thigh_is_on_no_bicycle() -> None:
    rows = postures(wear(("walk", 30), ("cycle", 60), ("rest", 40)))
    assert Posture.CYCLING in word(rows, 80, 90)
    assert word(rows, 100, 130) == {Posture.SITTING}


def test_swinging_in_a_chair_is_sitting() -> None:
    rows = postures(wear(("walk", 30), ("sit", 30), ("swivel", 40), ("sit", 20)))
    assert word(rows, 35, 118) == {Posture.SITTING}


def test_a_crouch_is_no_seat() -> None:
    rows = postures(wear(("walk", 30), ("stand", 10), ("crouch", 5), ("stand", 20)))
    assert not rows.sedentary.any()
    assert Posture.ACTIVE in word(rows, 41, 44)


def test_pedalling_before_the_first_walk_teaches_nothing() -> None:
    assert set(postures(wear(("cycle", 300), ("sit", 60))).posture) == {Posture.UNKNOWN}


@pytest.mark.parametrize("seed", range(6))
def test_turning_the_sensor_changes_no_posture(seed: int) -> None:
    assert postures(DAY.turned(rotation(seed))).posture.tolist() == postures(DAY).posture.tolist()


@settings(max_examples=20)
@given(st.lists(st.integers(1, len(DAY.t_s) - 1), max_size=20))
def test_cutting_the_stream_elsewhere_changes_no_bit(cuts: list[int]) -> None:
    builder, thigh = EpochBuilder(decides_after_s=Thigh.DECIDES_AFTER_S), Thigh()
    parts = [thigh.advance(builder.feed(block)) for block in DAY.blocks(cuts)]
    parts.append(thigh.advance(builder.tick(1e6)))
    whole = postures(DAY)
    for name in ("start_s", "decided_s", "posture", "worn", "confidence", "movement_mg", "cadence_hz"):
        assert np.concatenate([getattr(part, name) for part in parts]).tobytes() == getattr(whole, name).tobytes()


@settings(max_examples=20)
@given(st.floats(5.0, 150.0))
def test_a_row_depends_on_nothing_after_it_was_decided(after_s: float) -> None:
    cut, whole = postures(DAY.until(1000 + after_s)), postures(DAY)
    final = int((cut.decided_s <= 1000 + after_s).sum())
    assert cut.posture[:final].tobytes() == whole.posture[:final].tobytes()
    assert cut.confidence[:final].tobytes() == whole.confidence[:final].tobytes()


def test_the_cadence_is_said_while_stepping_only() -> None:
    rows = postures(DAY)
    stepping = rows.posture == Posture.STEPPING
    assert rows.cadence_hz[10:25] == pytest.approx(1.9, abs=0.1)
    assert (rows.cadence_hz[~stepping] == 0).all()


def test_a_gap_keeps_what_was_learned() -> None:
    late = replace(wear(("sit", 30)), t_s=wear(("sit", 30)).t_s + 5000.0)
    rows = postures(wear(("walk", 30)).block(segment=1), late.block(segment=2))
    assert word(rows, 5000, 5030) == {Posture.SITTING}


def test_not_worn_in_three_steps() -> None:
    rows = postures(wear(("walk", 30), ("off", 2000), rate_hz=12.5))
    assert Posture.SITTING in word(rows, 40, 600)
    assert word(rows, 640, 1820) == {Posture.UNKNOWN}
    assert word(rows, 1840, 2030) == {Posture.NOT_WORN}
    assert rows.worn[:1800].all()
    assert not rows.worn[1840:].any()


def test_off_the_body_and_on_again_another_way_round() -> None:
    before, after = wear(("walk", 60), ("off", 1900), rate_hz=12.5), wear(("walk", 40), ("sit", 60), rate_hz=12.5)
    rows = postures(before.followed_by(after.turned(rotation(2))))
    assert not rows.sedentary[1960:2000].any()
    assert word(rows, 2003, 2060) == {Posture.SITTING}


def test_repeated_squats_are_busy_and_not_sitting() -> None:
    whole = wear(("walk", 30), ("stand", 40), ("stand", 10))
    squat_rad = np.radians(45.0) * (1 - np.cos(2 * np.pi * 0.4 * (whole.t_s - 1035.0)))
    during = (whole.t_s >= 1035.0) & (whole.t_s < 1065.0)
    whole.xyz_g[during, 0] = -np.cos(squat_rad[during])
    whole.xyz_g[during, 2] = -np.sin(squat_rad[during])
    assert word(postures(whole), 45, 60) == {Posture.ACTIVE}


def test_coasting_on_a_bicycle_is_not_sitting() -> None:
    rows = postures(wear(("walk", 30), ("stand", 10), ("cycle", 60), ("coast", 50), ("cycle", 60)))
    assert not rows.sedentary.any()


def test_the_same_tilt_in_a_chair_is_sitting() -> None:
    rows = postures(wear(("walk", 30), ("stand", 10), ("coast", 50)))
    assert Posture.CYCLING not in word(rows, 0, 90)
    assert word(rows, 45, 88) == {Posture.SITTING}


def test_fresh_sitting_is_less_sure_than_old() -> None:
    rows = postures(wear(("walk", 30), ("stand", 20), ("sit", 120)))
    sitting = np.flatnonzero(rows.sedentary)
    assert rows.confidence[sitting[5]] < 0.98
    assert (rows.confidence[sitting[60:]] > 0.99).all()


def test_little_evidence_of_upright_is_less_sure() -> None:
    rows = postures(wear(("stand", 20), ("walk", 5), ("stand", 30), ("walk", 5), ("stand", 60)))
    assert word(rows, 75, 118) == {Posture.STANDING}
    assert (rows.confidence[80:118] < 0.985).all()
