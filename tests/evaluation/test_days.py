"""Artificial days keep the samples and labels they are made of."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from monitor.evaluation.days import DAY_S, pieces_of, shuffled, stitched
from monitor.evaluation.stretches import bouts_in
from monitor.evaluation.truth import SITTING, STANDING, WALKING, truth_of
from tests.evaluation.lettered import samples
from tests.support.wearers import wear


def test_shuffled_takes_keep_their_samples_and_have_gaps_between() -> None:
    t_s, label = samples((SITTING, 100), (WALKING, 50), (SITTING, 30))
    xyz_g = np.arange(180.0)[:, None].repeat(3, axis=1)
    takes = shuffled(t_s, xyz_g, label, 10.0, np.random.default_rng(1))
    assert sorted(takes.xyz_g[:, 0].tolist()) == xyz_g[:, 0].tolist()
    blocks = takes.blocks()
    assert sorted(len(block.t_s) for block in blocks) == [30, 50, 100]
    assert all(later.t_s[0] - earlier.t_s[-1] >= 30 for earlier, later in pairwise(blocks))
    assert [block.segment for block in blocks] == [0, 1, 2]


def test_a_stitched_day_has_eight_hours_and_the_labels_of_its_samples() -> None:
    recording = wear(("walk", 60.0), ("sit", 120.0), ("stand", 60.0), rate_hz=12.5, start_s=0.0)
    label = np.repeat(np.array([WALKING, SITTING, STANDING], np.uint8), [750, 1500, 750])
    grid = truth_of(recording.block().t_s, label)
    pieces = pieces_of(grid, recording.block().t_s)
    xyz_g = recording.block().xyz_g.astype(np.float64)
    day = stitched(pieces, xyz_g, label, 12.5, np.random.default_rng(0))
    assert day.t_s[-1] >= DAY_S - 1
    assert np.allclose(np.diff(day.t_s), 0.08)
    sits = bouts_in(truth_of(day.t_s, day.label).kind)
    assert sum(len(bout) > 1800 for bout in sits) >= 2
    assert all(bout.upright_before for bout in sits)
    assert sum(len(block.t_s) for block in day.blocks()) == len(day.t_s)
