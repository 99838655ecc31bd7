"""The stored messages of one outlet, as its sender sees them, and those that wait for a disk which takes nothing.

While the history cannot be written, messages are *lent*: offered from memory, so that an alert reaches the phone all
the same. When the disk takes them after all, a lent message that has not been acknowledged yet is bound to the row it
got; one that has been acknowledged gets none. Marks that could not be written are written later. So over any
sequence of faults a message is offered once in this process, and again only by a sender that begins from 0.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from monitor.exchange import Message
from monitor.history.database import HistoryError
from monitor.outlets.base import OutboxRow

SENT = "sent"


class Marks(Protocol):
    """What an outbox asks of the history."""

    async def pending(self, outlet: str, after: int, limit: int) -> list[OutboxRow]:
        """Unsent rows."""
        ...

    async def sent(self, number: int) -> None:
        """A row was acknowledged."""
        ...

    async def settle(self, number: int, state: str, reason: str | None = None) -> None:
        """A row will never be sent."""
        ...


@dataclass
class Offered:
    """A message that the sender may have: its place in the order (0 while it has none), and its row if any."""

    place: int
    message: Message
    row: int | None
    fate: str = ""
    reason: str | None = None

    @property
    def shown(self) -> OutboxRow:
        """As the sender sees it."""
        return OutboxRow(self.place, self.message)


class StoredOutbox:
    """The ``Outbox`` of one outlet."""

    def __init__(self, history: Marks, outlet: str) -> None:
        self._history = history
        self._outlet = outlet
        self._offered: dict[int, Offered] = {}
        """What the sender may have and has not settled, by place."""
        self._lent: dict[int, Offered] = {}
        """By identity of the message: those that the history does not have yet."""
        self._queued: list[Offered] = []
        """Lent, and not offered before what the disk has from earlier."""
        self._unmarked: list[Offered] = []
        """Settled, but the row does not say so yet."""
        self._last_place = 0
        self._read_upto = 0
        self._bound: set[int] = set()
        """Rows of lent messages, which need not be read again."""
        self._added = asyncio.Event()
        self._added.set()  # rows of an earlier run may be waiting

    # --- what the sender asks ---------------------------------------------------------------------------------

    async def pending(self, after: int, limit: int) -> list[OutboxRow]:
        """Up to ``limit`` unsent rows with a number above ``after``, oldest first."""
        await self._mark()
        waiting = self._waiting(after)
        if len(waiting) < limit:
            await self._read(limit - len(waiting))
            waiting = self._waiting(after)
        return [offered.shown for offered in waiting[:limit]]

    async def sent(self, number: int) -> None:
        """The outside has acknowledged the row."""
        await self._settle(number, SENT)

    async def refused(self, number: int, reason: str) -> None:
        """The outside does not want the row and never will."""
        await self._settle(number, "refused", reason)

    async def expired(self, number: int) -> None:
        """Too late to be of use."""
        await self._settle(number, "expired")

    async def changed(self) -> None:
        """Return once rows have been added since the last call returned; the first call returns at once."""
        await self._added.wait()
        self._added.clear()

    # --- what the history tells -------------------------------------------------------------------------------

    def tell(self) -> None:
        """Rows have been added."""
        self._added.set()

    def lend(self, messages: Iterable[Message]) -> None:
        """Offer messages that cannot be stored now."""
        for message in messages:
            if id(message) not in self._lent:
                self._lent[id(message)] = lent = Offered(0, message, None)
                self._queued.append(lent)
        self.tell()

    def still_wanted(self, messages: Iterable[Message]) -> tuple[Message, ...]:
        """Those of a commit that need a row: all but the lent ones that have been settled meanwhile."""
        return tuple(each for each in messages if not (id(each) in self._lent and self._lent[id(each)].fate))

    def stored(self, posted: Iterable[tuple[Message, int]]) -> None:
        """Messages have got their rows; lent ones are no longer lent."""
        for message, row in posted:
            if (offered := self._lent.pop(id(message), None)) is not None:
                offered.row = row
                self._bound.add(row)
                if offered.fate:  # settled while it was being stored
                    self._unmarked.append(offered)
        self.tell()

    def take_back(self, messages: Iterable[Message]) -> None:
        """The history has these, or gives them up: they are not lent any more, whatever became of them."""
        for message in messages:
            self._lent.pop(id(message), None)

    def begin_anew(self) -> None:
        """The file is a new one: what was read of the old one is offered on, and has no row any more."""
        self._read_upto = 0
        self._bound.clear()
        self._unmarked.clear()
        for offered in [*self._offered.values(), *self._queued]:
            offered.row = None

    # --- inside -----------------------------------------------------------------------------------------------

    def _waiting(self, after: int) -> list[Offered]:
        return [offered for place, offered in sorted(self._offered.items()) if place > after]

    def _offer(self, offered: Offered) -> None:
        self._last_place = offered.place = max(self._last_place + 1, offered.row or 0)
        self._offered[offered.place] = offered

    async def _read(self, limit: int) -> None:
        """Take up more rows, and after the last of them what is lent."""
        try:
            rows = await self._history.pending(self._outlet, self._read_upto, limit)
        except HistoryError:  # the writer says so loudly; what is lent goes out meanwhile
            rows = []
        for row in rows:
            if row.number <= self._read_upto:
                continue  # two senders have read at the same time
            self._read_upto = row.number
            if row.number in self._bound:
                self._bound.discard(row.number)
            else:
                self._offer(Offered(0, row.message, row.number))
        if len(rows) < limit:
            queued, self._queued = self._queued, []
            for lent in queued:
                self._offer(lent)

    async def _settle(self, place: int, fate: str, reason: str | None = None) -> None:
        offered = self._offered.pop(place, None)
        if offered is None:
            return
        offered.fate, offered.reason = fate, reason
        if offered.row is not None:
            self._unmarked.append(offered)
            await self._mark()

    async def _mark(self) -> None:
        """Write down what became of rows; what cannot be written now waits for the next time."""
        while self._unmarked:
            offered = self._unmarked.pop(0)
            assert offered.row is not None
            try:
                if offered.fate == SENT:
                    await self._history.sent(offered.row)
                else:
                    await self._history.settle(offered.row, offered.fate, offered.reason)
            except HistoryError:
                self._unmarked.insert(0, offered)
                return
