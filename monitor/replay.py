"""A recording through the same pipeline as live: posture rows to a CSV file, events to a JSON Lines file."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Any

import numpy as np

from monitor.assembly import fingerprint, new_driver, new_pipeline
from monitor.backfill import Backfill
from monitor.checkpoint import CheckpointError, loads
from monitor.errors import MonitorError
from monitor.events import Event, event_as_dict
from monitor.intake import Intake, play
from monitor.model import SEDENTARY, AccelBlock, Floats, Posture, PostureEpochs
from monitor.pipeline import LATENCY_S, Step, rows_before
from monitor.settings import Settings, settings_of
from monitor.transport.packet_log import read_packet_log
from monitor.transport.recording import Recording, RecordingError
from monitor.wearables.base import Wearable

_log = logging.getLogger(__name__)

BLOCK_S = 86400.0
"""Blocks of a replay are no longer than this; what is read from the file at once is less."""
COLUMNS = "start_s,decided_s,posture,sedentary,worn,confidence"


def replay_recording(
    recording: Recording, backfill: Backfill, block_s: float = BLOCK_S
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
        wearer, settings = header["wearer"], settings_of(header["settings"])
        state = _state_of(header, settings, wearer)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        remedy = "replay it with the version that wrote it"
        raise RecordingError(path, f"its header is not of this version ({_short(error)})", remedy) from error
    steps: list[Step] = []
    intake = Intake(*state, steps.append)
    for number, line in enumerate(lines, start=2):
        try:
            play(intake, line)
        except (KeyError, TypeError, ValueError, AttributeError, ArithmeticError) as error:
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
        self._open = {path: _opened(path) for path in chosen}

    def take(self, step: Step) -> None:
        """What a step has brought."""
        self.events += step.events
        if step.correction is not None:
            self._rows = [rows_before(rows, step.correction.from_s) for rows in self._rows]
            self._rows.append(step.correction.postures)
        self._rows.append(step.postures)

    def close(self, complete: bool) -> None:
        """Put the outputs in their places, or take them back."""
        if complete and self._epochs is not None:
            self._open[self._epochs].write(COLUMNS + "\n")
            for rows in self._rows:
                self._open[self._epochs].writelines(row_lines(rows))
        if complete and self._events is not None:
            self._open[self._events].writelines(map(event_line, self.events))
        for path, file in self._open.items():
            file.close()
            if complete:
                Path(file.name).replace(path)
            else:
                Path(file.name).unlink()

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


def _opened(path: Path) -> IO[str]:
    try:
        if path.is_dir():
            raise IsADirectoryError(0, "it is a folder")
        return path.with_name(f".{path.name}.part").open("w", encoding="utf-8")
    except OSError as error:
        raise OutputError(path, error.strerror or str(error)) from None


def row_lines(rows: PostureEpochs) -> Iterator[str]:
    """One CSV line a row; whole seconds without a fraction, confidence with three digits."""
    said = {code: f"{posture.word},{posture in SEDENTARY:d}" for code, posture in enumerate(Posture)}
    codes, worn, confidences = rows.posture.tolist(), rows.worn.tolist(), rows.confidence.tolist()
    sure = {confidence: f"{confidence:.3f}" for confidence in set(confidences)}
    for start_s, decided_s, code, is_worn, confidence in zip(
        _seconds(rows.start_s), _seconds(rows.decided_s), codes, worn, confidences, strict=True
    ):
        yield f"{start_s},{decided_s},{said[code]},{is_worn:d},{sure[confidence]}\n"


def _seconds(times_s: Floats) -> list[int] | list[str]:
    """As they are written."""
    if (np.abs(times_s) < 1e15).all() and (np.floor(times_s) == times_s).all():
        whole: list[int] = times_s.astype(np.int64).tolist()
        return whole
    return [f"{time_s:.15g}" for time_s in times_s.tolist()]


def event_line(event: Event) -> str:
    """One event as a JSON line."""
    return json.dumps(event_as_dict(event), ensure_ascii=False, allow_nan=False) + "\n"
