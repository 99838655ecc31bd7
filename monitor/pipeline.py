"""The order of the stages: samples -> epochs -> postures -> news, books, coach -> events.

Pure: no clock, no input or output. Time comes with the data, or by ``tick``. The same samples give the same
rows and events, however they are cut into blocks and however often the clock ticks in between: before a row
after a silence, time is let pass exactly as a tick would have done it, and deadlines fire at their own time.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import NamedTuple

import numpy as np

from monitor.accel.epochs import EpochBuilder
from monitor.accel.turning import turned_deg
from monitor.bouts import QUIET_MAX_S, BoutRules, Bouts
from monitor.changes import Changes
from monitor.coach.commands import SHOWN_STANDING_S
from monitor.coach.policy import Coach, Moment
from monitor.coach.watching import Watching
from monitor.day import Day
from monitor.events import (
    BoutEnded,
    BreakDue,
    BreakTaken,
    Command,
    Correction,
    Event,
    ExerciseSeen,
    WearerState,
)
from monitor.model import SEDENTARY, AccelBlock, Epochs, Floats, Posture, PostureEpochs
from monitor.posture.base import KnowsUpright, Placement, decides_after_s

LATENCY_S = 5.0
"""No posture row is later than this; what has no row by then has no data."""


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """What one call has brought: new rows, what happened, and, after a hole was filled, the second reading."""

    postures: PostureEpochs
    events: tuple[Event, ...] = ()
    correction: Correction | None = None

    def __bool__(self) -> bool:
        return bool(len(self.postures) or self.events or self.correction)


def join_postures(parts: list[PostureEpochs]) -> PostureEpochs:
    """Rows of several steps, one after the other."""
    return PostureEpochs(
        **{f.name: np.concatenate([getattr(part, f.name) for part in parts]) for f in fields(PostureEpochs)}
    )


def rows_before(rows: PostureEpochs, until_s: float) -> PostureEpochs:
    """The rows that start before ``until_s``."""
    early = rows.start_s < until_s
    return PostureEpochs(**{f.name: getattr(rows, f.name)[early] for f in fields(PostureEpochs)})


NO_POSTURES = PostureEpochs(
    start_s=np.empty(0),
    decided_s=np.empty(0),
    posture=np.empty(0, np.uint8),
    worn=np.empty(0, np.bool_),
    confidence=np.empty(0, np.float32),
    movement_mg=np.empty(0, np.float32),
    cadence_hz=np.empty(0, np.float32),
)


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


@dataclass
class Pipeline:
    """All that is known of one wearer, and how it grows."""

    epochs: EpochBuilder
    placement: Placement
    changes: Changes
    bouts: Bouts
    day: Day
    coach: Coach | None
    """None in a second reading: nobody is called about the past."""
    watching: Watching | None = None
    last_sample_s: float | None = None

    @classmethod
    def of(cls, wearer: str, placement: Placement, bout_rules: BoutRules, coach: Coach, time_zone: str) -> Pipeline:
        """A pipeline that has seen nothing yet."""
        epochs = EpochBuilder(decides_after_s=decides_after_s(placement))
        books = Changes(wearer), Bouts(bout_rules, wearer), Day(wearer, time_zone, summary_at=coach.rules.summary_at)
        return cls(epochs, placement, *books, coach, Watching(wearer, coach.suggester.placement))

    @property
    def final_s(self) -> float:
        """Everything before is decided; samples that come later than this are too late."""
        return self.bouts.until_s if self.bouts.until_s is not None else -math.inf

    def feed(self, block: AccelBlock) -> Step:
        """Samples, in time order."""
        self.last_sample_s = float(block.t_s[-1])
        if self.watching is not None:
            self.watching.hold(block)
        return self._decided(self.epochs.feed(block))

    def tick(self, now_s: float) -> Step:
        """Time has come to ``now_s``: samples older than that will not come any more."""
        step = self._decided(self.epochs.tick(now_s))
        passed = self._pass_time(math.floor(now_s - LATENCY_S))
        return Step(step.postures, (*step.events, *passed))

    def rows(self, rows: PostureEpochs, turned_deg: Floats | None = None) -> Step:
        """Postures, in time order, from wherever they come; who tells nothing of turning knows of none."""
        events: list[Event] = []
        turned = np.zeros(len(rows)) if turned_deg is None else turned_deg
        columns = [getattr(rows, f.name).tolist() for f in fields(PostureEpochs)]
        seconds = [Second(*row) for row in zip(*columns, turned.tolist(), strict=True)]
        place = 0
        for end in _ends_of_runs(rows):
            while place < end:
                events += self._row(seconds[place])
                place += 1
                quiet = min(self._quiet_s(seconds[place]), end - place) if place < end else 0
                if quiet:
                    self._stay(seconds[place : place + quiet])
                    place += quiet
        if self.watching is not None and len(rows):
            self.watching.release(float(rows.decided_s[-1]))
        return Step(rows, tuple(events))

    def command(self, command: Command, now_s: float) -> Step:
        """Something the wearer wants; always answered."""
        assert self.coach is not None
        if command.name == "standing":
            self.show_standing(now_s)
        events = self.coach.command(command, now_s)
        return Step(NO_POSTURES, (*events, *self._tell_watcher(events, None, False, command.name, now_s)))

    def show_standing(self, now_s: float) -> None:
        """The wearer stands upright from now on, to show what upright is."""
        begin_s = math.ceil(now_s) + 1.0
        self.placement.teach_standing(begin_s, begin_s + SHOWN_STANDING_S)

    def stop(self, at_s: float) -> Step:
        """The observation ends for good: close the books."""
        events = self.bouts.stop(at_s)
        watched = self.credit(self.watching.finish(at_s) if self.watching else [])
        return Step(NO_POSTURES, (*events, *self._tell_coach(events), *watched))

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
        self.day.take_rules_of(other.day)
        if self.coach is not None and other.coach is not None:
            self.coach.take_rules_of(other.coach)

    # --- the order ------------------------------------------------------------------------------------------

    def _decided(self, epochs: Epochs) -> Step:
        if not len(epochs):  # every second tick or packet of a live stream: nothing is learned from no rows
            return Step(NO_POSTURES)
        return self.rows(self.placement.advance(epochs), turned_deg(epochs))

    def _row(self, second: Second) -> list[Event]:
        start_s, decided_s, posture = second.start_s, second.decided_s, POSTURES[second.posture]
        events = self._pass_time(start_s) if start_s > self.final_s else []
        watching = self.watching
        if watching is not None and watching.expected is not None:
            events += self.credit(watching.see(start_s, decided_s, posture))
        events += self.day.begin_second(start_s)
        events += self.changes.advance(start_s, decided_s, posture, second.worn, second.confidence)
        clock_s = self.bouts.clock_total_s
        books = self.bouts.advance(start_s, decided_s, posture, second.cadence_hz)
        if books:
            events += books
            events += self._tell_coach(books)
        called = self._call(second, posture)
        bout = self.bouts.bout
        self.day.advance(start_s, self.bouts.clock_total_s - clock_s, bout.sedentary_s if bout else 0.0)
        if books or called:
            self.day.count(books + called)
        return events + called

    def _call(self, second: Second, posture: Posture) -> list[Event]:
        """What the coach says to this second, and the watcher to that."""
        coach, placement = self.coach, self.placement
        if coach is None:
            return []
        called = coach.advance(self._moment(second, posture, coach.rules.turn_deg))
        if called:
            upright = placement.upright_at(second.start_s) if isinstance(placement, KnowsUpright) else None
            called += self._tell_watcher(called, upright, posture in SEDENTARY)
        return called

    def _moment(self, second: Second, posture: Posture, turn_deg: float) -> Moment:
        """A row is known some seconds late; who sits in it and turns no more is taken to sit on until now.

        So calls come in time; but who has begun to rise is not counted as sitting, and what is missing is not either.
        """
        bout = self.bouts.bout
        late_s = second.decided_s - second.start_s - 1.0
        sits_on = self.bouts.upright is None and posture in SEDENTARY and second.turned_deg < turn_deg
        return Moment(
            now_s=second.decided_s,
            start_s=second.start_s + late_s,
            posture=posture,
            worn=second.worn,
            confidence=second.confidence,
            movement_mg=second.movement_mg,
            bout_id=bout.id if bout else None,
            bout_start_s=bout.start_s if bout else None,
            clock_s=bout.sedentary_s + late_s * sits_on if bout else 0.0,
            turned_deg=second.turned_deg,
        )

    # --- hours in which nothing happens ---------------------------------------------------------------------

    def _quiet_s(self, second: Second) -> int:
        """How many seconds from this one on, like the one before it, can be taken at once: none brings any news."""
        same_day_s = self.day.runs_until_s(second.start_s) - second.start_s
        quiet = min(self.bouts.quiet_s(POSTURES[second.posture]), math.ceil(min(same_day_s, QUIET_MAX_S)))
        if self.watching is not None:
            quiet = min(quiet, self.watching.quiet_s(second.start_s))
        return quiet if self.coach is None else min(quiet, self.coach.quiet_s())

    def _stay(self, seconds: list[Second]) -> None:
        """Take seconds like the one before them, within ``_quiet_s``: what ``_row`` does to each, at once."""
        last, ran_s = seconds[-1], self.bouts.clock_total_s
        posture, until_s = POSTURES[last.posture], last.start_s + 1.0
        self.changes.stay(until_s, last.confidence)
        self.bouts.stay(posture, until_s, [second.cadence_hz for second in seconds])
        if self.watching is not None:
            self.watching.stay(posture, len(seconds), last.decided_s)
        if self.coach is not None:
            moment, shift_mg = self._moment(last, posture, self.coach.rules.turn_deg), self.coach.rules.shift_mg
            shaken_s = [second.decided_s - 1.0 for second in seconds if second.movement_mg >= shift_mg]
            self.coach.stay(moment, len(seconds), shaken_s[-1] if shaken_s else None)
        bout = self.bouts.bout
        self.day.advance(last.start_s, self.bouts.clock_total_s - ran_s, bout.sedentary_s if bout else 0.0)

    def _pass_time(self, final_s: float) -> list[Event]:
        """Nothing is known of the time up to ``final_s`` beyond the rows there are."""
        books = self.bouts.tick(final_s)
        events = [*self.changes.tick(final_s), *books, *self._tell_coach(books)]
        events += [*(self.coach.tick(final_s) if self.coach else []), *self.day.tick(final_s)]
        events += self.credit(self.watching.tick(final_s) if self.watching is not None else [])
        return sorted(events, key=lambda event: event.at_s)

    def _tell_watcher(
        self,
        said: list[Event],
        upright: tuple[float, float, float] | None,
        seated: bool,
        word: str = "",
        now_s: float = 0.0,
    ) -> list[Event]:
        """What the coach has said changes what is expected of the wearer."""
        if self.watching is None or self.coach is None:
            return []
        events: list[Event] = []
        for event in said:
            exercise = event.exercise if isinstance(event, BreakDue) else None
            known = self.coach.suggester.catalogue.named(exercise.exercise_id) if exercise else None
            events += self.watching.hear(event, known, upright, seated)
        if word in ("break", "done"):
            self.watching.note_word(now_s)
        if word == "hurts" and self.coach.overrides.exercises_silent:
            events += self.watching.finish(now_s)
        return self.credit(events)

    def credit(self, watched: Sequence[Event]) -> list[Event]:
        """What the sensor has seen is the most recently done."""
        for event in watched:
            if isinstance(event, ExerciseSeen) and self.coach is not None:
                self.coach.exercise_seen(event.exercise_id, event.at_s)
        return list(watched)

    def _tell_coach(self, books: list[Event]) -> list[Event]:
        events: list[Event] = []
        if self.coach is None:
            return events
        for event in books:
            if isinstance(event, BreakTaken):
                events += self.coach.tick(event.at_s)
                events += self.coach.break_taken(event.bout_id, event.at_s, event.break_start_s)
            elif isinstance(event, BoutEnded) and event.ended_by != "upright":
                events += self.coach.tick(event.at_s)
                events += self.coach.bout_ended(event.bout_id, event.at_s, event.ended_by)
        return events


POSTURES = tuple(Posture)
"""By code; an enum call for each row would cost more than the rest of the row."""


def _ends_of_runs(rows: PostureEpochs) -> list[int]:
    """The end of each run of rows that differ in nothing but how sure and how lively they are."""
    if len(rows) < 2:
        return [len(rows)] * len(rows)
    goes_on = (np.diff(rows.start_s) == 1.0) & (np.diff(rows.decided_s) == 1.0)
    goes_on &= (rows.posture[1:] == rows.posture[:-1]) & (rows.worn[1:] == rows.worn[:-1])
    return [*(np.flatnonzero(~goes_on) + 1).tolist(), len(rows)]
