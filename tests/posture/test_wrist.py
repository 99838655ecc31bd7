"""The wrist: how the arm hangs in walking, and what that says of an arm that rests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.accel.epochs import EpochBuilder
from monitor.model import AccelBlock, Posture, PostureEpochs
from monitor.posture.wrist import Wrist
from monitor.reading.rows import join_postures
from tests.support.wearers import rotation, rows_of


def arm(*doings: tuple[str, float, float], seed: int = 1, turn: int = 1) -> AccelBlock:
    """(walk, rest or type; tilt of the forearm in degrees; seconds) in turn, 25 Hz, any way round."""
    rng = np.random.default_rng(seed)
    lengths = [round(25 * seconds) for _, _, seconds in doings]
    walks = np.repeat([doing == "walk" for doing, _, _ in doings], lengths)
    types = np.repeat([doing == "type" for doing, _, _ in doings], lengths)
    tilt = np.radians(np.repeat([tilt for _, tilt, _ in doings], lengths))
    t_s = np.arange(len(tilt)) / 25.0
    tilt = tilt + walks * np.radians(15.0) * np.sin(2 * np.pi * 0.95 * t_s)
    bob_g = walks * 0.35 * np.sin(2 * np.pi * 1.9 * t_s)
    noise_g = rng.normal(0, 0.003, (len(t_s), 3)) + types[:, None] * rng.normal(0, 0.03, (len(t_s), 3))
    xyz_g = np.stack([-np.cos(tilt) + bob_g, 0.1 * bob_g, np.sin(tilt)], axis=1) + noise_g
    return AccelBlock(1000 + t_s, (xyz_g @ rotation(turn).T).astype(np.float32), 25.0, 0)


def postures(block: AccelBlock, cuts: Sequence[int] = ()) -> PostureEpochs:
    builder, wrist = EpochBuilder(), Wrist()
    edges = [0, *sorted({cut for cut in cuts if 0 < cut < len(block.t_s)}), len(block.t_s)]
    parts = [AccelBlock(block.t_s[a:b], block.xyz_g[a:b], 25.0, 0) for a, b in pairwise(edges)]
    rows = [wrist.advance(builder.feed(part)) for part in parts]
    rows.append(wrist.advance(builder.tick(1e6)))
    return join_postures(rows)


DAY = arm(("walk", 5, 40), ("type", 80, 60), ("rest", 5, 60), ("walk", 5, 20))


def test_after_a_walk_a_forearm_that_types_sits_and_one_that_hangs_does_not() -> None:
    rows = postures(DAY)
    assert set(rows.posture[20:38]) == {Posture.STEPPING}
    assert set(rows.posture[55:98]) == {Posture.SITTING}
    assert set(rows.posture[115:158]) == {Posture.STANDING}
    assert set(rows.posture[170:178]) == {Posture.STEPPING}


def test_before_a_walk_a_still_arm_says_nothing() -> None:
    rows = postures(arm(("type", 80, 60), ("rest", 5, 60)))
    assert not np.isin(rows.posture[12:], [Posture.STANDING]).any()
    assert (rows.confidence[rows.posture == Posture.UNKNOWN] == 0).all()


def test_no_answer_is_given_more_confidence_than_the_place_deserves() -> None:
    assert postures(DAY).confidence.max() <= np.float32(0.99)


def test_after_a_gap_the_first_seconds_of_sitting_are_said_with_less_confidence() -> None:
    rest = arm(("type", 80, 60), seed=3)
    later = replace(rest, t_s=rest.t_s + 200.0)
    builder, wrist = EpochBuilder(), Wrist()
    wrist.advance(builder.feed(arm(("walk", 5, 60))))
    epochs = (builder.tick(1065.0), builder.feed(later), builder.tick(1e6))
    rows = join_postures([wrist.advance(part) for part in epochs])
    confidence, posture = rows.confidence[-60:], rows.posture[-60:]
    assert posture[0] == Posture.UNKNOWN or confidence[0] < confidence[30] - 0.02
    assert set(posture[25:]) == {Posture.SITTING}


def test_before_a_walk_is_known_the_still_second_between_moving_ones_is_less_surely_upright() -> None:
    rows = rows_of(arm(("walk", 5, 8)))
    still = replace(rows, spread_g=np.where(rows.start_s == 1005.0, 0.01, rows.spread_g))
    as_it_is, with_a_pause = (Wrist().advance(part).confidence for part in (rows, still))
    assert with_a_pause[5] < as_it_is[5]
    assert with_a_pause[:5].tolist() == as_it_is[:5].tolist()


@pytest.mark.parametrize("turn", range(2, 6))
def test_turning_the_watch_changes_no_posture(turn: int) -> None:
    turned = arm(("walk", 5, 40), ("type", 80, 60), ("rest", 5, 60), ("walk", 5, 20), turn=turn)
    assert postures(turned).posture.tolist() == postures(DAY).posture.tolist()


@settings(max_examples=15)
@given(st.lists(st.integers(1, len(DAY.t_s) - 1), max_size=12))
def test_cutting_the_stream_elsewhere_changes_no_bit(cuts: list[int]) -> None:
    whole, parted = postures(DAY), postures(DAY, cuts)
    for name in PostureEpochs.__dataclass_fields__:
        assert getattr(parted, name).tobytes() == getattr(whole, name).tobytes(), name
