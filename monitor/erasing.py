"""Everything a person, or a stretch of time, has left in the state directory: history, wrong cases, recordings.

Files are overwritten before they go. What the disk itself, a snapshot or a backup keeps is out of a program's reach.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from monitor.history import HISTORY_FILE, erasing, queries
from monitor.wrong_cases import KEPT_S

_CASE = r"-(\d{8}T\d{6}Z)\.npz"
_STAMP = "%Y%m%dT%H%M%SZ"
_TAIL_BYTES = 1 << 20
"""A packet log's last line ends within these."""
ALWAYS_S = (float("-inf"), float("inf"))


@dataclass(frozen=True, slots=True)
class Wish:
    """Whose, and of which time; the days are for summaries that name theirs."""

    wearers: tuple[str, ...]
    from_s: float = ALWAYS_S[0]
    until_s: float = ALWAYS_S[1]
    dates: tuple[str, str] = ("", "")

    @property
    def whole(self) -> bool:
        """All of their time."""
        return (self.from_s, self.until_s) == ALWAYS_S


def files(state_dir: Path, recordings: Path | None, wish: Wish) -> list[Path]:
    """The files that would go, besides what is in the history."""
    found = [path for wearer in wish.wearers for path in _cases(state_dir / "wrong", wearer, wish)]
    found += put_aside(state_dir)
    if recordings is not None:
        found += [path for path in sorted(recordings.glob("*.jsonl")) if _is_doomed_log(path, wish)]
    return found


def put_aside(state_dir: Path) -> list[Path]:
    """Damaged histories, moved away: whose seconds of which days are in them, nobody can tell any more."""
    return sorted(state_dir.glob(f"{HISTORY_FILE}.damaged-*"))


def erase(state_dir: Path, recordings: Path | None, wish: Wish) -> None:
    """Do it. The caller holds the state directory's lock. Raises HistoryError, OSError."""
    for path in files(state_dir, recordings, wish):
        shred(path)
    for wearer in wish.wearers:
        if wish.whole:
            erasing.erase_wearer(state_dir / HISTORY_FILE, wearer)
        else:
            erasing.erase_stretch(state_dir / HISTORY_FILE, wearer, wish.from_s, wish.until_s, wish.dates)


def erase_everything(state_dir: Path, recordings: Path | None) -> bool:
    """Everybody, and the page's own files; False if the history file stays, for what stands at the broker.

    Raises HistoryError, OSError.
    """
    path = state_dir / HISTORY_FILE
    if path.is_file():
        everybody = tuple(row.name for row in queries.wearers(path))
        erase(state_dir, recordings, Wish(everybody))
    wrong, web = sorted((state_dir / "wrong").glob("*.npz")), sorted((state_dir / "web").rglob("*"))
    for strange in (*wrong, *web, *put_aside(state_dir)):
        if strange.is_file() and not strange.is_symlink():
            shred(strange)
    if path.is_file() and erasing.is_announced(path):
        return False
    for suffix in ("", "-wal", "-shm"):
        shred(path.with_name(path.name + suffix))
    return True


def shred(path: Path) -> None:
    """Overwrite a file and remove it; one that is not there is none to remove."""
    if not path.is_file():
        return
    with path.open("r+b") as file:
        left = path.stat().st_size
        while left > 0:
            left -= file.write(bytes(min(left, 1 << 20)))
        file.flush()
        os.fsync(file.fileno())
    path.unlink()


def _cases(folder: Path, wearer: str, wish: Wish) -> Iterator[Path]:
    """Wrong cases of exactly this wearer that hold samples of the time."""
    for path in sorted(folder.glob("*.npz")):
        match = re.fullmatch(re.escape(wearer) + _CASE, path.name)
        if match is not None:
            at_s = datetime.strptime(match[1], _STAMP).replace(tzinfo=UTC).timestamp()
            if at_s - KEPT_S < wish.until_s and at_s + 1.0 >= wish.from_s:
                yield path


def _is_doomed_log(path: Path, wish: Wish) -> bool:
    with path.open("rb") as file:
        header, first = _object(file.readline()), _object(file.readline())
        file.seek(max(0, path.stat().st_size - _TAIL_BYTES))
        times = _times([first, *map(_object, file.read().splitlines())])
    if header.get("wearer") not in wish.wearers:
        return False
    return wish.whole or not times or (min(times) < wish.until_s and max(times) >= wish.from_s)


def _times(lines: Sequence[dict[str, Any]]) -> list[float]:
    return [float(line["now_s"]) for line in lines if isinstance(line.get("now_s"), int | float)]


def _object(line: bytes) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
