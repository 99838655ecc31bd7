"""A recording of samples, or a log of packets, through the same pipeline as live."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from monitor.accel.epochs import EpochBuilder
from monitor.assembly.wearer import fingerprint, new_driver, new_pipeline
from monitor.backfill import Backfill
from monitor.checkpoint import CheckpointError, loads
from monitor.intake import Intake, play
from monitor.model import AccelBlock, Epochs
from monitor.pipeline import LATENCY_S, Step
from monitor.replay.ahead import made_ahead
from monitor.settings.sections import Settings, settings_of
from monitor.transport.packet_log import read_packet_log
from monitor.transport.recording import Recording
from monitor.transport.source import RecordingError
from monitor.wearables.base import Wearable

_log = logging.getLogger(__name__)

BLOCK_S = 86400.0
"""Blocks of a replay are no longer than this; what is read from the file at once is less."""


def replay_recording(
    recording: Recording, backfill: Backfill, block_s: float = BLOCK_S
) -> Iterator[tuple[AccelBlock | None, Step]]:
    """Feed a recording; gives every block with what it brought, and a last step that closes the books.

    Reading and epochs are half of the work and ask nothing of the rest, so a second thread does them ahead.
    """
    pipeline, end_s = backfill.pipeline, None
    builder, pipeline.epochs = pipeline.epochs, (ready := Ready())
    with closing(made_ahead(_first_half(recording, builder, block_s))) as told:
        for block, now_s, epochs in told:
            ready.rows.append(epochs)
            yield block, backfill.feed(block) if block is not None else backfill.tick(now_s)
            end_s = now_s
    if end_s is not None:
        yield None, backfill.stop(end_s)


def _first_half(
    recording: Recording, builder: EpochBuilder, block_s: float
) -> Iterator[tuple[AccelBlock | None, float, Epochs]]:
    """Blocks and ticks as live has them: the block, or None for a tick; the time then; the rows that became final."""
    newest_s: float | None = None
    for block in recording.blocks(block_s):
        if newest_s is not None and block.t_s[0] - newest_s > LATENCY_S:
            yield None, newest_s + LATENCY_S, builder.tick(newest_s + LATENCY_S)
        newest_s = float(block.t_s[-1])
        yield block, newest_s, builder.feed(block)
    if newest_s is not None:
        yield None, newest_s + LATENCY_S, builder.tick(newest_s + LATENCY_S)


@dataclass
class Ready(EpochBuilder):
    """Stands where the pipeline has its builder, and gives what that has made of the same blocks and ticks before."""

    rows: list[Epochs] = field(default_factory=list)

    def feed(self, block: AccelBlock) -> Epochs:
        """The rows of the block."""
        return self.rows.pop(0)

    def tick(self, now_s: float) -> Epochs:
        """The rows of the tick."""
        return self.rows.pop(0)


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
    return f"{type(error).__name__}: {str(error).partition(chr(10))[0][:80]}"


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
