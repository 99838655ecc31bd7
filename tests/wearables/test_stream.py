"""Samples without an index: counted, and what is missing among them."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model import AccelBlock, Floats, Quality
from monitor.wearables.stream import Stream

START_S = 1.8e9


def still(count: int) -> Floats:
    return np.repeat([[0.0, 0.0, 1.0]], count, axis=0)


def fed(stream: Stream, firsts: range, batch: int = 10, late_s: float = 0.0) -> list[AccelBlock]:
    """Packets of a perfect device at the stream's rate: ``firsts`` are the indices of their first samples."""
    blocks = []
    for first in firsts:
        last_s = (first + batch - 1) / stream.past.rate_hz
        stamp = round(1e6 * (4321.5 + last_s)) if stream.stamped else None
        blocks += stream.add(still(batch), START_S + last_s + late_s, stamp)
    return blocks


@pytest.mark.parametrize("stamped", [True, False])
def test_blocks_follow_each_other_without_gap(stamped: bool) -> None:
    blocks = fed(Stream(50.0, stamped=stamped), range(0, 3000, 10))
    assert blocks[0].gap_before_s is None
    assert all(block.gap_before_s == 0.0 for block in blocks[1:])
    assert [block.first_index for block in blocks] == list(range(0, 3000, 10))
    assert blocks[-1].t_s[-1] == pytest.approx(START_S + 2999 / 50, abs=0.001)


@pytest.mark.parametrize("lost", [10, 30, 500, 100_000])
def test_what_stamps_show_missing_is_a_gap_of_that_length(lost: int) -> None:
    stream = Stream(50.0)
    fed(stream, range(0, 3000, 10))
    (block,) = fed(stream, range(3000 + lost, 3001 + lost, 10))
    assert block.first_index == 3000 + lost
    assert block.gap_before_s == pytest.approx(lost / 50)
    assert block.t_s[-1] == pytest.approx(START_S + (3009 + lost) / 50, abs=0.001)
    assert block.segment == 0


def test_a_packet_with_the_stamp_of_the_last_is_a_repeat() -> None:
    stream = Stream(50.0)
    fed(stream, range(0, 100, 10))
    assert fed(stream, range(90, 100, 10)) == []


@pytest.mark.parametrize("leap_us", [-60_000_000, 900_000_000])
def test_a_device_clock_set_anew_begins_a_segment(leap_us: int) -> None:
    stream = Stream(50.0)
    before = fed(stream, range(0, 3000, 10))
    at_s = START_S + 3009 / 50
    (block,) = stream.add(still(10), at_s, round(1e6 * (4321.5 + 3009 / 50)) + leap_us)
    assert (block.segment, block.first_index, block.gap_before_s) == (1, 0, None)
    assert block.t_s[0] > before[-1].t_s[-1]
    assert block.t_s[-1] == pytest.approx(at_s, abs=0.05)


@pytest.mark.parametrize(("leap_s", "segment"), [(-50.0, 1), (-30.0, 0), (-12.0, 0), (2.0, 1), (5.0, 1), (9.0, 1)])
def test_over_a_lost_link_a_clock_may_begin_anew(leap_s: float, segment: int) -> None:
    """Ahead: it was about to wrap. Back by less than the link was away: a young one, known by samples staying late."""
    stream = Stream(50.0)
    fed(stream, range(0, 3000, 10))
    stream.lost()
    blocks = []
    for first in range(5000, 8000, 10):
        last_s = (first + 9) / 50
        blocks += stream.add(still(10), START_S + last_s, round(1e6 * (4321.5 + leap_s + last_s)))
    assert {block.segment for block in blocks} == {segment}
    settled = [block for block in blocks if block.t_s[0] > START_S + 104]
    assert settled[0].t_s[0] == pytest.approx(START_S + 104, abs=0.3)
    assert settled[-1].t_s[-1] == pytest.approx(START_S + 7999 / 50, abs=0.005)


@pytest.mark.parametrize(("away_s", "late_s"), [(1.0, -0.5), (1.0, 3.0), (1e4, 2.0), (1e4, -2.0)])
def test_over_a_lost_link_a_clock_that_fits_goes_on(away_s: float, late_s: float) -> None:
    """Crystals err by some ten ppm, and a new link may be busy at first."""
    stream = Stream(50.0)
    fed(stream, range(0, 3000, 10))
    stream.lost()
    last_s = 60.0 + away_s
    (block,) = stream.add(still(10), START_S + last_s + late_s, round(1e6 * (4321.5 + last_s)))
    assert block.segment == 0
    assert block.gap_before_s == pytest.approx(away_s, rel=0.01, abs=0.5)


def test_a_long_silence_of_a_device_without_stamps_is_a_gap() -> None:
    stream = Stream(50.0, stamped=False)
    fed(stream, range(0, 3000, 10))
    block, *others = fed(stream, range(4000, 4500, 10))
    assert block.gap_before_s == pytest.approx(20.0, abs=0.02)
    assert all(other.gap_before_s == 0.0 for other in others)
    assert others[-1].t_s[-1] == pytest.approx(START_S + 4499 / 50, abs=0.02)


