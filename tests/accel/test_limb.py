"""Bins and angles: cut anywhere, turned any way round."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.accel.limb import Binning, Reference
from tests.support.lifting import moving
from tests.support.wearers import rotation

LIFTS = moving(3, 2.0, 85.0, 1000.0)
UPRIGHT, SEAT = (-1.0, 0.0, 0.0), (0.0, 0.0, -1.0)


@settings(max_examples=25)
@given(st.lists(st.integers(1, 100), max_size=12))
def test_bins_do_not_depend_on_where_the_samples_are_cut_at_the_border_of_a_bin(tenths: list[int]) -> None:
    whole, parts = Binning().feed(LIFTS.t_s, LIFTS.xyz_g), Binning()
    cuts = sorted({0, len(LIFTS.t_s), *np.searchsorted(LIFTS.t_s, [1000.0 + n / 10 for n in tenths]).tolist()})
    pieces = [parts.feed(LIFTS.t_s[a:b], LIFTS.xyz_g[a:b]) for a, b in pairwise(cuts)]
    assert np.concatenate([piece.direction for piece in pieces]).tobytes() == whole.direction.tobytes()
    assert np.concatenate([piece.pull_g for piece in pieces]).tobytes() == whole.pull_g.tobytes()
    assert np.concatenate([piece.shake_g for piece in pieces]).tobytes() == whole.shake_g.tobytes()


def test_the_angle_is_that_of_the_thigh_whichever_way_the_sensor_sits() -> None:
    for seed in range(3):
        turn = rotation(seed)
        turned = LIFTS.turned(turn)
        x, y, z = (turn @ np.array(UPRIGHT)).tolist()
        bins = Binning().feed(turned.t_s, turned.xyz_g)
        angles = [angle_deg for _, angle_deg, _, _ in Reference(upright=(x, y, z)).rows(bins, "flexion")]
        assert max(angles) == pytest.approx(85.0, abs=2.0)
        assert min(angles) == pytest.approx(2.0, abs=2.0)


def test_the_seat_in_which_it_began_serves_where_upright_is_not_known() -> None:
    seated = Reference(begins_seated=True)
    seated.begin = seated.seat = SEAT
    bins = Binning().feed(LIFTS.t_s, LIFTS.xyz_g)
    angles = [angle_deg for _, angle_deg, _, _ in seated.rows(bins, "flexion")]
    assert min(angles) == pytest.approx(2.0, abs=2.0)
    assert max(angles) == pytest.approx(85.0, abs=2.0)


def test_backwards_is_negative() -> None:
    back = moving(1, 2.0, -60.0, 1000.0)
    bins = Binning().feed(back.t_s, back.xyz_g)
    angles = [angle_deg for _, angle_deg, _, _ in Reference(upright=UPRIGHT, seat=SEAT).rows(bins, "signed")]
    assert min(angles) == pytest.approx(-60.0, abs=2.0)
