"""From rows to blocks: wherever a file is cut, the same samples pass, and no gap is inside a block."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.transport.rows import Rows, Screen, cut_blocks, rate_of
from tests.transport.recordings import Table, joined, still


def as_rows(table: Table) -> Rows:
    return Rows(table[:, 0], table[:, 1:], np.zeros(len(table), np.int64))


@settings(deadline=None)
@given(
    st.lists(st.floats(-5, 60) | st.sampled_from([np.nan, np.inf, 1e300, 10.0]), min_size=1, max_size=40),
    st.lists(st.integers(0, 40), max_size=6),
)
def test_wherever_a_file_is_cut_the_same_samples_pass_and_their_times_grow(times: list[float], cuts: list[int]) -> None:
    table = still(len(times))
    table[:, 0] = times

    def passed(pieces: list[Table]) -> tuple[list[float], dict[str, int]]:
        screen = Screen(gap_s=2.0)
        found = list(screen.passing(map(as_rows, pieces)))
        assert screen.kept + sum(screen.dropped.values()) == len(times)
        return [t_s for rows in found for t_s in rows.t_s.tolist()], screen.dropped

    places = [0, *sorted(min(cut, len(times)) for cut in cuts), len(times)]
    whole = passed([table])
    assert passed([table[a:b] for a, b in pairwise(places)]) == whole
    assert (np.diff(whole[0]) > 0).all()


@settings(deadline=None)
@given(st.lists(st.floats(0.001, 8), min_size=1, max_size=60), st.floats(0.01, 20))
def test_blocks_hold_every_sample_once_and_no_gap(steps_s: list[float], block_s: float) -> None:
    table = still(len(steps_s))
    table[:, 0] = np.cumsum(steps_s)
    blocks = list(cut_blocks([as_rows(table)], 50.0, block_s))
    assert np.array_equal(joined(blocks)[:, 0], table[:, 0])
    for block in blocks:
        assert (np.diff(block.t_s) <= 2.0).all()
    for before, block in pairwise(blocks):
        assert (block.segment != before.segment) == (block.t_s[0] - before.t_s[-1] > 2.0)


def test_the_rate_is_the_mean_of_steps_that_are_no_gaps() -> None:
    assert rate_of(np.arange(500) / 104.0) == 104.0
    bursts = np.repeat(np.arange(100) * 0.2, 10) + np.tile(np.arange(10) * 0.001, 100)  # ten samples a packet
    assert rate_of(bursts) == pytest.approx(50.0, rel=0.02)
    assert rate_of(np.concatenate([np.arange(500) / 50, 3600 + np.arange(500) / 50])) == pytest.approx(50.0)
    assert rate_of(np.array([0.0, 60.0, 120.0])) == pytest.approx(1 / 60, rel=1e-5)
