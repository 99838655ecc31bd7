"""Wearables that only tell: an advertisement to everybody, or a message to the broker. Nobody is asked anything.

A ``Listener`` runs the same sessions as a link does. What is heard comes from a source: ``Advertisements`` for the air;
for a broker the application gives one of its own. A wearable that has said nothing sensible for ``silence_s`` is lost,
and nothing is known of its wearer until it speaks again.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from monitor.clock import Clock
from monitor.model import AccelBlock, Fact, LinkEvent, LinkState
from monitor.rules import changed
from monitor.transport.carrier import GattAction
from monitor.transport.radio_rules import RadioRules
from monitor.transport.session import Deliver, Session
from monitor.transport.supervisor import Supervisor
from monitor.wearables.base import Advertised, Outcome, Resume, Wearable

if TYPE_CHECKING:
    from monitor.transport.radio import Radio
    from monitor.transport.scanner import DeviceMatch, Scanner, Sighting

LEAST_SILENCE_S = 2.0
"""However fast the clock runs, a silence on the wall is no loss before this."""
RSSI_EVERY_S = 10.0
KEPT_PACKETS = 16
"""Heard before the session is up; more than enough, for it takes no time."""

Heard = Callable[[str, bytes, int | None], None]
"""Takes where the bytes came by, the bytes, and how strong they were."""

_log = logging.getLogger(__name__)


class Source(Protocol):
    """Where a wearable can be heard."""

    def hear(self, heard: Heard) -> AbstractContextManager[None]:
        """Hand on what is heard, as long as the block lasts."""
        ...

    def silent(self, understood: bool) -> None:
        """The wearable has fallen silent; ``understood``: what it said before made sense."""
        ...


def told_in(known_by: Advertised, sighting: Sighting) -> Iterator[tuple[str, bytes]]:
    """What an advertisement carries for a driver: channels as in ``Packet``, and bytes."""
    for company in known_by.company_ids:
        if company in sighting.company_data:
            yield f"company:{company:04x}", sighting.company_data[company]
    for service in known_by.service_uuids:
        if service in sighting.service_data:
            yield service, sighting.service_data[service]


class Advertisements:
    """One wearable's advertisements, out of all that the scanner hears."""

    def __init__(self, match: DeviceMatch, driver: Wearable, radio: Radio, scanner: Scanner) -> None:
        self._match = match.for_driver(driver)
        self._known_by = driver.ADVERTISED
        self._radio = radio
        self._scanner = scanner
        self._address: str | None = None
        self._heard: Heard | None = None
        self._held_until_s = 0.0
        self._strangers: dict[str, float] = {}
        """Addresses of the right kind that made no sense, and when to try them again."""

    def hear(self, heard: Heard) -> AbstractContextManager[None]:
        """Scan, and hand on the advertisements of the one device that is meant."""
        self._heard = heard
        return self._scanner.overhear(self._heed)

    def silent(self, understood: bool) -> None:
        """Give the device back; the one used last is preferred for some time, one that made no sense avoided."""
        if self._address is None:
            return
        self._radio.claimed.discard(self._address)
        now_s = time.monotonic()
        until_s = now_s + self._radio.rules.hold_s
        if understood:
            self._held_until_s = until_s
        else:
            # addresses that change every quarter of an hour must not pile up
            self._strangers = {address: end_s for address, end_s in self._strangers.items() if end_s > now_s}
            self._strangers[self._address] = until_s
            self._address = None

    def _heed(self, sighting: Sighting) -> None:
        told = list(told_in(self._known_by, sighting))
        if self._heard is None or not told or not self._is_meant(sighting):
            return  # who tells nothing would never fall silent, and be waited for in vain
        if self._address not in (None, sighting.address):
            facts = sighting.name or "a wearable of its kind", sighting.address, self._address
            _log.warning("%s at %s is listened to now instead of %s, which fell silent; set its address", *facts)
        self._address = sighting.address
        self._radio.claimed.add(sighting.address)
        for channel, data in told:
            self._heard(channel, data, sighting.rssi_dbm)

    def _is_meant(self, sighting: Sighting) -> bool:
        if self._address in self._radio.claimed:
            return sighting.address == self._address
        if sighting.address in self._radio.claimed or not self._match.fits(sighting):
            return False
        if self._match.address:
            return True
        held = self._address is not None and time.monotonic() < self._held_until_s
        if held and sighting.address != self._address:
            return False
        return time.monotonic() >= self._strangers.get(sighting.address, 0.0)


