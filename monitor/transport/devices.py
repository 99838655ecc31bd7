"""Recordings of research devices: Axivity ``.cwa``, GENEActiv ``.bin``, ActiGraph ``.gt3x`` (extra ``study-devices``).

The first two are read by scikit-digital-health (``skdh``), the third by ActiGraph's own ``pygt3x``; both read a file
whole. These devices write the local time that their clock showed when they were set up, and know no summer time: the
zone's offset at the first sample holds for all of them.
"""

from __future__ import annotations

import struct
import warnings
import zipfile
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

from monitor.model import Floats
from monitor.transport.recording import PIECE_ROWS, Recording, RecordingError, Source
from monitor.transport.rows import Rows


class ReaderMissingError(RecordingError):
    """The library that reads this kind of file is not installed."""

    exit_code = 3

    def __init__(self, path: Path, library: str) -> None:
        super().__init__(path, f"reading {path.suffix} needs {library}", 'pip install "sitbreak[study-devices]"')


def open_device(path: Path, time_zone: str) -> Recording:
    """Open a device's own file; its clock showed ``time_zone``. Raises RecordingError, ReaderMissingError."""
    library, read = DEVICES[path.suffix.lower()]
    if not path.is_file():
        raise RecordingError(path, "is not there", "check the name")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # that times are naive is known, and mended below
            local_s, xyz_g, rate_hz = read(path)
    except ImportError:
        raise ReaderMissingError(path, library) from None
    except _DAMAGE as error:
        said = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
        raise RecordingError(path, f"cannot be read ({said})", "the file is damaged or of another kind") from error
    if not len(local_s):
        raise RecordingError(path, "holds no samples", "record again")
    return Recording(_source(path, local_s - _offset_s(float(local_s[0]), time_zone), xyz_g, rate_hz))


_DAMAGE = (
    *(OSError, EOFError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, AssertionError),
    *(RuntimeError, NotImplementedError, zipfile.BadZipFile, struct.error),
)
"""What these libraries are known to raise on damaged files; none has an error of its own for it."""


def _offset_s(local_s: float, time_zone: str) -> float:
    local = datetime.fromtimestamp(local_s, UTC).replace(tzinfo=ZoneInfo(time_zone))
    offset = local.utcoffset()
    return offset.total_seconds() if offset is not None else 0.0


def _source(path: Path, t_s: Floats, xyz_g: Floats, rate_hz: float) -> Source:
    def pieces() -> Iterator[Rows]:
        for first in range(0, len(t_s), PIECE_ROWS):
            part = slice(first, first + PIECE_ROWS)
            piece_s = t_s[part]
            yield Rows(piece_s, xyz_g[part], np.zeros(len(piece_s), np.int64))

    return Source(path, len(t_s), pieces, lambda: float(np.nanmax(t_s)), rate_hz)


def _read_cwa(path: Path) -> tuple[Floats, Floats, float]:
    from skdh.io import ReadCwa

    return _of_skdh(ReadCwa(ext_error="skip").predict(file=str(path)))


def _read_geneactiv(path: Path) -> tuple[Floats, Floats, float]:
    from skdh.io import ReadBin

    return _of_skdh(ReadBin(ext_error="skip").predict(file=str(path)))


def _of_skdh(found: dict[str, Any]) -> tuple[Floats, Floats, float]:
    return found["time"], found["accel"], float(found["fs"])


def _read_gt3x(path: Path) -> tuple[Floats, Floats, float]:
    from pygt3x.reader import FileReader

    with FileReader(str(path)) as reader:
        samples, rate_hz = reader.acceleration, float(reader.info.sample_rate)
        samples = samples[samples[:, 4] == 0]  # idle sleep: the reader repeats the last value, nothing was measured
        xyz = samples[:, 1:4]
        return samples[:, 0].copy(), xyz if reader.nhanes else reader.calibrate_acceleration(xyz), rate_hz


DEVICES: dict[str, tuple[str, Callable[[Path], tuple[Floats, Floats, float]]]] = {
    ".cwa": ("scikit-digital-health", _read_cwa),
    ".bin": ("scikit-digital-health", _read_geneactiv),
    ".gt3x": ("pygt3x (Python 3.12 or older)", _read_gt3x),
}
"""By the file's ending: the library, and what reads the local time in seconds, (N, 3) in g, and the rate in Hz."""
