"""Carries the outbox to the broker: in order, a few at a time, each until the broker has acknowledged it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

from monitor.clock import Clock
from monitor.events import Message
from monitor.outlets.base import Outbox, OutboxRow

log = logging.getLogger(__name__)

IN_FLIGHT = 10
"""Below the receive maximum of 20 that mosquitto grants, with room for state beside."""


class Publisher(Protocol):
    """What delivery needs of a connection."""

    def publish(self, message: Message, expiry_s: float | None = None) -> int:
        """Send, and return the number that the acknowledgement will carry."""
        ...


class Delivery:
    """At least once: a row is repeated only if the connection ended before it was acknowledged."""

    def __init__(self, outbox: Outbox, clock: Clock, on_sent: Callable[[Message], None] = lambda message: None) -> None:
        """``on_sent`` is told at once what the broker has acknowledged."""
        self._outbox = outbox
        self._clock = clock
        self._on_sent = on_sent
        self._in_flight: dict[int, OutboxRow] = {}
        self._after = 0
        self._settled = asyncio.Event()
        self._said: set[str] = set()

    async def run(self, connection: Publisher) -> None:
        """Publish rows over a fresh connection until cancelled."""
        self._in_flight.clear()
        self._after = 0
        while True:
            rows = await self._outbox.pending(self._after, IN_FLIGHT)
            for row in rows:
                await self._until(lambda: len(self._in_flight) < IN_FLIGHT)
                await self._send(connection, row)
            if not rows:
                await self._outbox.changed()

    async def _send(self, connection: Publisher, row: OutboxRow) -> None:
        message, now_s = row.message, self._clock.now_s()
        self._after = row.number
        if message.expires_s is None:
            self._in_flight[connection.publish(message)] = row
        elif now_s > message.expires_s:
            await self._outbox.expired(row.number)
        else:
            # The broker counts wall seconds: on a faster clock its expiry would mean something else.
            left_s = message.expires_s - now_s if self._clock.speed == 1.0 else None
            self._in_flight[connection.publish(message, left_s)] = row

    async def settle(self, number: int, failure: str | None) -> bool:
        """An acknowledgement has come; False where the publication is none of ours."""
        row = self._in_flight.get(number)
        if row is None:
            return False
        if failure is None:
            self._on_sent(row.message)
            await self._outbox.sent(row.number)
        else:
            self._complain(row.message.topic, failure)
            await self._outbox.refused(row.number, failure)
        self._in_flight.pop(number, None)
        self._settled.set()
        return True

    def _complain(self, topic: str, failure: str) -> None:
        if topic not in self._said:
            self._said.add(topic)
            log.warning("the MQTT broker denies %s: %s; look at its access list", topic, failure)

    async def drained(self) -> None:
        """Return once nothing waits and nothing is under way."""
        while self._in_flight or await self._outbox.pending(self._after, 1):
            self._settled.clear()
            await self._settled.wait()

    async def _until(self, free: Callable[[], bool]) -> None:
        while not free():
            self._settled.clear()
            await self._settled.wait()
