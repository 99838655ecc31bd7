"""Who is near: one scan for all wearers, on the air only while one of them is missing.

Starting and stopping costs on BlueZ, and a scan takes radio time from the links; so one ``Scanner`` serves
every link, starts when the first one waits, and lingers a little when the last has found its device. It goes on as long
as anybody ``overhears``, which wearables that only advertise need.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field, replace

from bleak import BleakScanner
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementData

from monitor.transport.radio import RADIO_FAULTS, Radio
from monitor.wearables.base import Advertised, Wearable

RETRY_S = (0.5, 1.0, 2.0, 5.0, 10.0)
"""Pauses before the radio is tried again after it was lost while the program ran."""

REMEMBERED_AT_MOST = 1000
"""More devices than this, and those are forgotten that were not heard lately: phones change their address every quarter
of an hour."""
REMEMBERED_FOR_S = 60.0
NOTHING_ADVERTISED = Advertised()

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Sighting:
    """One device as last heard."""

    address: str
    name: str | None
    service_uuids: tuple[str, ...]
    """Listed services, and those with service data."""
    rssi_dbm: int
    device: BLEDevice
    heard_s: float
    """``time.monotonic`` of the advertisement."""
    company_data: dict[int, bytes] = field(default_factory=dict)
    """Manufacturer data by company identifier."""
    service_data: dict[str, bytes] = field(default_factory=dict)
    """Service data by UUID."""


@dataclass(frozen=True, slots=True)
class DeviceMatch:
    """Which device is meant: by what the user configured, else by what the driver knows its devices by."""

    address: str | None = None
    name: str | None = None
    advertised: Advertised = NOTHING_ADVERTISED

    def for_driver(self, driver: Wearable) -> DeviceMatch:
        """The same, completed with what the driver's devices advertise."""
        return replace(self, advertised=driver.ADVERTISED)

    @property
    def is_configured(self) -> bool:
        """Whether the user named one device."""
        return bool(self.address or self.name)

    def fits(self, sighting: Sighting) -> bool:
        """Whether this is the device. Address and name, where given, must both agree."""
        if self.is_configured:
            return (not self.address or sighting.address.casefold() == self.address.casefold()) and (
                not self.name or sighting.name == self.name
            )
        return is_one_of(self.advertised, sighting)


def is_one_of(kind: Advertised, sighting: Sighting) -> bool:
    """Whether the device advertises itself as this kind."""
    return (
        any(service in sighting.service_uuids for service in kind.service_uuids)
        or any(company in sighting.company_data for company in kind.company_ids)
        or (sighting.name or "").startswith(kind.name_prefixes or "\0")
    )


Heed = Callable[[Sighting], None]
"""Takes what was heard; called from the scan, and must not wait."""


