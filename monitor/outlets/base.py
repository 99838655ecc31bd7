"""The contract of an outlet: a way by which news reach the wearer.

Each outlet has its own queue, so that a slow one harms nobody.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import ClassVar, Protocol

from monitor.exchange import Message, Update


class Outlet(Protocol):
    """Somewhere the news go."""

    NAME: ClassVar[str]

    def durable(self, update: Update) -> list[Message]:
        """What must reach the outside even over a crash; stored with the events before anything is sent.

        Empty for outlets whose news are worthless when late.
        """
        ...

    async def run(self, updates: AsyncIterator[Update]) -> None:
        """Live until cancelled; ``updates`` never ends by itself."""
        ...


@dataclass(frozen=True, slots=True)
class OutboxRow:
    """A stored message that waits to be sent; numbers grow."""

    number: int
    message: Message


class Outbox(Protocol):
    """Stored messages of one outlet, in the order in which they were stored."""

    async def pending(self, after: int, limit: int) -> list[OutboxRow]:
        """Up to ``limit`` unsent rows with a number above ``after``, oldest first."""
        ...

    async def sent(self, number: int) -> None:
        """The outside has acknowledged the row."""
        ...

    async def refused(self, number: int, reason: str) -> None:
        """The outside does not want the row and never will."""
        ...

    async def expired(self, number: int) -> None:
        """Too late to be of use."""
        ...

    async def changed(self) -> None:
        """Return once rows have been added since the last call of ``changed`` returned (at once if so already)."""
        ...
