"""Recordings of research devices: Axivity ``.cwa``, GENEActiv ``.bin``, ActiGraph ``.gt3x`` (extra ``study-devices``).

The first two are read by scikit-digital-health (``skdh``), the third by ActiGraph's own ``pygt3x``. On damaged files
compiled readers may end the whole process, or never end; and they hold a recording whole. So each file is read in a
process of its own, which hands the samples over in files that are read in pieces.

These devices write the local time that their clock showed when they were set up, and know no summer time: the zone's
offset at the first sample holds for all of them.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import numpy as np

import monitor
from monitor.installing import install_line
from monitor.model import Floats
from monitor.transport.recording import Recording, open_recording
from monitor.transport.rows import Rows, latest_s, possible_times
from monitor.transport.source import PIECE_ROWS, RecordingError, Source

READING_S = 1800.0
"""A reader that takes longer goes round in circles: a week at 100 Hz takes a minute or two."""
_MISSING = 3


class ReaderMissingError(RecordingError):
    """The library that reads this kind of file is not installed."""

    exit_code = 3

    def __init__(self, path: Path, library: str) -> None:
        super().__init__(path, f"reading {path.suffix} needs {library}", install_line("study-devices"))


def open_any(path: Path, time_zone: str) -> Recording:
    """Open a device's own file or any other recording of samples. Raises RecordingError."""
    return open_device(path, time_zone) if path.suffix.lower() in DEVICES else open_recording(path)


def open_device(path: Path, time_zone: str) -> Recording:
    """Open a device's own file; its clock showed ``time_zone``. Raises RecordingError, ReaderMissingError."""
    if not path.is_file():
        raise RecordingError(path, "is not there", "check the name")
    with tempfile.TemporaryDirectory(prefix="sitbreak-device-") as folder:
        _read_apart(path, Path(folder))
        # mapped, so that only what is looked at takes memory; the names may go, the maps hold the files
        local_s, xyz_g = (np.load(Path(folder) / name, mmap_mode="r") for name in ("time.npy", "accel.npy"))
        rate_hz = float(np.load(Path(folder) / "rate.npy"))
    if not len(local_s):
        raise RecordingError(path, "holds no samples", "record again")
    return Recording(_source(path, local_s, _offset_s(local_s, time_zone), xyz_g, rate_hz))


def _read_apart(path: Path, folder: Path) -> None:
    ours = os.pathsep.join([str(Path(monitor.__file__).parents[1]), os.environ.get("PYTHONPATH", "")])
    command = [sys.executable, "-m", "monitor.transport.devices", str(path), str(folder)]
    environment = {**os.environ, "PYTHONPATH": ours}
    try:
        ran = subprocess.run(command, env=environment, capture_output=True, timeout=READING_S)
    except subprocess.TimeoutExpired:
        raise _damaged(path, "its reader came to no end") from None
    if ran.returncode == _MISSING:
        raise ReaderMissingError(path, DEVICES[path.suffix.lower()][0])
    if ran.returncode or not (folder / "rate.npy").exists():
        last = ran.stderr.decode("utf-8", "replace").strip().splitlines()[-1:]
        raise _damaged(path, last[0][:200] if last else "its reader crashed")


def _damaged(path: Path, why: str) -> RecordingError:
    return RecordingError(path, f"cannot be read ({why})", "the file is damaged or of another kind")


def _write(path: Path, folder: Path) -> None:
    """What the process apart does: the samples of a file as three arrays."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # that times are naive is known, and mended when they are read
        try:
            local_s, xyz_g, rate_hz = DEVICES[path.suffix.lower()][1](path)
        except ImportError:
            sys.exit(_MISSING)
    np.save(folder / "time.npy", local_s)
    np.save(folder / "accel.npy", xyz_g.astype(np.float32))
    np.save(folder / "rate.npy", rate_hz)


def _offset_s(local_s: Floats, time_zone: str) -> float:
    """How far the zone was ahead of UTC at the first sample of which the time can be read."""
    first_s = possible_times(local_s)[:1]
    if not len(first_s):
        return 0.0  # which samples these are is found out when they are looked at
    offset = datetime.fromtimestamp(float(first_s[0]), UTC).replace(tzinfo=ZoneInfo(time_zone)).utcoffset()
    return offset.total_seconds() if offset is not None else 0.0


def _source(path: Path, local_s: Floats, offset_s: float, xyz_g: Floats, rate_hz: float) -> Source:
    def pieces() -> Iterator[Rows]:
        for first in range(0, len(local_s), PIECE_ROWS):
            part = slice(first, first + PIECE_ROWS)
            t_s = local_s[part] - offset_s
            yield Rows(t_s, np.asarray(xyz_g[part], np.float64), np.zeros(len(t_s), np.int64))

    return Source(path, len(local_s), pieces, lambda: latest_s(local_s) - offset_s, rate_hz)


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

if __name__ == "__main__":
    _write(Path(sys.argv[1]), Path(sys.argv[2]))
