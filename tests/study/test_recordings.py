"""Which recordings a study has."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.study.recordings import StudyError, recordings_in


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name in ("b/P02.npz", "a/P01.csv", "a/P01_week2.GT3X", "a/.cache/P01.npz", "a/notes.txt", "out/bouts.parquet"):
        path = tmp_path / "data" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    return tmp_path / "data"


def test_a_folder_gives_all_its_recordings_by_name_but_not_what_is_hidden_or_the_studys_own(folder: Path) -> None:
    found = recordings_in([folder], folder / "out")
    assert [(each.name, each.wearer) for each in found] == [
        ("a/P01.csv", "P01"),
        ("a/P01_week2.GT3X", "P01_week2"),
        ("b/P02.npz", "P02"),
    ]
    assert all(each.path.is_absolute() for each in found)


def test_a_recording_given_twice_is_one(folder: Path) -> None:
    found = recordings_in([folder / "a", folder / "a" / "P01.csv"], folder / "out")
    assert [each.name for each in found] == ["P01.csv", "P01_week2.GT3X"]


def test_the_wearer_is_found_in_the_name_by_a_pattern(folder: Path) -> None:
    found = recordings_in([folder / "a"], folder / "out", r"^(P\d+)")
    assert [each.wearer for each in found] == ["P01", "P01"]


@pytest.mark.parametrize(
    ("given", "pattern", "said"),
    [
        ("nowhere", "", "is not there"),
        ("a/notes.txt", "", "is no recording"),
        ("a/.cache/..", r"^(X\d+)", "has no wearer"),
        ("a", r"P\d+", "has no wearer"),
        ("empty", "", "holds no recordings"),
    ],
)
def test_what_cannot_be_meant_is_refused_before_the_long_work(
    folder: Path, given: str, pattern: str, said: str
) -> None:
    (folder / "empty").mkdir()
    with pytest.raises(StudyError, match=said):
        recordings_in([folder / given], folder / "out", pattern)
