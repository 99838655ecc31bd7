"""What goes between a wearer's stream and those around it: commands in, updates out, and what is published of them.

All are frozen and carry their units in their names. Times that end in ``_s`` are seconds since the Unix epoch.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from monitor.events import Event
from monitor.model import PostureEpochs


@dataclass(frozen=True, slots=True)
class Command:
    """Something the wearer wants, from whatever surface; checked by the pipeline, answered by ``CommandAnswered``."""

    name: str
    """``snooze pause limit profile test break done why skip wrong busy hurts standing``."""
    value: str = ""
    """The text as it came: ``PRESS``, minutes, ``ON`` / ``OFF``, an exercise id, ``RESET``."""
    alert_id: str | None = None
    """The alert that is answered, where the surface names it."""
    source: str = ""


@dataclass(frozen=True, slots=True)
class ExerciseProgress:
    """How far the expected exercise is, as the sensor sees it."""

    exercise_id: str
    title: str
    seen: int
    """Repetitions so far, on the sensor's leg where there are sides."""
    of: int
    """Repetitions or holds of a set; 0 where there are none."""
    hold_s: float
    side: str
    """``sensor``: on the sensor's leg; ``other``: time for the other one; else empty."""
    sentence: str
    dose: str = ""
    """How much of it, as the call said; and so ``how`` it is done."""
    how: str = ""


@dataclass(frozen=True, slots=True)
class WearerState:
    """What is true now, for anybody who looks: the retained state. None where it is not known."""

    at_s: float
    posture: str = "unknown"
    sedentary: bool = False
    confidence: float = 0.0
    bout_id: str | None = None
    bout_start_s: float | None = None
    bout_s: float = 0.0
    next_break_s: float | None = None
    alert: str = "none"
    """``none``, ``due``, ``overdue``, ``snoozed`` or ``paused``."""
    alert_id: str | None = None
    snoozed_until_s: float | None = None
    today_s: float = 0.0
    longest_s: float = 0.0
    breaks: int = 0
    day_start_s: float | None = None
    limit_s: float = 1800.0
    profile: str = "normal"
    paused: bool = False
    busy: bool = False
    battery_pct: int | None = None
    rssi_dbm: int | None = None
    link_fresh: bool = False
    last_sample_s: float | None = None
    exercise: ExerciseProgress | None = None
    """The exercise that is expected or under way."""


@dataclass(frozen=True, slots=True, eq=False)
class Correction:
    """The second reading of a stretch of the day, after a hole was filled; replaces what was stored from ``from_s``."""

    from_s: float
    postures: PostureEpochs
    events: tuple[Event, ...]
    """The books' events from ``from_s`` on (bouts, breaks, gaps); to be stored, never to be sent as news."""


@dataclass(frozen=True, slots=True, eq=False)
class Update:
    """What the outlets are told: news of one wearer, and the state after it."""

    wearer: str
    events: tuple[Event, ...]
    state: WearerState


@dataclass(frozen=True, slots=True)
class Message:
    """One MQTT publication: what to say and how, not yet sent."""

    topic: str
    payload: str
    retain: bool = False
    qos: int = 1
    expires_s: float | None = None
    """Stream time after which nobody should receive it; None for ever."""
    event_id: str | None = None
    properties: dict[str, str] = field(default_factory=dict)
    """MQTT 5 user properties."""
