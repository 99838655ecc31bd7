"""The order of the stages: samples -> epochs -> postures -> news, books, coach -> events.

Pure: no clock, no input or output. Time comes with the data, or by ``tick``. The same samples give the same
rows and events, however they are cut into blocks and however often the clock ticks in between: before a row
after a silence, time is let pass exactly as a tick would have done it, and deadlines fire at their own time.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from copy import deepcopy
from dataclasses import dataclass, field

from monitor.accel.epochs import EpochBuilder
from monitor.accel.turning import turned_deg
from monitor.bouts.bookkeeping import BoutRules, Bouts
from monitor.coach.commands import SHOWN_STANDING_S
from monitor.coach.policy import Coach
from monitor.coach.watching import Watching
from monitor.events import CommandAnswered, Event
from monitor.exchange import Command, WearerState
from monitor.model import SEDENTARY, AccelBlock, Epochs, Posture
from monitor.posture.base import Placement, decides_after_s
from monitor.reading.changes import Changes
from monitor.reading.day import Day
from monitor.reading.reading import Reading, Step
from monitor.reading.rows import NO_POSTURES, join_postures, rows_before

__all__ = ["LATENCY_S", "NO_POSTURES", "Pipeline", "Step", "join_postures", "rows_before"]

LATENCY_S = 5.0
"""No posture row is later than this; what has no row by then has no data."""


@dataclass
class Pipeline(Reading):
    """All that is known of one wearer, and how it grows."""

    epochs: EpochBuilder = field(default_factory=EpochBuilder)
    last_sample_s: float | None = None

    @classmethod
    def of(cls, wearer: str, placement: Placement, bout_rules: BoutRules, coach: Coach, time_zone: str) -> Pipeline:
        """A pipeline that has seen nothing yet."""
        epochs = EpochBuilder(decides_after_s=decides_after_s(placement))
        books = (
            Changes(wearer),
            Bouts(wearer, rules=bout_rules),
            Day(wearer, time_zone, summary_at=coach.rules.summary_at),
        )
        return cls(placement, *books, coach, Watching(wearer, coach.suggester.placement), epochs)

    def feed(self, block: AccelBlock) -> Step:
        """Samples, in time order."""
        self.last_sample_s = float(block.t_s[-1])
        if self.watching is not None:
            self.watching.hold(block)
        return self._decided(self.epochs.feed(block))

    def tick(self, now_s: float) -> Step:
        """Time has come to ``now_s``: samples older than that will not come any more."""
        step = self._decided(self.epochs.tick(now_s))
        passed = self.pass_time(math.floor(now_s - LATENCY_S))
        return Step(step.postures, (*step.events, *passed))

    def command(self, command: Command, now_s: float) -> Step:
        """Something the wearer wants; always answered."""
        assert self.coach is not None
        events = self.coach.command(command, now_s)
        watched = self.tell_watcher(events, None, False)
        if obeyed(events):
            watched += self._take_word(command, now_s)
        return Step(NO_POSTURES, (*events, *watched))

    def _take_word(self, command: Command, now_s: float) -> list[Event]:
        """What the coach has obeyed may also teach the placement, or change what is expected of the wearer."""
        if command.name == "standing":
            self.show_standing(now_s)
        if self.watching is None or self.coach is None:
            return []
        if command.name in ("break", "done"):
            self.watching.note_word(now_s, command.alert_id)
        if command.name == "hurts" and self.coach.overrides.exercises_silent:
            return self.credit(self.watching.finish(now_s))
        return []

    def show_standing(self, now_s: float) -> None:
        """The wearer stands upright from now on, to show what upright is."""
        begin_s = math.ceil(now_s) + 1.0
        self.placement.teach_standing(begin_s, begin_s + SHOWN_STANDING_S)

    def stop(self, at_s: float) -> Step:
        """The observation ends for good: close the books."""
        events = self.bouts.stop(at_s)
        watched = self.credit(self.watching.finish(at_s) if self.watching else [])
        return Step(NO_POSTURES, (*events, *self.tell_coach(events), *watched))

    def state(self, now_s: float) -> WearerState:
        """What is true now; battery and link are added by who knows them."""
        assert self.coach is not None
        bout, view = self.bouts.bout, self.coach.view(now_s)
        posture = self.changes.posture or Posture.UNKNOWN
        return WearerState(
            at_s=now_s,
            posture=posture.word,
            sedentary=posture in SEDENTARY,
            confidence=round(self.changes.confidence, 3),
            bout_id=bout.id if bout else None,
            bout_start_s=bout.start_s if bout else None,
            bout_s=bout.sedentary_s if bout else 0.0,
            next_break_s=view.next_break_s,
            alert=view.alert,
            alert_id=view.alert_id,
            snoozed_until_s=view.snoozed_until_s,
            today_s=self.day.sedentary_s,
            longest_s=self.day.longest_s,
            breaks=self.day.breaks,
            day_start_s=self.day.start_s,
            limit_s=view.limit_s,
            profile=view.profile,
            paused=view.paused,
            busy=view.busy,
            last_sample_s=self.last_sample_s,
            exercise=self.watching.progress(self.coach.words) if self.watching is not None else None,
        )

    def take_rules_of(self, other: Pipeline) -> None:
        """Go on with the same memory under another's rules."""
        self.bouts.rules = other.bouts.rules
        if type(self.placement) is not type(other.placement):  # another measure, for who cannot stand or can again
            self.epochs, self.placement = deepcopy((other.epochs, other.placement))
        self.day.take_rules_of(other.day)
        if self.coach is not None and other.coach is not None:
            self.coach.take_rules_of(other.coach)

    def _decided(self, epochs: Epochs) -> Step:
        if not len(epochs):  # every second tick or packet of a live stream: nothing is learned from no rows
            return Step(NO_POSTURES)
        return self.rows(self.placement.advance(epochs), turned_deg(epochs))


def obeyed(events: Iterable[Event]) -> bool:
    """Whether a command was obeyed, by what it has brought; a refused one changes nothing."""
    return any(isinstance(event, CommandAnswered) and event.ok for event in events)
