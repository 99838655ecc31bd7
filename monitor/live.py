"""One wearer's day at the daemon: what comes in is stored first and told afterwards."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace

from monitor import checkpoint, lasting
from monitor.backfill import Backfill
from monitor.bus import Bus
from monitor.clock import Clock
from monitor.diagnostics import Meter
from monitor.events import AlertCleared, BreakDue, CommandAnswered, Event, Snoozed, WrongReported
from monitor.exchange import Command, Correction, Message, Update, WearerState
from monitor.history.outbox import History
from monitor.history.store import Commit
from monitor.intake import Intake, Record, no_record
from monitor.keeper import Keeper, Unsaved
from monitor.model import AccelBlock, Fact, LinkEvent, LinkState, PostureEpochs, WearableFacts
from monitor.outlets.base import Outlet
from monitor.pipeline import NO_POSTURES, Step, join_postures
from monitor.wearables.base import Wearable
from monitor.wrong_cases import RecentSamples

COMMIT_EVERY_S = 10.0
"""Wall seconds between two commits when nothing happens; events are committed at once."""
BLOCKED_COMMIT_EVERY_S = 60.0
"""The same while the history cannot be written: fewer and larger steps wait in memory."""
HOLE_CHECKPOINT_EVERY_S = 60.0
"""Wall seconds between two checkpoints while samples wait behind a hole: with an hour of them a state is megabytes.
Events committed in between bear ids made from what happened, so that a crash doubles none of them."""
IDLE_AFTER_S = 900.0
"""Wall seconds without a link after which the clock may stand still to let a wall clock that was set back catch up."""
LATENESS_S = 2.0
"""Wall seconds that samples may take to get here before a tick calls them missing."""
CANNOT_BE_FOUND_AGAIN = (CommandAnswered, BreakDue, AlertCleared, Snoozed)
"""What was said and answered is in no sample: with these a checkpoint is always written."""

_log = logging.getLogger(__name__)


async def _as_it_is(update: Update) -> Update:
    return update


@dataclass
class Batch:
    """What has happened since the last commit, or since a correction: a commit to be."""

    correction: Correction | None = None
    postures: list[PostureEpochs] = field(default_factory=list)
    events: list[Event] = field(default_factory=list)


class LiveWearer:
    """Inputs from the link, the outlets and the clock; outputs to the history, then to the bus."""

    def __init__(
        self,
        wearer: str,
        driver: Wearable,
        backfill: Backfill,
        history: History,
        bus: Bus,
        outlets: Mapping[str, Outlet],
        clock: Clock,
        fingerprint: str,
        record: Record = no_record,
        recent: RecentSamples | None = None,
        meter: Meter | None = None,
    ) -> None:
        self.wearer = wearer
        self.intake = Intake(driver, backfill, self._collect, record)
        self.first_sample = asyncio.Event()
        self.on_facts: Callable[[WearableFacts], None] = lambda facts: None
        self.wearable_kept: Callable[[], str] = str
        """Which wearable is used, as its link wants to be told at the next start."""
        self.on_command: Callable[[Command], None] = lambda command: None
        self.on_stored: Callable[[int, int], None] = lambda segment, upto_index: None
        self.complete: Callable[[Update], Awaitable[Update]] = _as_it_is
        """Adds to an update what is known once it is stored."""
        self._history, self._bus, self._outlets, self._clock = history, bus, outlets, clock
        self._fingerprint, self._recent = fingerprint, recent
        self._meter = meter or Meter()
        self._batches = [Batch()]
        self._keeper = Keeper(wearer, history)
        self._told_facts: WearableFacts | None = None
        self._rssi_dbm: int | None = None
        self._link = LinkState.SEARCHING
        self._streamed_wall_s = time.monotonic()
        self._committed_wall_s = 0.0
        self._checkpoint_wall_s = 0.0
        self._committing = asyncio.Lock()
        self._woken = asyncio.Event()

    @property
    def state(self) -> WearerState:
        """What is true now, with battery and link."""
        return replace(
            self.intake.backfill.state(self._clock.now_s()),
            battery_pct=self.intake.battery_pct,
            rssi_dbm=self._rssi_dbm,
            link_fresh=self._link is LinkState.STREAMING,
        )

    @property
    def is_idle(self) -> bool:
        """Whether the wearable has been away for longer than any gap that is bridged."""
        return time.monotonic() - self._streamed_wall_s > IDLE_AFTER_S

    @property
    def link(self) -> LinkState:
        """How far the link is."""
        return self._link

    def command(self, command: Command) -> None:
        """Something the wearer wants; stored and told by ``run`` at once."""
        self.on_command(command)
        self.intake.command(command, self._clock.now_s())
        self._woken.set()

    async def deliver(self, facts: list[Fact]) -> None:
        """The transport's own facts; what the driver said has been taken already."""
        self._meter.heard(facts)
        if self._link is LinkState.STREAMING:
            self._streamed_wall_s = time.monotonic()
        for fact in facts:
            if isinstance(fact, LinkEvent):
                self._link = fact.state
                self._rssi_dbm = fact.rssi_dbm if fact.rssi_dbm is not None else self._rssi_dbm
            elif isinstance(fact, AccelBlock) and self._recent is not None:
                self._recent.add(fact)
        if self.intake.has_samples:
            self.first_sample.set()
        if self.intake.facts is not self._told_facts and self.intake.facts is not None:
            self._told_facts = self.intake.facts
            self.on_facts(self.intake.facts)
        await self.flush()

    async def run(self) -> None:
        """Let time pass, and tell the outlets how things are; until cancelled."""
        loop = asyncio.get_running_loop()
        pause_s = 1.0 if self._clock.speed == 1.0 else 0.25
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(pause_s):
                    await self._woken.wait()
            self._woken.clear()
            self.intake.pass_time(math.floor(self._clock.now_s() - LATENESS_S * self._clock.speed))
            every_s = BLOCKED_COMMIT_EVERY_S if self._keeper.is_blocked else COMMIT_EVERY_S
            await self.flush(rows_due=loop.time() - self._committed_wall_s >= every_s)
            self._bus.publish(Update(self.wearer, (), self.state))

    async def flush(self, rows_due: bool = False, last: bool = False) -> None:
        """Store what has happened, then tell it; rows alone only when they are due, and in the end in any case."""
        async with self._committing:
            news = any(batch.events or batch.correction or (rows_due and batch.postures) for batch in self._batches)
            steps = self._take_commits() if news or last else []
            told, progress = await self._keeper.keep(steps, last)
            for step in told:
                self._bus.publish(await self.complete(step.update))
                await self._keep_wrong_cases(step.update.events)
            if progress is not None:
                self.on_stored(*progress)

    async def _keep_wrong_cases(self, events: tuple[Event, ...]) -> None:
        """Write down what the sensor showed before each "wrong"."""
        for event in events:
            if isinstance(event, WrongReported) and self._recent is not None:
                try:
                    path = await asyncio.to_thread(self._recent.save, event.at_s)
                except OSError as error:
                    _log.warning("%s: what was wrong cannot be kept: %s", self.wearer, error)
                else:
                    _log.info("%s: what the sensor showed is kept in %s", self.wearer, path)

    async def close(self) -> None:
        """The daemon ends: store the rest, and say that nothing is known any more."""
        self._checkpoint_wall_s = -math.inf
        self.intake.settle()
        await self.flush(last=True)
        gone = replace(self.state, posture="unknown", sedentary=False, confidence=0.0, link_fresh=False)
        self._bus.publish(Update(self.wearer, (), gone))

    # --- from steps to commits ------------------------------------------------------------------------------

    def _collect(self, step: Step) -> None:
        if step.correction is not None:  # what came before it is stored before it
            self._batches.append(Batch(step.correction))
        batch = self._batches[-1]
        if len(step.postures):
            batch.postures.append(step.postures)
        batch.events += step.events

    def _take_commits(self) -> list[Unsaved]:
        """A commit a batch; the last one carries the checkpoint."""
        batches, self._batches = self._batches, [Batch()]
        text = self._checkpoint_if_due([event for batch in batches for event in batch.events])
        self._committed_wall_s = asyncio.get_running_loop().time()
        unsaved = []
        for batch in batches:
            update = Update(self.wearer, tuple(batch.events), self.state)
            self._meter.decided(update.events)
            commit = Commit(
                wearer=self.wearer,
                postures=join_postures([NO_POSTURES, *batch.postures]),
                events=update.events,
                messages=self._durable(update),
                checkpoint=text if batch is batches[-1] else None,
                correction=batch.correction,
            )
            progress = self.intake.progress if commit.checkpoint is not None else None
            unsaved.append(Unsaved(commit, update, progress))
        return unsaved

    def _durable(self, update: Update) -> dict[str, tuple[Message, ...]]:
        said = {name: tuple(outlet.durable(update)) for name, outlet in self._outlets.items()}
        return {name: messages for name, messages in said.items() if messages}

    def _checkpoint_if_due(self, events: list[Event]) -> str | None:
        """Everything worth keeping over a crash, as text."""
        wall_s, mark = asyncio.get_running_loop().time(), self.intake.backfill.mark
        heavy = mark is not None and bool(mark.live)
        urgent = any(isinstance(event, CANNOT_BE_FOUND_AGAIN) for event in events)
        if heavy and not urgent and wall_s - self._checkpoint_wall_s < HOLE_CHECKPOINT_EVERY_S:
            return None
        self._checkpoint_wall_s = wall_s
        state = {"backfill": self.intake.backfill, "resume": self.intake.resume(), "wearable": self.wearable_kept()}
        return checkpoint.dumps(state, self._fingerprint, lasting.worth_keeping(self.intake.backfill))
