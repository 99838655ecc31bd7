"""Which upright is used: the best that is known, and what each is worth."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.accel.wear import Wear
from monitor.model import AccelBlock
from monitor.posture.rises import Rises
from monitor.posture.upright import Pose, PoseColumns, Source
from tests.support.risers import riser
from tests.support.wearers import rotation, rows_of, wear


def seen(*blocks: AccelBlock, shown: tuple[float, float] | None = None, gap_s: float = 20.0) -> PoseColumns:
    pose, rows = Pose(), rows_of(*blocks)
    if shown is not None:
        pose.teach_standing(*shown)
    return pose.advance(rows, Wear().advance(rows), Rises().advance(rows), gap_s, 20.0)


def moved(block: AccelBlock, start_s: float, segment: int) -> AccelBlock:
    return AccelBlock(block.t_s - block.t_s[0] + start_s, block.xyz_g, block.rate_hz, segment)


WALK = wear(("walk", 30), ("stand", 20)).turned(rotation(3)).block()
SIT = wear(("sit", 20), ("walk", 20), ("stand", 10)).turned(rotation(3)).block()


def test_before_anything_was_seen_nothing_is_known() -> None:
    columns = seen(riser((25, 0.0, 20.0)))
    assert set(columns.source) == {Source.NONE}
    assert np.isnan(columns.tilt_deg).all()


def test_getting_up_is_a_guess_and_walking_is_better() -> None:
    guessed = seen(riser((25, 0.0, 10.0), (4, 0.35, 10.0)))
    assert guessed.source[-1] == Source.GUESSED
    assert guessed.tilt_deg[-1] < 3.0
    assert guessed.tilt_deg[8] != guessed.tilt_deg[8]
    assert seen(WALK).source[-1] == Source.WALKED


def test_what_was_shown_and_agrees_with_walking_is_best() -> None:
    assert seen(WALK, shown=(1035.0, 1045.0)).source[-1] == Source.SHOWN


@pytest.mark.parametrize(("gap_s", "source"), [(20.0, Source.STALE), (3600.0, Source.WALKED)])
def test_after_a_gap_walking_is_stale_where_the_sensor_is_put_on_anew(gap_s: float, source: Source) -> None:
    columns = seen(WALK, moved(SIT, 1100.0, 1), gap_s=gap_s)
    assert set(columns.source[55:65]) == {source}
    assert columns.source[-1] == Source.WALKED