class Scanner:
    """The one scan of the program."""

    def __init__(self, radio: Radio) -> None:
        self._radio = radio
        self._recent: dict[str, Sighting] = {}
        self._waiting: dict[asyncio.Future[Sighting], DeviceMatch] = {}
        self._listeners: list[Heed] = []
        self._changed = asyncio.Event()
        self._radio_lost = False
        self._last_heard_s = 0.0
        radio.when_lost(self._on_lost)

    async def find(self, match: DeviceMatch, since_s: float = 0.0) -> Sighting:
        """Wait for a fresh advertisement of a device that no link holds, heard after ``since_s`` (monotonic).

        The device is claimed for the caller, who gives it back by ``radio.claimed.discard(address)``.
        """
        oldest_s = max(since_s, time.monotonic() - self._radio.rules.fresh_s)
        for sighting in self._recent.values():
            if sighting.heard_s > oldest_s and self._is_meant(match, sighting):
                self._radio.claimed.add(sighting.address)
                return sighting
        waiter: asyncio.Future[Sighting] = asyncio.get_running_loop().create_future()
        self._waiting[waiter] = match
        self._changed.set()
        try:
            return await waiter
        except asyncio.CancelledError:
            if waiter.done() and not waiter.cancelled():
                self._radio.claimed.discard(waiter.result().address)
            raise
        finally:
            del self._waiting[waiter]
            self._changed.set()

    @contextmanager
    def overhear(self, heed: Heed) -> Iterator[None]:
        """Scan without a pause, and hand on every advertisement that is heard."""
        self._listeners.append(heed)
        self._changed.set()
        try:
            yield
        finally:
            self._listeners.remove(heed)
            self._changed.set()

    @property
    def _is_wanted(self) -> bool:
        return bool(self._waiting or self._listeners)

    async def run(self) -> None:
        """Scan whenever somebody waits. Raises RadioError when the very first scan fails; later it tries again."""
        failures, proven, told = 0, False, ""
        while True:
            await self._wanted()
            try:
                async with BleakScanner(self._heard, **self._radio.scanner_keywords()):
                    if told:
                        _log.warning("Bluetooth works again")
                    failures, proven, told = 0, True, ""
                    await self._listen()
            except RADIO_FAULTS as error:
                explained = self._radio.explain(error)
                if not proven:
                    raise explained from error
                if explained.problem != told:  # what was switched off may now be unplugged
                    _log.warning("%s. Trying again until it works", explained)
                    told = explained.problem
                await asyncio.sleep(RETRY_S[min(failures, len(RETRY_S) - 1)])
                failures += 1

    async def _wanted(self) -> None:
        while not self._is_wanted:
            self._changed.clear()
            await self._changed.wait()

    async def _listen(self) -> None:
        """Returns when nobody is missing any more, when the radio is gone, or when the air is suspiciously dead."""
        rules = self._radio.rules
        self._radio_lost, self._last_heard_s = False, time.monotonic()
        while not self._radio_lost:
            self._changed.clear()
            try:
                async with asyncio.timeout(rules.scan_restart_s if self._is_wanted else rules.scan_linger_s):
                    await self._changed.wait()
            except TimeoutError:
                # bluetoothd restarted: bleak's scan goes on in silence and never hears anything again
                if not self._is_wanted or time.monotonic() - self._last_heard_s >= rules.scan_restart_s:
                    return

    def _on_lost(self) -> None:
        self._radio_lost = True
        self._changed.set()

    def _heard(self, device: BLEDevice, data: AdvertisementData) -> None:
        sighting = _sighting(device, data)
        self._last_heard_s = sighting.heard_s
        self._recent[sighting.address] = sighting
        if len(self._recent) > REMEMBERED_AT_MOST:
            since_s = sighting.heard_s - REMEMBERED_FOR_S
            self._recent = {address: one for address, one in self._recent.items() if one.heard_s > since_s}
        for heed in list(self._listeners):
            heed(sighting)
        for waiter, match in self._waiting.items():
            if not waiter.done() and self._is_meant(match, sighting):
                self._radio.claimed.add(sighting.address)
                waiter.set_result(sighting)

    def _is_meant(self, match: DeviceMatch, sighting: Sighting) -> bool:
        return sighting.address not in self._radio.claimed and match.fits(sighting)


def _sighting(device: BLEDevice, data: AdvertisementData) -> Sighting:
    service_data = {uuid.lower(): bytes(value) for uuid, value in data.service_data.items()}
    listed = tuple(service.lower() for service in data.service_uuids)
    return Sighting(
        address=device.address,
        name=data.local_name or device.name,
        service_uuids=tuple(dict.fromkeys([*listed, *service_data])),
        rssi_dbm=data.rssi,
        device=device,
        heard_s=time.monotonic(),
        company_data={company: bytes(value) for company, value in data.manufacturer_data.items()},
        service_data=service_data,
    )


@asynccontextmanager
async def overheard(radio: Radio) -> AsyncIterator[dict[str, Sighting]]:
    """Everybody heard so far, by address, as long as the block lasts. Raises RadioError."""
    heard: dict[str, Sighting] = {}

    def remember(device: BLEDevice, data: AdvertisementData) -> None:
        heard[device.address] = _sighting(device, data)

    try:
        scanner = BleakScanner(remember, **radio.scanner_keywords())
        await scanner.start()
    except RADIO_FAULTS as error:
        raise radio.explain(error) from error
    try:
        yield heard
    finally:
        with suppress(*RADIO_FAULTS):  # a radio that has died meanwhile need not be told
            await scanner.stop()


async def scan(radio: Radio, duration_s: float) -> list[Sighting]:
    """Everybody heard within ``duration_s``, the nearest first. Raises RadioError."""
    async with overheard(radio) as heard:
        await asyncio.sleep(duration_s)
    return sorted(heard.values(), key=lambda sighting: -sighting.rssi_dbm)