class NobodyToAsk:
    """The carrier of a wearable that only tells."""

    def __init__(self, clock: Clock, silence: str) -> None:
        self.SILENCE = silence
        self.is_up = True
        self.bearer_is_dead = False
        self._clock = clock

    async def perform(self, action: GattAction) -> Outcome:
        """Refused: there is no link."""
        now_s = self._clock.now_s()
        return Outcome(now_s, now_s, error="this wearable can only be listened to")

    async def probe(self) -> str | None:
        """Silence speaks for itself."""
        return None

    async def close(self, limit_s: float) -> None:
        """Nothing to close."""


class Listener(Supervisor):
    """Supervises one wearer whose wearable only tells."""

    def __init__(
        self,
        *,
        name: str,
        driver: Wearable,
        source: Source,
        rules: RadioRules,
        clock: Clock,
        deliver: Deliver,
        resume: Resume | None = None,
    ) -> None:
        """``deliver`` takes facts in order, and may make us wait."""
        super().__init__(name=name, driver=driver, rules=rules, clock=clock, deliver=self._with_strength, resume=resume)
        self._source = source
        self._hand_on = deliver
        self._rssi_dbm: int | None = None
        self._rssi_told_s = 0.0
        self._kept: list[tuple[str, bytes]] = []
        self._something = asyncio.Event()
        self._listening: Session | None = None
        silence_s = max(rules.silence_s / clock.speed, LEAST_SILENCE_S)
        self._patience = changed(rules, stall_s=silence_s, stall_probes=1)
        self._silence = f"nothing that makes sense was heard for {rules.silence_s:.0f} s"

    async def run(self) -> None:
        """Listen until cancelled."""
        with self._source.hear(self._heard):
            await super().run()

    async def _turn(self) -> None:
        await self._something.wait()
        session = self._new_session(self._patience)
        self._hand_over(session)  # before what was heard, for a press may answer an alert
        for channel, data in self._kept:
            session.packet(channel, data)
        self._kept.clear()
        self._something.clear()
        self._listening = session
        self._state = LinkState.CONNECTED
        try:
            await self._serve(session, NobodyToAsk(self._clock, self._silence), [])
        finally:
            self._listening = None
            self._source.silent(session.understood)

    def _heard(self, channel: str, data: bytes, rssi_dbm: int | None) -> None:
        self._rssi_dbm = rssi_dbm
        if self._listening is not None:
            self._listening.packet(channel, data)
        elif len(self._kept) < KEPT_PACKETS:
            self._kept.append((channel, data))
            self._something.set()

    async def _with_strength(self, facts: list[Fact]) -> None:
        """Tell how strong the wearable is heard, with the first samples and now and then."""
        now_s = time.monotonic()
        facts = [self._strong(fact) for fact in facts]
        if any(isinstance(fact, AccelBlock) for fact in facts) and now_s - self._rssi_told_s >= RSSI_EVERY_S:
            self._rssi_told_s = now_s
            if self._rssi_dbm is not None:
                facts.append(LinkEvent(LinkState.STREAMING, self._clock.now_s(), self._rssi_dbm))
        await self._hand_on(facts)

    def _strong(self, fact: Fact) -> Fact:
        if isinstance(fact, LinkEvent) and fact.state is LinkState.STREAMING:
            return replace(fact, rssi_dbm=self._rssi_dbm)
        return fact
