"""Late samples: the books are written a second time from just before the hole.

While samples are missing, a copy of the pipeline from before the first missing one is kept, without its coach, and
everything that has come since. When the hole is filled (or given up), the copy is fed with all of it in the order of
the samples and takes the pipeline's place; what it says replaces the stored books from the hole on. The coach is not
asked about the past: it keeps what it has said and heard, and is told once how the books stand now; but an exercise
that is still expected is watched a second time, so that what was done in the hole counts. So an alert that
was sent stays sent, unless the memory shows the break; none is sent about the past; and a wearer who turns out to
have sat too long is called at the next second that shows it.
"""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Annotated

import numpy as np
from msgspec import Meta

from monitor.event_ids import event_id
from monitor.events import (
    BoutEnded,
    BoutStarted,
    BreakEnded,
    BreakTaken,
    DataCorrected,
    DayEnded,
    Event,
    ExerciseSeen,
    GapEnded,
)
from monitor.exchange import Command, Correction, WearerState
from monitor.model import AccelBlock, HoleClosed, HoleOpened, Quality, WearableFacts
from monitor.pipeline import NO_POSTURES, Pipeline, Step, join_postures, obeyed
from monitor.rules import Rules

BOOKS = (BoutStarted, BoutEnded, BreakTaken, BreakEnded, GapEnded)
"""Events that are records of the books; of a second reading they are stored and not told again."""


QUIET_S = 2.0
"""Without a sample for this long a hole may be beginning."""


class BackfillRules(Rules, frozen=True):
    """How long missing samples are waited for."""

    max_s: Annotated[
        float,
        Meta(ge=0, le=86400, description="Samples that come later than this after a hole began stay out of the books."),
    ] = 3600.0


@dataclass
class Mark:
    """The state before a hole, and what has come since."""

    pipeline: Pipeline
    from_s: float
    live: list[AccelBlock] = field(default_factory=list)
    late: list[AccelBlock] = field(default_factory=list)
    days: list[DayEnded] = field(default_factory=list)
    """Days that the first reading has closed since."""


