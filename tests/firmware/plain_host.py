"""A host for tests of any wearable: connect, find characteristics by UUID, subscribe, listen to advertisements."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bumble.core import UUID
from bumble.device import Connection, Peer
from bumble.gatt_client import CharacteristicProxy
from bumble.hci import Address
from bumble.transport.common import Transport

from tests.firmware.host import power_on


class PlainHost:
    """A connection; `heard` holds what each subscribed characteristic has notified."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.heard: dict[str, list[bytes]] = {}
        self.lost = asyncio.Event()
        self._by_uuid: dict[str, CharacteristicProxy[bytes]] = {}
        connection.on("disconnection", lambda _reason: self.lost.set())

    async def discover(self, mtu: int) -> None:
        peer = Peer(self.connection)
        if mtu > 23:
            await peer.request_mtu(mtu)
        self.services = [service.uuid.to_hex_str().lower() for service in await peer.discover_services()]
        for service in peer.services:
            for characteristic in await service.discover_characteristics():
                self._by_uuid[characteristic.uuid.to_hex_str().lower()] = characteristic

    def characteristic(self, uuid: str) -> CharacteristicProxy[bytes]:
        return self._by_uuid[UUID(uuid).to_hex_str().lower()]

    async def subscribe(self, uuid: str) -> list[bytes]:
        heard = self.heard.setdefault(uuid, [])
        await self.characteristic(uuid).subscribe(heard.append)
        return heard

    async def read(self, uuid: str) -> bytes:
        return bytes(await self.characteristic(uuid).read_value())

    async def write(self, uuid: str, value: bytes, with_response: bool = True) -> None:
        await self.characteristic(uuid).write_value(value, with_response=with_response)


@asynccontextmanager
async def plainly_connected(transport: Transport, address: str, mtu: int = 247) -> AsyncIterator[PlainHost]:
    """Connect to a wearable and leave it in order."""
    device = await power_on(transport)
    async with asyncio.timeout(5):
        host = PlainHost(await device.connect_le(Address(address)))
        await host.discover(mtu)
    try:
        yield host
    finally:
        if not host.lost.is_set():
            await host.connection.disconnect()


@asynccontextmanager
async def listening(transport: Transport, address: str) -> AsyncIterator[list[dict[int, bytes]]]:
    """Scan; the list grows with every advertisement of this address, scan responses included."""
    device = await power_on(transport)
    heard: list[dict[int, bytes]] = []

    def hear(advertisement: object) -> None:
        if advertisement.address.to_string(False) == address:  # type: ignore[attr-defined]
            heard.append(dict(advertisement.data.ad_structures))  # type: ignore[attr-defined]

    device.on("advertisement", hear)
    await device.start_scanning(active=True, filter_duplicates=False)
    yield heard
    await device.stop_scanning()
