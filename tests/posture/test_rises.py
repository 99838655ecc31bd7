"""Heights from acceleration alone: known by construction, whatever the mounting and the calibration."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.accel.epochs import take
from monitor.posture.rises import RiseColumns, Rises
from tests.support.risers import riser
from tests.support.wearers import rows_of


def heights(*poses: tuple[float, float, float], **how: float) -> list[float]:
    seen = Rises().advance(rows_of(riser(*poses, **how)))  # type: ignore[arg-type]
    return [float(rise) for rise in seen.rise_m[seen.ended]]


@pytest.mark.parametrize("height_m", [0.2, 0.35, 0.5])
def test_getting_up_reads_as_its_height_and_sitting_down_as_its_negative(height_m: float) -> None:
    up, down = heights((25, 0.0, 8.0), (4, height_m, 8.0), (25, 0.0, 8.0))
    assert up == pytest.approx(height_m, abs=0.06)
    assert down == pytest.approx(-height_m, abs=0.06)


@pytest.mark.parametrize("still_s", [8.1, 8.3, 8.5, 8.7, 8.9])
def test_a_movement_that_is_cut_off_by_the_second_never_reads_as_the_opposite(still_s: float) -> None:
    up, down = heights((25, 0.0, still_s), (4, 0.35, 9.0), (25, 0.0, 9.0), change_s=1.5)
    assert -0.05 < up < 0.45
    assert -0.45 < down < 0.05


def test_leaning_without_rising_reads_as_nothing() -> None:
    assert heights((5, 0.0, 8.3), (30, 0.0, 8.0), (5, 0.0, 8.0)) == pytest.approx([0.0, 0.0], abs=0.05)


def test_a_wrong_gain_scales_the_height_and_a_wrong_offset_adds_little() -> None:
    (wrong_gain,) = heights((25, 0.0, 8.0), (4, 0.35, 8.0), gain=1.1)
    assert wrong_gain == pytest.approx(0.385, abs=0.06)
    (wrong_offset,) = heights((25, 0.0, 8.0), (4, 0.35, 8.0), offset_g=0.05)
    assert wrong_offset == pytest.approx(0.35, abs=0.08)


@pytest.mark.parametrize("turn", [2, 3, 4])
def test_heights_do_not_depend_on_how_the_sensor_sits(turn: int) -> None:
    poses = ((25, 0.0, 8.3), (4, 0.35, 8.4), (25, 0.0, 8.0))
    assert heights(*poses, turn=turn) == pytest.approx(heights(*poses), abs=1e-4)


def test_a_movement_is_known_by_the_first_still_second_and_by_how_it_began() -> None:
    rows = rows_of(riser((25, 0.0, 8.0), (4, 0.35, 8.0)))
    seen = Rises().advance(rows)
    (row,) = np.flatnonzero(seen.ended).tolist()
    assert not seen.moving[row]
    assert seen.moving[row - 1]
    assert seen.lasted_s[row] == seen.moving.sum()
    assert seen.turn_deg[row] == pytest.approx(21.0, abs=1.0)
    assert seen.before_g[row].tolist() == rows.mean_g[7].tolist()


def test_what_takes_longer_than_getting_up_has_no_height() -> None:
    assert heights((25, 0.0, 8.3), (4, 0.35, 8.0), change_s=14.0, rate_hz=50.0) == []


def test_a_slow_sensor_tells_no_height() -> None:
    assert heights((25, 0.0, 8.3), (4, 0.35, 8.0), rate_hz=3.0) == []


def test_no_height_across_a_gap() -> None:
    rows = rows_of(riser((25, 0.0, 8.0), (4, 0.35, 8.0)))
    holed = take(rows, np.arange(len(rows)) != 8)
    assert not Rises().advance(holed).ended.any()


ROWS = rows_of(riser((25, 0.0, 8.0), (4, 0.35, 8.0), (30, 0.0, 6.0), (28, 0.0, 6.0), (80, -0.2, 8.0)))


@settings(max_examples=30)
@given(st.lists(st.integers(1, len(ROWS) - 1), max_size=12))
def test_cutting_the_rows_elsewhere_changes_no_bit(cuts: list[int]) -> None:
    rises, edges = Rises(), [0, *sorted(set(cuts)), len(ROWS)]
    parts = [rises.advance(take(ROWS, slice(a, b))) for a, b in pairwise(edges)]
    whole = Rises().advance(ROWS)
    for name in RiseColumns.__dataclass_fields__:
        parted = np.concatenate([getattr(part, name) for part in parts])
        assert parted.tobytes() == getattr(whole, name).tobytes(), name
