"""The contract of an outlet: a way by which news reach the wearer.

Each outlet has its own queue, so that a slow one harms nobody.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import ClassVar, Protocol

from monitor.events import Message, Update


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
