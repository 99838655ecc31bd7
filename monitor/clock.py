"""The one clock of the daemon, scalable: a demo lives a day in minutes.

Stream time (``now_s``) runs ``speed`` times as fast as the wall; both processes of a demo share ``origin_s``
and ``speed`` and so agree on it. What belongs to the radio, the broker or systemd stays on wall time
(``asyncio.sleep``, ``asyncio.timeout``).
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta

STEP_S = 2.0
"""A wall clock that differs by more has been set, or the machine was asleep; less is what time servers correct."""
SLEW = 500e-6
"""By this share a clock that is ahead runs slower until the wall has caught up, as in adjtime(3): no wearable's crystal
is so good that it would notice."""

_log = logging.getLogger(__name__)


def since_boot_s() -> float:
    """A clock that nobody sets and that goes on while the machine is asleep (where the system has one)."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


@dataclass(frozen=True, slots=True)
class Clock:
    """``now_s = origin_s + speed * (wall - origin_s)``."""

    origin_s: float = 0.0
    """Wall time at which stream time and wall time were equal, seconds since the Unix epoch."""
    speed: float = 1.0

    def now_s(self) -> float:
        """Stream time, seconds since the Unix epoch."""
        return self.at_s(time.time())

    def at_s(self, wall_s: float) -> float:
        """Stream time at a wall time."""
        return self.origin_s + self.speed * (wall_s - self.origin_s) if self.speed != 1.0 else wall_s


@dataclass
class _Course:
    """Where the stream is, and where the steady clock was then."""

    stream_s: float = 0.0
    steady_s: float = 0.0
    ahead_s: float = 0.0


@dataclass(frozen=True, slots=True)
class SteadyClock(Clock):
    """The wall's time, except that it never goes back.

    A wall clock is set: by a time server soon after the start, by hand, on a computer that two systems share. Set
    forward (or awake again), the stream follows at once, and what lies between is a gap. Set back, the stream goes on
    as if nothing had been, for two things cannot have happened at one time; it is ahead until the wall has caught up.
    It waits for the wall while ``idle``, when nothing is measured.
    """

    wall_s: Callable[[], float] = time.time
    steady_s: Callable[[], float] = since_boot_s
    idle: Callable[[], bool] = bool
    _course: _Course = field(default_factory=_Course)

    def __post_init__(self) -> None:
        self._course.stream_s, self._course.steady_s = self.at_s(self.wall_s()), self.steady_s()

    def now_s(self) -> float:
        """Stream time, seconds since the Unix epoch; never less than before."""
        course, wall_s, steady_s = self._course, self.at_s(self.wall_s()), self.steady_s()
        passed_s = self.speed * max(0.0, steady_s - course.steady_s)
        expected_s = course.stream_s + passed_s
        if wall_s - expected_s > STEP_S and course.ahead_s == 0.0:
            _log.warning(
                "this computer's clock was set forward by %s: that time counts as a gap", _long(wall_s - expected_s)
            )
        if wall_s < expected_s:
            expected_s = course.stream_s if self.idle() else expected_s - SLEW * passed_s
        course.stream_s, course.steady_s = max(wall_s, expected_s), steady_s
        self._note(course.stream_s - wall_s)
        return course.stream_s

    def not_before(self, stream_s: float) -> None:
        """What was known before the start is past: the stream begins after it."""
        if stream_s > self.now_s():
            self._course.stream_s = stream_s
            self.now_s()

    def _note(self, ahead_s: float) -> None:
        course = self._course
        if ahead_s > course.ahead_s + STEP_S:
            _log.error(
                "this computer's clock is %s behind what was recorded already, so it was set back, or is wrong now."
                " Nothing is recorded twice: sitbreak's own time goes on and waits for the clock while no wearable is"
                " connected. If the records are wrong, stop sitbreak and move its history away",
                _long(ahead_s),
            )
        elif course.ahead_s > STEP_S and ahead_s <= 0.0:
            _log.warning("this computer's clock has caught up: all times are its own again")
        course.ahead_s = ahead_s if ahead_s > STEP_S or ahead_s <= 0.0 else course.ahead_s


def _long(seconds: float) -> str:
    """Hours, minutes and seconds, and days where there are any."""
    return str(timedelta(seconds=round(seconds)))
