"""A recording through the live path: turned, re-mounted, played again."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.evaluation.trial import Tape, pipeline_for, remounted, rotation_of, run, run_limits
from monitor.evaluation.truth import Truth, said_in
from monitor.model import Posture
from tests.evaluation.lettered import truth
from tests.support.wearers import wear


def test_a_rotation_is_one_and_is_the_same_for_the_same_seed() -> None:
    rotation = rotation_of(3, "harth__S1")
    assert np.allclose(rotation @ rotation.T, np.eye(3))
    assert np.linalg.det(rotation) == pytest.approx(1.0)
    assert (rotation == rotation_of(3, "harth__S1")).all()
    assert not np.allclose(rotation, rotation_of(4, "harth__S1"))


def test_re_mounting_turns_the_later_samples_only() -> None:
    block = wear(("sit", 10.0)).block()
    (later,) = remounted([block], rotation_of(0, "a"), float(block.t_s[100]))
    assert (later.xyz_g[:100] == block.xyz_g[:100]).all()
    assert not np.allclose(later.xyz_g[100:], block.xyz_g[100:])


def test_a_tape_played_again_gives_the_same_rows_and_alerts() -> None:
    block = wear(("walk", 40.0), ("sit", 200.0), ("walk", 20.0)).block()
    tape = Tape()
    first = run(pipeline_for("thigh", 120.0, tape), [block])
    again = run(pipeline_for("thigh", 120.0, tape.again()), [block])
    assert first.rows.posture.tobytes() == again.rows.posture.tobytes()
    assert first.told == again.told
    assert len(first.told) == 1


def test_a_break_of_more_than_ten_seconds_ends_a_scored_bout() -> None:
    assert pipeline_for("thigh", 120.0, Tape()).bouts.rules.break_min_s == 11


def test_rows_that_are_missing_are_unknown() -> None:
    recording = wear(("sit", 4.0))
    rows = run_limits("thigh", [recording.block()], (120.0,))[0]
    grid = truth("s" * 10)
    shifted = Truth(int(rows.start_s[0]) - 2, grid.label, grid.near_change, grid.suspect)
    assert said_in(rows, shifted).posture.tolist()[:2] == [Posture.UNKNOWN] * 2
    assert np.isnan(said_in(rows, shifted).confidence[[0, 1, 9]]).all()
