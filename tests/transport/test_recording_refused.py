"""Files that cannot be meant are refused in words."""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]
import pytest

from monitor.transport import recording
from monitor.transport.recording import Recording, open_recording
from monitor.transport.source import RecordingError
from monitor.transport.tables import COLUMNS
from tests.transport.recordings import WRITERS, Table, still, write_csv, write_npz, write_parquet

both = pytest.mark.parametrize("suffix", list(WRITERS))


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
    monkeypatch.setattr(recording, "JUDGED_WHOLE_ROWS", 500)
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
