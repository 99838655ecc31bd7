"""The 1-s posture rows, run-length coded: what is the same from second to second is stored once."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from monitor.model import SEDENTARY, UPRIGHT, Posture, PostureEpochs

EPOCH_S = 1.0
_ON_THE_CLOCK = SEDENTARY | {Posture.ACTIVE}


@dataclass(frozen=True, slots=True)
class PostureRun:
    """Equal rows without a gap: [start_s, end_s)."""

    start_s: float
    end_s: float
    posture: int
    """A ``Posture`` code."""
    worn: bool
    confidence: float
    """Mean over the rows."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What a stretch of runs adds up to; being busy counts as it does inside a bout."""

    sedentary_s: float
    upright_s: float
    stepping_s: float


def tally(found: list[PostureRun]) -> Tally:
    """Seconds on the clock, upright, and of these stepping; what remains of the time is unknown."""

    def total_s(codes: frozenset[Posture]) -> float:
        return sum((run.end_s - run.start_s for run in found if run.posture in codes), 0.0)

    return Tally(
        sedentary_s=total_s(_ON_THE_CLOCK),
        upright_s=total_s(UPRIGHT),
        stepping_s=total_s(frozenset({Posture.STEPPING})),
    )


def code_runs(rows: PostureEpochs) -> Iterator[PostureRun]:
    """The runs of posture rows in time order."""
    if not len(rows):
        return
    differs = (np.diff(rows.posture) != 0) | (np.diff(rows.worn) != 0) | (np.diff(rows.start_s) != EPOCH_S)
    borders = [0, *(np.flatnonzero(differs) + 1).tolist(), len(rows)]
    for first, end in pairwise(borders):
        yield PostureRun(
            float(rows.start_s[first]),
            float(rows.start_s[end - 1]) + EPOCH_S,
            int(rows.posture[first]),
            bool(rows.worn[first]),
            float(rows.confidence[first:end].mean()),
        )


def append(connection: sqlite3.Connection, wearer_id: int, rows: PostureEpochs) -> None:
    """Add rows at the end; seconds that are stored already are left as they are, so that a repeat changes nothing."""
    last = _last(connection, wearer_id)
    for run in code_runs(_after(rows, last.end_s if last else -np.inf)):
        last = _joined(last, run)
        connection.execute(
            "INSERT OR REPLACE INTO posture_runs VALUES (?, ?, ?, ?, ?, ?)",
            (wearer_id, last.start_s, last.end_s, last.posture, last.worn, last.confidence),
        )


def replace(connection: sqlite3.Connection, wearer_id: int, from_s: float, rows: PostureEpochs) -> None:
    """Forget everything from ``from_s`` (or from the first row, if earlier) on, and store ``rows`` instead."""
    cut_s = min(from_s, float(rows.start_s[0])) if len(rows) else from_s
    connection.execute("DELETE FROM posture_runs WHERE wearer_id = ? AND start_s >= ?", (wearer_id, cut_s))
    connection.execute(
        "UPDATE posture_runs SET end_s = ? WHERE wearer_id = ? AND end_s > ?", (np.ceil(cut_s), wearer_id, cut_s)
    )
    append(connection, wearer_id, rows)


def between(connection: sqlite3.Connection, wearer_id: int, start_s: float, end_s: float) -> list[PostureRun]:
    """The runs that touch [start_s, end_s), clipped to it."""
    found = connection.execute(
        "SELECT start_s, end_s, posture, worn, confidence FROM posture_runs"
        " WHERE wearer_id = ? AND start_s < ? AND end_s > ? ORDER BY start_s",
        (wearer_id, end_s, start_s),
    )
    return [
        PostureRun(max(first_s, start_s), min(last_s, end_s), posture, bool(worn), confidence)
        for first_s, last_s, posture, worn, confidence in found
    ]


def _last(connection: sqlite3.Connection, wearer_id: int) -> PostureRun | None:
    row = connection.execute(
        "SELECT start_s, end_s, posture, worn, confidence FROM posture_runs"
        " WHERE wearer_id = ? ORDER BY start_s DESC LIMIT 1",
        (wearer_id,),
    ).fetchone()
    return PostureRun(row[0], row[1], row[2], bool(row[3]), row[4]) if row else None


def _after(rows: PostureEpochs, from_s: float) -> PostureEpochs:
    if not len(rows) or rows.start_s[0] >= from_s:
        return rows
    keep = rows.start_s >= from_s
    return PostureEpochs(
        rows.start_s[keep],
        rows.decided_s[keep],
        rows.posture[keep],
        rows.worn[keep],
        rows.confidence[keep],
        rows.movement_mg[keep],
        rows.cadence_hz[keep],
    )


def _joined(last: PostureRun | None, run: PostureRun) -> PostureRun:
    if last is None or (last.end_s, last.posture, last.worn) != (run.start_s, run.posture, run.worn):
        return run
    before_s, length_s = last.end_s - last.start_s, run.end_s - last.start_s
    confidence = (last.confidence * before_s + run.confidence * (length_s - before_s)) / length_s
    return PostureRun(last.start_s, run.end_s, run.posture, run.worn, confidence)
