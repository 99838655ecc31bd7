"""Recordings: the samples as they are, gaps as segments, single bad samples left out, broken files refused in words."""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.model import AccelBlock, Quality
from monitor.transport import recording
from monitor.transport.recording import COLUMNS, Recording, RecordingError, open_recording
from monitor.transport.rows import Rows, Screen, cut_blocks, rate_of

Table = np.ndarray
"""(N, 4): time_s, x_g, y_g, z_g."""


def still(count: int, rate_hz: float = 50.0, start_s: float = 0.0) -> Table:
    """A sensor at rest, with a counter in x so that every sample can be told from the others."""
    n = np.arange(count)
    return np.stack([start_s + n / rate_hz, (n % 100) / 1000, np.zeros(count), np.ones(count)], axis=1)


def write_csv(path: Path, table: Table, header: str = ",".join(COLUMNS)) -> Path:
    lines = [",".join(repr(float(value)) for value in row) for row in table]
    path.write_text("\n".join([header, *lines]) + "\n")
    return path


def write_parquet(path: Path, table: Table, names: tuple[str, ...] = COLUMNS) -> Path:
    columns = {name: table[:, n] for n, name in enumerate(names)}
    pq.write_table(pa.table(columns), path, row_group_size=700)
    return path


def write_npz(path: Path, **changes: Any) -> Path:
    """Two segments of 10 s at 50 Hz, the second 60 s after the first."""
    arrays: dict[str, Any] = {
        "acc": np.round(still(1000)[:, 1:] * 1000).astype(np.int16),
        "label": np.zeros(1000, np.uint8),
        "fs": 50.0,
        "seg_start": np.array([0, 500]),
        "seg_t0": np.array([100.0, 160.0]),
    } | changes
    np.savez_compressed(path, **{name: value for name, value in arrays.items() if value is not None})
    return path


WRITERS: dict[str, Callable[[Path, Table], Path]] = {".csv": write_csv, ".parquet": write_parquet}
both = pytest.mark.parametrize("suffix", list(WRITERS))


def joined(blocks: list[AccelBlock]) -> Table:
    return np.concatenate([np.column_stack([block.t_s, block.xyz_g]) for block in blocks])


# --- what is read ----------------------------------------------------------------------------------------------------


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
    monkeypatch.setattr(recording, "PIECE_ROWS", 777)
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


# --- files that cannot be meant --------------------------------------------------------------------------------------


def read_all(path: Path) -> Recording:
    opened = open_recording(path)
    for _ in opened.blocks():
        pass
    return opened


def refused(path: Path) -> str:
    """The message; it must be one line that names the file, with exit code 2 (and no other error may come)."""
    with pytest.raises(RecordingError) as caught:
        read_all(path)
    assert caught.value.exit_code == 2
    assert caught.value.path == path
    assert str(path) in str(caught.value)
    assert "\n" not in str(caught.value)
    return str(caught.value)


