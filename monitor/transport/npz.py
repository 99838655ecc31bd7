"""Recordings as ``.npz``.

``acc`` int16 milli-g, ``fs`` Hz, ``seg_start`` and ``seg_t0``, optional ``t``; anything else in it is ignored.
"""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitor.model import Floats
from monitor.transport.archive import StoredArray
from monitor.transport.rows import Rows, latest_s
from monitor.transport.source import RecordingError, Source, readable

PIECE_ROWS = 1 << 18
"""Rows read at once: 87 minutes at 50 Hz, 6 MB as numbers."""


@dataclass(frozen=True, slots=True)
class _Segments:
    """The continuous pieces: first row, row after the last, and time of the first."""

    starts: NDArray[np.int64]
    ends: NDArray[np.int64]
    t0_s: NDArray[Any]
    rate_hz: float

    def of_rows(self, first: int, end: int) -> NDArray[np.int64]:
        """The segment of each row; one number where, as nearly always, all are of the same."""
        held = np.clip(self.ends, first, end) - np.clip(self.starts, first, end)
        numbers = np.flatnonzero(held)
        return numbers if len(numbers) == 1 else np.repeat(numbers, held[numbers])

    def times_s(self, index: NDArray[np.int64], segment: NDArray[np.int64]) -> Floats:
        """When rows were taken that have no time of their own."""
        at_s: Floats = self.t0_s[segment] + (index - self.starts[segment]) / self.rate_hz
        return at_s

    def last_s(self) -> float:
        """The latest time of all rows."""
        return latest_s(self.times_s(self.ends - 1, np.arange(len(self.starts))))


def open_npz(path: Path) -> Source:
    """Look at an archive; its rows are read when they are asked for. Raises RecordingError, and what damage raises."""
    acc, times, small = _arrays(path)
    rate_hz = float(small["fs"].reshape(-1)[0]) if small["fs"].size == 1 else np.nan
    if not 0.001 <= rate_hz <= 10000:
        raise RecordingError(path, f"fs is {rate_hz}", "it must be the sample rate in Hz")
    starts, count = small["seg_start"].astype(np.int64), acc.shape[0]
    segments = _Segments(starts, np.append(starts[1:], count), small["seg_t0"], rate_hz)

    def pieces() -> Iterator[Rows]:
        with readable(path):
            told_s = times.parts(PIECE_ROWS) if times is not None else None
            first = 0
            for part in acc.parts(PIECE_ROWS):
                index = np.arange(first, first + len(part))
                segment = segments.of_rows(first, first + len(part))
                at_s = next(told_s) if told_s else segments.times_s(index, segment)
                # 32 bits hold every milli-g as well as 64, and are half to carry
                yield Rows(at_s, part / np.float32(1000.0), np.broadcast_to(segment, len(part)))
                first += len(part)

    def last_s() -> float:
        return segments.last_s() if times is None else max(map(latest_s, times.parts(PIECE_ROWS)))

    return Source(path, count, pieces, last_s, rate_hz)


def _arrays(path: Path) -> tuple[StoredArray, StoredArray | None, dict[str, NDArray[Any]]]:
    """The samples, their times where the file has them, and the small arrays."""
    with zipfile.ZipFile(path) as archive, np.load(path, allow_pickle=False) as arrays:
        missing = [name for name in ("acc", "fs", "seg_start", "seg_t0") if name not in arrays.files]
        if missing:
            raise RecordingError(path, f"has no array {missing[0]!r}", "it needs acc, fs, seg_start and seg_t0")
        small = {name: np.asarray(arrays[name]) for name in ("fs", "seg_start", "seg_t0")}
        acc = StoredArray.of(path, archive, "acc")
        times = StoredArray.of(path, archive, "t") if "t" in arrays.files else None
    if acc.shape[1:] != (3,) or acc.dtype.kind not in "if":
        raise RecordingError(path, f"acc is {acc.dtype} {acc.shape}", "it must be int16 (N, 3), in milli-g")
    kinds = {name: array.dtype for name, array in small.items()} | ({"t": times.dtype} if times is not None else {})
    for name, dtype in kinds.items():
        if dtype.kind not in "iuf":
            raise RecordingError(path, f"{name} is {dtype}", "it must be numbers")
    _check_segments(path, acc.shape[0], small["seg_start"], small["seg_t0"])
    if times is not None and times.shape != acc.shape[:1]:
        raise RecordingError(path, "t and acc differ in length", "export it again")
    return acc, times, small


def _check_segments(path: Path, count: int, starts: NDArray[Any], t0_s: NDArray[Any]) -> None:
    if starts.ndim != 1 or starts.shape != t0_s.shape or (count and not len(starts)):
        raise RecordingError(path, "seg_start and seg_t0 differ in length or are empty", "give both for every segment")
    if len(starts) and (starts[0] != 0 or (np.diff(starts) <= 0).any() or starts[-1] >= max(count, 1)):
        raise RecordingError(path, "seg_start does not grow from 0 within acc", "export it again")
    if not np.isfinite(t0_s).all() or (np.diff(t0_s) <= 0).any():
        raise RecordingError(path, "seg_t0 does not grow", "give the segments in time order")
