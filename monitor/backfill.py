"""Late samples: the books are written a second time from just before the hole.

While samples are missing, a copy of the pipeline from before the first missing one is kept, with everything
that has come since. When the hole is filled (or given up), the copy is fed with all of it in the order of the
samples, and takes the place of the pipeline. What it says replaces the stored books from the hole on; alerts
that were sent stay sent, and no alert is sent about the past.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field, replace

from pydantic import BaseModel, Field

from monitor.events import (
    AlertCleared,
    BoutEnded,
    BoutStarted,
    BreakEnded,
    BreakTaken,
    Command,
    Correction,
    DataCorrected,
    Event,
    GapEnded,
    WearerState,
    event_id,
)
from monitor.model import AccelBlock, HoleClosed, HoleOpened, Quality
from monitor.pipeline import NO_POSTURES, Pipeline, Step, join_postures

BOOKS = (BoutStarted, BoutEnded, BreakTaken, BreakEnded, GapEnded)
"""Events that are records of the books; the rest of a second reading is not told again."""

QUIET_S = 2.0
"""Without a sample for this long a hole may be beginning."""


class BackfillRules(BaseModel, frozen=True, extra="forbid"):
    """How long missing samples are waited for."""

    max_s: float = Field(
        3600.0,
        ge=0,
        le=86400,
        description="Samples that come later than this after a hole began stay out of the books.",
    )


@dataclass
class Mark:
    """The state before a hole, and what has come since."""

    pipeline: Pipeline
    from_s: float
    live: list[AccelBlock] = field(default_factory=list)
    late: list[AccelBlock] = field(default_factory=list)
    commands: list[tuple[Command, float]] = field(default_factory=list)


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
        return self.pipeline.tick(now_s)

    def command(self, command: Command, now_s: float) -> Step:
        """Something the wearer wants."""
        if self.mark is not None:
            self.mark.commands.append((command, now_s))
        return self.pipeline.command(command, now_s)

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
            step = self.pipeline.feed(block)
            too_long = self.newest_s - self.mark.from_s > self.rules.max_s
            return self._read_again(step) if too_long else step
        if first_s < self.pipeline.final_s:  # late, not lost: the second it belongs to was closed too early
            return self._read_again()
        self.mark = None
        return self.pipeline.feed(block)

    def _set_mark(self) -> None:
        if self.mark is None and self.newest_s is not None:
            self.mark = Mark(copy.deepcopy(self.pipeline), max(self.pipeline.final_s, 0.0))

    def _read_again(self, told: Step | None = None) -> Step:
        """Replace the pipeline by one that has seen the samples in their order; ``told`` is news of the first one."""
        told = told or Step(NO_POSTURES)
        mark, self.mark, self.open_holes = self.mark, None, []
        if mark is None:
            return told
        first, self.pipeline = self.pipeline, mark.pipeline
        second = self._second_reading(mark)
        records = [event for step in second for event in step.events if isinstance(event, BOOKS)]
        correction = Correction(
            from_s=mark.from_s,
            postures=join_postures([NO_POSTURES, *(step.postures for step in second)]),
            events=tuple(records),
        )
        return Step(NO_POSTURES, (*told.events, *self._news_of_correction(mark.from_s, first)), correction)

    def _news_of_correction(self, from_s: float, first: Pipeline) -> list[Event]:
        """That the books have changed, and that an alert of the first reading is void where the second has none."""
        now_s = max(self.pipeline.final_s, first.final_s)
        key = event_id(now_s, self.wearer, "corrected", from_s)
        news: list[Event] = [DataCorrected(id=key, at_s=now_s, from_s=from_s, until_s=now_s)]
        sent_id = first.coach.view(now_s).alert_id
        if sent_id is not None and sent_id != self.pipeline.coach.view(now_s).alert_id:
            key = event_id(now_s, self.wearer, "cleared", sent_id)
            news.append(AlertCleared(id=key, at_s=now_s, alert_id=sent_id, by="correction"))
        return news

    def _second_reading(self, mark: Mark) -> list[Step]:
        blocks = sorted(mark.live + [replace(block, gap_before_s=None) for block in mark.late], key=_first_sample)
        commands = sorted(mark.commands, key=lambda pair: pair[1])
        steps: list[Step] = []
        for block in blocks:
            while commands and commands[0][1] <= block.t_s[0]:
                steps.append(self.pipeline.command(*commands.pop(0)))
            steps.append(self.pipeline.feed(block))
        return steps + [self.pipeline.command(*pair) for pair in commands]


def _first_sample(block: AccelBlock) -> float:
    return float(block.t_s[0])