NPZ_DAMAGE: dict[str, tuple[dict[str, Any], str]] = {
    "no acc": ({"acc": None}, "no array 'acc'"),
    "no fs": ({"fs": None}, "no array 'fs'"),
    "no seg_start": ({"seg_start": None}, "no array 'seg_start'"),
    "no seg_t0": ({"seg_t0": None}, "no array 'seg_t0'"),
    "two axes": ({"acc": np.zeros((1000, 2), np.int16)}, "must be int16"),
    "text": ({"acc": np.full((1000, 3), "1")}, "must be int16"),
    "objects": ({"acc": np.full((1000, 3), None)}, "cannot be read"),
    "no samples": (
        {"acc": np.zeros((0, 3), np.int16), "seg_start": np.zeros(0, int), "seg_t0": np.zeros(0)},
        "no samples",
    ),
    "no rate": ({"fs": 0.0}, "sample rate"),
    "nan rate": ({"fs": np.nan}, "sample rate"),
    "rates": ({"fs": np.array([50.0, 50.0])}, "sample rate"),
    "words for a rate": ({"fs": "fast"}, "must be numbers"),
    "segments backwards": ({"seg_t0": np.array([100.0, 50.0])}, "time order"),
    "segments at nan": ({"seg_t0": np.array([100.0, np.nan])}, "time order"),
    "segment starts beyond": ({"seg_start": np.array([0, 1000])}, "seg_start"),
    "segment starts unordered": ({"seg_start": np.array([0, 0])}, "seg_start"),
    "segment starts late": ({"seg_start": np.array([5, 500])}, "seg_start"),
    "lengths differ": ({"seg_t0": np.array([100.0])}, "differ in length"),
    "no segments": ({"seg_start": np.zeros(0, int), "seg_t0": np.zeros(0)}, "differ in length"),
    "t too short": ({"t": np.arange(9.0)}, "differ in length"),
    "t backwards": ({"t": np.arange(1000.0)[::-1]}, "out of order"),
    "t all the same": ({"t": np.ones(1000)}, "out of order"),
    "t in milliseconds": ({"t": 1.7e12 + 20.0 * np.arange(1000)}, "year 3000"),
    "raw counts": ({"acc": np.full((1000, 3), 16384, np.int16)}, "milli-g"),
    "g instead of milli-g": ({"acc": still(1000)[:, 1:]}, "milli-g"),
    "all nan": ({"acc": np.full((1000, 3), np.nan)}, "1000 not a number"),
    "all 1e9 g": ({"acc": np.full((1000, 3), 1e12)}, "1000 beyond 400 g"),
}


@pytest.mark.parametrize("name", list(NPZ_DAMAGE))
def test_a_broken_npz_is_refused(tmp_path: Path, name: str) -> None:
    changes, said = NPZ_DAMAGE[name]
    assert said in refused(write_npz(tmp_path / "r.npz", **changes))


@pytest.mark.parametrize("kept_pct", [0, 1, 10, 50, 90, 99])
def test_a_truncated_npz_is_refused(tmp_path: Path, kept_pct: int) -> None:
    path = write_npz(tmp_path / "r.npz")
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * kept_pct // 100])
    assert "cannot be read" in refused(path)


def test_damage_inside_the_archive_is_found_by_its_check_sum(tmp_path: Path) -> None:
    path = write_npz(tmp_path / "r.npz")
    with zipfile.ZipFile(path) as archive:
        offset = archive.getinfo("acc.npy").header_offset
    content = bytearray(path.read_bytes())
    content[offset + 60 : offset + 90] = b"\x00" * 30
    path.write_bytes(content)
    assert "cannot be read" in refused(path)


def test_an_array_that_claims_to_be_huge_is_refused_without_the_memory(tmp_path: Path) -> None:
    path = tmp_path / "r.npz"
    header = b"{'descr': '<i2', 'fortran_order': False, 'shape': (90000000000000, 3), }"
    header = header.ljust(117) + b"\n"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("acc.npy", b"\x93NUMPY\x01\x00" + len(header).to_bytes(2, "little") + header)
        for name in ("fs", "seg_start", "seg_t0"):
            archive.writestr(f"{name}.npy", b"")
    assert "cannot be read" in refused(path)


@pytest.mark.parametrize("suffix", [".npz", ".csv", ".parquet"])
@pytest.mark.parametrize(
    "content", [b"", b"\x00" * 100, b"PK\x03\x04 no zip", b"PAR1 no parquet PAR1", b"\xff\xfe\n\xff"]
)
def test_a_file_of_another_kind_is_refused(tmp_path: Path, suffix: str, content: bytes) -> None:
    path = tmp_path / f"r{suffix}"
    path.write_bytes(content)
    refused(path)


