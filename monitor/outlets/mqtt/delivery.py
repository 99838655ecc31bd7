"""Carries the outbox to the broker: in order, a few at a time, each until the broker has acknowledged it."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Protocol

from monitor.clock import Clock
from monitor.exchange import Message
from monitor.outlets.base import Outbox, OutboxRow
from monitor.outlets.mqtt.signals import Acknowledged

log = logging.getLogger(__name__)

IN_FLIGHT = 10
"""Below the receive maximum of 20 that mosquitto grants, with room for state beside."""
FULL_PAUSE_S = 30.0
"""How long a broker that is full is left alone."""


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
        self._full = asyncio.Event()
        self._window = IN_FLIGHT
        """How many may be under way: one, after the broker was full, so that the order is kept when it is not."""

    async def run(self, connection: Publisher) -> None:
        """Publish rows over a fresh connection until cancelled."""
        self._in_flight.clear()
        while True:
            self._after = 0
            self._full.clear()
            async with asyncio.TaskGroup() as group:
                sending = group.create_task(self._send_all(connection), name="mqtt rows")
                await self._full.wait()
                sending.cancel()
            # what is under way is settled first: a row is never under way twice
            await self._until(lambda: not self._in_flight)
            await asyncio.sleep(FULL_PAUSE_S)

    async def _send_all(self, connection: Publisher) -> None:
        while True:
            rows = await self._outbox.pending(self._after, IN_FLIGHT)
            for row in rows:
                await self._until(lambda: len(self._in_flight) < self._window)
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

    async def settle(self, answer: Acknowledged) -> bool:
        """An acknowledgement has come; False where the publication is none of ours."""
        row = self._in_flight.get(answer.number)
        if row is None:
            return False
        if answer.failure is None:
            self._window = IN_FLIGHT
            self._on_sent(row.message)
            await self._outbox.sent(row.number)
        elif answer.later:
            self._say_once("full", f"the MQTT broker is full: {answer.failure}; look at its limits; nothing is lost")
            self._full.set()
            self._window = 1
        else:
            words = f"the MQTT broker denies {row.message.topic}: {answer.failure}; look at its access list"
            self._say_once(row.message.topic, words)
            await self._outbox.refused(row.number, answer.failure)
        self._in_flight.pop(answer.number, None)
        self._settled.set()
        return True

    def _say_once(self, what: str, words: str) -> None:
        if what not in self._said:
            self._said.add(what)
            log.warning(words)

    async def drained(self) -> None:
        """Return once nothing waits and nothing is under way."""
        while self._in_flight or await self._outbox.pending(self._after, 1):
            self._settled.clear()
            await self._settled.wait()

    async def _until(self, free: Callable[[], bool]) -> None:
        while not free():
            self._settled.clear()
            await self._settled.wait()
