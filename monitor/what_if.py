"""The wearer's own days under another policy: when it would have called, and what they were about to do anyway.

The stored postures go through the same books and the same coach as live. What cannot be replayed: small shifts of the
body (they are not stored, so a call comes at the limit or at a change of posture), what was said meanwhile (pause,
busy, snooze), and the days as they would have been: the breaks are those that were taken, called for or not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from monitor.assembly.wearer import new_pipeline
from monitor.events import BoutEnded, BreakDue, BreakTaken, Event
from monitor.history.runs import PostureRun
from monitor.model import PostureEpochs
from monitor.settings.sections import Settings

DECIDED_AFTER_S = 3.0
"""The usual delay of a posture row behind the start of its second."""
OWN_BREAK_S = 120.0
"""A call so shortly before a break came when the wearer was about to get up anyway."""
DAY_S = 86400.0


@dataclass(frozen=True, slots=True)
class WouldCall:
    """One call that the policy would have made."""

    at_s: float
    sedentary_s: float
    repeat: int
    break_after_s: float | None
    """How long until the wearer really got up; None where no break was seen later."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """A policy on recorded days."""

    limit_s: float
    observed_s: float
    """Seconds with a posture row."""
    calls: tuple[WouldCall, ...]
    breaks: int
    longest_s: float
    """Longest sitting clock at a bout's end."""

    @property
    def first_calls(self) -> tuple[WouldCall, ...]:
        """Those that are no repeats."""
        return tuple(call for call in self.calls if not call.repeat)

    @property
    def before_own_break(self) -> int:
        """First calls that came when the wearer was about to get up."""
        return sum(
            1 for call in self.first_calls if call.break_after_s is not None and call.break_after_s < OWN_BREAK_S
        )

    @property
    def calls_a_day(self) -> float:
        """First calls in 16 observed hours, a waking day."""
        return len(self.first_calls) / (self.observed_s / (16 * 3600.0)) if self.observed_s else 0.0


def play(runs: Iterable[PostureRun], settings: Settings, wearer: str, conditions: Sequence[str] | None = ()) -> Outcome:
    """Run stored postures through the books and the coach of these settings; ``conditions`` as for a pipeline."""
    pipeline = new_pipeline(settings, wearer, conditions).pipeline
    events: list[Event] = []
    observed_s = last_s = 0.0
    for run in runs:
        for rows in _rows_of(run):
            events += pipeline.rows(rows).events
        observed_s, last_s = observed_s + run.end_s - run.start_s, run.end_s
    events += pipeline.stop(last_s + DECIDED_AFTER_S).events
    breaks_s = np.array([event.break_start_s for event in events if isinstance(event, BreakTaken)])
    return Outcome(
        limit_s=settings.coach_of(wearer).limit_s,
        observed_s=observed_s,
        calls=tuple(_call(event, breaks_s) for event in events if isinstance(event, BreakDue)),
        breaks=len(breaks_s),
        longest_s=max((event.sedentary_s for event in events if isinstance(event, BoutEnded)), default=0.0),
    )


def _call(event: BreakDue, breaks_s: np.ndarray) -> WouldCall:
    later = breaks_s[breaks_s >= event.at_s - DECIDED_AFTER_S]
    after_s = max(0.0, float(later[0]) - event.at_s) if len(later) else None
    return WouldCall(event.at_s, event.sedentary_s, event.repeat, after_s)


def _rows_of(run: PostureRun) -> Iterator[PostureEpochs]:
    """The rows of a run, an hour at a time."""
    for begin_s in np.arange(run.start_s, run.end_s, 3600.0):
        start_s = np.arange(begin_s, min(begin_s + 3600.0, run.end_s))
        n = len(start_s)
        yield PostureEpochs(
            start_s=start_s,
            decided_s=start_s + DECIDED_AFTER_S,
            posture=np.full(n, run.posture, np.uint8),
            worn=np.full(n, run.worn, np.bool_),
            confidence=np.full(n, run.confidence, np.float32),
            movement_mg=np.zeros(n, np.float32),
            cadence_hz=np.zeros(n, np.float32),
        )
