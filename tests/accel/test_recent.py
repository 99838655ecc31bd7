"""Looking back over block borders and gaps."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.accel.epochs import EpochBuilder, take
from monitor.accel.metrics import angle_deg
from monitor.accel.recent import RecentCount, RecentSway, RecentTurn
from tests.support.wearers import wear


@given(st.lists(st.tuples(st.integers(1, 4), st.booleans()), max_size=40), st.integers(0, 40))
def test_counts_are_those_of_plain_counting(rows: list[tuple[int, bool]], cut: int) -> None:
    start_s = np.cumsum([step for step, _ in rows]).astype(float)
    flags = np.array([flag for _, flag in rows], np.bool_)
    recent = RecentCount()
    parts = [recent.advance(start_s[:cut], flags[:cut], 6), recent.advance(start_s[cut:], flags[cut:], 6)]
    plain = [int(flags[(start_s <= t_s) & (start_s > t_s - 6)].sum()) for t_s in start_s]
    assert np.concatenate(parts).tolist() == plain


def test_a_turn_is_known_only_over_unbroken_seconds() -> None:
    vectors = np.array([[1.0, 0.0, 0.0]] * 4 + [[0.0, 1.0, 0.0]] * 4)
    start_s = np.array([0.0, 1.0, 2.0, 3.0, 4.0, 6.0, 7.0, 8.0])
    turn = RecentTurn().advance(start_s, vectors, 2)
    assert np.isinf(turn[[0, 1, 5, 6]]).all()
    assert turn[[2, 3, 4, 7]].tolist() == [0.0, 0.0, 90.0, 0.0]


def test_turns_do_not_depend_on_the_cut() -> None:
    rng = np.random.default_rng(2)
    start_s, vectors = np.arange(30.0), rng.normal(size=(30, 3))
    whole = RecentTurn().advance(start_s, vectors, 5)
    for cut in range(31):
        recent = RecentTurn()
        parts = [recent.advance(start_s[:cut], vectors[:cut], 5), recent.advance(start_s[cut:], vectors[cut:], 5)]
        assert np.concatenate(parts).tobytes() == whole.tobytes()


def test_the_sway_is_the_median_turn_of_unbroken_seconds() -> None:
    rows = EpochBuilder().feed(wear(("stand", 30), ("sit", 30)).block())
    holed = take(rows, (rows.start_s < 1040) | (rows.start_s >= 1042))
    recent = RecentSway()
    parts = [recent.advance(take(holed, slice(k, k + 1)), 5) for k in range(len(holed))]
    turn_deg = [float(angle_deg(a, b)) for a, b in pairwise(holed.mean_g)]
    expected = [
        np.median(turn_deg[k - 5 : k]) if k >= 5 and holed.start_s[k] - holed.start_s[k - 5] == 5 else np.nan
        for k in range(len(holed))
    ]
    assert np.concatenate(parts) == pytest.approx(expected, nan_ok=True)
    assert np.concatenate(parts).tobytes() == RecentSway().advance(holed, 5).tobytes()
