"""The delta code's widths, lengths and runs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_sim.profiles import delta_code
from tests.firmware.mini_decoder import read_delta


@pytest.mark.parametrize(
    ("delta", "width"),
    [(0, 1), (-1, 1), (1, 2), (-2, 2), (2, 3), (3, 3), (-4, 3), (4, 4), (127, 8), (-128, 8), (128, 9), (32767, 16),
     (-32768, 16), (32768, 17), (65535, 17)],
)  # fmt: skip
def test_the_width_is_the_smallest_that_holds_the_difference(delta: int, width: int) -> None:
    assert delta_code.widths_needed(np.array([[0, delta, 0]]))[0] == width


def test_a_jump_beyond_sixteen_bits_cannot_be_coded() -> None:
    assert delta_code.encode(np.array([[-32768, 0, 0], [32767, 0, 0]], np.int16)) is None


def test_more_samples_than_a_run_may_count_cannot_be_coded() -> None:
    assert delta_code.encode(np.zeros((257, 3), np.int16)) is None
    assert delta_code.encode(np.zeros((256, 3), np.int16)) is not None


def test_a_short_block_is_one_run_where_a_second_header_would_cost_more() -> None:
    samples = np.array([[100, -50, 1000], [103, -54, 1000], [87, -39, 1001], [89, -42, 1000]], np.int16)
    two_runs = bytes.fromhex("6400ceffe803030123000502f005d13f")
    coded = delta_code.encode(samples)
    assert coded is not None
    assert len(coded) < len(two_runs)
    assert read_delta(coded) == read_delta(two_runs) == samples.tolist()


def test_a_calm_stretch_and_a_busy_one_get_a_run_each() -> None:
    rng = np.random.default_rng(1)
    calm, busy = rng.integers(-2, 3, (40, 3)), rng.integers(-2000, 2000, (10, 3))
    samples = np.cumsum(np.vstack((calm, busy)), axis=0).astype(np.int16)
    coded = delta_code.encode(samples)
    assert coded is not None
    assert read_delta(coded) == samples.tolist()
    assert coded[7] < len(samples) - 1, "the first run ends before the block does"


@given(samples=st.lists(st.tuples(*[st.integers(-3000, 3000)] * 3), min_size=1, max_size=100))
def test_no_prefix_is_longer_than_was_foretold(samples: list[tuple[int, int, int]]) -> None:
    counts = np.array(samples, np.int16)
    foretold = delta_code.encoded_bytes(counts)
    coded = delta_code.encode(counts)
    assert coded is not None
    assert len(coded) <= foretold[-1]
    assert (np.diff(foretold) >= 0).all()
