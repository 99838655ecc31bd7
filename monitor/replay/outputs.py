"""What a replay leaves behind: posture rows in a CSV file, events in a JSON Lines file, and one line for the reader."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

from monitor.errors import MonitorError
from monitor.events import Event, event_as_dict
from monitor.model import PostureEpochs
from monitor.pipeline import Step, rows_before
from monitor.replay.row_text import COLUMNS, row_text


class ReplayFiles:
    """The two outputs; either may be left out. Written beside their places and put there when all went well.

    Rows are written at the end: a second reading may replace them.
    """

    def __init__(self, recording: Path, epochs: Path | None, events: Path | None) -> None:
        """Raises OutputError where an output would overwrite the recording or the other one, or cannot be written."""
        chosen = [path for path in (epochs, events) if path is not None]
        for path in chosen:
            if path.resolve() in [recording.resolve(), *(other.resolve() for other in chosen if other is not path)]:
                raise OutputError(path, "the recording and each output must be different files")
        self.events: list[Event] = []
        """What has happened, for a summary."""
        self._epochs, self._events = epochs, events
        self._rows: list[PostureEpochs] = []
        self._open: dict[Path, IO[bytes]] = {}
        try:
            for path in chosen:
                self._open[path] = _opened(path)
        except OutputError:
            self.close(complete=False)
            raise

    def take(self, step: Step) -> None:
        """What a step has brought."""
        self.events += step.events
        if step.correction is not None:
            self._rows = [rows_before(rows, step.correction.from_s) for rows in self._rows]
            self._rows.append(step.correction.postures)
        self._rows.append(step.postures)

    def close(self, complete: bool) -> None:
        """Put the outputs in their places, or take them back. Raises OutputError where one cannot be written."""
        try:
            for path, file in self._open.items() if complete else ():
                with _written(path):
                    file.writelines(self._lines_of(path))
                    file.close()
            for path, file in self._open.items() if complete else ():
                with _written(path):
                    Path(file.name).replace(path)
        finally:
            for file in self._open.values():
                with suppress(OSError):  # what did not fit on the disk does not fit when it is closed, either
                    file.close()
                Path(file.name).unlink(missing_ok=True)

    def _lines_of(self, path: Path) -> Iterator[bytes]:
        if path == self._epochs:
            yield f"{COLUMNS}\n".encode()
            yield from map(row_text, self._rows)
        else:
            yield from (event_line(event).encode() for event in self.events)

    def summary(self) -> str:
        """The recording in a line."""
        sedentary = sum(int(rows.sedentary.sum()) for rows in self._rows)
        kinds = [event.type for event in self.events]
        counts = {"bouts": "bout_started", "breaks": "break_taken", "calls": "break_due"}
        told = ", ".join(f"{kinds.count(kind)} {word}" for word, kind in counts.items())
        return f"{sum(map(len, self._rows))} s seen, {sedentary / 60:.1f} min sedentary; {told}"


class OutputError(MonitorError):
    """An output cannot be written; ``path`` is the file."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"{path} cannot be written: {reason}")
        self.path = path


def _opened(path: Path) -> IO[bytes]:
    with _written(path):
        if path.is_dir():
            raise IsADirectoryError(0, "it is a folder")
        return path.with_name(f".{path.name}.part").open("wb")


@contextmanager
def _written(path: Path) -> Iterator[None]:
    """What the system says of an output, as an error that names it."""
    try:
        yield
    except OSError as error:
        raise OutputError(path, error.strerror or str(error)) from None


def event_line(event: Event) -> str:
    """One event as a JSON line."""
    return json.dumps(event_as_dict(event), ensure_ascii=False, allow_nan=False) + "\n"
