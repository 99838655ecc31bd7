"""Fan-out: one bounded queue an outlet, so that a slow one harms nobody and memory stays bounded."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator
from contextlib import suppress

from monitor.events import AlertCleared, BreakDue, BreakTaken, CommandAnswered, Snoozed, TestAlert
from monitor.exchange import Update

HOPELESS = 10
"""An outlet that has let so many limits' worth of alerts pile up is not coming back."""
NEVER_DROPPED = (BreakDue, BreakTaken, AlertCleared, Snoozed, TestAlert, CommandAnswered)


class Subscription:
    """What waits for one outlet."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._waiting: deque[Update] = deque()
        self._arrived = asyncio.Event()
        self.emptied = asyncio.Event()
        """Set while everything has been taken."""
        self.emptied.set()

    def put(self, update: Update) -> None:
        """Add without waiting; when full, the oldest update that may be missed makes room."""
        if len(self._waiting) >= self._limit:
            self._make_room()
        self._waiting.append(update)
        self._arrived.set()
        self.emptied.clear()

    def _make_room(self) -> None:
        for index, update in enumerate(self._waiting):
            if not any(isinstance(event, NEVER_DROPPED) for event in update.events):
                del self._waiting[index]
                return
        if len(self._waiting) >= HOPELESS * self._limit:  # nothing but alerts, unread for ages: memory comes first
            self._waiting.popleft()

    def __aiter__(self) -> AsyncIterator[Update]:
        return self

    async def __anext__(self) -> Update:
        while not self._waiting:
            self._arrived.clear()
            await self._arrived.wait()
        update = self._waiting.popleft()
        if not self._waiting:
            self.emptied.set()
        return update


class Bus:
    """Hands every update to every subscription."""

    def __init__(self, limit: int = 1000) -> None:
        self._limit = limit
        self._subscriptions: list[Subscription] = []

    def subscribe(self) -> Subscription:
        """A new queue; it gets what is published from now on."""
        subscription = Subscription(self._limit)
        self._subscriptions.append(subscription)
        return subscription

    def publish(self, update: Update) -> None:
        """Give the update to all; never waits."""
        for subscription in self._subscriptions:
            subscription.put(update)

    async def drained(self, limit_s: float) -> None:
        """Return when every outlet has taken what waited, at the latest after ``limit_s`` wall seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(limit_s):
                for subscription in self._subscriptions:
                    await subscription.emptied.wait()
