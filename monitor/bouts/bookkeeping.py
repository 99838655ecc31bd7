"""Sedentary bouts, breaks and gaps: the books of one wearer, kept by the table in ``states``.

The books tile the observed time: every second belongs to exactly one bout, break or gap.

* Sitting and lying start a **bout** and run its clock. Being busy (``active``) makes no statement of its own:
  it runs the clock of a running bout, and neither starts nor ends anything.
  For whoever does not stand (``movement_ends``) it is what standing up is for others.
* Standing up **pauses** the bout. Only an upright stretch of ``break_min_s`` ends it, and then at the stretch's
  first second: a stretch too short to count leaves the bout whole (SBRN 2017 sets no minimum; ours is a setting).
* Sitting down again counts once it has lasted ``settle_s``, and then from its first second: a knee held high or a
  chair that was only touched does not end an upright stretch.
* A second of which nothing can be said (no data, unknown, vehicle, asleep) **freezes** the clock. After
  ``gap_max_s`` of it the bout is closed where its clock last ran, and a gap begins there. Taken off the body
  closes it at once. Unknown is never sitting.

Time without rows is given by ``tick``; deadlines fire at their own time, whoever notices them first.

References
----------
Tremblay et al. (2017), SBRN Terminology Consensus Project, Int J Behav Nutr Phys Act 14:75.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Annotated

from msgspec import Meta

from monitor.bouts.ledger import Bout, Ledger, Stretch
from monitor.bouts.states import STAYS, TRANSITIONS, Seen, State, seen_in
from monitor.event_ids import event_id
from monitor.events import BoutStarted, Event
from monitor.model import Posture
from monitor.rules import Rules


class BoutRules(Rules, frozen=True):
    """What counts as a bout and as a break."""

    break_min_s: Annotated[
        float,
        Meta(ge=1, le=3600, description="An upright stretch this long ends a sitting bout; a shorter one pauses it."),
    ] = 60.0
    settle_s: Annotated[
        float, Meta(ge=0, le=60, description="Sitting down after standing counts when it has lasted this long.")
    ] = 10.0
    gap_max_s: Annotated[
        float, Meta(ge=10, le=7200, description="After this long without a statement the running bout is closed.")
    ] = 300.0
    movement_ends: Annotated[
        bool,
        Meta(
            description="Being on the move counts like standing up; it always does for whoever has told `sitbreak"
            " ready` that they cannot stand."
        ),
    ] = False


QUIET_MAX_S = 1_000_000
"""Nothing can come: longer than any rows that are looked at together."""
ENDS_BY_NAME = frozenset({"not_worn", "asleep", "vehicle"})
"""Silences that end a bout under their own name; the others end it as a ``gap``."""


@dataclass
class Bouts(Ledger):
    """The books of one wearer; ``advance`` takes one posture row after the other."""

    rules: BoutRules = field(default_factory=BoutRules)
    state: State = State.GAP
    until_s: float | None = None
    """Everything before is in the books."""
    clock_total_s: float = 0.0
    """Sedentary seconds of all bouts so far."""
    silent_since_s: float | None = None

    def advance(self, start_s: float, decided_s: float, posture: Posture, cadence_hz: float) -> list[Event]:
        """Write the second [start_s, start_s + 1) into the books."""
        if self.until_s is None:
            self.until_s = self.gap_start_s = start_s
        if start_s > self.until_s:
            self._silence(start_s, "no_data", decided_s)
        seen = self._seen_in(posture)
        if seen is Seen.SILENT:
            self._silence(start_s + 1.0, posture.word, decided_s)
        else:
            self._statement(seen, start_s, decided_s, cadence_hz if posture is Posture.STEPPING else 0.0)
            self.until_s = start_s + 1.0
        return self.take_events()

    def quiet_s(self, posture: Posture) -> int:
        """For so many more seconds of the posture last seen nothing begins and nothing ends."""
        seen = self._seen_in(posture)
        if seen in STAYS[self.state]:
            return QUIET_MAX_S
        left_s = 0.0
        if seen is Seen.SILENT and self.silent_since_s is not None and self.until_s is not None:
            left_s = self.silent_since_s + self.rules.gap_max_s - self.until_s
        elif seen is Seen.SEDENTARY and self.upright is not None:
            left_s = max(self.rules.settle_s, 1.0) - self.upright.settling_s
        elif seen is Seen.UPRIGHT and self.upright is not None:
            left_s = self.rules.break_min_s - self.upright.upright_s
        return max(0, math.ceil(left_s) - 1)

    def stay(self, posture: Posture, until_s: float, count: int, cadences_hz: list[float]) -> None:
        """Write ``count`` seconds up to ``until_s`` into the books; all in the posture last seen, within ``quiet_s``.

        ``cadences_hz`` : of each of them, in stepping; none in any other posture.
        """
        seen = self._seen_in(posture)
        if seen is Seen.SILENT or self.state is State.GAP:
            self._count_silence(until_s, posture.word if seen is Seen.SILENT else seen.value)
        elif self.state is State.BOUT:
            self._run_clock(count)
        elif self.upright is not None and seen is Seen.SEDENTARY:
            self.upright.settling_s += count
        elif self.upright is not None and seen is Seen.UPRIGHT:
            self.upright.upright_s += count
            for cadence_hz in cadences_hz:
                self.upright.stepping_s += cadence_hz > 0
                self.upright.steps += cadence_hz
        elif self.upright is not None:
            self.upright.other_s += count
        self.until_s = until_s

    def tick(self, final_s: float) -> list[Event]:
        """No row before ``final_s`` will come any more: what has none is silence."""
        whole_s = float(math.floor(final_s))
        if self.until_s is not None and whole_s > self.until_s:
            self._silence(whole_s, "no_data", whole_s)
        return self.take_events()

    def stop(self, at_s: float) -> list[Event]:
        """The observation is over: close what is open."""
        if self.until_s is None:
            return []
        if self.state is State.GAP:
            self.end_gap(self.until_s, at_s)
        else:
            self.gap_start_s = self.until_s if self.silent_since_s is None else self.silent_since_s
            self._close(self.gap_start_s, at_s, "stop")
            self.end_gap(self.until_s, at_s)
        self.state, self.until_s, self.silent_since_s = State.GAP, None, None
        return self.take_events()

    # --- what a second does ---------------------------------------------------------------------------------

    def _seen_in(self, posture: Posture) -> Seen:
        seen = seen_in(posture)
        return Seen.UPRIGHT if seen is Seen.ACTIVE and self.rules.movement_ends else seen

    def _statement(self, seen: Seen, start_s: float, decided_s: float, cadence_hz: float) -> None:
        self._settle_silence(start_s)
        before, self.state = self.state, TRANSITIONS[self.state][seen]
        if before is not self.state:
            self._enter(before, start_s, decided_s)
        if self.state is State.BOUT:
            self._run_clock(1.0)
        elif self.state is State.GAP:
            self._count_silence(start_s + 1.0, seen.value)
        elif self.upright is not None:
            self.upright.count(seen, start_s, cadence_hz)
            self._look_at_upright(self.upright, decided_s)

    def _look_at_upright(self, stretch: Stretch, decided_s: float) -> None:
        """An upright stretch may have become long enough for a break, or be over."""
        if stretch.settling_s >= max(self.rules.settle_s, 1.0):
            before, self.state = self.state, TRANSITIONS[self.state][Seen.SETTLED]
            self._enter(before, stretch.settling_since_s, decided_s)
            self._run_clock(stretch.settling_s)
        elif self.state is State.PAUSE and stretch.upright_s >= self.rules.break_min_s:
            self.state = TRANSITIONS[self.state][Seen.UPRIGHT_LONG_ENOUGH]
            self.take_break(decided_s)

    def _run_clock(self, duration_s: float) -> None:
        assert self.bout is not None
        self.bout.sedentary_s += duration_s
        self.clock_total_s += duration_s

    def _enter(self, before: State, start_s: float, decided_s: float) -> None:
        if before is State.GAP:
            self.end_gap(start_s, decided_s)
        if self.state is not State.BOUT:
            self.upright = Stretch(start_s)
        elif before is State.PAUSE:
            self._resume_bout()
        else:
            if before is State.BREAK:
                self.end_break(start_s, decided_s)
            self.bout = Bout(event_id(start_s, self.wearer, "bout"), start_s)
            self.events.append(BoutStarted(id=self.bout.id, at_s=decided_s, bout_start_s=start_s))

    def _resume_bout(self) -> None:
        assert self.bout is not None
        assert self.upright is not None
        self.bout.paused_s += self.upright.upright_s + self.upright.other_s
        self.bout.unknown_s += self.upright.unknown_s
        self.upright = None

    def _silence(self, until_s: float, reason: str, decided_s: float) -> None:
        """Nothing can be said of [self.until_s, until_s)."""
        if self.silent_since_s is None:
            self.silent_since_s = self.until_s
        if self.state is not State.GAP:
            assert self.silent_since_s is not None
            deadline_s = self.silent_since_s + self.rules.gap_max_s
            if reason == Posture.NOT_WORN.word:
                self._count_silence(until_s, reason)
                self._close_by_silence(decided_s, reason)
            elif until_s >= deadline_s:  # what comes after the deadline must not name what ended at it
                self._count_silence(deadline_s, reason)
                longest = self.longest_reason()
                self._close_by_silence(deadline_s, longest if longest in ENDS_BY_NAME else "gap")
        self._count_silence(until_s, reason)

    def _count_silence(self, until_s: float, reason: str) -> None:
        assert self.until_s is not None
        if until_s > self.until_s:
            self.silent_reasons[reason] = self.silent_reasons.get(reason, 0.0) + until_s - self.until_s
            self.until_s = until_s

    def _settle_silence(self, start_s: float) -> None:
        """The silence before ``start_s`` was short enough to belong to what runs."""
        if self.silent_since_s is None:
            return
        silent_s = start_s - self.silent_since_s
        if self.state is not State.GAP:
            self.silent_reasons.clear()
        if self.upright is not None:
            self.upright.unsettle()
            self.upright.unknown_s += silent_s
        elif self.bout is not None:
            self.bout.unknown_s += silent_s
        self.silent_since_s = None

    def _close_by_silence(self, at_s: float, ended_by: str) -> None:
        assert self.silent_since_s is not None
        self._close(self.silent_since_s, at_s, ended_by)
        self.state = TRANSITIONS[self.state][Seen.SILENT_TOO_LONG]
        self.gap_start_s = self.silent_since_s

    def _close(self, end_s: float, at_s: float, ended_by: str) -> None:
        """End what runs at ``end_s``; a pause that never became long enough is a short break of its own."""
        if self.bout is not None:
            self.end_bout(self.upright.start_s if self.upright is not None else end_s, at_s, ended_by)
        if self.upright is not None:
            self.end_break(end_s, at_s)
