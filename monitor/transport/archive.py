"""The arrays of an ``.npz`` archive, read a piece at a time: a recorded week needs no more memory than an hour of it.

``np.load`` would bring in an array as a whole, and mapping it into memory works for archives alone that are not packed.
What a damaged archive makes libraries raise is left to the reader of recordings, who names the file.
"""

from __future__ import annotations

import math
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class StoredArray:
    """One array of an archive, of which only the head has been read."""

    path: Path
    name: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    by_columns: bool
    """Stored column after column, so that it can be read as a whole only."""

    @classmethod
    def of(cls, path: Path, archive: zipfile.ZipFile, name: str) -> StoredArray:
        """Read the head of an array that is in the archive; raises ValueError where it cannot be what it says."""
        with archive.open(f"{name}.npy") as stream:
            array = cls(path, name, *_head(stream))
            size = archive.getinfo(f"{name}.npy").file_size - stream.tell()
        if array.dtype.hasobject:
            raise ValueError(f"{name} holds Python objects")
        if math.prod(array.shape) * array.dtype.itemsize > size:
            raise ValueError(f"{name} is cut off")
        return array

    def parts(self, rows: int) -> Iterator[NDArray[Any]]:
        """Its rows in order, so many at a time."""
        with zipfile.ZipFile(self.path) as archive, archive.open(f"{self.name}.npy") as stream:
            if self.by_columns:
                whole = np.lib.format.read_array(stream, allow_pickle=False)
                yield from (whole[first : first + rows] for first in range(0, len(whole), rows))
                return
            _head(stream)
            for first in range(0, self.shape[0], rows):
                shape = (min(rows, self.shape[0] - first), *self.shape[1:])
                packed = stream.read(math.prod(shape) * self.dtype.itemsize)
                yield np.frombuffer(packed, self.dtype).reshape(shape)


def _head(stream: IO[bytes]) -> tuple[tuple[int, ...], np.dtype[Any], bool]:
    version = np.lib.format.read_magic(stream)
    read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
    shape, by_columns, dtype = read(stream)
    return shape, dtype, by_columns and len(shape) > 1
