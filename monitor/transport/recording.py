"""Recordings as a source of acceleration: what ``sitbreak replay`` reads instead of the air.

``npz.py`` and ``tables.py`` know the formats, ``devices.py`` those of research devices. Times are the recording's own.
All are read in pieces, so that weeks fit into a small machine. A file that cannot be meant is refused with a remedy;
single bad samples are dropped and counted (``rows.py``). Packet logs (``.jsonl``) hold no samples: ``packet_log.py``
reads them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from monitor.model import AccelBlock
from monitor.transport.npz import open_npz
from monitor.transport.rows import GAP_S, Rows, Screen, cut_blocks, gap_s, rate_of
from monitor.transport.source import RecordingError, Source, readable
from monitor.transport.tables import open_csv, open_parquet

JUDGED_WHOLE_ROWS = 1 << 16
"""A file of no more rows is judged whole when it is opened; a longer one when it has been read."""
_HEAD_ROWS = 4096
"""Rows from which rate and units are judged."""
_OPENERS = {".npz": open_npz, ".csv": open_csv, ".parquet": open_parquet}


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
    opener = _OPENERS.get(path.suffix.lower())
    if opener is None:
        raise RecordingError(path, "is no recording of samples", f"give one of {', '.join(_OPENERS)}")
    if not path.is_file():
        raise RecordingError(path, "is not there", "check the name")
    with readable(path):
        source = opener(path)
        if source.sample_count == 0:
            raise RecordingError(path, "holds no samples", "record again")
        return Recording(source)


def _head(source: Source) -> Rows:
    """The first good rows; refuses a file without any, one in other units, and a short one that is mostly bad."""
    screen = Screen(GAP_S)
    passing = screen.passing(source.pieces())
    head = next(passing, None)
    is_short = source.sample_count <= JUDGED_WHOLE_ROWS
    if is_short:
        for _ in passing:
            pass
    if head is None or (is_short and sum(screen.dropped.values()) > screen.kept):
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
