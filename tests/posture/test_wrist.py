"""The wrist: steps, and a supposition after a quiet minute."""

from __future__ import annotations

from monitor.accel.epochs import EpochBuilder, join
from monitor.model import Posture
from monitor.posture.wrist import Wrist
from tests.support.wearers import wear


def test_steps_then_silence_then_a_supposition_of_little_confidence() -> None:
    builder = EpochBuilder()
    rows = Wrist().advance(join([builder.feed(wear(("walk", 30), ("sit", 120)).block()), builder.tick(1e6)]))
    assert set(rows.posture[2:27]) == {Posture.STEPPING}
    assert set(rows.posture[35:70]) == {Posture.UNKNOWN}
    assert set(rows.posture[95:]) == {Posture.SITTING}
    assert rows.confidence[95:].max() < 0.7


def test_standing_is_never_claimed() -> None:
    builder = EpochBuilder()
    rows = Wrist().advance(join([builder.feed(wear(("walk", 30), ("stand", 200)).block()), builder.tick(1e6)]))
    assert Posture.STANDING not in set(rows.posture)