CSV_DAMAGE = {
    "no header": ("0.0,0,0,1\n0.02,0,0,1\n", "it must be time_s,x_g,y_g,z_g"),
    "other names": ("t,x,y,z\n0.0,0,0,1\n", "it must be time_s,x_g,y_g,z_g"),
    "semicolons": ("time_s;x_g;y_g;z_g\n0,0;0;0;1\n", "it must be time_s,x_g,y_g,z_g"),
    "header alone": ("time_s,x_g,y_g,z_g\n", "no samples"),
    "header and blank lines": ("time_s,x_g,y_g,z_g\n\n \n", "no samples"),
    "words": ("time_s,x_g,y_g,z_g\n" + "a,b,c,d\n" * 5, "5 not a number"),
}


@pytest.mark.parametrize("name", list(CSV_DAMAGE))
def test_a_broken_csv_is_refused(tmp_path: Path, name: str) -> None:
    text, said = CSV_DAMAGE[name]
    (tmp_path / "r.csv").write_text(text)
    assert said in refused(tmp_path / "r.csv")


TABLE_DAMAGE: dict[str, tuple[Callable[[Table], object], str]] = {
    "backwards": (lambda table: np.copyto(table, table[::-1].copy()), "out of order"),
    "whole seconds only": (lambda table: np.floor(table[:, 0], out=table[:, 0]), "out of order"),
    "milliseconds": (lambda table: np.copyto(table[:, 0], 1.7e12 + 1000 * table[:, 0]), "year 3000"),
    "metres per second squared": (lambda table: np.multiply(table[:, 1:], 9.81, out=table[:, 1:]), "divide by 9.80665"),
    "milli-g": (lambda table: np.multiply(table[:, 1:], 1000, out=table[:, 1:]), "beyond 400 g"),
    "all nan": (lambda table: table[:, 2].fill(np.nan), "2000 not a number"),
    "all 1e9 g": (lambda table: table[:, 2].fill(1e9), "2000 beyond 400 g"),
}


@both
@pytest.mark.parametrize("name", list(TABLE_DAMAGE))
def test_a_table_that_cannot_be_meant_is_refused(tmp_path: Path, suffix: str, name: str) -> None:
    table = still(2000)
    change, said = TABLE_DAMAGE[name]
    change(table)
    assert said in refused(WRITERS[suffix](tmp_path / f"r{suffix}", table))


def test_a_long_file_that_turns_bad_is_refused_at_its_end(tmp_path: Path, monkeypatch: Any) -> None:
    monkeypatch.setattr(recording, "PIECE_ROWS", 500)
    table = still(2000)
    table[600:, 1] = np.nan
    assert "1400 not a number" in refused(write_csv(tmp_path / "r.csv", table))


def test_a_parquet_with_other_columns_is_refused(tmp_path: Path) -> None:
    said = refused(write_parquet(tmp_path / "r.parquet", still(10), ("time", "x_g", "y_g", "z_g")))
    assert "no column 'time_s'" in said
    columns = {name: ["a"] * 5 for name in COLUMNS}
    pq.write_table(pa.table(columns), tmp_path / "words.parquet")
    refused(tmp_path / "words.parquet")


def test_a_truncated_parquet_is_refused(tmp_path: Path) -> None:
    path = write_parquet(tmp_path / "r.parquet", still(2000))
    content = path.read_bytes()
    for kept in (10, len(content) // 2, len(content) - 5):
        path.write_bytes(content[:kept])
        refused(path)


def test_without_pyarrow_the_install_line_is_said_and_the_exit_code_is_3(tmp_path: Path, monkeypatch: Any) -> None:
    path = write_parquet(tmp_path / "r.parquet", still(10))
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(RecordingError, match=r'pip install "sitbreak\[parquet\]"') as caught:
        open_recording(path)
    assert caught.value.exit_code == 3


def test_what_is_not_there_or_no_recording_is_said(tmp_path: Path) -> None:
    assert "is not there" in refused(tmp_path / "r.csv")
    assert ".npz, .csv, .parquet" in refused(tmp_path / "r.wav")
    (tmp_path / "folder.csv").mkdir()
    refused(tmp_path / "folder.csv")
