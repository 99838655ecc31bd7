"""How a DeskBand speaks to its host: answers are indicated one by one; live blocks go before replayed ones."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Mapping

from bumble.device import Connection
from bumble.gatt import Characteristic

from firmware_sim.profiles.deskband import Channel, DeskBandFirmware
from firmware_sim.profiles.outgoing import QUEUE_LIMIT

REPLAY_BURST = 4
REPLAY_PAUSE_S = 0.01
"""Four blocks in ten milliseconds of wall time: what a good link of a phone carries."""


class Sender:
    """Two queues to one host at a time: what it confirms, and what is only notified."""

    def __init__(
        self,
        firmware: DeskBandFirmware,
        by_channel: Mapping[Channel, Characteristic[bytes]],
        replay: Characteristic[bytes],
        seed: int,
    ) -> None:
        """`by_channel`: where the messages of the firmware's outbox leave; `replay`: where replayed blocks do."""
        self.connection: Connection | None = None
        self.drop_probability = 0.0
        """Share of live notifications that are lost before the queue: a fault."""
        self.dropped = 0
        self._firmware = firmware
        self._by_channel = by_channel
        self._replay = replay
        self._random = random.Random(seed)
        self._control: deque[bytes] = deque()
        self._notices: deque[tuple[Characteristic[bytes], bytes]] = deque()
        self._indicating = False
        self._work = asyncio.Event()
        self._control_work = asyncio.Event()
        self._idle = asyncio.Event()

    def queue_outbox(self) -> None:
        """Take what the firmware has to say; without a host it is forgotten."""
        for channel, message in self._firmware.take_outbox():
            if self.connection is None:
                continue
            if channel is Channel.CONTROL:
                self._control.append(message)
            elif channel is Channel.LIVE and self._loses_live():
                self.dropped += 1
            else:
                self._notices.append((self._by_channel[channel], message))
        self._stir()

    def _loses_live(self) -> bool:
        return len(self._notices) >= QUEUE_LIMIT or self._random.random() < self.drop_probability

    def indicate(self, message: bytes) -> None:
        """Indicate an answer of the control point."""
        self._control.append(message)
        self._stir()

    def notify(self, characteristic: Characteristic[bytes], value: bytes) -> None:
        """Notify a value behind what waits already."""
        self._notices.append((characteristic, value))
        self._stir()

    def _stir(self) -> None:
        self._idle.clear()
        self._work.set()
        self._control_work.set()

    def clear(self) -> None:
        """Forget everything that waits."""
        self._control.clear()
        self._notices.clear()

    async def serve(self, connection: Connection) -> None:
        """Send to this host until cancelled."""
        self.connection = connection
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._indicate(connection), name="deskband-indications")
                tasks.create_task(self._notify(connection), name="deskband-notifications")
        finally:
            self.connection = None
            self._indicating = False
            self.clear()
            self._idle.set()

    async def _indicate(self, connection: Connection) -> None:
        task = asyncio.current_task()
        # bumble waits for the confirmation with wait_for, which in Python 3.11 may swallow a cancellation.
        while task is not None and not task.cancelling():
            await self._control_work.wait()
            self._control_work.clear()
            while self._control and not task.cancelling():
                self._indicating = True
                await self._indicate_one(connection, self._control.popleft())
                self._indicating = False
            self._work.set()

    async def _indicate_one(self, connection: Connection, message: bytes) -> None:
        try:
            await connection.device.indicate_subscriber(connection, self._by_channel[Channel.CONTROL], message)
        except TimeoutError:  # a host that confirms nothing for 30 s is gone (ATT transaction timeout)
            await connection.disconnect()

    async def _notify(self, connection: Connection) -> None:
        burst = 0
        while True:
            # Live first; a replay waits also until the answer that announces it has arrived.
            if self._notices:
                await connection.device.notify_subscriber(connection, *self._notices.popleft())
                await connection.drain()
            elif self._replay_may_go() and (block := self._firmware.take_replay_block()) is not None:
                await connection.device.notify_subscriber(connection, self._replay, block)
                burst = (burst + 1) % REPLAY_BURST
                if burst == 0:
                    await connection.drain()
                    await asyncio.sleep(REPLAY_PAUSE_S)
            else:
                if self._firmware.outbox:  # the event that ends a replay
                    self.queue_outbox()
                elif not (self._control or self._indicating):
                    await connection.drain()
                    self._idle.set()
                await self._work.wait()
                self._work.clear()

    def _replay_may_go(self) -> bool:
        return self._firmware.replay is not None and not self._control and not self._indicating

    async def drained(self) -> None:
        """Return when everything queued, a running replay included, has gone to the link."""
        if self.connection is not None:
            await self._idle.wait()
