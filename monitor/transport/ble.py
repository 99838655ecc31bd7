"""One wearer's link, kept up for ever: search, connect, let the driver work, and again.

Times that the driver and the pipeline see are stream time from the injected clock; searching, connecting, back-off
and the watchdog belong to the radio and stay on wall time.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time
from contextlib import suppress
from functools import partial

from monitor.clock import Clock
from monitor.model import LinkEvent, LinkState
from monitor.transport.gatt import Gatt
from monitor.transport.pin import Pin
from monitor.transport.radio import RADIO_FAULTS, Radio
from monitor.transport.scanner import DeviceMatch, Scanner, Sighting
from monitor.transport.session import Deliver
from monitor.transport.supervisor import Supervisor
from monitor.wearables.base import Resume, Wearable

BACKOFF_S = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
JITTER = 0.2
"""Share by which a pause varies, so that several links do not march in step."""
FORGET_AFTER = 3
"""So many failures in a row, and BlueZ is made to forget the device (bluez issue 1489)."""

_log = logging.getLogger(__name__)


class Link(Supervisor):
    """Supervises one wearer whose wearable is connected to."""

    def __init__(
        self,
        *,
        name: str,
        driver: Wearable,
        match: DeviceMatch,
        radio: Radio,
        scanner: Scanner,
        clock: Clock,
        deliver: Deliver,
        resume: Resume | None = None,
        known: str = "",
    ) -> None:
        """``deliver`` takes facts in order, and may make us wait; ``known`` is ``kept`` of the last run."""
        super().__init__(name=name, driver=driver, rules=radio.rules, clock=clock, deliver=deliver, resume=resume)
        self._match = match.for_driver(driver)
        self._radio = radio
        self._scanner = scanner
        self._pin = Pin(name, self._match, known)
        self._failures = 0

    async def _turn(self) -> None:
        sighting = await self._find()
        try:
            await self._connect_and_serve(sighting)
        finally:
            self._radio.claimed.discard(sighting.address)
        await asyncio.sleep(pause_s(self._failures, self._radio.rules.backoff_max_s))

    @property
    def kept(self) -> str:
        """Which wearable is ours, to be remembered for the next run."""
        return self._pin.kept

    async def _find(self) -> Sighting:
        with self._scanner.overhear(self._pin.overheard):
            if (ours := self._pin.only) is not None:
                # With two of a kind in the room the data of two people must not mix
                with suppress(TimeoutError):
                    async with asyncio.timeout(self._radio.rules.hold_s):
                        return await self._scanner.find(ours, self._lost_s)
            return await self._scanner.find(self._match, self._lost_s)

    async def _connect_and_serve(self, sighting: Sighting) -> None:
        session = self._new_session()
        session.on_stream = partial(self._streams, sighting)
        try:
            client = await self._radio.connect(sighting.device, self.name, lambda _: session.lost())
        except RADIO_FAULTS as error:
            reason = f"{sighting.address} was heard but cannot be connected: {str(error) or type(error).__name__}"
            _log.info("%s: %s", self.name, reason)
            await self._say(LinkState.SEARCHING, sighting.rssi_dbm, reason)
            if self._radio.trouble_of(error) is None:
                await self._failed(sighting)
            else:
                self._lost_s = time.monotonic()  # the scan begins anew: who was heard before must be heard again
            return
        may_pair = self._driver.MAY_PAIR and not self._radio.pairs_by_itself
        gatt = Gatt(client, self._clock, self._radio.rules.gatt_timeout_s, session.packet, may_pair)
        self._state = LinkState.CONNECTED
        await self._serve(session, gatt, [LinkEvent(LinkState.CONNECTED, self._clock.now_s(), sighting.rssi_dbm)])
        if not session.streamed:
            await self._failed(sighting)
            return
        self._failures = 1

    def _streams(self, sighting: Sighting) -> str:
        """Samples come: in words, if they come from another wearable than before."""
        return self._pin.taken(sighting.address)

    async def _failed(self, sighting: Sighting) -> None:
        """No link, or one on which nothing came: what the system remembers of the device may be wrong."""
        self._failures += 1
        if self._failures % FORGET_AFTER == 0:
            await self._radio.forget(sighting.device)
            self._lost_s = time.monotonic()  # who was forgotten must be heard anew


def pause_s(failures: int, longest_s: float) -> float:
    """How long to wait after so many failures in a row before the next search."""
    even_s = BACKOFF_S[min(max(failures, 1), len(BACKOFF_S)) - 1]
    return min(even_s, longest_s) * random.uniform(1 - JITTER, 1 + JITTER)
