"""Seen to be done: what the sensor shows of the exercise that went with a call.

A call with an exercise makes the watcher expect it for some minutes. It looks at the raw samples, up to the second that
was decided last, so that the input may be cut anywhere; it ends when the wearer has settled on the seat again, when
nothing more has come for a while, when the alert is put off, or when its time is up. What it has seen becomes one
``ExerciseSeen``.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Annotated

import numpy as np
from msgspec import Meta
from numpy.typing import NDArray

from monitor.accel.limb import Vector
from monitor.coach.catalogue import Exercise
from monitor.coach.expected import Expected, follower_of
from monitor.coach.moments import QUIET_MAX_S
from monitor.events import AlertCleared, BreakDue, Event, Suggestion
from monitor.exchange import ExerciseProgress
from monitor.model import AccelBlock, Floats, Posture
from monitor.rules import Rules
from monitor.words import Words

PUT_OFF = ("skip", "snooze", "wrong", "pause", "busy")
"""By what a wearer ends an alert so that its exercise is not expected any more. A gap is no such end: what was done out
of reach may still come."""


class WatchRules(Rules, frozen=True):
    """How long an exercise is expected."""

    limit_s: Annotated[
        float, Meta(ge=30, le=3600, description="An exercise is expected for so long after the call.")
    ] = 600.0
    settle_s: Annotated[
        float, Meta(ge=5, le=600, description="Who sits for so long after getting up has finished.")
    ] = 45.0
    upright_s: Annotated[float, Meta(ge=1, le=60, description="So many upright seconds are getting up.")] = 5.0
    idle_s: Annotated[
        float, Meta(ge=20, le=900, description="A set is over when nothing more has come for so long.")
    ] = 120.0

    @property
    def look_s(self) -> float:
        """The samples are looked at this often at the least: more often than a set can be over."""
        return self.idle_s / 2


@dataclass
class Watching:
    """Memory only: plain data. Blocks, rows, news and ticks come in order of time."""

    wearer_key: str
    placement: str
    rules: WatchRules = field(default_factory=WatchRules)
    expected: Expected | None = None
    waits: bool = False
    """Samples of the past are on their way: nothing is over before they are here, or its time is up."""
    t_s: Floats = field(default_factory=lambda: np.empty(0))
    xyz_g: NDArray[np.float32] = field(default_factory=lambda: np.empty((0, 3), np.float32))
    """Samples that no row has decided yet."""

    def hold(self, block: AccelBlock) -> None:
        """Samples that will be looked at when their rows come."""
        t_s, xyz_g = np.asarray(block.t_s, np.float64), np.asarray(block.xyz_g, np.float32)
        newest_s = float(self.t_s[-1]) if len(self.t_s) else -np.inf
        if not _all_sound(t_s, xyz_g, newest_s):
            numbers = np.isfinite(t_s) & np.isfinite(xyz_g).all(axis=1)
            t_s, xyz_g = t_s[numbers], xyz_g[numbers]
            later = t_s > np.maximum.accumulate(np.concatenate(([newest_s], t_s)))[:-1]
            t_s, xyz_g = t_s[later], xyz_g[later]
        self.t_s = np.concatenate([self.t_s, t_s])
        self.xyz_g = np.concatenate([self.xyz_g, xyz_g])

    def release(self, decided_s: float) -> None:
        """Forget the samples before ``decided_s``, but for those that are still to be looked at."""
        kept_s = decided_s if self.expected is None else min(decided_s, self.expected.looked_s)
        done = int(np.searchsorted(self.t_s, kept_s))
        if done:
            self.t_s, self.xyz_g = self.t_s[done:].copy(), self.xyz_g[done:].copy()

    def see(self, start_s: float, decided_s: float, posture: Posture) -> list[Event]:
        """One second more; first the samples up to its decision."""
        expected = self.expected
        if expected is None:
            return []
        if decided_s > expected.until_s:
            return self.finish(expected.until_s)
        expected.decided_s = decided_s
        if self._asks(expected):
            self._look(expected)
        if start_s >= expected.from_s:
            expected.note_posture(posture)
        return self.finish(decided_s) if self._is_over(expected, decided_s) else []

    def quiet_s(self, start_s: float) -> int:
        """So many seconds of one posture from ``start_s`` on can be taken at once: nothing ends, no sample is asked."""
        expected = self.expected
        if expected is None:
            return QUIET_MAX_S
        follower, rules = expected.follower, self.rules
        if start_s < expected.from_s or (follower is not None and follower.signal == "aside"):
            return 0
        left_s = [expected.until_s - expected.decided_s]
        if self._rose(expected):
            left_s.append(rules.settle_s - expected.seated_s - 1.0)
        if follower is not None:
            left_s.append(expected.looked_s + self.rules.look_s - expected.decided_s - 1.0)
            if follower.seen_s is not None:
                left_s.append(follower.seen_s + rules.idle_s - expected.decided_s)
        return max(0, math.floor(min(left_s)))

    def stay(self, posture: Posture, count: int, decided_s: float) -> None:
        """So many seconds in one posture, within ``quiet_s``; ``decided_s`` is that of the last."""
        if self.expected is not None:
            self.expected.decided_s = decided_s
            self.expected.note_posture(posture, count)

    def tick(self, now_s: float) -> list[Event]:
        """Time passes without rows."""
        expected = self.expected
        return self.finish(expected.until_s) if expected is not None and now_s > expected.until_s else []

    def hear(self, event: Event, exercise: Exercise | None, upright: Vector | None, seated: bool) -> list[Event]:
        """What the coach has said: an exercise to expect, or that it is put off."""
        if isinstance(event, BreakDue) and event.exercise is not None and exercise is not None:
            return self._expect(event, event.exercise, exercise, upright, seated)
        if isinstance(event, AlertCleared) and event.by in PUT_OFF and self.expected is not None:
            return self.finish(event.at_s) if event.alert_id == self.expected.alert_id else []
        return []

    def note_word(self, now_s: float, alert_id: str | None) -> None:
        """The wearer says that they begin, or that it is done; of another alert's exercise that says nothing."""
        if self.expected is not None and alert_id in (None, self.expected.alert_id):
            self.expected.said = True
            self.expected.until_s = max(self.expected.until_s, now_s + self.rules.limit_s / 2)

    def finish(self, at_s: float) -> list[Event]:
        """The exercise is not expected any more: tell what was seen, if anything."""
        expected, self.expected = self.expected, None
        if expected is None:
            return []
        self._look(expected)
        return expected.told(at_s, self.wearer_key)

    def progress(self, said: Words) -> ExerciseProgress | None:
        """How far the expected exercise is; None where none is expected."""
        if self.expected is None:
            return None
        self._look(self.expected)
        return self.expected.progress(said)

    # --- one expectation ------------------------------------------------------------------------------------

    def _expect(
        self, event: BreakDue, suggestion: Suggestion, exercise: Exercise, upright: Vector | None, seated: bool
    ) -> list[Event]:
        expected, until_s = self.expected, event.at_s + self.rules.limit_s
        if expected is not None and expected.suggestion.exercise_id == suggestion.exercise_id:
            expected.until_s, expected.alert_id = until_s, event.alert_id
            return []
        events = self.finish(event.at_s)
        follower = follower_of(exercise, self.placement, upright, seated)
        self.expected = Expected(exercise, suggestion, event.alert_id, event.at_s, until_s, follower, event.at_s)
        return events

    def _asks(self, expected: Expected) -> bool:
        """Whether it matters now what the samples show; looking at some seconds together costs hardly more than at one.

        Where rows are handed on as they come, nothing new is seen of before ``looked_s``: so the set that was lively
        less than ``idle_s`` ago is not over yet, whatever has come since.
        """
        follower, since_s = expected.follower, expected.decided_s - expected.looked_s
        if follower is None or follower.signal == "aside" or since_s >= self.rules.look_s:
            return True
        return follower.seen_s is not None and expected.decided_s - follower.seen_s > self.rules.idle_s

    def _look(self, expected: Expected) -> None:
        first, last = np.searchsorted(self.t_s, [expected.looked_s, expected.decided_s])
        if expected.follower is not None and last > first:
            expected.follower.feed(self.t_s[first:last], self.xyz_g[first:last])
        expected.looked_s = max(expected.looked_s, expected.decided_s)

    def _is_over(self, expected: Expected, now_s: float) -> bool:
        if self.waits:
            return False
        rules, seen_s = self.rules, expected.follower.seen_s if expected.follower else None
        if seen_s is not None and expected.seen and now_s - seen_s > rules.idle_s:
            return True
        settled = self._rose(expected) and expected.seated_s >= rules.settle_s
        return settled and not self._may_hold(expected, now_s)

    def _rose(self, expected: Expected) -> bool:
        return expected.upright_s >= self.rules.upright_s and not expected.exercise.needs_floor

    def _may_hold(self, expected: Expected, now_s: float) -> bool:
        """At the trunk a lunge looks like sitting until the wearer rises: all samples there are decide."""
        self._look(expected)
        return expected.follower is not None and expected.follower.may_hold(now_s)


def _all_sound(t_s: Floats, xyz_g: NDArray[np.float32], newest_s: float) -> bool:
    """All are numbers, each later than the one before: the quick look that nearly every block passes."""
    ordered = bool(len(t_s)) and newest_s < t_s[0] and t_s[-1] < np.inf and bool((t_s[1:] > t_s[:-1]).all())
    return ordered and bool(xyz_g.min() > -np.inf and xyz_g.max() < np.inf)
