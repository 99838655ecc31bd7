"""Recordings as a source of acceleration: what ``sitbreak replay`` reads instead of the air.

``.npz`` (``acc`` int16 milli-g, ``fs``, ``seg_start``, ``seg_t0``, optional ``t``; anything else in it is ignored),
``.csv`` and ``.parquet`` (``time_s,x_g,y_g,z_g``). Times are the recording's own. All are read in pieces,
so that weeks fit into a small machine. A file that cannot be meant is refused with a remedy; single bad samples are
dropped and counted (``rows.py``). Packet logs (``.jsonl``) hold no samples: ``packet_log.py`` reads them.
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitor.errors import MonitorError
from monitor.installing import install_line
from monitor.model import AccelBlock, Floats
from monitor.transport.archive import StoredArray
from monitor.transport.rows import GAP_S, LATEST_S, Rows, Screen, cut_blocks, gap_s, rate_of

COLUMNS = ("time_s", "x_g", "y_g", "z_g")
PIECE_ROWS = 1 << 16
"""Rows of text or parquet read at once: 22 minutes at 50 Hz."""
NPZ_PIECE_ROWS = 1 << 18
"""Rows of an archive read at once: 87 minutes at 50 Hz, 6 MB as numbers."""
_HEAD_ROWS = 4096
"""Rows from which rate and units are judged."""
_TAIL_BYTES = 1 << 16


class RecordingError(MonitorError):
    """A recording that cannot be replayed. ``path`` is the file, ``problem`` what is wrong with it."""

    def __init__(self, path: Path, problem: str, remedy: str) -> None:
        super().__init__(f"{path}: {problem}; {remedy}")
        self.path = path
        self.problem = problem


class ParquetMissingError(RecordingError):
    """pyarrow is not installed."""

    exit_code = 3

    def __init__(self, path: Path) -> None:
        super().__init__(path, "reading .parquet needs pyarrow", install_line("parquet"))


@dataclass(slots=True)
class Source:
    """A file that has been opened and can be read from its beginning any number of times."""

    path: Path
    sample_count: int
    pieces: Callable[[], Iterator[Rows]]
    last_s: Callable[[], float]
    rate_hz: float | None = None
    """Where the file says it."""


class Recording:
    """One file, opened and looked at; ``blocks`` reads it."""

    def __init__(self, source: Source) -> None:
        head = _head(source)
        self.path = source.path
        self.sample_count = source.sample_count
        """Samples in the file, the bad ones included."""
        self.rate_hz = source.rate_hz or rate_of(head.t_s)
        self.start_s = float(head.t_s[0])
        self.end_s = max(float(head.t_s[-1]), source.last_s())
        """Time of the last sample."""
        self.dropped = 0
        """Bad samples met by the latest ``blocks`` so far."""
        self.dropped_why: dict[str, int] = {}
        self._source = source

    @property
    def duration_s(self) -> float:
        """From the first sample to the last."""
        return self.end_s - self.start_s

    def blocks(self, block_s: float = 3600.0) -> Iterator[AccelBlock]:
        """The samples in time order; no block crosses a gap or is longer than ``block_s`` seconds.

        Raises RecordingError where the file turns out to be unreadable.
        """
        screen = Screen(gap_s(self.rate_hz))
        for block in cut_blocks(screen.passing(self._source.pieces()), self.rate_hz, block_s):
            self.dropped, self.dropped_why = sum(screen.dropped.values()), screen.dropped
            yield block
        self.dropped, self.dropped_why = sum(screen.dropped.values()), screen.dropped
        if self.dropped > screen.kept:
            raise _hopeless(self.path, screen)


def open_recording(path: Path | str) -> Recording:
    """Open a recording of samples. Raises RecordingError (exit code 2, or 3 where pyarrow is missing)."""
    path = Path(path)
    openers = {".npz": _open_npz, ".csv": _open_csv, ".parquet": _open_parquet}
    opener = openers.get(path.suffix.lower())
    if opener is None:
        raise RecordingError(path, "is no recording of samples", f"give one of {', '.join(openers)}")
    if not path.is_file():
        raise RecordingError(path, "is not there", "check the name")
    with _readable(path):
        source = opener(path)
        if source.sample_count == 0:
            raise RecordingError(path, "holds no samples", "record again")
        return Recording(source)


def _head(source: Source) -> Rows:
    """The first good rows; refuses a file without any, one in other units, and a short one that is mostly bad."""
    screen = Screen(GAP_S)
    passing = screen.passing(source.pieces())
    head = next(passing, None)
    if source.sample_count <= PIECE_ROWS:  # longer ones are judged when they have been read
        for _ in passing:
            pass
    if head is None or (source.sample_count <= PIECE_ROWS and sum(screen.dropped.values()) > screen.kept):
        raise _hopeless(source.path, screen)
    head = head.only(slice(_HEAD_ROWS))
    _check_units(source.path, head.xyz_g)
    return head


def _check_units(path: Path, xyz_g: NDArray[np.floating[Any]]) -> None:
    """At rest a sensor reads 1 g (0.75 to 1.33 without calibration), and a body rests often."""
    norm_g = float(np.median(np.linalg.norm(xyz_g, axis=1)))
    if norm_g == 0.0 or 0.1 <= norm_g <= 5.0:
        return
    remedy = "give g (.csv, .parquet) or milli-g (.npz)"
    if 7.0 <= norm_g <= 13.0:
        remedy = f"these look like m/s²: divide by 9.80665 to {remedy}"
    raise RecordingError(path, f"the middle magnitude is {norm_g:.4g} g, which no body feels all the time", remedy)


def _hopeless(path: Path, screen: Screen) -> RecordingError:
    reasons = ", ".join(f"{count} {why}" for why, count in sorted(screen.dropped.items()))
    remedy = "export it again, with times in seconds that grow from sample to sample and acceleration in g"
    return RecordingError(path, f"most samples cannot be used ({reasons or 'no samples'})", remedy)


_DAMAGE = (OSError, EOFError, ValueError, KeyError, MemoryError, RuntimeError, zipfile.BadZipFile, zlib.error)
"""RuntimeError: an archive that says it is encrypted, or packed in a way that is not known here."""


@contextmanager
def _readable(path: Path) -> Iterator[None]:
    """What damaged files make libraries raise, as one error that names the file."""
    try:
        yield
    except _DAMAGE as error:
        raise RecordingError(path, f"cannot be read ({error})", "the file is damaged or of another kind") from error


# --- .npz -------------------------------------------------------------------------------------------------------


def _open_npz(path: Path) -> Source:
    acc, times, small = _npz_arrays(path)
    starts, t0_s, count = small["seg_start"].astype(np.int64), small["seg_t0"], acc.shape[0]
    rate_hz = float(small["fs"].reshape(-1)[0]) if small["fs"].size == 1 else np.nan
    if not 0.001 <= rate_hz <= 10000:
        raise RecordingError(path, f"fs is {rate_hz}", "it must be the sample rate in Hz")
    ends = np.append(starts[1:], count)

    def computed_s(index: NDArray[np.int64], segment: NDArray[np.int64]) -> Floats:
        at_s: Floats = t0_s[segment] + (index - starts[segment]) / rate_hz
        return at_s

    def segments_of(first: int, end: int) -> NDArray[np.int64]:
        """The segment of each row; one number where, as nearly always, all are of the same."""
        held = np.clip(ends, first, end) - np.clip(starts, first, end)
        numbers = np.flatnonzero(held)
        return numbers if len(numbers) == 1 else np.repeat(numbers, held[numbers])

    def pieces() -> Iterator[Rows]:
        with _readable(path):
            told_s = times.parts(NPZ_PIECE_ROWS) if times is not None else None
            first = 0
            for part in acc.parts(NPZ_PIECE_ROWS):
                index = np.arange(first, first + len(part))
                segment = segments_of(first, first + len(part))
                at_s = next(told_s) if told_s else computed_s(index, segment)
                # 32 bits hold every milli-g as well as 64, and are half to carry
                yield Rows(at_s, part / np.float32(1000.0), np.broadcast_to(segment, len(part)))
                first += len(part)

    def last_s() -> float:
        if times is None:
            return _latest_s(computed_s(ends - 1, np.arange(len(starts))))
        return max(map(_latest_s, times.parts(NPZ_PIECE_ROWS)))

    return Source(path, count, pieces, last_s, rate_hz)


def _npz_arrays(path: Path) -> tuple[StoredArray, StoredArray | None, dict[str, NDArray[Any]]]:
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


# --- .csv -------------------------------------------------------------------------------------------------------


def _open_csv(path: Path) -> Source:
    columns = _csv_columns(path)

    def pieces() -> Iterator[Rows]:
        with _readable(path), path.open(encoding="utf-8-sig", errors="replace") as file:
            file.readline()
            while lines := list(islice(file, PIECE_ROWS)):
                yield _parsed(lines, columns)

    def last_s() -> float:
        with path.open("rb") as file:
            file.seek(max(0, path.stat().st_size - _TAIL_BYTES))
            lines = file.read().decode("utf-8", "replace").splitlines()[1:]
        return _latest_s(_parsed(lines, columns).t_s)

    with path.open("rb") as file:
        count = sum(1 for line in file if line.strip()) - 1
    return Source(path, count, pieces, last_s)


def _csv_columns(path: Path) -> list[int]:
    with path.open(encoding="utf-8-sig", errors="replace") as file:
        header = file.readline(_TAIL_BYTES).strip()
    names = [name.strip().strip('"') for name in header.split(",")]
    if not set(COLUMNS) <= set(names):
        shown = header[:60].encode("ascii", "replace").decode()
        raise RecordingError(path, f"its first line is {shown!r}", f"it must be {','.join(COLUMNS)}")
    return [names.index(column) for column in COLUMNS]


def _parsed(lines: list[str], columns: list[int]) -> Rows:
    lines = [line for line in lines if line.strip()]
    values = np.empty((0, 4))
    try:
        if lines:
            values = np.loadtxt(lines, delimiter=",", usecols=columns, ndmin=2, comments=None)
    except ValueError:
        values = _row_by_row(lines, columns)
    return Rows(values[:, 0], values[:, 1:], np.zeros(len(values), np.int64))


def _row_by_row(lines: list[str], columns: list[int]) -> Floats:
    """Slow, and only where a piece holds a row that cannot be read: that row becomes NaN."""
    values = np.full((len(lines), 4), np.nan)
    for number, line in enumerate(lines):
        cells = line.split(",")
        try:
            values[number] = [float(cells[column]) for column in columns]
        except (ValueError, IndexError):
            continue
    return values


# --- .parquet ---------------------------------------------------------------------------------------------------


def _open_parquet(path: Path) -> Source:
    try:
        import pyarrow.parquet  # type: ignore[import-untyped]  # it ships no types
    except ImportError as error:
        raise ParquetMissingError(path) from error
    with pyarrow.parquet.ParquetFile(path) as file:
        missing = [column for column in COLUMNS if column not in file.schema_arrow.names]
        if missing:
            found = ", ".join(file.schema_arrow.names)[:60]
            raise RecordingError(path, f"has no column {missing[0]!r} ({found})", f"it needs {', '.join(COLUMNS)}")
        count, groups = file.metadata.num_rows, file.metadata.num_row_groups

    def batches(columns: tuple[str, ...], row_groups: list[int]) -> Iterator[Floats]:
        with _readable(path), pyarrow.parquet.ParquetFile(path) as file:
            for batch in file.iter_batches(PIECE_ROWS, row_groups, list(columns)):
                arrays = [batch.column(name).to_numpy(zero_copy_only=False) for name in columns]
                yield np.stack([array.astype(np.float64) for array in arrays], axis=1)

    def pieces() -> Iterator[Rows]:
        for values in batches(COLUMNS, list(range(groups))):
            yield Rows(values[:, 0], values[:, 1:], np.zeros(len(values), np.int64))

    def last_s() -> float:
        return max(_latest_s(values[:, 0]) for values in batches(("time_s",), [groups - 1]))

    return Source(path, count, pieces, last_s)


def _latest_s(t_s: Floats) -> float:
    good_s = t_s[np.isfinite(t_s) & (np.abs(t_s) <= LATEST_S)]
    return float(good_s.max()) if len(good_s) else -np.inf
