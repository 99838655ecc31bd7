"""Packet logs (``sitbreak record``): everything that came in, line by line in order of arrival, to be played again.

A JSON Lines file. The first line is the header (``format``, and what the recorder gives: version, wearer, placement,
settings, state); every other line has ``kind`` and ``now_s`` and what belongs to the kind, bytes as hex digits. A file
is full at 64 MB or at the end of its UTC day; the next one starts with a header of its own. A cut last line, as a power
failure leaves it, is passed over.
"""

from __future__ import annotations

import json
import logging
import os
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO

from monitor.events import plain
from monitor.transport.rows import LATEST_S
from monitor.transport.source import RecordingError

FORMAT = 1
FULL_BYTES = 64_000_000
DAY_S = 86400.0
BLOCKED_S = 60.0
"""Stream time after which a disk that took nothing is tried again."""

Header = Mapping[str, Any]

_log = logging.getLogger(__name__)


class PacketLog:
    """Writes packet logs of one wearer into a folder; every line is handed to the system at once."""

    def __init__(self, folder: Path, header: Header | Callable[[], Header], full_bytes: int = FULL_BYTES) -> None:
        """``header``: a function is asked anew for every file, so that each can be played on its own."""
        self._folder = folder
        self._header = header if callable(header) else lambda: header
        self._full_bytes = full_bytes
        self._file: TextIO | None = None
        self._path = folder
        self._bytes = 0
        self._newest_s = 0.0
        self._day = 0.0
        self._blocked_until_s = 0.0
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise RecordingError(folder, f"cannot be made a folder ({error.strerror})", "give another one") from None

    def write(self, kind: str, now_s: float, fields: Mapping[str, Any] | None = None) -> None:
        """Append one line; records become objects, bytes hex digits.

        A disk that takes nothing ends the file, and a new one begins when it takes something again: each can be played.
        """
        self._newest_s = max(self._newest_s, now_s)
        if self._newest_s < self._blocked_until_s:
            return
        try:
            if self._file is None or self._bytes >= self._full_bytes or self._newest_s // DAY_S > self._day:
                self._begin()
            self._append({"kind": kind, "now_s": now_s, **(fields or {})})
        except OSError as error:
            self._give_up(error)

    def close(self) -> None:
        """Close the file; a later line begins another."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def _give_up(self, error: OSError) -> None:
        if not self._blocked_until_s:
            _log.error(
                "%s: nothing can be recorded (%s): free the disk; all else goes on", self._folder, error.strerror
            )
        self._blocked_until_s = self._newest_s + BLOCKED_S
        file, self._file = self._file, None
        if file is not None:
            with suppress(OSError):  # what is buffered cannot be written either
                file.close()
            with suppress(OSError):  # the disk may be gone altogether
                if self._path.stat().st_size == 0:  # not even its header went in
                    self._path.unlink()

    def _begin(self) -> None:
        self.close()
        header = {"format": FORMAT, **self._header()}
        self._path, self._file = _created(self._folder, str(header.get("wearer", "wearer")), self._newest_s)
        self._bytes, self._day = 0, self._newest_s // DAY_S
        self._append(header)
        self._blocked_until_s = 0.0

    def _append(self, line: Mapping[str, Any]) -> None:
        assert self._file is not None
        text = json.dumps(plain_with_hex(line), separators=(",", ":")) + "\n"
        self._file.write(text)
        self._file.flush()
        self._bytes += len(text)


def read_packet_log(path: Path) -> tuple[dict[str, Any], Iterator[dict[str, Any]]]:
    """The header, and the lines as they were written. Raises RecordingError, also from the iterator."""
    try:
        with path.open(encoding="utf-8", errors="replace") as file:
            header = _object(file.readline())
    except OSError as error:
        raise _unreadable(path, error) from error
    if header is None or "format" not in header:
        raise RecordingError(path, "does not begin with the header of a packet log", "give one of `sitbreak record`")
    if header["format"] != FORMAT:
        remedy = f"this sitbreak reads format {FORMAT}; use the one that recorded it"
        raise RecordingError(path, f"has format {str(header['format'])[:20]}", remedy)
    return header, _lines(path)


def _unreadable(path: Path, error: OSError) -> RecordingError:
    return RecordingError(path, f"cannot be read ({error})", "check the name")


def _lines(path: Path) -> Iterator[dict[str, Any]]:
    try:
        yield from _good_lines(path)
    except OSError as error:
        raise _unreadable(path, error) from error


def _good_lines(path: Path) -> Iterator[dict[str, Any]]:
    with path.open(encoding="utf-8", errors="replace") as file:
        file.readline()
        bad: int | None = None
        for number, text in enumerate(file, start=2):
            if bad is not None:
                raise RecordingError(path, f"line {bad} is damaged", "cut the file off before that line")
            line = _object(text)
            if line is None or not isinstance(line.get("kind"), str) or not _is_time(line.get("now_s")):
                bad = number  # forgiven if it is the last
            else:
                yield line


def plain_with_hex(item: Any) -> Any:
    """JSON-ready: records as objects, enums as their values, bytes as hex digits."""
    if isinstance(item, bytes | bytearray):
        return item.hex()
    if isinstance(item, Mapping):
        return {str(key): plain_with_hex(value) for key, value in item.items()}
    if isinstance(item, list | tuple):
        return [plain_with_hex(each) for each in item]
    if hasattr(item, "__dataclass_fields__"):
        return {name: plain_with_hex(getattr(item, name)) for name in item.__dataclass_fields__}
    return plain(item)


def _created(folder: Path, wearer: str, now_s: float) -> tuple[Path, TextIO]:
    """A new private file, named after the wearer and the stream time of its first line."""
    name = re.sub(r"[^A-Za-z0-9_-]", "_", wearer)
    stamp = datetime.fromtimestamp(now_s, UTC).strftime("%Y%m%dT%H%M%SZ")
    number = 0
    while True:
        path = folder / f"{name}-{stamp}{f'-{number}' if number else ''}.jsonl"
        try:
            handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        except FileExistsError:
            number += 1
            continue
        return path, os.fdopen(handle, "w", encoding="utf-8", newline="\n")


def _object(text: str) -> dict[str, Any] | None:
    try:
        line = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return line if isinstance(line, dict) else None


def _is_time(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LATEST_S  # NaN is not
