"""The words of telling: everything that can happen.

All are frozen and carry their units in their names. Times that end in ``_s`` are seconds since the Unix epoch.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from enum import Enum
from typing import Any, ClassVar

import numpy as np


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened. ``at_s`` is the stream time at which it was decided."""

    id: str
    at_s: float

    @property
    def type(self) -> str:
        """Snake-case name of the class, as published."""
        return EVENT_NAMES[type(self)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PostureChanged(Event):
    """The posture of the latest row differs from the one before (or there was none before)."""

    start_s: float
    posture: str
    previous: str | None
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class SitToStand(Event):
    """The wearer has risen: sedentary until ``from_s``, upright from ``to_s``."""

    from_s: float
    to_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StandToSit(Event):
    """The wearer has sat or lain down: upright until ``from_s``, sedentary from ``to_s``."""

    from_s: float
    to_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class NotWorn(Event):
    """The wearable has been taken off; settled, not only suspected."""

    since_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Worn(Event):
    """The wearable is on the body again."""

    since_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BoutStarted(Event):
    """A sedentary bout began; ``id`` names the bout for good."""

    bout_start_s: float
    sedentary_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class BoutEnded(Event):
    """A sedentary bout is over: ``bout_end_s - bout_start_s == sedentary_s + paused_s + unknown_s``."""

    bout_id: str
    bout_start_s: float
    bout_end_s: float
    sedentary_s: float
    """Seconds on the clock: sitting and lying, and being busy in between."""
    paused_s: float
    """Upright seconds too short to end the bout."""
    unknown_s: float
    """Seconds without a statement that did not end the bout."""
    ended_by: str
    """``upright``, ``gap``, ``not_worn``, ``asleep``, ``vehicle`` or ``stop``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakTaken(Event):
    """An upright stretch has lasted ``bouts.break_min_s``: seen, and credited."""

    bout_id: str
    break_start_s: float
    upright_s: float
    sedentary_s: float
    """What the interrupted bout had on its clock."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakEnded(Event):
    """The wearer sits or lies again (or there is no statement any more); the quality of the break."""

    break_start_s: float
    break_end_s: float
    upright_s: float
    stepping_s: float
    steps: int


@dataclass(frozen=True, slots=True, kw_only=True)
class GapEnded(Event):
    """A stretch outside bouts and breaks of which nothing can be said is over."""

    gap_start_s: float
    gap_end_s: float
    reason: str
    """``no_data``, ``unknown``, ``not_worn``, ``asleep``, ``vehicle`` or ``active``."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One exercise to go with an alert, ready to be read."""

    exercise_id: str
    title: str
    dose: str
    how: str
    """One or two sentences, in the imperative of an invitation."""
    side: str
    """Where it has sides: which first; else empty."""
    easier: str
    why: str
    verifiable: str
    """``repetitions``, ``hold``, ``posture`` or ``timed``: what this placement can see of it."""
    image: str = ""
    """Where its picture can be fetched; empty where nowhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BreakDue(Event):
    """Time for a break. ``id`` names the alert for good; a repeat has an id of its own and the same ``alert_id``."""

    alert_id: str
    bout_id: str
    bout_start_s: float
    due_s: float
    """When the clock reached the hard limit, or will."""
    sedentary_s: float
    limit_s: float
    repeat: int
    """0 for the first call."""
    level: int
    """The highest rung of the ladder that may be used: 1 wearable, 2 phone, 3 room."""
    confidence: float
    why_now: str
    """``limit``, ``opportune`` or ``repeat``."""
    clears: str
    """What would have to happen to clear it."""
    title: str
    message: str
    exercise: Suggestion | None
    expires_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertCleared(Event):
    """An alert is over, everywhere."""

    alert_id: str
    by: str
    """``break``, ``done``, ``skip``, ``snooze``, ``wrong``, ``hurts``, ``pause``, ``busy``, ``not_worn``, ``gap``,
    ``expired``, ``correction``."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertWithheld(Event):
    """A break is due but the program keeps silent; said once a reason."""

    bout_id: str
    due_s: float
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialPoint(Event):
    """A moment of the wearer's own trial: the lot has let a call be made, or kept it back."""

    bout_id: str
    unit: str
    """What the lot was drawn for: the day's ISO date, or the bout."""
    called: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ExerciseSeen(Event):
    """What the sensor has seen of the exercise that went with an alert; told when it is over."""

    exercise_id: str
    title: str
    alert_id: str
    start_s: float
    end_s: float
    repetitions: int
    """On the sensor's leg, where there are sides."""
    hold_s: float
    seen: str
    """``repetitions``, ``hold``, ``posture``, or ``timed``: done on the wearer's word, not verified."""
    sides: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Snoozed(Event):
    """Quiet until ``until_s`` by the wearer's wish."""

    alert_id: str | None
    until_s: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StandingLong(Event):
    """The wearer has been standing for long, and wants to be told."""

    standing_s: float
    title: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TestAlert(Event):
    """An alert that the wearer asked for to try the ways it takes."""

    __test__ = False  # not a test class, whatever pytest thinks of its name

    title: str
    message: str
    exercise: Suggestion | None


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandAnswered(Event):
    """What became of a command: applied (``value`` is the value now in force) or refused (``error`` says why)."""

    command: str
    ok: bool
    value: str | float | bool | None = None
    error: str | None = None
    source: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongReported(Event):
    """The wearer says that the last alert was wrong: they were not sitting."""

    alert_id: str | None
    posture: str
    confidence: float


@dataclass(frozen=True, slots=True, kw_only=True)
class DayEnded(Event):
    """Local midnight has passed: the day's totals."""

    date: str
    """ISO date of the day that ended."""
    sedentary_min: float
    longest_min: float
    breaks: int
    alerts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DaySummary(Event):
    """The time of ``coach.summary_at`` has come: the day's totals so far."""

    LIFE_S: ClassVar[float] = 7200.0
    """Told so much later, by a daemon that slept through its hour, it is still of use."""

    date: str
    """ISO date of the day that goes on."""
    until: str
    """The time of day up to which is told, ``HH:MM``."""
    sedentary_min: float
    longest_min: float
    breaks: int
    alerts: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DataCorrected(Event):
    """Samples that came late have changed the books from ``from_s`` to ``until_s``."""

    from_s: float
    until_s: float


def _snake(name: str) -> str:
    return "".join("_" + c.lower() if c.isupper() and i else c.lower() for i, c in enumerate(name))


EVENT_NAMES: dict[type[Event], str] = {cls: _snake(cls.__name__) for cls in Event.__subclasses__()}
_FIELDS = {kind: tuple(each.name for each in fields(kind)) for kind in EVENT_NAMES}


def event_as_dict(event: Event) -> dict[str, Any]:
    """``type`` first, then every field; nested records become dicts. JSON-ready."""
    return {"type": event.type, **{name: plain(getattr(event, name)) for name in _FIELDS[type(event)]}}


def plain(record: Any) -> Any:
    """A record as dicts, lists and plain values, recursively; enums become their values."""
    if record is None or type(record) in _PLAIN:
        return record
    if hasattr(record, "__dataclass_fields__"):
        return {f.name: plain(getattr(record, f.name)) for f in fields(record)}
    if isinstance(record, Enum):
        return record.value
    if isinstance(record, list | tuple):
        return [plain(item) for item in record]
    if isinstance(record, np.generic):
        return record.item()
    return record


_PLAIN = frozenset((str, int, float, bool))
