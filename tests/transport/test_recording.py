"""Recordings: the samples as they are, gaps as segments, single bad samples left out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from monitor.model import Quality
from monitor.transport import recording, tables
from monitor.transport.recording import open_recording
from monitor.transport.tables import COLUMNS
from tests.transport.recordings import WRITERS, joined, still, write_csv, write_npz

both = pytest.mark.parametrize("suffix", list(WRITERS))


def test_npz_has_the_times_of_its_segments_and_milli_g_become_g(tmp_path: Path) -> None:
    opened = open_recording(write_npz(tmp_path / "r.npz"))
    assert (opened.sample_count, opened.rate_hz, opened.start_s, opened.end_s) == (1000, 50.0, 100.0, 169.98)
    assert opened.duration_s == pytest.approx(69.98)
    first, second = opened.blocks()
    assert first.t_s.tolist() == [100.0 + n / 50.0 for n in range(500)]
    assert second.t_s[0] == 160.0
    assert first.xyz_g.dtype == np.float32
    assert first.xyz_g[7].tolist() == [np.float32(0.007), 0.0, 1.0]
    assert (first.segment, second.segment) == (0, 1)
    assert first.gap_before_s is None
    assert second.gap_before_s == pytest.approx(160.0 - 109.98 - 0.02)
    assert opened.dropped == 0


def test_npz_uses_true_time_stamps_where_there_are_some(tmp_path: Path) -> None:
    t_s = np.concatenate([np.arange(500) / 49.0, 50 + np.arange(500) / 51.0])
    blocks = list(open_recording(write_npz(tmp_path / "r.npz", t=t_s)).blocks())
    assert np.array_equal(joined(blocks)[:, 0], t_s)


def test_a_new_segment_in_the_file_is_one_here_even_without_a_gap(tmp_path: Path) -> None:
    path = write_npz(tmp_path / "r.npz", seg_t0=np.array([0.0, 10.06]))
    blocks = list(open_recording(path).blocks())
    assert [block.segment for block in blocks] == [0, 1]
    assert blocks[1].gap_before_s == pytest.approx(0.06)


@both
def test_tables_come_back_sample_for_sample(tmp_path: Path, suffix: str) -> None:
    table = still(2000, start_s=1_700_000_000.0)
    opened = open_recording(WRITERS[suffix](tmp_path / f"r{suffix}", table))
    assert (opened.sample_count, opened.rate_hz) == (2000, 50.0)
    assert (opened.start_s, opened.end_s) == (table[0, 0], table[-1, 0])
    (block,) = opened.blocks()
    assert np.array_equal(block.t_s, table[:, 0])
    assert np.array_equal(block.xyz_g, table[:, 1:].astype(np.float32))


@both
def test_a_jump_in_time_starts_a_segment_and_a_short_one_does_not(tmp_path: Path, suffix: str) -> None:
    table = still(1500)
    table[500:, 0] += 1.9  # a stutter
    table[1000:, 0] += 2.1
    blocks = list(open_recording(WRITERS[suffix](tmp_path / f"r{suffix}", table)).blocks())
    assert [(block.segment, len(block.t_s)) for block in blocks] == [(0, 1000), (1, 500)]
    assert blocks[1].gap_before_s == pytest.approx(2.1)


def test_a_slow_sensor_has_no_gap_at_every_sample(tmp_path: Path) -> None:
    opened = open_recording(write_csv(tmp_path / "r.csv", still(300, rate_hz=0.5)))
    (block,) = opened.blocks()
    assert (opened.rate_hz, block.quality) == (0.5, Quality.LOW_RATE)


@both
def test_no_block_is_longer_than_asked_for_and_together_they_are_the_recording(tmp_path: Path, suffix: str) -> None:
    opened = open_recording(WRITERS[suffix](tmp_path / f"r{suffix}", still(3000)))
    whole = joined(list(opened.blocks()))
    for block_s in (0.02, 0.7, 1.0, 25.0):
        blocks = list(opened.blocks(block_s))
        assert np.array_equal(joined(blocks), whole)
        assert all(block.t_s[-1] - block.t_s[0] < block_s for block in blocks)
        assert {block.segment for block in blocks} == {0}
        assert [block.gap_before_s for block in blocks] == [None] + [0.0] * (len(blocks) - 1)


def test_a_long_table_is_read_piece_by_piece_with_the_same_result(tmp_path: Path, monkeypatch: Any) -> None:
    table = still(5000)
    table[3000:, 0] += 30
    table[1234, 1] = np.nan
    path = write_csv(tmp_path / "r.csv", table)
    whole = joined(list(open_recording(path).blocks()))
    monkeypatch.setattr(recording, "JUDGED_WHOLE_ROWS", 777)
    monkeypatch.setattr(tables, "PIECE_ROWS", 777)
    opened = open_recording(path)
    blocks = list(opened.blocks())
    assert max(len(block.t_s) for block in blocks) <= 778
    assert np.array_equal(joined(blocks), whole)
    assert {block.segment for block in blocks} == {0, 1}
    assert opened.dropped == 1


@pytest.mark.parametrize(
    "header",
    ["z_g,note,time_s,y_g,x_g", "\ufeffz_g,note,time_s,y_g,x_g", ' "z_g", note , time_s,"y_g",x_g'],
)
def test_columns_are_found_by_name(tmp_path: Path, header: str) -> None:
    path = tmp_path / "r.csv"
    path.write_text(header + "\r\n1.0,a,10.0,0.0,0.1\r\n1.0,b,10.02,0.0,0.2\r\n", encoding="utf-8")
    opened = open_recording(path)
    assert joined(list(opened.blocks())).round(3).tolist() == [[10.0, 0.1, 0.0, 1.0], [10.02, 0.2, 0.0, 1.0]]


def test_a_single_sample_is_a_recording(tmp_path: Path) -> None:
    opened = open_recording(write_csv(tmp_path / "r.csv", still(1)))
    assert (opened.sample_count, opened.duration_s) == (1, 0.0)
    assert len(list(opened.blocks())) == 1


def test_integers_in_parquet_are_numbers_too(tmp_path: Path) -> None:
    columns = {"time_s": list(range(60)), "x_g": [0] * 60, "y_g": [1] * 60, "z_g": [0.0] * 60}
    pq.write_table(pa.table(columns), tmp_path / "r.parquet")
    assert open_recording(tmp_path / "r.parquet").rate_hz == 1.0


# --- single bad samples ----------------------------------------------------------------------------------------------


@both
@pytest.mark.parametrize(
    ("column", "value", "why"),
    [
        (1, np.nan, "not a number"),
        (3, np.inf, "not a number"),
        (0, np.nan, "not a number"),
        (2, 1e9, "beyond 400 g"),
        (0, 5.0, "out of order"),  # back in time
        (0, 9.98, "out of order"),  # the time of the sample before
        (0, 9999.0, "out of order"),  # one step ahead, and back
        (0, 1e12, "time beyond the year 3000"),
    ],
)
def test_a_single_bad_sample_is_left_out_and_counted(
    tmp_path: Path, suffix: str, column: int, value: float, why: str
) -> None:
    table = still(1000)
    table[500, column] = value
    opened = open_recording(WRITERS[suffix](tmp_path / f"r{suffix}", table))
    assert np.array_equal(joined(list(opened.blocks()))[:, 0], np.delete(still(1000)[:, 0], 500))
    assert (opened.dropped, opened.dropped_why) == (1, {why: 1})


@pytest.mark.parametrize("row", ["", "x", "1,2", "1,2,3,four", "1,,,", "10.001,0.0,0.0,1.0 g", "\x00\x00,\ufffd,1,2"])
def test_a_line_that_cannot_be_read_is_left_out(tmp_path: Path, row: str) -> None:
    path = write_csv(tmp_path / "r.csv", still(1000))
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines[:501], row, *lines[501:]]))
    opened = open_recording(path)
    assert np.array_equal(joined(list(opened.blocks()))[:, 0], still(1000)[:, 0])
    assert opened.dropped == (1 if row else 0)


def test_a_cut_last_line_is_left_out(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "r.csv", still(1000))
    path.write_text(path.read_text()[:-12])
    opened = open_recording(path)
    assert sum(len(block.t_s) for block in opened.blocks()) == 999
    assert (opened.dropped, opened.end_s) == (1, 998 / 50)


def test_nulls_in_parquet_are_bad_samples(tmp_path: Path) -> None:
    table = still(100)
    columns = {name: table[:, n].tolist() for n, name in enumerate(COLUMNS)}
    columns["y_g"][50] = None
    pq.write_table(pa.table(columns), tmp_path / "r.parquet")
    opened = open_recording(tmp_path / "r.parquet")
    assert sum(len(block.t_s) for block in opened.blocks()) == 99
    assert opened.dropped == 1


def test_bad_samples_in_npz_are_left_out(tmp_path: Path) -> None:
    acc = still(1000)[:, 1:] * 1000
    acc[3] = np.nan
    acc[700, 1] = 1e12
    opened = open_recording(write_npz(tmp_path / "r.npz", acc=acc))
    assert sum(len(block.t_s) for block in opened.blocks()) == 998
    assert opened.dropped == 2
