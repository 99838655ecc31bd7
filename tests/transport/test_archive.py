"""Arrays of an archive, a piece at a time."""

from __future__ import annotations

import zipfile
from pathlib import Path

import numpy as np
import pytest

from monitor.transport.archive import StoredArray

SAMPLES = np.arange(3000, dtype=np.int16).reshape(-1, 3)


def stored(path: Path, name: str) -> StoredArray:
    with zipfile.ZipFile(path) as archive:
        return StoredArray.of(path, archive, name)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("rows", [1, 7, 1000, 5000])
@pytest.mark.parametrize("array", [SAMPLES, np.asfortranarray(SAMPLES), SAMPLES[:, 0].astype(">f8")])
def test_the_pieces_are_the_array(tmp_path: Path, packed: bool, rows: int, array: np.ndarray) -> None:
    path = tmp_path / "r.npz"
    (np.savez_compressed if packed else np.savez)(path, acc=array)
    one = stored(path, "acc")
    assert one.shape == array.shape
    parts = list(one.parts(rows))
    assert {len(part) for part in parts[:-1]} <= {rows}
    assert np.array_equal(np.concatenate(parts), array)
    assert parts[0].dtype == array.dtype


def test_it_can_be_read_any_number_of_times(tmp_path: Path) -> None:
    np.savez(tmp_path / "r.npz", acc=SAMPLES)
    one = stored(tmp_path / "r.npz", "acc")
    next(one.parts(10))
    assert np.array_equal(np.concatenate(list(one.parts(10))), SAMPLES)


def test_what_says_more_than_it_holds_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "r.npz"
    with zipfile.ZipFile(path, "w") as archive, archive.open("acc.npy", "w") as stream:
        np.lib.format.write_array_header_1_0(stream, {"descr": "<i2", "fortran_order": False, "shape": (10**12, 3)})
    with pytest.raises(ValueError, match="cut off"):
        stored(path, "acc")


def test_python_objects_are_refused(tmp_path: Path) -> None:
    np.savez(tmp_path / "r.npz", acc=np.array([None]), allow_pickle=True)
    with pytest.raises(ValueError, match="objects"):
        stored(tmp_path / "r.npz", "acc")
