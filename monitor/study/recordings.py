"""Which recordings a study has, and whose they are."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from monitor.errors import MonitorError
from monitor.transport.devices import DEVICES

KINDS = (".npz", ".csv", ".parquet", ".jsonl", *DEVICES)
"""What a folder is searched for; ``.jsonl`` is a packet log of ``sitbreak record``."""


class StudyError(MonitorError):
    """A study that cannot begin. ``what`` is the argument that is wrong."""

    def __init__(self, what: str, problem: str) -> None:
        super().__init__(f"{what}: {problem}")
        self.what = what


@dataclass(frozen=True, slots=True)
class Found:
    """One recording of the study."""

    path: Path
    """Absolute."""
    name: str
    """The path below the folder that holds all recordings of the study, with ``/``."""
    wearer: str


def recordings_in(given: Sequence[Path], out: Path, wearer_from: str = "") -> list[Found]:
    """Files as they are, folders with all that is below them; in the order of their names, each once.

    Parameters
    ----------
    out : what lies below it is the study's own and never a recording.
    wearer_from : regular expression; its first group, found in the file's name, is the wearer. Empty: the name
        without its ending.

    Raises
    ------
    StudyError : something given is not there or of no known kind, a folder holds no recording, a name does not match.
    """
    paths = sorted({path.resolve() for each in given for path in _below(each, out.resolve())})
    if not paths:
        raise StudyError("RECORDINGS", "nothing is given")
    root = Path(os.path.commonpath([path.parent for path in paths]))
    return [Found(path, path.relative_to(root).as_posix(), _wearer(path, wearer_from)) for path in paths]


def _below(given: Path, out: Path) -> list[Path]:
    if given.is_file():
        if given.suffix.lower() not in KINDS:
            raise StudyError(str(given), f"is no recording; give one of {', '.join(KINDS)}")
        return [given]
    if not given.is_dir():
        raise StudyError(str(given), "is not there; check the name")
    found = [path for path in given.rglob("*") if path.suffix.lower() in KINDS and path.is_file()]
    found = [path for path in found if not _hidden(path.relative_to(given)) and not path.resolve().is_relative_to(out)]
    if not found:
        raise StudyError(str(given), f"holds no recordings ({', '.join(KINDS)})")
    return found


def _hidden(path: Path) -> bool:
    return any(part.startswith(".") for part in path.parts)


def _wearer(path: Path, pattern: str) -> str:
    if not pattern:
        return path.stem
    match = re.search(pattern, path.name)
    if match is None or not match.groups() or not match[1]:
        raise StudyError(str(path), f"its name has no wearer by {pattern!r}; the first ( ) must match a part of it")
    return match[1]
