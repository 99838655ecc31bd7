"""Posture rows as lines of CSV: column by column into lines of equal length, whose empty places are then left out."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from monitor.model import SEDENTARY, Floats, Posture, PostureEpochs

COLUMNS = "start_s,decided_s,posture,sedentary,worn,confidence"

_LAST_DIGITS = np.array([b"%03d," % number for number in range(1000)])
_SAID = np.array([[f"{posture.word},{posture in SEDENTARY:d},{worn}," for worn in (0, 1)] for posture in Posture], "S")
"""By code and by whether it is worn."""
_THOUSANDTHS = np.array([f"{number / 1000:.3f}\n" for number in range(1001)], "S")


def row_text(rows: PostureEpochs) -> bytes:
    """One line a row; whole seconds without a fraction, confidence with three digits."""
    said = _SAID[rows.posture, rows.worn.astype(np.uint8)]
    columns = [*_times(rows.start_s), *_times(rows.decided_s), said, _confidences(rows.confidence)]
    lines = np.empty(len(rows), [(f"{place}", column.dtype) for place, column in enumerate(columns)])
    for place, column in enumerate(columns):
        lines[f"{place}"] = column
    return lines.tobytes().replace(b"\0", b"")


def _times(times_s: Floats) -> list[NDArray[np.bytes_]]:
    """Columns that together are the times and a comma: what is before the last three digits seldom changes."""
    if not ((times_s >= 1000.0) & (times_s < 1e15) & (np.floor(times_s) == times_s)).all():
        return [np.array([f"{time_s:.15g}," for time_s in times_s.tolist()], "S")]
    thousands, last = np.divmod(times_s.astype(np.int64), 1000)
    edges = np.flatnonzero(np.diff(thousands, prepend=-1, append=-1))
    first = np.array([f"{thousands[edge]}" for edge in edges[:-1]], "S")
    return [np.repeat(first, np.diff(edges)), _LAST_DIGITS[last]]


def _confidences(confidences: NDArray[np.float32]) -> NDArray[np.bytes_]:
    if ((confidences >= 0) & (confidences <= 1)).all():
        # a float32 times 1000 has no more digits than a float64 can hold: this rounds as formatting does
        return _THOUSANDTHS[np.rint(1000.0 * confidences.astype(np.float64)).astype(np.int64)]
    return np.array([f"{confidence:.3f}\n" for confidence in confidences.tolist()], "S")
