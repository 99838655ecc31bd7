"""What the readers hand out: one wearer's day, in records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, tzinfo
from typing import Any

from monitor.history.runs import PostureRun


@dataclass(frozen=True, slots=True)
class WearerRow:
    """One wearer in the history."""

    name: str
    node_id: str
    last_s: float | None
    """End of the last stored second; None if there is none."""


@dataclass(frozen=True, slots=True)
class EventRow:
    """One event as it was stored."""

    at_s: float
    type: str
    body: dict[str, Any]


@dataclass(frozen=True, slots=True)
class TrialRow:
    """One moment at which a call was, or would have been, made in the wearer's own trial."""

    unit: str
    called: bool
    got_up: bool


@dataclass(frozen=True, slots=True)
class BoutRow:
    """A sedentary bout, or the part of it that lies in the day."""

    id: str
    start_s: float
    end_s: float
    sedentary_s: float
    paused_s: float
    unknown_s: float
    ended_by: str | None
    """None while it runs."""
    clipped: bool
    """True where midnight has cut it."""
    revision: int
    corrected: bool


@dataclass(frozen=True, slots=True)
class BreakRow:
    """An upright stretch between two bouts, or the part of it that lies in the day."""

    id: str
    bout_id: str | None
    start_s: float
    end_s: float
    upright_s: float
    stepping_s: float
    steps: int
    taken: bool
    """True where it ended a bout and was long enough to be credited."""
    begun: bool
    """True where it began on this day: so that every break counts once."""
    revision: int
    corrected: bool


@dataclass(frozen=True, slots=True)
class GapRow:
    """A stretch outside bouts and breaks of which nothing can be said."""

    id: str
    start_s: float
    end_s: float
    reason: str
    revision: int
    corrected: bool


@dataclass(frozen=True, slots=True)
class AlertRow:
    """An invitation to a break, with its repeats."""

    id: str
    bout_id: str
    first_at_s: float
    last_at_s: float
    sedentary_s: float
    limit_s: float
    repeats: int
    level: int
    why_now: str
    confidence: float
    cleared_at_s: float | None
    cleared_by: str | None


@dataclass(frozen=True, slots=True)
class ExerciseRow:
    """An exercise that was suggested with an alert, and how that alert ended."""

    alert_id: str
    at_s: float
    exercise_id: str
    title: str
    dose: str
    answer: str | None


@dataclass(frozen=True, slots=True)
class SeenRow:
    """What the sensor has seen of one exercise."""

    id: str
    alert_id: str | None
    exercise_id: str
    title: str
    start_s: float
    end_s: float
    repetitions: int
    hold_s: float
    seen: str
    """``repetitions``, ``hold``, ``posture`` or ``timed``."""


@dataclass(frozen=True, slots=True)
class DayBooks:
    """One wearer's day: [start_s, end_s)."""

    wearer: str
    date: date
    zone: tzinfo
    start_s: float
    end_s: float
    bouts: tuple[BoutRow, ...]
    breaks: tuple[BreakRow, ...]
    gaps: tuple[GapRow, ...]
    alerts: tuple[AlertRow, ...]
    exercises: tuple[ExerciseRow, ...]
    seen: tuple[SeenRow, ...]
    postures: tuple[PostureRun, ...]
    """Empty once the posture of the day has been forgotten."""

    @property
    def records(self) -> tuple[BoutRow | BreakRow | GapRow, ...]:
        """Everything that takes up time."""
        return (*self.bouts, *self.breaks, *self.gaps)

    @property
    def sedentary_s(self) -> float:
        """Seconds on the clock of the day's bouts."""
        return sum(bout.sedentary_s for bout in self.bouts)

    @property
    def upright_s(self) -> float:
        """Upright seconds of breaks and of short stands inside bouts."""
        return sum(each.upright_s for each in self.breaks) + sum(bout.paused_s for bout in self.bouts)

    @property
    def unknown_s(self) -> float:
        """Seconds without a statement, in gaps and inside bouts."""
        return sum(gap.end_s - gap.start_s for gap in self.gaps) + sum(bout.unknown_s for bout in self.bouts)

    @property
    def longest(self) -> BoutRow | None:
        """The bout with most on its clock."""
        return max(self.bouts, key=lambda bout: bout.sedentary_s, default=None)

    @property
    def break_count(self) -> int:
        """Credited breaks that began on this day."""
        return sum(each.taken and each.begun for each in self.breaks)
