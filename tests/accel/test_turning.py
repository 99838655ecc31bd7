"""Who turns in the seconds ahead of a row is seen to, and what is missing there is not taken for rest."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from monitor.accel.epochs import EpochBuilder
from monitor.accel.turning import turned_deg
from monitor.model import AccelBlock, Epochs
from tests.support.wearers import rotation, wear

SIT_THEN_STAND = wear(("sit", 20), ("stand", 20))


def rows(decides_after_s: int, block: AccelBlock) -> Epochs:
    return EpochBuilder(decides_after_s=decides_after_s).feed(block)


@pytest.mark.parametrize("decides_after_s", [3, 4, 5])
def test_the_seconds_that_a_row_has_waited_for_show_the_rise_and_no_others(decides_after_s: int) -> None:
    epochs = rows(decides_after_s, SIT_THEN_STAND.block())
    turned = turned_deg(epochs)
    rises = [round(float(s)) for s in epochs.start_s[turned >= 20] - SIT_THEN_STAND.t_s[0]]
    assert 20 - decides_after_s + 1 in rises  # its last second ahead is the first one upright
    assert not [second for second in rises if not 20 - decides_after_s <= second <= 22]


def test_any_way_round_the_turn_is_the_same() -> None:
    block = SIT_THEN_STAND.block()
    turned = turned_deg(rows(5, block))
    other = turned_deg(rows(5, replace(block, xyz_g=(block.xyz_g @ rotation(7).T).astype(np.float32))))
    assert np.allclose(turned, other, atol=0.05, equal_nan=True)


def test_missing_samples_ahead_are_not_rest() -> None:
    builder = EpochBuilder(decides_after_s=5)
    builder.feed(SIT_THEN_STAND.block())
    last = builder.tick(float(SIT_THEN_STAND.t_s[-1]) + 10.0)
    assert np.isnan(turned_deg(last)[-1])
