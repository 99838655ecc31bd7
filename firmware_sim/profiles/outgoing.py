"""What a device has to say to its host: notifications and indications, one after the other."""

from __future__ import annotations

import asyncio
import random
from collections import deque

from bumble.device import Connection
from bumble.gatt import Characteristic

QUEUE_LIMIT = 256
"""Notifications that wait for the radio; more are dropped, as from a full queue of a real stack."""


class Outgoing:
    """One queue to one host at a time; without a host everything is forgotten."""

    def __init__(self, seed: int) -> None:
        self.drop_probability = 0.0
        """Share of the notifications that are lost before the queue: a fault."""
        self.dropped = 0
        self._random = random.Random(seed)
        self._waiting: deque[tuple[Characteristic[bytes], bytes, bool]] = deque()
        self._connection: Connection | None = None
        self._stirred = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()

    def notify(self, characteristic: Characteristic[bytes], value: bytes) -> None:
        """Send a notification if the host has subscribed; it may be lost."""
        if not self._listens(characteristic):
            return
        if len(self._waiting) >= QUEUE_LIMIT or self._random.random() < self.drop_probability:
            self.dropped += 1
        else:
            self._queue(characteristic, value, False)

    def indicate(self, characteristic: Characteristic[bytes], value: bytes) -> None:
        """Send an indication if the host has subscribed; it waits for the host's confirmation."""
        if self._listens(characteristic):
            self._queue(characteristic, value, True)

    def _listens(self, characteristic: Characteristic[bytes]) -> bool:
        if self._connection is None:
            return False
        subscriptions = self._connection.device.gatt_server.subscribers.get(self._connection, {})
        return any(subscriptions.get(characteristic.handle, b""))

    def _queue(self, characteristic: Characteristic[bytes], value: bytes, confirmed: bool) -> None:
        self._waiting.append((characteristic, value, confirmed))
        self._idle.clear()
        self._stirred.set()

    def confirming(self, connection: Connection) -> bool:
        """Say whether an indication waits for its turn or for the host's confirmation."""
        unconfirmed = connection.device.gatt_server.pending_confirmations[connection]
        return any(confirmed for _, _, confirmed in self._waiting) or not (unconfirmed is None or unconfirmed.done())

    def clear(self) -> None:
        """Forget everything that waits."""
        self._waiting.clear()
        self._idle.set()

    async def serve(self, connection: Connection) -> None:
        """Send to this host until cancelled."""
        self._connection = connection
        task = asyncio.current_task()
        try:
            # bumble waits for a confirmation with wait_for, which in Python 3.11 may swallow a cancellation.
            while task is not None and not task.cancelling():
                await self._stirred.wait()
                self._stirred.clear()
                while self._waiting and not task.cancelling():
                    await self._send(connection, *self._waiting.popleft())
                if not self._waiting:
                    self._idle.set()
        finally:
            self._connection = None
            self.clear()

    async def _send(
        self, connection: Connection, characteristic: Characteristic[bytes], value: bytes, confirmed: bool
    ) -> None:
        if not confirmed:
            await connection.device.notify_subscriber(connection, characteristic, value)
            await connection.drain()
            return
        try:
            await connection.device.indicate_subscriber(connection, characteristic, value)
        except TimeoutError:  # a host that confirms nothing for 30 s is gone (ATT transaction timeout)
            await connection.disconnect()

    async def drained(self) -> None:
        """Return when everything queued has gone to the link, or there is none."""
        await self._idle.wait()
