"""The pose in walking: kept, or begun anew after a gap in which the sensor may have been put on otherwise."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.accel.epochs import take
from monitor.accel.wear import Wear
from monitor.model import Epochs
from monitor.posture.walking import Upright, WalkingColumns
from tests.support.wearers import rotation, rows_of, wear


def two_pieces(apart_s: float) -> Epochs:
    """Walking and standing, and after a pause standing and walking with the sensor turned."""
    before = wear(("walk", 30), ("stand", 10)).turned(rotation(3))
    after = wear(("stand", 10), ("walk", 30), start_s=1040.0 + apart_s).turned(rotation(4))
    return rows_of(before, after.block(segment=1))


def seen(rows: Epochs, *cuts: int, gap_s: float = 20.0) -> WalkingColumns:
    upright, wearing, edges = Upright(), Wear(), [0, *sorted(set(cuts)), len(rows)]
    parts = []
    for a, b in pairwise(edges):
        part = take(rows, slice(a, b))
        parts.append(upright.advance(part, wearing.advance(part), np.zeros(b - a, np.bool_), gap_s))
    names = WalkingColumns.__dataclass_fields__
    return WalkingColumns(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def test_the_pose_is_stale_from_the_gap_until_the_next_steady_steps() -> None:
    columns = seen(two_pieces(60.0))
    assert np.flatnonzero(columns.anew).tolist() == [40]
    assert not columns.stale[:40].any()
    assert columns.stale[40:50].all()
    assert not columns.stale[70:].any()
    assert (columns.direction[45] == columns.direction[39]).all()


def test_a_short_gap_and_a_sensor_that_stays_on_leave_nothing_stale() -> None:
    assert not seen(two_pieces(10.0)).stale.any()
    assert not seen(two_pieces(60.0), gap_s=3600.0).stale.any()


ROWS = two_pieces(60.0)


@settings(max_examples=25)
@given(st.lists(st.integers(1, len(ROWS) - 1), max_size=8))
def test_cutting_the_rows_elsewhere_changes_no_bit(cuts: list[int]) -> None:
    whole, parted = seen(ROWS), seen(ROWS, *cuts)
    for name in WalkingColumns.__dataclass_fields__:
        assert getattr(parted, name).tobytes() == getattr(whole, name).tobytes(), name
