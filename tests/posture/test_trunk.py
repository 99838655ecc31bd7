"""Trunk sites: evidence of the tilt against one's own walking, and silence where it says nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.accel.epochs import take
from monitor.model import AccelBlock, Posture, PostureEpochs
from monitor.posture.chest import Chest
from monitor.posture.lower_back import LowerBack
from monitor.posture.trunk import Trunk
from monitor.posture.waist import Waist
from monitor.reading.rows import join_postures
from tests.support.risers import riser
from tests.support.wearers import rotation, rows_of

SITES = [Waist, LowerBack]
DAY = ((0, True, 30), (28, False, 40), (4, False, 40), (90, False, 30))


def trunk_wearer(
    *doings: tuple[float, bool, float], turn: int = 1, start_s: float = 1000.0, segment: int = 0
) -> AccelBlock:
    """(tilt in degrees, walking, seconds) in turn, 25 Hz, any way round."""
    rng = np.random.default_rng(1)
    lengths = [round(25 * seconds) for _, _, seconds in doings]
    walking = np.repeat([walks for _, walks, _ in doings], lengths)
    tilt = np.radians(np.repeat([tilt for tilt, _, _ in doings], lengths))
    t_s = np.arange(len(tilt)) / 25.0
    bob_g = walking * 0.3 * np.sin(2 * np.pi * 1.9 * t_s)
    sway_g = walking * 0.15 * np.sin(2 * np.pi * 0.95 * t_s)
    xyz_g = np.stack([-np.cos(tilt) + bob_g, sway_g, np.sin(tilt)], axis=1) + rng.normal(0, 0.006, (len(t_s), 3))
    return AccelBlock(start_s + t_s, (xyz_g @ rotation(turn).T).astype(np.float32), 25.0, segment)


def postures(trunk: Trunk | Chest, *blocks: AccelBlock) -> PostureEpochs:
    return trunk.advance(rows_of(*blocks))


@pytest.mark.parametrize("site", SITES)
def test_a_tilted_pelvis_sits_and_an_upright_one_stands(site: type[Trunk]) -> None:
    rows = postures(site(), trunk_wearer(*DAY))
    assert set(rows.posture[8:28]) == {Posture.STEPPING}
    assert set(rows.posture[40:68]) == {Posture.SITTING}
    assert set(rows.posture[90:107]) == {Posture.STANDING}
    assert set(rows.posture[113:]) == {Posture.LYING}


@pytest.mark.parametrize("site", SITES)
def test_steps_end_sitting_at_once(site: type[Trunk]) -> None:
    rows = postures(site(), trunk_wearer((0, True, 30), (28, False, 60), (0, True, 10), (2, False, 20)))
    assert set(rows.posture[93:98]) == {Posture.STEPPING}
    assert set(rows.posture[104:]) == {Posture.STANDING}


@pytest.mark.parametrize("site", SITES)
def test_a_short_bend_is_not_sitting(site: type[Trunk]) -> None:
    rows = postures(site(), trunk_wearer((0, True, 30), (2, False, 20), (14, False, 2), (2, False, 20)))
    assert not rows.sedentary.any()


@pytest.mark.parametrize("site", SITES)
def test_a_sensor_that_fails_for_a_while_is_unknown_then_and_right_again_afterwards(site: type[Trunk]) -> None:
    block = trunk_wearer((0, True, 30), (3, False, 20), (3, False, 20), (35, False, 30))
    dead = (block.t_s >= 1050.0) & (block.t_s < 1070.0)
    failed = replace(block, xyz_g=np.where(dead[:, None], 0.0, block.xyz_g).astype(np.float32))
    rows = postures(site(), failed)
    assert not np.isnan(rows.confidence).any()
    assert set(rows.posture[54:66]) == {Posture.UNKNOWN}
    assert set(rows.posture[85:]) == {Posture.SITTING}


@pytest.mark.parametrize("site", [*SITES, Chest])
def test_before_the_first_walk_no_posture_is_claimed_of_a_still_trunk(site: type[Trunk | Chest]) -> None:
    assert set(postures(site(), trunk_wearer((28, False, 60), (4, False, 60))).posture) == {Posture.UNKNOWN}


def test_a_vertical_chest_says_nothing_and_a_leaning_one_sits() -> None:
    rows = postures(Chest(), trunk_wearer((0, True, 40), (8, False, 30), (40, False, 40)))
    assert set(rows.posture[5:37]) == {Posture.STEPPING}
    assert set(rows.posture[55:68]) == {Posture.UNKNOWN}
    assert set(rows.posture[85:]) == {Posture.SITTING}


@pytest.mark.parametrize("site", SITES)
def test_a_pose_that_was_shown_replaces_the_first_walk(site: type[Trunk]) -> None:
    trunk = site()
    trunk.teach_standing(1005.0, 1015.0)
    rows = postures(trunk, trunk_wearer((3, False, 20), (30, False, 40)))
    assert set(rows.posture[8:18]) == {Posture.STANDING}
    assert set(rows.posture[38:]) == {Posture.SITTING}


def test_after_a_gap_a_clip_is_less_sure_until_the_next_walk() -> None:
    before = trunk_wearer((0, True, 30), (14, False, 30))
    after = trunk_wearer((26, False, 30), (12, True, 20), (14, False, 20), start_s=1100.0, segment=1)
    rows = postures(Waist(), before, after)
    stale, fresh = rows.confidence[65:88], rows.confidence[115:]
    assert set(rows.posture[93:108]) == {Posture.STEPPING}
    assert set(rows.posture[115:]) == {Posture.STANDING}
    assert stale.max() < fresh.min()


@pytest.mark.parametrize("site", SITES)
def test_who_is_seen_to_get_up_before_the_first_walk_stands_then_and_sits_after_sitting_down(site: type[Trunk]) -> None:
    rows = site().advance(rows_of(riser((25, 0.0, 10.0), (4, 0.35, 20.0), (27, 0.0, 20.0), (6, 0.35, 20.0))))
    assert set(rows.posture[:9]) == {Posture.UNKNOWN}
    assert set(rows.posture[14:31]) == {Posture.STANDING}
    assert set(rows.posture[36:53]) == {Posture.SITTING}
    assert set(rows.posture[58:]) == {Posture.STANDING}


def test_who_is_seen_to_sit_down_sits_though_the_seat_is_upright() -> None:
    rows = Waist().advance(rows_of(riser((3, 0.0, 20.0), (10, -0.35, 20.0), change_s=1.2)))
    assert set(rows.posture[30:]) == {Posture.SITTING}


def test_who_has_stood_and_lies_down_lies() -> None:
    rows = Waist().advance(rows_of(riser((25, 0.0, 10.0), (4, 0.35, 10.0), (85, -0.5, 20.0))))
    assert set(rows.posture[28:]) == {Posture.LYING}


def test_a_taped_sensor_keeps_its_pose_over_a_gap() -> None:
    before, after = trunk_wearer((0, True, 30)), trunk_wearer((28, False, 40), start_s=1100.0, segment=1)
    assert set(postures(LowerBack(), before, after).posture[50:]) == {Posture.SITTING}


@pytest.mark.parametrize("site", SITES)
@pytest.mark.parametrize("turn", [2, 3, 4])
def test_turning_the_sensor_changes_no_posture(site: type[Trunk], turn: int) -> None:
    turned = postures(site(), trunk_wearer(*DAY, turn=turn))
    assert turned.posture.tolist() == postures(site(), trunk_wearer(*DAY)).posture.tolist()


ROWS = rows_of(
    trunk_wearer((0, True, 20), (28, False, 20), (3, False, 15)),
    trunk_wearer((15, False, 15), (10, True, 20), (35, False, 15), start_s=1100.0, segment=1),
)


def shown(site: type[Trunk], cuts: Sequence[int]) -> PostureEpochs:
    """The postures of ``ROWS``, cut before these rows, with a pose shown on the way."""
    trunk = site()
    trunk.teach_standing(1042.0, 1050.0)
    edges = [0, *sorted(set(cuts)), len(ROWS)]
    return join_postures([trunk.advance(take(ROWS, slice(a, b))) for a, b in pairwise(edges)])


@pytest.mark.parametrize("site", SITES)
@settings(max_examples=25)
@given(st.lists(st.integers(1, len(ROWS) - 1), max_size=15))
def test_cutting_the_stream_elsewhere_changes_no_bit(site: type[Trunk], cuts: list[int]) -> None:
    whole, parted = shown(site, ()), shown(site, cuts)
    for name in PostureEpochs.__dataclass_fields__:
        assert getattr(parted, name).tobytes() == getattr(whole, name).tobytes(), name
