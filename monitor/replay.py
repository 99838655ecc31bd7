"""A recording through the same pipeline as live: posture rows to a CSV file, events to a JSON Lines file."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

from monitor.assembly import fingerprint, new_driver, new_pipeline
from monitor.backfill import Backfill
from monitor.checkpoint import CheckpointError, loads
from monitor.events import Event, event_as_dict
from monitor.intake import Intake, play
from monitor.model import AccelBlock, Posture, PostureEpochs
from monitor.pipeline import LATENCY_S, Step, rows_before
from monitor.settings import Settings
from monitor.transport.packet_log import read_packet_log
from monitor.transport.recording import Recording, RecordingError
from monitor.wearables.base import Wearable

_log = logging.getLogger(__name__)

COLUMNS = "start_s,decided_s,posture,sedentary,worn,confidence"


def replay_recording(
    recording: Recording, backfill: Backfill, block_s: float = 3600.0
) -> Iterator[tuple[AccelBlock | None, Step]]:
    """Feed a recording; gives every block with what it brought, and a last step that closes the books."""
    before: AccelBlock | None = None
    for block in recording.blocks(block_s):
        if before is not None and block.t_s[0] - before.t_s[-1] > LATENCY_S:
            yield None, backfill.tick(float(before.t_s[-1]) + LATENCY_S)
        yield block, backfill.feed(block)
        before = block
    if before is not None:
        end_s = float(before.t_s[-1]) + LATENCY_S
        yield None, backfill.tick(end_s)
        yield None, backfill.stop(end_s)


def replay_packet_log(path: Path) -> Iterator[Step]:
    """Play a packet log: the same driver, from the state and the settings with which it was recorded."""
    header, lines = read_packet_log(path)
    try:
        wearer, settings = header["wearer"], Settings.model_validate(header["settings"])
        state = _state_of(header, settings, wearer)
    except (KeyError, TypeError, ValueError) as error:
        remedy = "replay it with the version that wrote it"
        raise RecordingError(path, f"its header is not of this version ({_short(error)})", remedy) from error
    steps: list[Step] = []
    intake = Intake(*state, steps.append)
    for number, line in enumerate(lines, start=2):
        try:
            play(intake, line)
        except (KeyError, TypeError, ValueError) as error:
            raise RecordingError(path, f"line {number} is damaged ({_short(error)})", "cut the file there") from error
        yield from steps
        steps.clear()


def _short(error: Exception) -> str:
    return f"{type(error).__name__}: {str(error).splitlines()[0][:80]}"


def _state_of(header: dict[str, Any], settings: Settings, wearer: str) -> tuple[Wearable, Backfill]:
    driver, backfill = new_driver(settings, wearer), new_pipeline(settings, wearer)
    try:
        state = loads(header["checkpoint"], fingerprint(settings, wearer))
        if isinstance(state["driver"], type(driver)) and isinstance(state["backfill"], Backfill):
            return state["driver"], state["backfill"]
        _log.warning("the recording holds no state to begin with; it begins afresh")
    except (CheckpointError, KeyError, TypeError) as error:  # by another version: the packets are still good
        _log.warning("%s", error)
    return driver, backfill


class ReplayFiles:
    """The two outputs; either may be left out. Rows are written at the end: a second reading may replace them."""

    def __init__(self, epochs: IO[str] | None, events: IO[str] | None) -> None:
        self._epochs, self._events = epochs, events
        self._rows: list[PostureEpochs] = []

    def take(self, step: Step) -> None:
        """What a step has brought."""
        if self._events is not None:
            self._events.writelines(event_line(event) for event in step.events)
        if self._epochs is not None:
            if step.correction is not None:
                self._rows = [rows_before(rows, step.correction.from_s) for rows in self._rows]
                self._rows.append(step.correction.postures)
            self._rows.append(step.postures)

    def close(self) -> None:
        """Write the rows."""
        if self._epochs is not None:
            self._epochs.write(COLUMNS + "\n")
            for rows in self._rows:
                self._epochs.writelines(row_lines(rows))


WORDS = [posture.word for posture in Posture]


def row_lines(rows: PostureEpochs) -> Iterator[str]:
    """One CSV line a row; whole seconds without a fraction, confidence with three digits."""
    columns = (rows.start_s, rows.decided_s, rows.posture, rows.sedentary, rows.worn, rows.confidence)
    for start_s, decided_s, code, sedentary, worn, confidence in zip(*(c.tolist() for c in columns), strict=True):
        yield f"{start_s:.15g},{decided_s:.15g},{WORDS[code]},{sedentary:d},{worn:d},{confidence:.3f}\n"


def event_line(event: Event) -> str:
    """One event as a JSON line."""
    return json.dumps(event_as_dict(event), ensure_ascii=False, allow_nan=False) + "\n"
