"""Samples become epochs: the same whatever the cuts, never late, never poisoned."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.accel.epochs import EpochBuilder, join
from monitor.model import AccelBlock, Epochs, Quality
from tests.support.wearers import Recording, rotation, wear

WALK = wear(("sit", 12), ("walk", 15), ("stand", 9), rate_hz=25.0, start_s=1_700_000_000.25)


def bits(rows: Epochs) -> list[bytes]:
    return [getattr(rows, column.name).tobytes() for column in fields(rows)]


def run(blocks: list[AccelBlock], end_s: float | None = None, decides_after_s: int = 3) -> Epochs:
    builder = EpochBuilder(decides_after_s=decides_after_s)
    parts = [builder.feed(block) for block in blocks]
    last_s = float(blocks[-1].t_s[-1])
    return join([*parts, builder.tick(last_s + 5.0 if end_s is None else end_s)])


def test_one_row_for_each_whole_second_that_has_a_sample() -> None:
    rows = run([WALK.block()])
    assert rows.start_s.tolist() == np.unique(np.floor(WALK.t_s)).tolist()
    assert int(rows.sample_count.sum()) == len(WALK.t_s)
    assert (rows.decided_s == rows.start_s + 3.0).all()


def test_magnitude_and_its_moment_are_mean_and_slope_of_the_samples_of_the_second() -> None:
    rows = run([WALK.block()])
    second = np.floor(WALK.t_s)
    for row in range(1, len(rows) - 1):
        inside = second == rows.start_s[row]
        at_s, norm_g = WALK.t_s[inside], np.linalg.norm(WALK.xyz_g[inside].astype(float), axis=1)
        assert rows.magnitude_g[row] == pytest.approx(norm_g.mean())
        assert rows.magnitude_moment[row] == pytest.approx(np.polyfit(at_s - at_s[0], norm_g, 1)[0] / 12.0, abs=1e-9)


def test_a_second_with_a_single_sample_has_no_moment() -> None:
    assert not run([wear(("sit", 10), rate_hz=1.0).block()]).magnitude_moment.any()


@settings(max_examples=25)
@given(st.lists(st.integers(1, len(WALK.t_s) - 1), max_size=30))
def test_cutting_the_stream_elsewhere_changes_no_bit(cuts: list[int]) -> None:
    assert bits(run(WALK.blocks(cuts))) == bits(run([WALK.block()]))
    assert bits(run(WALK.blocks(cuts), decides_after_s=5)) == bits(run([WALK.block()], decides_after_s=5))


def test_sample_by_sample_is_the_same_as_all_at_once() -> None:
    assert bits(run(WALK.blocks(list(range(len(WALK.t_s)))))) == bits(run([WALK.block()]))


@settings(max_examples=25)
@given(st.floats(1.0, 35.0))
def test_a_row_depends_on_nothing_after_it_was_decided(after_s: float) -> None:
    end_s = float(WALK.t_s[0]) + after_s
    for decides_after_s in (3, 5):
        cut = run([WALK.until(end_s).block()], decides_after_s=decides_after_s)
        whole = run([WALK.block()], decides_after_s=decides_after_s)
        final = int((cut.decided_s <= end_s).sum())
        for column in fields(cut):
            assert getattr(cut, column.name)[:final].tobytes() == getattr(whole, column.name)[:final].tobytes()


def test_a_second_is_handed_out_when_a_sample_three_seconds_later_has_come() -> None:
    builder = EpochBuilder()
    recording = wear(("sit", 10), rate_hz=10.0, start_s=100.0)
    assert len(builder.feed(recording.until(102.95).block())) == 0
    assert builder.feed(recording.block(30, 31)).start_s.tolist() == [100.0]


def test_who_waits_longer_sees_the_seconds_ahead() -> None:
    builder, recording = EpochBuilder(decides_after_s=5), wear(("sit", 5), ("stand", 10), rate_hz=10.0, start_s=100.0)
    assert len(builder.feed(recording.until(104.95).block())) == 0
    rows = join([builder.feed(recording.block(50)), builder.tick(200.0)])
    assert (rows.decided_s == rows.start_s + 5.0).all()
    assert rows.ahead_mean_g[0].tobytes() == rows.mean_g[1:5].tobytes()
    assert rows.ahead_jitter_g[0].tobytes() == rows.jitter_g[1:5].tobytes()
    assert np.isnan(rows.ahead_mean_g[-1]).all()
    shown = ~np.isnan(run([recording.block()]).ahead_jitter_g[:-4])
    assert shown.tolist() == [[True, True, False, False]] * len(shown)


def test_without_samples_the_clock_closes_a_second_after_five() -> None:
    builder = EpochBuilder()
    builder.feed(wear(("sit", 2), start_s=100.0).block())
    assert len(builder.tick(104.99)) == 0
    assert builder.tick(105.0).start_s.tolist() == [100.0]
    assert builder.tick(106.0).start_s.tolist() == [101.0]
    assert len(builder.tick(200.0)) == 0


def test_samples_of_a_decided_second_are_dropped() -> None:
    builder = EpochBuilder()
    recording = wear(("sit", 10), rate_hz=10.0, start_s=100.0)
    builder.feed(recording.until(102.0).block())
    builder.tick(107.0)
    rows = join([builder.feed(recording.block(20)), builder.tick(120.0)])
    assert rows.start_s.tolist() == [103.0, 104.0, 105.0, 106.0, 107.0, 108.0, 109.0]


def test_repeated_and_unordered_times_are_dropped() -> None:
    builder = EpochBuilder()
    block = wear(("sit", 6), start_s=100.0).block()
    builder.feed(block)
    builder.feed(block)
    assert int(builder.tick(200.0).sample_count.sum()) == 3 * 25


def test_the_mean_of_a_second_is_the_mean_of_its_samples() -> None:
    rows = run([WALK.block()])
    for row in range(len(rows)):
        inside = (WALK.t_s >= rows.start_s[row]) & (WALK.t_s < rows.start_s[row] + 1)
        sample_g = WALK.xyz_g[inside].astype(np.float64)
        assert rows.mean_g[row] == pytest.approx(sample_g.mean(axis=0), abs=1e-12)
        assert rows.spread_g[row] == pytest.approx(np.linalg.norm(sample_g, axis=1).std(), abs=1e-12)
        assert rows.jitter_g[row] == pytest.approx(np.sqrt(sample_g.var(axis=0).sum()), abs=1e-12)


def test_the_window_by_a_second_road() -> None:
    """Computed again, sample by sample, in plain loops."""
    rows = run([WALK.block()])
    row = 18
    start_s = rows.start_s[row] - 1.0
    cells: list[list[np.ndarray]] = [[] for _ in range(50)]
    for t_s, sample_g in zip(WALK.t_s, WALK.xyz_g.astype(np.float64), strict=True):
        if start_s <= t_s < start_s + 4.0:
            cells[int((t_s - start_s) * 12.5)].append(sample_g)
    cell_g = np.array([np.mean(cell, axis=0) for cell in cells])
    down = cell_g.mean(axis=0) / np.linalg.norm(cell_g.mean(axis=0))
    along_g, norm_g = cell_g @ down, np.linalg.norm(cell_g, axis=1)
    across_g = cell_g - np.outer(along_g, down)
    centred_g = norm_g - norm_g.mean()
    spectrum = np.abs(np.fft.fft(centred_g * (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(50) / 50)))) ** 2
    spectrum *= 2.0 / (50 * 18.75)
    assert rows.window_mean_g[row] == pytest.approx(cell_g.mean(axis=0))
    assert rows.along_g[row] == pytest.approx(along_g.std())
    assert rows.across_g[row] == pytest.approx(np.sqrt(across_g.var(axis=0).sum()))
    assert rows.window_spread_g[row] == pytest.approx(norm_g.std())
    assert rows.skewness[row] == pytest.approx((centred_g**3).mean() / norm_g.std() ** 3)
    assert rows.jerk_g[row] == pytest.approx(np.linalg.norm(np.diff(cell_g, axis=0), axis=1).mean())
    assert rows.slow_power[row] == pytest.approx(spectrum[1:6].sum())
    assert rows.step_power[row] == pytest.approx(spectrum[6:26].sum())
    assert rows.cadence_hz[row] == pytest.approx(1.9, abs=0.05)


def test_a_gap_of_a_year_costs_nothing_and_has_no_rows() -> None:
    before, after = wear(("sit", 5), start_s=100.0), wear(("sit", 5), start_s=100.0 + 365 * 86400)
    rows = run([before.block(), after.block()])
    assert len(rows) == 10


def test_windows_do_not_look_into_another_segment() -> None:
    whole = wear(("sit", 5), ("walk", 5), start_s=100.0)
    split = run([whole.block(0, 125, segment=1), whole.block(125, None, segment=2)])
    alone = run([whole.block(0, 125, segment=1)])
    assert split.across_g[:5].tobytes() == alone.across_g.tobytes()
    assert split.segment.tolist() == [1] * 5 + [2] * 5


def test_a_second_in_which_a_segment_begins_belongs_to_the_new_one() -> None:
    whole = wear(("sit", 8), start_s=100.0)
    for cuts in ([60, 110], [110]):
        blocks = [whole.block(a, b, segment=int(a >= 110)) for a, b in zip([0, *cuts], [*cuts, None], strict=True)]
        rows = run(blocks)
        assert rows.start_s.tolist() == [100.0 + k for k in range(8)]
        assert rows.segment.tolist() == [0] * 4 + [1] * 4
        assert rows.sample_count[4] == 15


@pytest.mark.parametrize("junk", [np.nan, np.inf, -np.inf, 1e9])
def test_junk_samples_count_as_missing(junk: float) -> None:
    clean = wear(("walk", 12), start_s=100.0)
    xyz_g = clean.xyz_g.copy()
    xyz_g[::7, 1] = junk
    keep = np.ones(len(xyz_g), bool)
    keep[::7] = False
    builder = EpochBuilder()
    dirty = join([builder.feed(AccelBlock(clean.t_s, xyz_g, 25.0, 0)), builder.tick(200.0)])
    without = run([AccelBlock(clean.t_s[keep], clean.xyz_g[keep], 25.0, 0)], 200.0)
    assert bits(dirty) == bits(without)


def test_nothing_but_junk_gives_nothing() -> None:
    builder = EpochBuilder()
    block = AccelBlock(np.array([np.nan, 1.0, np.inf]), np.full((3, 3), np.nan, np.float32), 25.0, 0)
    assert len(builder.feed(block)) == 0
    assert len(builder.tick(1e9)) == 0


@pytest.mark.parametrize("rate_hz", [1.0, 2.0, 5.0])
def test_a_low_rate_has_means_but_no_rhythm(rate_hz: float) -> None:
    rows = run([wear(("walk", 30), rate_hz=rate_hz).block()])
    assert len(rows) == 30
    assert not rows.rhythm_known.any()
    assert np.isfinite(rows.mean_g).all()
    assert np.isfinite(rows.window_mean_g).all()
    assert np.isnan(rows.step_power).all()


@pytest.mark.parametrize("rate_hz", [8.0, 12.5, 25.0, 52.0, 100.0, 200.0])
def test_the_cadence_is_the_same_at_every_rate(rate_hz: float) -> None:
    rows = run([wear(("walk", 20), rate_hz=rate_hz).block()])
    assert rows.rhythm_known[2:-3].all()
    assert rows.cadence_hz[2:-3] == pytest.approx(1.9, abs=0.1)


def test_uneven_sampling_times_are_taken_as_they_are() -> None:
    steady = wear(("walk", 20), rate_hz=50.0)
    rng = np.random.default_rng(3)
    chosen = np.sort(rng.choice(len(steady.t_s), size=len(steady.t_s) // 2, replace=False))
    rows = run([Recording(steady.t_s[chosen], steady.xyz_g[chosen], 25.0).block()])
    assert rows.cadence_hz[2:-3] == pytest.approx(1.9, abs=0.1)


def test_the_quality_of_a_second_is_that_of_all_its_samples() -> None:
    whole = wear(("sit", 6), start_s=100.0)
    blocks = [whole.block(0, 60, quality=Quality.CLIPPED), whole.block(60, None, quality=Quality.REPLAYED)]
    both = int(Quality.CLIPPED | Quality.REPLAYED)
    assert run(blocks).quality.tolist() == [1, 1, both, 2, 2, 2]


def test_only_unfinished_seconds_are_held_back() -> None:
    builder = EpochBuilder()
    builder.feed(wear(("sit", 3000), rate_hz=50.0).block())
    assert len(builder.running) <= 50
    assert len(builder.seconds) <= 3
    assert builder.seconds.half_sum_g.base is None


def test_turning_the_sensor_changes_nothing_but_rounding() -> None:
    here, there = run([WALK.block()]), run([WALK.turned(rotation(5)).block()])
    for name in ("spread_g", "jitter_g", "window_spread_g", "along_g", "across_g", "jerk_g", "skewness", "cadence_hz"):
        assert getattr(there, name) == pytest.approx(getattr(here, name), abs=1e-4, nan_ok=True), name
