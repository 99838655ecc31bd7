"""The order of the stages: samples -> epochs -> postures -> news, books, coach -> events.

Pure: no clock, no input or output. Time comes with the data, or by ``tick``. The same samples give the same
rows and events, however they are cut into blocks and however often the clock ticks in between: before a row
after a silence, time is let pass exactly as a tick would have done it, and deadlines fire at their own time.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, fields
from typing import Any

import numpy as np

from monitor.accel.epochs import EpochBuilder
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
from monitor.model import SEDENTARY, AccelBlock, Posture, PostureEpochs
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
    """None in a second reading, too: an exercise is watched once, while it is done."""
    last_sample_s: float | None = None

    @classmethod
    def of(cls, wearer: str, placement: Placement, bout_rules: BoutRules, coach: Coach, time_zone: str) -> Pipeline:
        """A pipeline that has seen nothing yet."""
        epochs = EpochBuilder(decides_after_s=decides_after_s(placement))
        books = Changes(wearer), Bouts(bout_rules, wearer), Day(wearer, time_zone)
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
        return self.rows(self.placement.advance(self.epochs.feed(block)))

    def tick(self, now_s: float) -> Step:
        """Time has come to ``now_s``: samples older than that will not come any more."""
        step = self.rows(self.placement.advance(self.epochs.tick(now_s)))
        passed = self._pass_time(math.floor(now_s - LATENCY_S))
        return Step(step.postures, (*step.events, *passed))

    def rows(self, rows: PostureEpochs) -> Step:
        """Postures, in time order, from wherever they come."""
        events: list[Event] = []
        columns = [getattr(rows, name).tolist() for name in _ROW]
        place = 0
        for end in _ends_of_runs(rows):
            while place < end:
                events += self._row(*(column[place] for column in columns))
                place += 1
                quiet = min(self._quiet_s(columns, place), end - place) if place < end else 0
                if quiet:
                    self._stay([column[place : place + quiet] for column in columns])
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
        watched = self._credit(self.watching.finish(at_s) if self.watching else [])
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
        self.day.time_zone = other.day.time_zone
        if self.coach is not None and other.coach is not None:
            self.coach.take_rules_of(other.coach)

    # --- the order ------------------------------------------------------------------------------------------

    def _row(
        self,
        start_s: float,
        decided_s: float,
        code: int,
        worn: bool,
        confidence: float,
        movement_mg: float,
        cadence_hz: float,
    ) -> list[Event]:
        posture = POSTURES[code]
        events = self._pass_time(start_s) if start_s > self.final_s else []
        watching = self.watching
        if watching is not None and watching.expected is not None:
            events += self._credit(watching.see(start_s, decided_s, posture))
        events += self.day.begin_second(start_s)
        events += self.changes.advance(start_s, decided_s, posture, worn, confidence)
        clock_s = self.bouts.clock_total_s
        books = self.bouts.advance(start_s, decided_s, posture, cadence_hz)
        if books:
            events += books
            events += self._tell_coach(books)
        bout = self.bouts.bout
        called: list[Event] = []
        if self.coach is not None:
            moment = self._moment(start_s, decided_s, posture, worn, confidence, movement_mg)
            called = self.coach.advance(moment)
            if called:
                upright = self.placement.upright_at(start_s) if isinstance(self.placement, KnowsUpright) else None
                called += self._tell_watcher(called, upright, posture in SEDENTARY)
        self.day.advance(start_s, self.bouts.clock_total_s - clock_s, bout.sedentary_s if bout else 0.0)
        if books or called:
            self.day.count(books + called)
        return events + called

    def _moment(
        self, start_s: float, decided_s: float, posture: Posture, worn: bool, confidence: float, movement_mg: float
    ) -> Moment:
        """A row as the coach sees it: known some seconds late; who sits in it is taken to sit on until now."""
        bout, late_s = self.bouts.bout, decided_s - start_s - 1.0
        runs_on = bout is not None and self.bouts.upright is None and posture in SEDENTARY
        return Moment(
            now_s=decided_s,
            start_s=start_s + late_s,
            posture=posture,
            worn=worn,
            confidence=confidence,
            movement_mg=movement_mg,
            bout_id=bout.id if bout else None,
            bout_start_s=bout.start_s if bout else None,
            clock_s=(bout.sedentary_s if bout else 0.0) + (late_s if runs_on else 0.0),
        )

    # --- hours in which nothing happens ---------------------------------------------------------------------

    def _quiet_s(self, columns: list[list[Any]], place: int) -> int:
        """How many more rows like the one before ``place`` can be taken at once, because none brings any news."""
        start_s: float = columns[0][place]
        same_day_s = self.day.runs_until_s(start_s) - start_s
        quiet = min(self.bouts.quiet_s(POSTURES[columns[2][place]]), math.ceil(min(same_day_s, QUIET_MAX_S)))
        if self.watching is not None:
            quiet = min(quiet, self.watching.quiet_s(start_s))
        return quiet if self.coach is None else min(quiet, self.coach.quiet_s())

    def _stay(self, columns: list[list[Any]]) -> None:
        """Take rows like the one before them, within ``_quiet_s``: what ``_row`` does to each, at once."""
        start_s, decided_s, codes, worn, confidence, movement_mg, cadence_hz = columns
        posture, ran_s = POSTURES[codes[-1]], self.bouts.clock_total_s
        self.changes.stay(start_s[-1] + 1.0, confidence[-1])
        self.bouts.stay(posture, start_s[-1] + 1.0, cadence_hz)
        if self.watching is not None:
            self.watching.stay(posture, len(codes), decided_s[-1])
        if self.coach is not None:
            moment = self._moment(start_s[-1], decided_s[-1], posture, worn[-1], confidence[-1], movement_mg[-1])
            shaken = [at for at, moved_mg in enumerate(movement_mg) if moved_mg >= self.coach.rules.shift_mg]
            late_s = moment.start_s - start_s[-1]
            self.coach.stay(moment, len(codes), start_s[shaken[-1]] + late_s if shaken else None)
        bout = self.bouts.bout
        self.day.advance(start_s[-1], self.bouts.clock_total_s - ran_s, bout.sedentary_s if bout else 0.0)

    def _pass_time(self, final_s: float) -> list[Event]:
        """Nothing is known of the time up to ``final_s`` beyond the rows there are."""
        books = self.bouts.tick(final_s)
        events = [*self.changes.tick(final_s), *books, *self._tell_coach(books)]
        events += [*(self.coach.tick(final_s) if self.coach else []), *self.day.tick(final_s)]
        events += self._credit(self.watching.tick(final_s) if self.watching is not None else [])
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
        return self._credit(events)

    def _credit(self, watched: list[Event]) -> list[Event]:
        """What the sensor has seen is the most recently done."""
        for event in watched:
            if isinstance(event, ExerciseSeen) and self.coach is not None:
                self.coach.exercise_seen(event.exercise_id, event.at_s)
        return watched

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
_ROW = ("start_s", "decided_s", "posture", "worn", "confidence", "movement_mg", "cadence_hz")
"""The columns of a row in the order of ``Pipeline._row``."""


def _ends_of_runs(rows: PostureEpochs) -> list[int]:
    """The end of each run of rows that differ in nothing but how sure and how lively they are."""
    if len(rows) < 2:
        return [len(rows)] * len(rows)
    goes_on = (np.diff(rows.start_s) == 1.0) & (np.diff(rows.decided_s) == 1.0)
    goes_on &= (rows.posture[1:] == rows.posture[:-1]) & (rows.worn[1:] == rows.worn[:-1])
    return [*(np.flatnonzero(~goes_on) + 1).tolist(), len(rows)]
