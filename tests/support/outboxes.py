"""An outbox and a ledger in memory, kept to the contract, for tests that are not about SQLite."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence

from monitor.exchange import Message, Update
from monitor.outlets.base import OutboxRow
from monitor.outlets.mqtt.leftovers import Announced
from monitor.outlets.receipts import Receipt


class MemoryOutbox:
    """Rows by number, and what became of each."""

    def __init__(self) -> None:
        self.rows: dict[int, OutboxRow] = {}
        self.fate: dict[int, str] = {}
        self.order: list[int] = []
        self._added = asyncio.Event()
        self._fated = asyncio.Event()

    def add(self, messages: Iterable[Message]) -> None:
        """Store, as the history does before anything is sent."""
        for message in messages:
            number = len(self.rows) + 1
            self.rows[number] = OutboxRow(number, message)
        self._added.set()

    @property
    def waiting(self) -> list[int]:
        """Numbers without a fate."""
        return [number for number in self.rows if number not in self.fate]

    async def pending(self, after: int, limit: int) -> list[OutboxRow]:
        return [self.rows[number] for number in self.waiting if number > after][:limit]

    async def sent(self, number: int) -> None:
        self._settle(number, "sent")

    async def refused(self, number: int, reason: str) -> None:
        self._settle(number, f"refused: {reason}")

    async def expired(self, number: int) -> None:
        self._settle(number, "expired")

    async def changed(self) -> None:
        await self._added.wait()
        self._added.clear()

    def _settle(self, number: int, fate: str) -> None:
        self.fate[number] = fate
        self.order.append(number)
        self._fated.set()

    async def settled(self, count: int) -> None:
        """Wait until so many rows have their fate."""
        while len(self.fate) < count:
            self._fated.clear()
            await self._fated.wait()


class NoLedger:
    """Keeps no receipts."""

    async def note_receipt(self, receipt: Receipt) -> None:
        pass

    async def standing_receipts(self) -> Sequence[Receipt]:
        return ()

    async def settled_ways(self, event_id: str) -> frozenset[str]:
        return frozenset()


class MemoryRegister:
    """What was announced, as the history remembers it."""

    def __init__(self) -> None:
        self.rows: dict[str, Announced] = {}
        self.changed = asyncio.Event()

    async def note_announced(self, now: Announced) -> None:
        self.rows[now.node] = now
        self.changed.set()

    async def forget_announced(self, node: str) -> None:
        del self.rows[node]


class Feed:
    """Updates for an outlet's ``run``: never ends by itself."""

    def __init__(self) -> None:
        self._queue: asyncio.Queue[Update] = asyncio.Queue()

    def put(self, update: Update) -> None:
        self._queue.put_nowait(update)

    async def __aiter__(self) -> AsyncIterator[Update]:
        while True:
            yield await self._queue.get()
