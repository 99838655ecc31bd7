"""One wearer's day at the daemon: what comes in is stored first and told afterwards."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace

from monitor import checkpoint
from monitor.backfill import Backfill
from monitor.bus import Bus
from monitor.clock import Clock
from monitor.events import Command, Correction, Event, Message, Update, WearerState
from monitor.history.outbox import History
from monitor.history.store import Commit
from monitor.intake import Intake, Record, no_record
from monitor.model import Fact, LinkEvent, LinkState, PostureEpochs, WearableFacts
from monitor.outlets.base import Outlet
from monitor.pipeline import NO_POSTURES, Step, join_postures, rows_before
from monitor.wearables.base import Wearable

COMMIT_EVERY_S = 10.0
"""Wall seconds between two commits when nothing happens; events are committed at once."""
HOLE_CHECKPOINT_EVERY_S = 60.0
"""Wall seconds between two checkpoints while samples wait behind a hole: with an hour of them a state is megabytes.
Events committed in between bear ids made from what happened, so that a crash doubles none of them."""
LATENESS_S = 2.0
"""Wall seconds that samples may take to get here before a tick calls them missing."""


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
    ) -> None:
        self.wearer = wearer
        self.intake = Intake(driver, backfill, self._collect, record)
        self.first_sample = asyncio.Event()
        self.on_facts: Callable[[WearableFacts], None] = lambda facts: None
        self.on_stored: Callable[[int, int], None] = lambda segment, upto_index: None
        self._history, self._bus, self._outlets, self._clock = history, bus, outlets, clock
        self._fingerprint = fingerprint
        self._postures: list[PostureEpochs] = []
        self._events: list[Event] = []
        self._corrections: list[Correction] = []
        self._told_facts: WearableFacts | None = None
        self._rssi_dbm: int | None = None
        self._link = LinkState.SEARCHING
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

    def command(self, command: Command) -> None:
        """Something the wearer wants; stored and told by ``run`` at once."""
        self.intake.command(command, self._clock.now_s())
        self._woken.set()

    async def deliver(self, facts: list[Fact]) -> None:
        """The transport's own facts; what the driver said has been taken already."""
        for fact in facts:
            if isinstance(fact, LinkEvent):
                self._link = fact.state
                self._rssi_dbm = fact.rssi_dbm if fact.rssi_dbm is not None else self._rssi_dbm
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
            await self.flush(force=loop.time() - self._committed_wall_s >= COMMIT_EVERY_S)
            self._bus.publish(Update(self.wearer, (), self.state))

    async def flush(self, force: bool = False) -> None:
        """Store what has happened, then tell it. Without news only when ``force`` is given."""
        async with self._committing:
            if not (self._events or self._corrections or force):
                return
            update, progress = Update(self.wearer, tuple(self._events), self.state), self.intake.progress
            self._committed_wall_s = asyncio.get_running_loop().time()
            text = self._checkpoint_if_due(self._committed_wall_s)
            for commit in self._take_commits(update, text):
                await self._history.commit(commit)
        self._bus.publish(update)
        if progress is not None and text is not None:
            self.on_stored(*progress)

    async def close(self) -> None:
        """The daemon ends: store the rest, and say that nothing is known any more."""
        self._checkpoint_wall_s = -math.inf
        await self.flush(force=True)
        gone = replace(self.state, posture="unknown", sedentary=False, confidence=0.0, link_fresh=False)
        self._bus.publish(Update(self.wearer, (), gone))

    def _checkpoint_if_due(self, wall_s: float) -> str | None:
        """Everything worth keeping over a crash, as text."""
        if self.intake.backfill.mark is not None and wall_s - self._checkpoint_wall_s < HOLE_CHECKPOINT_EVERY_S:
            return None
        self._checkpoint_wall_s = wall_s
        state = {"backfill": self.intake.backfill, "resume": self.intake.resume()}
        return checkpoint.dumps(state, self._fingerprint)

    # --- from steps to commits ------------------------------------------------------------------------------

    def _collect(self, step: Step) -> None:
        if step.correction is not None:  # it holds all rows from its start on; what waits keeps those before
            self._postures = [rows_before(rows, step.correction.from_s) for rows in self._postures]
            self._corrections.append(step.correction)
        if len(step.postures):
            self._postures.append(step.postures)
        self._events += step.events

    def _take_commits(self, update: Update, checkpoint_text: str | None) -> list[Commit]:
        """One commit with everything; corrections but the last go ahead of it, in their order."""
        earlier, last = self._corrections[:-1], self._corrections[-1] if self._corrections else None
        said = {name: tuple(outlet.durable(update)) for name, outlet in self._outlets.items()}
        messages: dict[str, tuple[Message, ...]] = {name: rows for name, rows in said.items() if rows}
        postures = join_postures([NO_POSTURES, *self._postures])
        self._postures, self._events, self._corrections = [], [], []
        return [Commit(wearer=self.wearer, correction=correction) for correction in earlier] + [
            Commit(
                wearer=self.wearer,
                postures=postures,
                events=update.events,
                messages=messages,
                checkpoint=checkpoint_text,
                correction=last,
            )
        ]