@dataclass
class Backfill:
    """A pipeline that mends its past; the same calls as ``Pipeline``, and facts about holes besides."""

    wearer: str
    pipeline: Pipeline
    rules: BackfillRules
    mark: Mark | None = None
    open_holes: list[HoleOpened] = field(default_factory=list)
    newest_s: float | None = None
    """Time of the newest live sample."""

    def feed(self, fact: AccelBlock | HoleOpened | HoleClosed) -> Step:
        """A driver's fact, in the order in which the driver gave it."""
        if isinstance(fact, HoleOpened):
            self._forget(fact)
            self.open_holes.append(fact)
            self._set_mark()
            self._wait(True)
            return Step(NO_POSTURES)
        if isinstance(fact, HoleClosed):
            self._forget(fact)
            return self._read_again() if not self.open_holes else Step(NO_POSTURES)
        if fact.quality & Quality.REPLAYED:
            if self.mark is not None:
                self.mark.late.append(fact)
            return Step(NO_POSTURES)
        return self._live(fact)

    def tick(self, now_s: float) -> Step:
        """Time has come to ``now_s``."""
        if self.newest_s is not None and now_s - self.newest_s > QUIET_S:
            self._set_mark()
        return self._noting_days(self.pipeline.tick(now_s))

    def command(self, command: Command, now_s: float) -> Step:
        """Something the wearer wants."""
        step = self.pipeline.command(command, now_s)
        if command.name == "standing" and self.mark is not None and obeyed(step.events):
            self.mark.pipeline.show_standing(now_s)
        return step

    def hear(self, facts: WearableFacts) -> None:
        """What the wearable says of itself: one that cannot call leaves the first call to the next surface."""
        if self.pipeline.coach is not None:
            self.pipeline.coach.wearable_calls = facts.can_alert

    def stop(self, at_s: float) -> Step:
        """The observation ends for good."""
        return self.pipeline.stop(at_s)

    def state(self, now_s: float) -> WearerState:
        """What is true now."""
        return self.pipeline.state(now_s)

    def _forget(self, hole: HoleOpened | HoleClosed) -> None:
        """Drop what is known of the same samples: after a crash a hole may come again with other borders."""
        self.open_holes = [
            known
            for known in self.open_holes
            if known.segment != hole.segment
            or known.end_index <= hole.first_index
            or known.first_index >= hole.end_index
        ]

    def take_rules_of(self, other: Backfill) -> None:
        """Go on with the same memory under another's rules: the settings may have changed since it was stored."""
        self.rules = other.rules
        self.pipeline.take_rules_of(other.pipeline)
        if self.mark is not None:
            self.mark.pipeline.take_rules_of(other.pipeline)

    # --- the two readings -----------------------------------------------------------------------------------

    def _live(self, block: AccelBlock) -> Step:
        first_s, self.newest_s = float(block.t_s[0]), float(block.t_s[-1])
        if self.mark is None:
            return self.pipeline.feed(block)
        self.mark.live.append(block)
        if self.open_holes:
            step = self._noting_days(self.pipeline.feed(block))
            too_long = self.newest_s - self.mark.from_s > self.rules.max_s
            return self._read_again(step) if too_long else step
        if first_s < self.pipeline.final_s:  # late, not lost: the second it belongs to was closed too early
            return self._read_again()
        self.mark = None
        return self.pipeline.feed(block)

    def _set_mark(self) -> None:
        if self.mark is None and self.newest_s is not None:
            copied = copy.deepcopy(replace(self.pipeline, coach=None))
            self.mark = Mark(copied, max(self.pipeline.final_s, 0.0))

    def _noting_days(self, step: Step) -> Step:
        if self.mark is not None:
            self.mark.days += [event for event in step.events if isinstance(event, DayEnded)]
        return step

    def _read_again(self, told: Step | None = None) -> Step:
        """Replace the pipeline by one that has seen the samples in their order; ``told`` is news of the first one."""
        mark, self.mark, self.open_holes = self.mark, None, []
        self._wait(False)
        if mark is None:
            return told or Step(NO_POSTURES)
        first, self.pipeline = self.pipeline, mark.pipeline
        watches_anew = self._watch_again(first)
        in_order = sorted(mark.live + mark.late, key=lambda block: float(block.t_s[0]))
        steps = [self.pipeline.feed(block) for block in joined(in_order, ignoring=Quality.REPLAYED)]
        events = [event for step in steps for event in step.events]
        correction = Correction(
            from_s=mark.from_s,
            postures=join_postures([NO_POSTURES, *(step.postures for step in steps)]),
            events=tuple(event for event in events if isinstance(event, BOOKS)),
        )
        news = [event for event in (told.events if told else ()) if not isinstance(event, BOOKS)]
        news += self._news_of_correction(mark, first)
        news += [*_other_days(events, mark.days), *self._take_over_coach(first)]
        if watches_anew:
            news += self.pipeline.credit([event for event in events if isinstance(event, ExerciseSeen)])
        else:
            self.pipeline.watching = first.watching
        return Step(NO_POSTURES, tuple(news), correction)

    def _wait(self, waits: bool) -> None:
        if self.pipeline.watching is not None:
            self.pipeline.watching.waits = waits

    def _watch_again(self, first: Pipeline) -> bool:
        """Whether an exercise was expected before the hole and still is: then late samples count for it, too."""
        before, now = self.pipeline.watching, first.watching
        if before is None or now is None or before.expected is None or now.expected is None:
            return False
        if before.expected.from_s != now.expected.from_s:
            return False
        before.expected.take_word_of(now.expected)
        return True

    def _news_of_correction(self, mark: Mark, first: Pipeline) -> list[Event]:
        now_s = max(self.pipeline.final_s, first.final_s)
        key = event_id(now_s, self.wearer, "corrected", mark.from_s)
        corrected = DataCorrected(id=key, at_s=now_s, from_s=mark.from_s, until_s=now_s)
        return [corrected, *self.pipeline.changes.differs_from(first.changes, now_s)]

    def _take_over_coach(self, first: Pipeline) -> list[Event]:
        """The coach goes on with the books as they are now."""
        self.pipeline.coach = coach = first.coach
        self.pipeline.day.take_over(first.day)
        assert coach is not None
        bout, now_s = self.pipeline.bouts.bout, max(self.pipeline.final_s, first.final_s)
        if bout is None:
            return coach.rebase(now_s, None, None, 0.0)
        return coach.rebase(now_s, bout.id, bout.start_s, bout.sedentary_s)


def _other_days(events: list[Event], told: list[DayEnded]) -> list[Event]:
    """Days whose totals the second reading has changed: the same events with other words."""
    alerts = {day.id: day.alerts for day in told}
    days = [replace(e, alerts=alerts.get(e.id, e.alerts)) for e in events if isinstance(e, DayEnded)]
    return [day for day in days if day not in told]


def joined(blocks: Iterable[AccelBlock], ignoring: Quality = Quality.NONE) -> Iterator[AccelBlock]:
    """The blocks in their order, neighbours of a kind as one: the cost of a reading is in blocks, not in samples."""
    for _, run in groupby(blocks, lambda block: (block.segment, block.rate_hz, block.quality & ~ignoring)):
        yield _as_one(list(run))


def _as_one(run: list[AccelBlock]) -> AccelBlock:
    if len(run) == 1:
        return run[0]
    return replace(
        run[0],
        t_s=np.concatenate([block.t_s for block in run]),
        xyz_g=np.concatenate([block.xyz_g for block in run]),
        gap_before_s=None,
    )
