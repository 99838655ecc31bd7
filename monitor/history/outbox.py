"""The history for the asyncio world: one thread that writes, and for every outlet its stored messages.

Order of trust: store, then publish. A row that a commit has stored is offered by ``pending`` until it is acknowledged,
refused or expired, over restarts too. Cancelling a caller does not cancel a commit: it is stored all the same.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Self, TypeVar

from monitor.history.readiness import Readiness
from monitor.history.retention import HistoryRules
from monitor.history.store import Commit, Store
from monitor.outlets.base import OutboxRow
from monitor.outlets.mqtt.leftovers import Announced

_Result = TypeVar("_Result")


class History:
    """The one writer, in a thread of its own; everything is done in the order in which it was asked."""

    def __init__(self, executor: ThreadPoolExecutor, store: Store) -> None:
        """Use ``History.open``."""
        self._executor = executor
        self._store = store
        self._outboxes: dict[str, StoredOutbox] = {}

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

    async def commit(self, commit: Commit) -> None:
        """Store one step of a wearer's stream; on return it is on the disk, and its outboxes have been told."""

        def told() -> None:
            for outlet, messages in commit.messages.items():
                if messages:
                    self.outbox(outlet).tell()

        await self._ask(self._store.commit, commit, then=told)

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

    async def announced(self) -> list[Announced]:
        """How the wearers stand at the broker, those who are no more among them."""
        return await self._ask(self._store.announced)

    async def note_announced(self, now: Announced) -> None:
        """A wearer stands at the broker so from now on."""
        await self._ask(self._store.note_announced, now)

    async def forget_announced(self, node: str) -> None:
        """Nothing of this wearer stands at the broker any more."""
        await self._ask(self._store.forget_announced, node)

    async def close_open(self, wearer: str) -> None:
        """Close the bout and the break left open by a run whose checkpoint cannot be used."""
        await self._ask(self._store.close_open, wearer)

    async def pending(self, outlet: str, after: int, limit: int) -> list[OutboxRow]:
        """Unsent rows of an outlet; asked through its outbox."""
        return await self._ask(self._store.pending, outlet, after, limit)

    async def waiting(self, outlet: str, wearer: str) -> int:
        """How many rows of an outlet about a wearer wait to be sent."""
        return await self._ask(self._store.waiting, outlet, wearer)

    async def sent(self, number: int) -> None:
        """A row was acknowledged; told through its outbox."""
        await self._ask(self._store.sent, number)

    async def settle(self, number: int, state: str, reason: str | None = None) -> None:
        """A row will never be sent; told through its outbox."""
        await self._ask(self._store.settle, number, state, reason)

    async def _ask(
        self, work: Callable[..., _Result], *arguments: Any, then: Callable[[], None] | None = None
    ) -> _Result:
        """Run ``work`` in the writer's thread; a cancelled caller leaves it running, and ``then`` still follows."""
        future = asyncio.get_running_loop().run_in_executor(self._executor, work, *arguments)

        def over(done: asyncio.Future[_Result]) -> None:
            if not done.cancelled() and done.exception() is None and then:
                then()

        future.add_done_callback(over)
        return await asyncio.shield(future)


class StoredOutbox:
    """The ``Outbox`` of one outlet."""

    def __init__(self, history: History, outlet: str) -> None:
        self._history = history
        self._outlet = outlet
        self._added = asyncio.Event()
        self._added.set()  # rows of an earlier run may be waiting

    async def pending(self, after: int, limit: int) -> list[OutboxRow]:
        """Up to ``limit`` unsent rows with a number above ``after``, oldest first."""
        return await self._history.pending(self._outlet, after, limit)

    async def sent(self, number: int) -> None:
        """The outside has acknowledged the row."""
        await self._history.sent(number)

    async def refused(self, number: int, reason: str) -> None:
        """The outside does not want the row and never will."""
        await self._history.settle(number, "refused", reason)

    async def expired(self, number: int) -> None:
        """Too late to be of use."""
        await self._history.settle(number, "expired")

    async def changed(self) -> None:
        """Return once rows have been added since the last call returned; the first call returns at once."""
        await self._added.wait()
        self._added.clear()

    def tell(self) -> None:
        """Rows have been added."""
        self._added.set()
