"""One wearer's link, kept up for ever: search, connect, let the driver work, and again.

Times that the driver and the pipeline see are stream time from the injected clock; searching, connecting, back-off
and the watchdog belong to the radio and stay on wall time.
"""

from __future__ import annotations

import asyncio
import logging
import random
import time

from monitor.clock import Clock
from monitor.model import LinkEvent, LinkState, Nudge
from monitor.transport.gatt import Gatt
from monitor.transport.radio import RADIO_FAULTS, Radio
from monitor.transport.scanner import DeviceMatch, Scanner, Sighting
from monitor.transport.session import STOPPED, Alert, Deliver, Session, Stored
from monitor.wearables.base import Action, Resume, Wearable

BACKOFF_S = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
JITTER = 0.2
"""Share by which a pause varies, so that several links do not march in step."""
FORGET_AFTER = 3
"""So many failures to connect in a row, and BlueZ is made to forget the device (bluez issue 1489)."""

_log = logging.getLogger(__name__)


class Link:
    """Supervises one configured wearer."""

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
    ) -> None:
        """``deliver`` takes facts in order, and may make us wait."""
        self.name = name
        self._driver = driver
        self._match = match.for_driver(driver)
        self._radio = radio
        self._scanner = scanner
        self._clock = clock
        self._deliver = deliver
        self._resume = resume
        self._held: DeviceMatch | None = None
        self._state = LinkState.STOPPED
        self._session: Session | None = None
        self._waiting: dict[int | str, Alert | Stored] = {}
        self._failures = 0
        self._lost_s = 0.0

    def alert(self, nudge: Nudge) -> None:
        """Let the wearable call its wearer; without a link it waits for one, as long as the nudge may live."""
        self._ask("alert", Alert(nudge, self._clock.now_s()))

    def stored(self, segment: int, upto_index: int) -> None:
        """Everything before ``upto_index`` of the segment is safe on disk."""
        self._ask(segment, Stored(segment, upto_index))

    def _ask(self, key: int | str, request: Alert | Stored) -> None:
        if self._session is not None:
            self._session.ask(request)
        else:
            self._waiting[key] = request  # the newest of its kind says all

    async def run(self) -> None:
        """Keep the link up until cancelled; then end it cleanly."""
        try:
            while True:
                if self._state is not LinkState.SEARCHING:
                    await self._say(LinkState.SEARCHING)
                sighting = await self._find()
                try:
                    await self._connect_and_serve(sighting)
                finally:
                    self._radio.claimed.discard(sighting.address)
                await asyncio.sleep(self._pause_s())
        except asyncio.CancelledError:
            await self._say(LinkState.STOPPED)
            raise

    async def _find(self) -> Sighting:
        if self._held is not None:
            # With two of a kind in the room the data of two people must not mix
            try:
                async with asyncio.timeout(self._radio.rules.hold_s):
                    return await self._scanner.find(self._held, self._lost_s)
            except TimeoutError:
                self._held = None
        return await self._scanner.find(self._match, self._lost_s)

    async def _connect_and_serve(self, sighting: Sighting) -> None:
        session = Session(self.name, self._driver, self._clock, self._radio.rules, self._deliver)
        try:
            client = await self._radio.connect(sighting.device, self.name, lambda _: session.lost())
        except RADIO_FAULTS as error:
            await self._not_connected(sighting, error)
            return
        gatt = Gatt(client, self._clock, self._radio.rules.gatt_timeout_s, session.packet)
        self._state = LinkState.CONNECTED
        await self._serve(session, gatt, sighting.rssi_dbm)
        self._failures = 1 if session.streamed else self._failures + 1
        if session.streamed and not self._match.is_configured:
            self._held = DeviceMatch(address=sighting.address)

    async def _not_connected(self, sighting: Sighting, error: BaseException) -> None:
        self._failures += 1
        reason = f"{sighting.address} was heard but cannot be connected: {str(error) or type(error).__name__}"
        _log.info("%s: %s", self.name, reason)
        await self._say(LinkState.SEARCHING, sighting.rssi_dbm, reason)
        if self._failures % FORGET_AFTER == 0:
            await self._radio.forget(sighting.address)

    async def _serve(self, session: Session, gatt: Gatt, rssi_dbm: int) -> None:
        """Run the session; being cancelled becomes a request to stop, so that nothing on its way is cut."""
        resume, self._resume = self._resume, None
        serving = asyncio.create_task(session.run(gatt, resume, rssi_dbm), name=f"{self.name}: session")
        self._session = session
        for request in self._waiting.values():
            session.ask(request)
        self._waiting.clear()
        try:
            await asyncio.wait({serving})
        except asyncio.CancelledError:
            session.stop()
            await asyncio.wait({serving}, timeout=self._radio.rules.stop_limit_s)
            raise
        finally:
            self._session = None
            serving.cancel()
            await gatt.close(self._radio.rules.stop_limit_s)
            await self._after(serving)

    async def _after(self, serving: asyncio.Task[str]) -> None:
        await asyncio.wait({serving})
        reason = STOPPED if serving.cancelled() else serving.result()
        self._lost_s = time.monotonic()
        now_s = self._clock.now_s()
        facts = [part for part in self._driver.lost(now_s) if not isinstance(part, Action)]
        if reason != STOPPED:
            _log.info("%s: %s", self.name, reason)
            facts.append(LinkEvent(LinkState.LOST, now_s, detail=reason))
        if facts:
            await self._deliver(facts)

    async def _say(self, state: LinkState, rssi_dbm: int | None = None, detail: str = "") -> None:
        self._state = state
        await self._deliver([LinkEvent(state, self._clock.now_s(), rssi_dbm, detail)])

    def _pause_s(self) -> float:
        pause_s = BACKOFF_S[min(max(self._failures, 1), len(BACKOFF_S)) - 1]
        return min(pause_s, self._radio.rules.backoff_max_s) * random.uniform(1 - JITTER, 1 + JITTER)
