"""The history for the asyncio world: one thread that writes, and for every outlet its stored messages.

Order of trust: store, then publish. A row that a commit has stored is offered by ``pending`` until it is acknowledged,
refused or expired, over restarts too. Cancelling a caller does not cancel a commit: it is stored all the same.

A commit costs a wait for the disk, whatever is in it. Commits that are asked for while the writer is busy go to the
disk together, so that what one disk can take in a second does not bound how many wearers a daemon serves.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from threading import Lock
from typing import Any, Self, TypeVar

from monitor.exchange import Message
from monitor.history.database import HistoryDamagedError, HistoryError
from monitor.history.readiness import Readiness
from monitor.history.retention import HistoryRules
from monitor.history.store import Commit, Posted, Store
from monitor.history.stored_outbox import StoredOutbox
from monitor.outlets.base import OutboxRow
from monitor.outlets.mqtt.leftovers import Announced
from monitor.outlets.receipts import Receipt

_Result = TypeVar("_Result")
_log = logging.getLogger(__name__)


@dataclass
class _Together:
    """Commits that will be one transaction: the writer takes them when it gets there; later ones are the next."""

    steps: list[Commit] = field(default_factory=list)
    wanted: list[Commit] = field(default_factory=list)
    """The same without messages that nobody waits for any more."""
    taken: bool = False
    lock: Lock = field(default_factory=Lock)
    stored: asyncio.Future[tuple[list[Posted], bool]] | None = None

    def join(self, steps: Sequence[Commit], wanted: Sequence[Commit]) -> bool:
        """Add steps; False when it is too late."""
        with self.lock:
            if not self.taken:
                self.steps += steps
                self.wanted += wanted
            return not self.taken

    def take(self) -> list[Commit]:
        """What is to be written; nothing is added from now on."""
        with self.lock:
            self.taken = True
            return self.wanted


class History:
    """The one writer, in a thread of its own; everything is done in the order in which it was asked."""

    def __init__(self, executor: ThreadPoolExecutor, store: Store) -> None:
        """Use ``History.open``."""
        self._executor = executor
        self._store = store
        self._outboxes: dict[str, StoredOutbox] = {}
        self._next = _Together(taken=True)

    @classmethod
    async def open(cls, path: Path, rules: HistoryRules | None = None) -> Self:
        """Open or make the history file. Raises HistoryError."""
        executor = ThreadPoolExecutor(max_workers=1, thread_name_prefix="history")
        try:
            store = await asyncio.get_running_loop().run_in_executor(executor, Store, path, rules)
        except BaseException:
            executor.shutdown(wait=False)
            raise
        return cls(executor, store)

    async def close(self) -> None:
        """Finish what was asked for and close the file."""
        await self._ask(self._store.close)
        self._executor.shutdown()

    async def commit(self, *steps: Commit) -> None:
        """Store steps of a wearer's stream; on return they are on the disk, and their outboxes have been told.

        All of them or, with a HistoryError, none. A file that turns out to be damaged is put aside, and they go into a
        new one.
        """
        wanted = [
            replace(step, messages={name: self.outbox(name).still_wanted(each) for name, each in step.messages.items()})
            for step in steps
        ]
        if not self._next.join(steps, wanted):
            self._next = together = _Together(list(steps), wanted)
            together.stored = self._asked(
                lambda: _commit(self._store, together.take()), lambda outcome: self._told(together.steps, *outcome)
            )
        assert self._next.stored is not None
        await asyncio.shield(self._next.stored)

    def _told(self, steps: Sequence[Commit], posted: Sequence[Posted], anew: bool) -> None:
        """Let the outboxes know what has been stored."""
        for box in self._outboxes.values() if anew else ():
            box.begin_anew()
        for outlet in {outlet for step in steps for outlet, messages in step.messages.items() if messages}:
            self.outbox(outlet).stored((message, row) for where, message, row in posted if where == outlet)
            self.outbox(outlet).take_back(self._messages(outlet, steps))

    def lend(self, *steps: Commit) -> None:
        """Let the messages of steps that cannot be stored now go out all the same."""
        for step in steps:
            for outlet, messages in step.messages.items():
                self.outbox(outlet).lend(messages)

    def give_up(self, step: Commit) -> None:
        """A step that will never be stored: its messages are on their way or not, but nobody waits for their rows."""
        for outlet in step.messages:
            self.outbox(outlet).take_back(self._messages(outlet, [step]))

    @staticmethod
    def _messages(outlet: str, steps: Sequence[Commit]) -> list[Message]:
        return [message for step in steps for message in step.messages.get(outlet, ())]

    def outbox(self, name: str) -> StoredOutbox:
        """The stored messages of the outlet of this name, of all wearers."""
        return self._outboxes.setdefault(name, StoredOutbox(self, name))

    async def node_id(self, wearer: str) -> str:
        """The wearer's random name in topics, made once and kept."""
        return await self._ask(self._store.node_id, wearer)

    async def checkpoint(self, wearer: str) -> str | None:
        """The wearer's state as last committed."""
        return await self._ask(self._store.checkpoint, wearer)

    async def readiness(self, wearer: str) -> Readiness | None:
        """What the wearer has said about themselves before exercises; None while they have not."""
        return await self._ask(self._store.readiness, wearer)

    async def latest_s(self) -> float:
        """Stream time up to which anything is recorded, of any wearer; 0 for a new file."""
        return await self._ask(self._store.latest_s)

    async def announced(self) -> list[Announced]:
        """How the wearers stand at the broker, those who are no more among them."""
        return await self._ask(self._store.announced)

    async def note_announced(self, now: Announced) -> None:
        """A wearer stands at the broker so from now on."""
        await self._ask_if_possible(self._store.note_announced, now)

    async def forget_announced(self, node: str) -> None:
        """Nothing of this wearer stands at the broker any more."""
        await self._ask_if_possible(self._store.forget_announced, node)

    async def close_open(self, wearer: str) -> None:
        """Close the bout and the break left open by a run whose checkpoint cannot be used."""
        await self._ask(self._store.close_open, wearer)

    async def pending(self, outlet: str, after: int, limit: int) -> list[OutboxRow]:
        """Unsent rows of an outlet; asked through its outbox."""
        return await self._ask(self._store.pending, outlet, after, limit)

    async def waiting(self, outlet: str, wearer: str) -> int:
        """How many rows of an outlet about a wearer wait to be sent."""
        return await self._ask(self._store.waiting, outlet, wearer)

    async def note_receipt(self, receipt: Receipt) -> None:
        """What a service made of an event; lost where the disk takes nothing, which is said elsewhere, and loud."""
        with suppress(HistoryError):
            await self._ask(self._store.note_receipt, receipt)

    async def standing_receipts(self) -> list[Receipt]:
        """Messages that are on phones and could be taken back, of all wearers."""
        with suppress(HistoryError):
            return await self._ask(self._store.standing_receipts)
        return []

    async def settled_ways(self, event_id: str) -> frozenset[str]:
        """Services that have taken or refused this event already."""
        with suppress(HistoryError):
            return await self._ask(self._store.settled_ways, event_id)
        return frozenset()

    async def latest_receipts(self, wearer: str) -> list[Receipt]:
        """The newest receipt of each push service that has been tried for a wearer."""
        return await self._ask(self._store.latest_receipts, wearer)

    async def sent(self, number: int) -> None:
        """A row was acknowledged; told through its outbox."""
        await self._ask(self._store.sent, number)

    async def settle(self, number: int, state: str, reason: str | None = None) -> None:
        """A row will never be sent; told through its outbox."""
        await self._ask(self._store.settle, number, state, reason)

    async def _ask_if_possible(self, work: Callable[..., None], *arguments: Any) -> None:
        """The same for what only keeps a broker tidy: a disk that takes nothing must not stop an outlet."""
        try:
            await self._ask(work, *arguments)
        except HistoryError as error:
            _log.warning("what stands at the broker cannot be noted: %s", error)

    async def _ask(self, work: Callable[..., _Result], *arguments: Any) -> _Result:
        """Run ``work`` in the writer's thread; a cancelled caller leaves it running."""
        return await asyncio.shield(self._asked(partial(work, *arguments)))

    def _asked(
        self, work: Callable[[], _Result], then: Callable[[_Result], None] | None = None
    ) -> asyncio.Future[_Result]:
        """The result to come; ``then`` follows even if nobody waits for it any more."""
        future = asyncio.get_running_loop().run_in_executor(self._executor, work)

        def over(done: asyncio.Future[_Result]) -> None:
            if not done.cancelled() and done.exception() is None and then:
                then(done.result())

        future.add_done_callback(over)
        return future


def _commit(store: Store, steps: Sequence[Commit]) -> tuple[list[Posted], bool]:
    """What was posted, and whether it is in a new file."""
    store.begin_anew_if_gone()
    try:
        posted = store.commit(*steps)
    except HistoryDamagedError as error:
        store.begin_anew(error.problem)
        posted = store.commit(*steps)
    return posted, store.begun_anew()
