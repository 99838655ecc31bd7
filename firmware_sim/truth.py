"""What really happened, as JSON lines: the body's activities and the band's events."""

from __future__ import annotations

import json
from typing import TextIO


class Truth:
    """Writes the truth line by line; without a stream it says nothing."""

    def __init__(self, stream: TextIO | None = None, origin_s: float = 0.0) -> None:
        self._stream = stream
        self._origin_s = origin_s

    def activity(self, start_s: float, activity: str, posture: str) -> None:
        """Say that the body began something."""
        self._write({"start_s": self._absolute(start_s), "activity": activity, "posture": posture})

    def event(self, at_s: float, event: str, **data: object) -> None:
        """Say that something happened to the band."""
        self._write({"at_s": self._absolute(at_s), "event": event, **data})

    def _absolute(self, elapsed_s: float) -> float:
        return round(self._origin_s + elapsed_s, 3)

    def _write(self, line: dict[str, object]) -> None:
        if self._stream is not None:
            self._stream.write(json.dumps(line) + "\n")
            self._stream.flush()
