"""A study from beginning to end: the same numbers however it is spread, nothing twice, nothing lost."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet
import pytest

from monitor.settings.loading import load
from monitor.study.conduct import Study, conduct
from monitor.study.one import Part, chosen
from monitor.study.recordings import Found, recordings_in
from tests.support.recorded import worked, write_csv, write_npz

TABLES = ("bouts", "days", "recordings")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    data = tmp_path_factory.mktemp("data")
    for seed in range(3):
        write_npz(data / f"P{seed:02d}.npz", worked(seed))
    write_csv(data / "P03.csv", worked(3))
    (data / "P04.npz").write_bytes(b"nothing that can be meant")
    return data


def studied(
    data: Path, out: Path, *overrides: str, workers: int = 0, progress: Callable[..., None] | None = None
) -> Study:
    settings = chosen(load(None, overrides, {}).settings, "thigh")
    seen = progress or (lambda found, part: None)
    return conduct(recordings_in([data], out), settings, out, workers, progress=seen)


def bytes_of(out: Path) -> dict[str, bytes]:
    return {name: (out / f"{name}.parquet").read_bytes() for name in TABLES}


def test_one_worker_two_and_none_write_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    errors = [studied(folder, tmp_path / str(workers), workers=workers).errors for workers in (0, 1, 2)]
    alone, one, two = (bytes_of(tmp_path / str(workers)) for workers in (0, 1, 2))
    assert alone == one == two
    assert [list(each) for each in errors] == [["P04.npz"]] * 3


def test_a_broken_recording_is_told_and_does_not_stop_the_rest(folder: Path, tmp_path: Path) -> None:
    done = studied(folder, tmp_path)
    assert "damaged" in done.errors["P04.npz"]
    rows = pyarrow.parquet.read_table(tmp_path / "recordings.parquet").to_pylist()
    assert [(row["wearer"], row["error"] is None) for row in rows] == [
        ("P00", True),
        ("P01", True),
        ("P02", True),
        ("P03", True),
        ("P04", False),
    ]
    bouts = pyarrow.parquet.read_table(tmp_path / "bouts.parquet").to_pylist()
    assert {row["recording"] for row in bouts} == {"P00.npz", "P01.npz", "P02.npz", "P03.csv"}


def test_what_is_finished_is_not_done_again_and_what_was_broken_is(folder: Path, tmp_path: Path) -> None:
    studied(folder, tmp_path)
    before, done = bytes_of(tmp_path), list[str]()
    again = studied(folder, tmp_path, progress=lambda found, part: done.append(found.name))
    assert done == ["P04.npz"]
    assert again.already == 4
    assert bytes_of(tmp_path) == before


def test_a_study_that_was_broken_off_goes_on_where_it_was(folder: Path, tmp_path: Path) -> None:
    def stop_after_two(found: Found, part: Part) -> None:
        if found.name == "P01.npz":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        studied(folder, tmp_path / "cut", progress=stop_after_two)
    assert not (tmp_path / "cut" / "bouts.parquet").exists()
    assert studied(folder, tmp_path / "cut").already == 2
    studied(folder, tmp_path / "whole")
    assert bytes_of(tmp_path / "cut") == bytes_of(tmp_path / "whole")


def test_another_setting_or_a_changed_file_is_done_anew(tmp_path: Path) -> None:
    path = write_npz(tmp_path / "data" / "P00.npz", worked(0))
    studied(tmp_path / "data", tmp_path / "out")
    assert studied(tmp_path / "data", tmp_path / "out", "coach.limit_s=1200").already == 1
    assert studied(tmp_path / "data", tmp_path / "out", "bouts.settle_s=9").already == 0
    assert studied(tmp_path / "data", tmp_path / "out").already == 1
    os.utime(path, ns=(1, 1))
    assert studied(tmp_path / "data", tmp_path / "out").already == 0


@pytest.mark.parametrize("damage", ["", "{", '{"bouts": [[1]], "days": [], "recordings": []}', "[]", "null"])
def test_a_damaged_part_counts_as_not_finished(tmp_path: Path, damage: str) -> None:
    write_npz(tmp_path / "data" / "P00.npz", worked(0))
    studied(tmp_path / "data", tmp_path / "out")
    before = bytes_of(tmp_path / "out")
    (part,) = (tmp_path / "out" / "parts").iterdir()
    part.write_text(damage)
    (tmp_path / "out" / "parts" / ".half.json.1.writing").write_text("{")
    assert studied(tmp_path / "data", tmp_path / "out").already == 0
    assert bytes_of(tmp_path / "out") == before
    assert list((tmp_path / "out" / "parts").iterdir()) == [part]


def test_nobody_else_may_read_what_is_written(folder: Path, tmp_path: Path) -> None:
    studied(folder, tmp_path / "out")
    assert (tmp_path / "out").stat().st_mode & 0o077 == 0
    for name in TABLES:
        assert (tmp_path / "out" / f"{name}.parquet").stat().st_mode & 0o077 == 0