def test_a_late_burst_after_a_short_silence_is_no_gap() -> None:
    stream = Stream(50.0, stamped=False)
    fed(stream, range(0, 3000, 10))
    burst = [block for first in range(3000, 3080, 10) for block in stream.add(still(10), START_S + 3079 / 50)]
    rest = fed(stream, range(3080, 4000, 10))
    assert not any(block.gap_before_s for block in burst + rest)
    assert rest[-1].t_s[-1] == pytest.approx(START_S + 3999 / 50, abs=0.02)


def gathered(first: int, arrived_s: list[float]) -> tuple[Floats, float, list[tuple[int, float]]]:
    """Samples from ``first`` on, one a packet."""
    return still(len(arrived_s)), arrived_s[-1], [(number + 1, at_s) for number, at_s in enumerate(arrived_s)]


def test_after_a_short_silence_samples_at_their_usual_pace_that_stay_late_are_a_gap_at_once() -> None:
    stream = Stream(50.0, stamped=False)
    fed(stream, range(0, 3000, 10))
    xyz_g, at_s, arrivals = gathered(3050, [START_S + index / 50 for index in range(3050, 3080)])
    (block,) = stream.add(xyz_g, at_s, arrivals=arrivals)
    assert block.gap_before_s == pytest.approx(1.0, abs=0.02)
    assert block.t_s[-1] == pytest.approx(START_S + 3079 / 50, abs=0.03)


def test_what_is_lost_in_a_short_silence_is_a_gap_at_once_even_where_some_was_lost_just_before() -> None:
    stream = Stream(50.0, stamped=False)
    fed(stream, range(0, 3000, 10))
    fed(stream, range(3025, 3075, 10))  # half a second too few, and too little time to know it
    xyz_g, at_s, arrivals = gathered(3125, [START_S + index / 50 for index in range(3125, 3155)])
    (block,) = stream.add(xyz_g, at_s, arrivals=arrivals)
    assert block.gap_before_s == pytest.approx(1.5, abs=0.1)
    assert block.t_s[-1] == pytest.approx(START_S + 3154 / 50, abs=0.03)


def test_a_setting_counts_from_the_moment_it_is_made() -> None:
    stream = Stream(25.0)
    stream.begin(52.0)
    assert stream.period_s == pytest.approx(1 / 52)


def test_samples_that_a_radio_held_back_and_sends_at_once_are_no_gap() -> None:
    stream = Stream(50.0, stamped=False)
    fed(stream, range(0, 3000, 10))
    held_back_until_s = START_S + 3050 / 50
    xyz_g, at_s, arrivals = gathered(
        3000, [max(held_back_until_s, START_S + index / 50) for index in range(3000, 3080)]
    )
    (block,) = stream.add(xyz_g, at_s, arrivals=arrivals)
    assert not block.gap_before_s
    assert block.t_s[-1] == pytest.approx(START_S + 3079 / 50, abs=0.03)


def test_time_that_runs_sixty_times_as_fast_is_no_loss() -> None:
    stream, rng = Stream(25.0, stamped=False), np.random.default_rng(1)
    for tick in range(40):  # all that was sampled in 50 ms of wall time comes within 5 to 20 ms of it
        from_s, takes_s = START_S + 3.0 * (tick + 1), 0.3 + 0.9 * rng.random()
        xyz_g, last_s, arrivals = gathered(75 * tick, list(from_s + np.linspace(0.0, takes_s, 75)))
        (block,) = stream.add(xyz_g, last_s, arrivals=arrivals)
        assert not block.gap_before_s


def test_arrivals_that_stay_late_mean_a_gap() -> None:
    stream = Stream(50.0, stamped=False)
    fed(stream, range(0, 3000, 10))
    blocks = fed(stream, range(3040, 4000, 10))
    (gap_s,) = [block.gap_before_s for block in blocks if block.gap_before_s]
    assert gap_s == pytest.approx(0.8, abs=0.2)  # the clock has followed a part of it meanwhile
    assert blocks[-1].t_s[-1] == pytest.approx(START_S + 3999 / 50, abs=0.05)


@pytest.mark.parametrize("stamped", [True, False])
@pytest.mark.parametrize("away_s", [4, 1200])
def test_over_a_lost_link_the_segment_goes_on_with_a_gap(stamped: bool, away_s: int) -> None:
    stream = Stream(50.0, stamped=stamped)
    stream.begin(50.0)
    fed(stream, range(0, 3000, 10))
    stream.lost()
    stream.begin(50.0)
    first = 3000 + 50 * away_s
    block, *others = fed(stream, range(first, first + 200, 10))
    assert (block.segment, block.first_index) == (0, first)
    assert block.gap_before_s == pytest.approx(away_s, abs=0.05)
    assert all(other.gap_before_s == 0.0 for other in others)
    assert others[-1].t_s[-1] == pytest.approx(START_S + (first + 199) / 50, abs=0.02)


