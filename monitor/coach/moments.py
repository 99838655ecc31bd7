"""The records of the coach: what it is shown, what it remembers of a bout, what it tells of itself."""

from __future__ import annotations

from dataclasses import dataclass, field

from monitor.model import Posture

QUIET_MAX_S = 1_000_000
"""Nothing can come: longer than any rows that are looked at together."""


@dataclass(frozen=True, slots=True)
class Moment:
    """One second as the coach sees it: a posture row, and the state of the bouts after it."""

    now_s: float
    """Stream time of the decision (``decided_s`` of the row)."""
    start_s: float
    posture: Posture
    worn: bool
    confidence: float
    movement_mg: float
    bout_id: str | None
    """A sedentary bout is open: running, or paused by an upright stretch that is still too short."""
    bout_start_s: float | None
    clock_s: float
    """Sedentary seconds on the bout's clock, up to and including this second."""
    turned_deg: float = 0.0
    """How far the sensor turns in the seconds after this one that are known already; NaN where samples are missing."""


@dataclass(frozen=True, slots=True)
class CoachView:
    """What is true of the coach now, for the retained state."""

    alert: str
    """``none``, ``due``, ``overdue``, ``snoozed`` or ``paused``."""
    alert_id: str | None
    snoozed_until_s: float | None
    paused: bool
    busy: bool
    limit_s: float
    profile: str
    next_break_s: float | None
    """When a break will be (or became) due; None while the clock is frozen or no bout runs."""


@dataclass
class Watch:
    """What the coach remembers of the open bout and of its one alert."""

    bout_id: str
    bout_start_s: float
    due_s: float | None = None
    """When the clock reached the limit; None before."""
    calls: int = 0
    called_s: float = 0.0
    """When the latest call was made."""
    granted: int = 0
    """Calls that the wearer has asked for (by a snooze, by an unkept "done"), as a total with those made."""
    next_call_s: float = 0.0
    alert_id: str | None = None
    alert_open: bool = False
    expires_s: float = 0.0
    exercise_id: str = ""
    skipped: bool = False
    silent_until_s: float | None = None
    silent_because: str = ""
    withheld: list[str] = field(default_factory=list)
    """Reasons told already in this bout."""

    def hush(self, until_s: float, because: str) -> None:
        """No call before ``until_s``; but then one, if the bout still runs."""
        self.silent_until_s, self.silent_because = until_s, because
        self.next_call_s, self.granted = until_s, max(self.granted, self.calls + 1)
