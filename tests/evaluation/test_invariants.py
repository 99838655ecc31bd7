"""What must not matter is found where it does."""

from __future__ import annotations

import numpy as np

from monitor.evaluation.invariants import recut, rows_that_differ
from monitor.evaluation.trial import Tape, pipeline_for, run
from tests.support.wearers import wear


def test_a_row_that_changes_with_the_cut_is_found() -> None:
    recording = wear(("walk", 40.0), ("sit", 60.0))
    whole = run(pipeline_for("thigh", 120.0, Tape()), [recording.block()]).rows
    until_s = float(recording.t_s[1500])
    parts = list(recut([recording.block()], until_s, np.random.default_rng(0)))
    assert np.concatenate([part.t_s for part in parts]).tolist() == recording.t_s[:1500].tolist()
    cut_off = run(pipeline_for("thigh", 120.0, Tape()), parts).rows
    assert rows_that_differ(whole, cut_off, until_s) == 0
    cut_off.posture[20] += 1
    cut_off.confidence[30] += 0.01
    assert rows_that_differ(whole, cut_off, until_s) == 2
    assert rows_that_differ(whole, cut_off, whole.start_s[0]) == 0
