"""Posture rows second by second: none of them, joined, cut, looked at one by one or a run at a time."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import fields
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from monitor.model import Floats, PostureEpochs

_COLUMNS = tuple(field.name for field in fields(PostureEpochs))

NO_POSTURES = PostureEpochs(
    start_s=np.empty(0),
    decided_s=np.empty(0),
    posture=np.empty(0, np.uint8),
    worn=np.empty(0, np.bool_),
    confidence=np.empty(0, np.float32),
    movement_mg=np.empty(0, np.float32),
    cadence_hz=np.empty(0, np.float32),
)


def join_postures(parts: list[PostureEpochs]) -> PostureEpochs:
    """Rows of several steps, one after the other."""
    return PostureEpochs(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in _COLUMNS})


def rows_before(rows: PostureEpochs, until_s: float) -> PostureEpochs:
    """The rows that start before ``until_s``."""
    early = rows.start_s < until_s
    return PostureEpochs(**{name: getattr(rows, name)[early] for name in _COLUMNS})


class Second(NamedTuple):
    """One row of ``PostureEpochs``, and what is known of the seconds after it."""

    start_s: float
    decided_s: float
    posture: int
    worn: bool
    confidence: float
    movement_mg: float
    cadence_hz: float
    turned_deg: float


class Seconds:
    """Rows to be looked at one by one; what is never looked at is never taken out of its column."""

    def __init__(self, rows: PostureEpochs, turned_deg: Floats, shift_mg: float) -> None:
        """``shift_mg`` : a second that moves at least so much is shaken."""
        self._columns = (*(getattr(rows, name) for name in _COLUMNS), turned_deg)
        self._rows = rows
        self._shaken: list[int] = np.flatnonzero(rows.movement_mg >= shift_mg).tolist()

    def __getitem__(self, place: int) -> Second:
        return Second(*[column.item(place) for column in self._columns])

    def runs(self) -> list[tuple[int, int]]:
        """First and end row of each run of rows that differ in nothing but how sure and how lively they are."""
        rows = self._rows
        if not len(rows):
            return []
        goes_on = (np.diff(rows.start_s) == 1.0) & (np.diff(rows.decided_s) == 1.0)
        goes_on &= (rows.posture[1:] == rows.posture[:-1]) & (rows.worn[1:] == rows.worn[:-1])
        edges = [0, *(np.flatnonzero(~goes_on) + 1).tolist(), len(rows)]
        return list(pairwise(edges))

    def unshaken(self, place: int) -> int:
        """How many rows from ``place`` on are not shaken."""
        following = bisect_left(self._shaken, place)
        return (self._shaken[following] if following < len(self._shaken) else len(self._rows)) - place

    def last_shaken_s(self, first: int, end: int) -> float | None:
        """When the last shaken one of the rows [first, end) was decided."""
        following = bisect_left(self._shaken, end)
        last = self._shaken[following - 1] if following else -1
        return self._rows.decided_s.item(last) if last >= first else None

    def cadences_hz(self, first: int, end: int) -> list[float]:
        """Of the rows [first, end)."""
        cadences: list[float] = self._rows.cadence_hz[first:end].tolist()
        return cadences
