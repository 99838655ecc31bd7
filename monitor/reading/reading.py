"""Posture rows read into news, books and calls: second by second, and hours in which nothing happens at once.

Each second is told to all in one order: the watcher of exercises, the day, the news, the books, and at last the coach,
who is told first what the books have to say. Before a row after a silence time is let pass exactly as a tick would have
done it. Pure.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from monitor.bouts.bookkeeping import QUIET_MAX_S, Bouts
from monitor.coach.policy import Coach, Moment
from monitor.coach.watching import Watching
from monitor.events import BoutEnded, BreakDue, BreakTaken, Event, ExerciseSeen
from monitor.exchange import Correction
from monitor.model import SEDENTARY, Floats, Posture, PostureEpochs
from monitor.posture.base import KnowsUpright, Placement
from monitor.reading.changes import Changes
from monitor.reading.day import Day
from monitor.reading.rows import Second, Seconds

POSTURES = tuple(Posture)
"""By code; an enum call for each row would cost more than the rest of the row."""


@dataclass(frozen=True, slots=True, eq=False)
class Step:
    """What one call has brought: new rows, what happened, and, after a hole was filled, the second reading."""

    postures: PostureEpochs
    events: tuple[Event, ...] = ()
    correction: Correction | None = None

    def __bool__(self) -> bool:
        return bool(len(self.postures) or self.events or self.correction)


@dataclass
class Reading:
    """What is known of one wearer from the rows so far."""

    placement: Placement
    changes: Changes
    bouts: Bouts
    day: Day
    coach: Coach | None
    """None in a second reading: nobody is called about the past."""
    watching: Watching | None = None

    @property
    def final_s(self) -> float:
        """Everything before is decided; samples that come later than this are too late."""
        return self.bouts.until_s if self.bouts.until_s is not None else -math.inf

    def rows(self, rows: PostureEpochs, turned_deg: Floats | None = None) -> Step:
        """Postures, in time order, from wherever they come; who tells nothing of turning knows of none."""
        events: list[Event] = []
        shift_mg = self.coach.rules.shift_mg if self.coach is not None else math.inf
        seconds = Seconds(rows, np.zeros(len(rows)) if turned_deg is None else turned_deg, shift_mg)
        for place, end in seconds.runs():
            while place < end:
                second = seconds[place]
                events += self._row(second)
                place += 1
                quiet = self._quiet(second, seconds.unshaken(place), end - place)
                if quiet:
                    self._stay(seconds, place, place + quiet)
                    place += quiet
        if self.watching is not None and len(rows):
            self.watching.release(float(rows.decided_s[-1]))
        return Step(rows, tuple(events))

    def _row(self, second: Second) -> list[Event]:
        start_s, decided_s, posture = second.start_s, second.decided_s, POSTURES[second.posture]
        events = self.pass_time(start_s) if start_s > self.final_s else []
        watching = self.watching
        if watching is not None and watching.expected is not None:
            events += self.credit(watching.see(start_s, decided_s, posture))
        events += self.day.begin_second(start_s)
        events += self.changes.advance(start_s, decided_s, posture, second.worn, second.confidence)
        clock_s = self.bouts.clock_total_s
        books = self.bouts.advance(start_s, decided_s, posture, second.cadence_hz)
        if books:
            events += books
            events += self.tell_coach(books)
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
            called += self.tell_watcher(called, upright, posture in SEDENTARY)
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

    def _quiet(self, latest: Second, unshaken: int, most: int) -> int:
        """How many seconds more, like the latest, can be taken at once: none brings any news.

        Parameters
        ----------
        unshaken : so many of them do not shake like a shift of the body.
        most : there are so many of them.
        """
        if not most:
            return 0
        next_s, posture = latest.start_s + 1.0, POSTURES[latest.posture]
        same_day_s = self.day.runs_until_s(next_s) - next_s
        quiet = min(most, self.bouts.quiet_s(posture), math.ceil(min(same_day_s, QUIET_MAX_S)))
        if quiet and self.watching is not None:
            quiet = min(quiet, self.watching.quiet_s(next_s))
        return min(quiet, self.coach.quiet_s(unshaken)) if quiet and self.coach is not None else quiet

    def _stay(self, seconds: Seconds, first: int, end: int) -> None:
        """Take the seconds [first, end), like the one before them, within ``_quiet``: at once what ``_row`` does."""
        last, ran_s = seconds[end - 1], self.bouts.clock_total_s
        posture, until_s = POSTURES[last.posture], last.start_s + 1.0
        self.changes.stay(until_s, last.confidence)
        cadences_hz = seconds.cadences_hz(first, end) if posture is Posture.STEPPING else []
        self.bouts.stay(posture, until_s, end - first, cadences_hz)
        if self.watching is not None:
            self.watching.stay(posture, end - first, last.decided_s)
        if self.coach is not None:
            shaken_s = seconds.last_shaken_s(first, end)
            shift_s = None if shaken_s is None else shaken_s - 1.0
            self.coach.stay(self._moment(last, posture, self.coach.rules.turn_deg), end - first, shift_s)
        bout = self.bouts.bout
        self.day.advance(last.start_s, self.bouts.clock_total_s - ran_s, bout.sedentary_s if bout else 0.0)

    def pass_time(self, final_s: float) -> list[Event]:
        """Nothing is known of the time up to ``final_s`` beyond the rows there are."""
        books = self.bouts.tick(final_s)
        events = [*self.changes.tick(final_s), *books, *self.tell_coach(books)]
        events += [*(self.coach.tick(final_s) if self.coach else []), *self.day.tick(final_s)]
        events += self.credit(self.watching.tick(final_s) if self.watching is not None else [])
        return sorted(events, key=lambda event: event.at_s)

    # --- what one has to tell the other ---------------------------------------------------------------------

    def tell_watcher(self, said: list[Event], upright: tuple[float, float, float] | None, seated: bool) -> list[Event]:
        """What the coach has said changes what is expected of the wearer."""
        if self.watching is None or self.coach is None:
            return []
        events: list[Event] = []
        for event in said:
            exercise = event.exercise if isinstance(event, BreakDue) else None
            known = self.coach.suggester.catalogue.named(exercise.exercise_id) if exercise else None
            events += self.watching.hear(event, known, upright, seated)
        return self.credit(events)

    def credit(self, watched: Sequence[Event]) -> list[Event]:
        """What the sensor has seen is the most recently done."""
        for event in watched:
            if isinstance(event, ExerciseSeen) and self.coach is not None:
                self.coach.exercise_seen(event.exercise_id, event.at_s)
        return list(watched)

    def tell_coach(self, books: list[Event]) -> list[Event]:
        """A break, or a bout that has ended otherwise."""
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
