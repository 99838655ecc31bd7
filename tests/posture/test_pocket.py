"""The pocket: like the thigh, with a short memory."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from monitor.accel.epochs import EpochBuilder
from monitor.model import AccelBlock, Posture, PostureEpochs
from monitor.posture.pocket import Pocket, quiet_confidence
from tests.support.wearers import rotation, rows_of, wear


def postures(*blocks: AccelBlock) -> PostureEpochs:
    return Pocket().advance(rows_of(*blocks))


def test_sitting_is_told_from_standing_after_a_walk() -> None:
    rows = postures(wear(("walk", 30), ("sit", 30), ("stand", 30)).turned(rotation(4)).block())
    assert set(rows.posture[33:57]) == {Posture.SITTING}
    assert set(rows.posture[63:]) == {Posture.STANDING}


def test_a_gap_makes_it_forget() -> None:
    sit = wear(("sit", 30))
    rows = postures(wear(("walk", 30)).block(), replace(sit, t_s=sit.t_s + 100.0).block())
    assert set(rows.posture[30:]) == {Posture.UNKNOWN}


def test_a_new_segment_makes_it_forget() -> None:
    walk_sit = wear(("walk", 30), ("sit", 30))
    rows = postures(walk_sit.block(0, 1000, segment=1), walk_sit.block(1000, None, segment=2))
    assert set(rows.posture[33:39]) == {Posture.SITTING}
    assert set(rows.posture[40:]) == {Posture.UNKNOWN}


def test_handling_makes_it_forget() -> None:
    recording = wear(("walk", 30), ("sit", 20), ("stand", 30), ("sit", 30))
    handled = (recording.t_s >= 1050) & (recording.t_s < 1080)
    turn_rad = np.radians(25.0) * (recording.t_s[handled] - 1050)
    recording.xyz_g[handled] = np.stack([np.cos(turn_rad), np.sin(turn_rad), 0 * turn_rad], axis=1)
    rows = postures(recording.block())
    assert set(rows.posture[33:47]) == {Posture.SITTING}
    assert set(rows.posture[83:]) == {Posture.UNKNOWN}


def test_a_pocket_that_hardly_sways_sits_though_upright_is_unknown() -> None:
    rows = postures(wear(("rest", 60)).turned(rotation(4)).block())
    assert set(rows.posture[:19]) == {Posture.UNKNOWN}
    assert set(rows.posture[22:58]) == {Posture.SITTING}
    assert (rows.confidence[22:58] > 0.9).all()


def test_the_less_a_pocket_sways_the_surer_it_sits() -> None:
    assert quiet_confidence(np.array([0.06, 0.11, 0.15, 0.18])).round(2).tolist() == [0.99, 0.98, 0.91, 0.81]


def test_a_pocket_that_has_just_become_horizontal_may_kick_a_ball() -> None:
    rows = postures(wear(("walk", 30), ("sit", 60)).block())
    sits = rows.confidence[:88][rows.posture[:88] == Posture.SITTING]
    assert len(sits) > 50
    assert sits[0] < sits[30] - 0.1


def test_a_swaying_pocket_may_stand_or_sit() -> None:
    for doing in ("stand", "sit"):
        assert set(postures(wear((doing, 60)).block()).posture) == {Posture.UNKNOWN}


def test_a_phone_on_the_table_does_not_sit() -> None:
    still = wear(("off", 60))
    quieter = replace(still, xyz_g=(still.xyz_g * 0 + [0.1, 0.6, 0.79]).astype(np.float32))
    assert set(postures(quieter.block()).posture) == {Posture.UNKNOWN}


def test_quietness_is_not_remembered_over_a_new_segment() -> None:
    rest = wear(("rest", 60))
    rows = postures(rest.block(0, 750, segment=1), rest.block(750, None, segment=2))
    assert set(rows.posture[22:29]) == {Posture.SITTING}
    assert set(rows.posture[31:49]) == {Posture.UNKNOWN}


def test_row_by_row_says_the_same() -> None:
    builder, pocket = EpochBuilder(), Pocket()
    recording = wear(("rest", 30), ("walk", 20), ("sit", 20))
    parts = [pocket.advance(builder.feed(block)) for block in recording.blocks(list(range(0, 1750, 7)))]
    parts.append(pocket.advance(builder.tick(1e6)))
    whole = postures(recording.block())
    for name in ("posture", "confidence"):
        assert np.concatenate([getattr(part, name) for part in parts]).tobytes() == getattr(whole, name).tobytes()
