"""A file of samples that has been opened, whatever its format, and the one error of all that cannot be read."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from monitor.errors import MonitorError
from monitor.transport.rows import Rows

PIECE_ROWS = 1 << 16
"""Rows read at once: 22 minutes at 50 Hz."""


class RecordingError(MonitorError):
    """A recording that cannot be replayed. ``path`` is the file, ``problem`` what is wrong with it."""

    def __init__(self, path: Path, problem: str, remedy: str) -> None:
        super().__init__(f"{path}: {problem}; {remedy}")
        self.path = path
        self.problem = problem


@dataclass(slots=True)
class Source:
    """A file that has been opened and can be read from its beginning any number of times."""

    path: Path
    sample_count: int
    pieces: Callable[[], Iterator[Rows]]
    last_s: Callable[[], float]
    rate_hz: float | None = None
    """Where the file says it."""


_DAMAGE = (OSError, EOFError, ValueError, KeyError, MemoryError, RuntimeError, zipfile.BadZipFile, zlib.error)
"""RuntimeError: an archive that says it is encrypted, or packed in a way that is not known here."""


@contextmanager
def readable(path: Path) -> Iterator[None]:
    """What damaged files make libraries raise, as one error that names the file."""
    try:
        yield
    except _DAMAGE as error:
        raise RecordingError(path, f"cannot be read ({error})", "the file is damaged or of another kind") from error
