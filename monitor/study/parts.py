"""Finished recordings on disk: one file each, put in its place whole, so that a killed study goes on where it was."""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from monitor.reporting.parquet import write_batches
from monitor.reporting.tidy import Cell
from monitor.study.one import Part, Work
from monitor.study.recordings import Found, StudyError
from monitor.study.tables import COLUMNS, WHOSE, Row

FORM = 1
"""Of the part files; one more when their meaning changes."""
BATCH_ROWS = 50_000


class Parts:
    """The folder of the part files of a study."""

    def __init__(self, out: Path) -> None:
        """Raises StudyError where the folder cannot be made."""
        self.out, self.folder = out, out / "parts"
        try:
            self.out.mkdir(mode=0o700, parents=True, exist_ok=True)  # posture over time is health data
            self.folder.mkdir(mode=0o700, exist_ok=True)
            for left in self.folder.glob(".*.writing"):  # by a run that was killed
                left.unlink(missing_ok=True)
        except OSError as error:
            raise StudyError(str(out), f"cannot be written: {error.strerror}") from None

    def place(self, work: Work) -> Path:
        """Where the part of this work belongs: another file, another version or setting gives another place.

        A file counts as the same while its path, size and time of change are.
        """
        found = Path(work.path).stat()
        said = (FORM, work.version, work.path, found.st_size, found.st_mtime_ns, work.wearer, work.settings)
        return self.folder / f"{hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:32]}.json"

    def finished(self, place: Path) -> bool:
        """Whether the part is there; what cannot be read is not."""
        return read(place) is not None

    def keep(self, place: Path, part: Part) -> None:
        """Put a part in its place, whole or not at all. Raises StudyError."""
        _in_its_place(place, json.dumps(asdict(part), ensure_ascii=False, allow_nan=False))

    def join(self, parts: Sequence[tuple[Found, Path | Part]]) -> list[Path]:
        """Write the study's tables, one recording at a time. Raises StudyError, ParquetMissingError."""
        return [self._table(name, parts) for name in COLUMNS]

    def _table(self, name: str, parts: Sequence[tuple[Found, Path | Part]]) -> Path:
        path = self.out / f"{name}.parquet"
        writing = self.out / f".{name}.parquet.writing"
        try:
            writing.touch(mode=0o600)
            write_batches(COLUMNS[name], _batches(_rows(name, parts)), writing)
            writing.replace(path)
        except OSError as error:
            raise StudyError(str(path), f"cannot be written: {error.strerror or error}") from None
        return path


def read(place: Path) -> Part | None:
    """A part as it was kept; None where there is none, or none that can be read."""
    try:
        part = Part(**json.loads(place.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError):
        return None
    tables = ((name, getattr(part, name)) for name in COLUMNS)
    return part if all(_fits(rows, len(COLUMNS[name]) - len(WHOSE)) for name, rows in tables) else None


def _fits(rows: object, width: int) -> bool:
    return isinstance(rows, list) and all(isinstance(row, list) and len(row) == width for row in rows)


def _rows(name: str, parts: Sequence[tuple[Found, Path | Part]]) -> Iterator[tuple[Cell, ...]]:
    for found, kept in parts:
        part = read(kept) if isinstance(kept, Path) else kept
        if part is None:
            raise StudyError(str(kept), "was changed meanwhile; run the same again")
        rows: list[Row] = getattr(part, name)
        yield from ((found.wearer, found.name, *row) for row in rows)


def _batches(rows: Iterable[tuple[Cell, ...]]) -> Iterator[list[tuple[Cell, ...]]]:
    batch: list[tuple[Cell, ...]] = []
    for row in rows:
        batch.append(row)
        if len(batch) >= BATCH_ROWS:
            yield batch
            batch = []
    if batch:
        yield batch


def _in_its_place(place: Path, text: str) -> None:
    writing = place.with_name(f".{place.name}.{os.getpid()}.writing")
    try:
        with writing.open("w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        writing.replace(place)
    except OSError as error:
        raise StudyError(str(place), f"cannot be written: {error.strerror}") from None
