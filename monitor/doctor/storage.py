"""Where the books are kept: the folder, the file, and the room on the disk."""

from __future__ import annotations

import os
import shutil
import stat
import tempfile
from collections.abc import Sequence
from pathlib import Path

from monitor.doctor.finding import Case, Finding, failed, note, ok, warning
from monitor.history.database import HistoryError
from monitor.history.reading import fault_in

LEAST_FREE_MB, LITTLE_FREE_MB = 50, 500
"""A year of one wearer takes some tens of megabytes; a database also wants room for its log beside it."""


def state_directory(case: Case) -> Sequence[Finding]:
    """It can be written, and only its owner can look inside."""
    folder = case.state_dir
    if not folder.exists():
        above = nearest(folder)
        if os.access(above, os.W_OK | os.X_OK):
            return [note(f"{folder} is not there yet: the first run makes it")]
        return [failed(f"{folder} is not there and cannot be made in {above}", "give another --state-dir")]
    if problem := _unwritable(folder):
        return [failed(f"{folder} cannot be written: {problem}", _REMEDIES.get(problem, "give another --state-dir"))]
    if os.name == "posix" and folder.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return [warning(f"{folder}: others on this computer may look inside", f"chmod 700 {folder}")]
    return [ok(f"{folder} can be written")]


_REMEDIES = {
    "Permission denied": "chown it to the user that runs sitbreak, or give another --state-dir",
    "Read-only file system": "mount it for writing (see `dmesg` for why it is not), or give another --state-dir",
    "No space left on device": "free the disk",
    "Not a directory": "something else has its name: give another --state-dir",
}


def _unwritable(folder: Path) -> str:
    try:
        with tempfile.TemporaryFile(dir=folder) as trial:
            trial.write(b"sitbreak")
            trial.flush()
            os.fsync(trial.fileno())
    except OSError as error:
        return error.strerror or str(error)
    return ""


def history(case: Case) -> Sequence[Finding]:
    """The file is whole; looked at without writing, so that the daemon may write meanwhile."""
    if not case.history.exists():
        return [note(f"{case.history} is not there yet: the first run makes it")]
    try:
        problem = fault_in(case.history)
    except HistoryError as error:
        return [failed(str(error), "the daemon puts a damaged file aside at its next start and begins a new one")]
    if problem:
        return [failed(f"{case.history} is damaged: {problem}", "restore a backup, or let the next start put it aside")]
    size_mb = case.history.stat().st_size / 1e6
    return [ok(f"{case.history} is whole ({size_mb:.1f} MB)")]


def disk(case: Case) -> Sequence[Finding]:
    """Room to write."""
    place = nearest(case.state_dir)
    return [of_room(shutil.disk_usage(place).free / 1e6, str(place))]


def of_room(free_mb: float, place: str) -> Finding:
    """What so much room means."""
    told = f"{free_mb / 1000:.1f} GB free at {place}" if free_mb >= 1000 else f"{free_mb:.0f} MB free at {place}"
    if free_mb < LEAST_FREE_MB:
        return failed(told, "free the disk: below that nothing may be stored")
    return warning(told, "free some, before it fills up") if free_mb < LITTLE_FREE_MB else ok(told)


def nearest(folder: Path) -> Path:
    """The folder, or the nearest one above it that exists."""
    folder = folder.absolute()
    return next(each for each in (folder, *folder.parents) if each.is_dir())