@pytest.mark.parametrize("setting", [(25.0, 8.0), (50.0, 4.0)])
def test_another_rate_or_range_begins_a_segment(setting: tuple[float, float]) -> None:
    stream = Stream(50.0, 8.0)
    stream.begin(50.0, 8.0)
    last = fed(stream, range(0, 100, 10))[-1]
    stream.begin(*setting)
    (block,) = stream.add(still(10), START_S + 3.0, round(1e6 * 4324.5))
    assert (block.segment, block.first_index, block.rate_hz) == (1, 0, setting[0])
    assert block.t_s[0] > last.t_s[-1]


@pytest.mark.parametrize("stamped", [True, False])
def test_after_a_crash_a_new_segment_goes_on_later(stamped: bool) -> None:
    stream = Stream(50.0, stamped=stamped)
    last = fed(stream, range(0, 3000, 10))[-1]
    memory = json.loads(json.dumps(stream.resume(), allow_nan=False))
    other = Stream(50.0, stamped=stamped)
    assert other.remember(memory)
    assert other.resume() == memory
    other.begin(50.0)
    block = fed(other, range(6000, 6100, 10))[0]
    assert (block.segment, block.first_index) == (1, 0)
    assert block.t_s[0] > last.t_s[-1]
    assert block.t_s[-1] == pytest.approx(START_S + 6009 / 50, abs=0.02)


@pytest.mark.parametrize("memory", [None, {}, {"of": "another program"}, {"clock": None, "segment": "x"}, 7])
def test_a_memory_it_does_not_understand_changes_nothing(memory: object) -> None:
    stream = Stream(50.0)
    assert not stream.remember(memory)
    assert fed(stream, range(0, 100, 10))[0].segment == 0


def test_the_quality_says_what_is_special() -> None:
    stamped = Stream(50.0, 2.0)
    (plain,) = stamped.add(still(1), START_S, 1)
    (clipped,) = stamped.add(np.array([[0.1, 0.0, -2.0]]), START_S + 0.02, 20_001)
    (worn,) = stamped.add(still(1), START_S + 0.04, 40_001, quality=Quality.DEVICE_NOT_WORN)
    assert (plain.quality, clipped.quality) == (Quality.NONE, Quality.CLIPPED)
    assert worn.quality == Quality.DEVICE_NOT_WORN
    (counted,) = Stream(1.0, stamped=False).add(still(1), START_S)
    assert counted.quality == Quality.INTERPOLATED_TIME | Quality.LOW_RATE


def test_where_only_changes_are_sent_silence_repeats_the_last_value() -> None:
    stream = Stream(10.0, stamped=False, on_change=True)
    stream.add(still(1), START_S)
    (block,) = stream.add(np.array([[1.0, 0.0, 0.0]]), START_S + 3.0)
    assert np.array_equal(block.xyz_g[:, 2], [1.0] * 29 + [0.0])
    assert block.t_s[-1] == pytest.approx(START_S + 3.0)
    assert block.gap_before_s == 0.0
    assert block.quality == Quality.CHANGE_ONLY | Quality.INTERPOLATED_TIME
    (held,) = stream.hold(START_S + 4.05)
    assert len(held.t_s) == 10
    assert held.t_s[0] == pytest.approx(START_S + 3.1)
    assert stream.hold(START_S + 4.05) == []


def test_nothing_is_held_over_a_lost_link() -> None:
    stream = Stream(10.0, stamped=False, on_change=True)
    stream.add(still(1), START_S)
    stream.lost()
    assert stream.hold(START_S + 5.0) == []
    (block,) = stream.add(still(1), START_S + 30.0)
    assert len(block.t_s) == 1
    assert block.gap_before_s == pytest.approx(29.9)


@settings(max_examples=200, deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.integers(0, 5), st.floats(-20, 1e4), st.integers(-(10**7), 10**10), st.integers(0, 9)),
        max_size=30,
    ),
    stamped=st.booleans(),
    on_change=st.booleans(),
)
def test_whatever_comes_times_and_indices_grow(
    steps: list[tuple[int, float, int, int]], stamped: bool, on_change: bool
) -> None:
    stream, at_s, stamp_us, blocks = Stream(25.0, stamped=stamped, on_change=on_change), START_S, 10**12, []
    for count, passed_s, passed_us, what in steps:
        at_s, stamp_us = at_s + passed_s, max(0, stamp_us + passed_us)
        if what == 0:
            stream.lost()
        elif what == 1:
            stream.begin(12.5)
        elif what == 2:
            stream.remember(json.loads(json.dumps(stream.resume())))
        elif what == 3 and on_change:
            blocks += stream.hold(at_s)
        blocks += stream.add(still(count), at_s, stamp_us if stamped else None)
    assert all(np.isfinite(block.t_s).all() for block in blocks)
    assert (np.diff(np.concatenate([np.empty(0), *(block.t_s for block in blocks)])) > 0).all()
    indices = [
        (block.segment, index) for block in blocks for index in (block.first_index, block.first_index + len(block.t_s))
    ]  # type: ignore[operator]
    assert indices == sorted(indices)
