"""A host for tests: bumble's own central, with the DeskBand's characteristics by their numbers."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from bumble.device import Connection, Device, DeviceConfiguration, Peer
from bumble.gatt_client import CharacteristicProxy
from bumble.hci import Address
from bumble.transport.common import Transport

from tests.firmware.mini_decoder import Read, read_block
from tests.support.patience import PATIENCE_S

HOST_ADDRESS = "F0:F1:F2:F3:F4:F5"
INFO, CONTROL, LIVE, REPLAY, STATUS, ALERT = range(2, 8)


async def power_on(transport: Transport, address: str = HOST_ADDRESS) -> Device:
    source, sink = transport
    configuration = DeviceConfiguration(name="host", address=Address(address))
    device = Device.from_config_with_hci(configuration, source, sink)
    await device.power_on()
    return device


async def advertisement_of(device: Device, address: str) -> dict[int, bytes]:
    """Scan until the band's name has arrived; return its advertising structures by type."""
    heard: dict[int, bytes] = {}
    complete = asyncio.Event()

    def hear(advertisement: object) -> None:
        if advertisement.address.to_string(False) == address:  # type: ignore[attr-defined]
            heard.update(advertisement.data.ad_structures)  # type: ignore[attr-defined]
            if 0x09 in heard:
                complete.set()

    device.on("advertisement", hear)
    await device.start_scanning(active=True)
    async with asyncio.timeout(PATIENCE_S):
        await complete.wait()
    await device.stop_scanning()
    device.remove_listener("advertisement", hear)
    return heard


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


class Host:
    """A connection with everything subscribed."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.live: list[Read] = []
        self.replayed: list[Read] = []
        self.statuses: list[bytes] = []
        self.alerts: list[bytes] = []
        self._answers: asyncio.Queue[bytes] = asyncio.Queue()
        self._by_uuid: dict[str, CharacteristicProxy[bytes]] = {}
        self.lost = asyncio.Event()
        self._live_arrived = asyncio.Event()
        connection.on("disconnection", lambda _reason: self.lost.set())

    async def discover(self, mtu: int) -> None:
        peer = Peer(self.connection)
        await peer.request_mtu(mtu)
        for service in await peer.discover_services():
            for characteristic in await service.discover_characteristics():
                self._by_uuid[characteristic.uuid.to_hex_str().upper()] = characteristic

    def characteristic(self, number: int) -> CharacteristicProxy[bytes]:
        return self._by_uuid[f"E820{number:04X}AC6E48F19B41D591858EE542"]

    def standard(self, number: int) -> CharacteristicProxy[bytes]:
        return self._by_uuid[f"{number:04X}"]

    async def subscribe(self) -> None:
        await self.characteristic(CONTROL).subscribe(self._answers.put_nowait, prefer_notify=False)
        await self.characteristic(LIVE).subscribe(self._take_live)
        await self.characteristic(REPLAY).subscribe(lambda value: self.replayed.append(read_block(value)))
        await self.characteristic(STATUS).subscribe(self.statuses.append)
        await self.characteristic(ALERT).subscribe(self.alerts.append)

    def _take_live(self, value: bytes) -> None:
        self.live.append(read_block(value))
        self._live_arrived.set()

    async def next_live(self) -> None:
        """Return when another live block has arrived."""
        self._live_arrived.clear()
        await self._live_arrived.wait()

    async def write(self, number: int, value: str) -> None:
        await self.characteristic(number).write_value(bytes.fromhex(value.replace(" ", "")), with_response=True)

    async def ask(self, request: str) -> str:
        await self.write(CONTROL, request)
        return await self.next_answer()

    async def next_answer(self) -> str:
        async with asyncio.timeout(PATIENCE_S):
            return (await self._answers.get()).hex()


async def connect(device: Device, address: str, mtu: int = 247) -> Host:
    async with asyncio.timeout(PATIENCE_S):
        connection = await device.connect_le(Address(address), timeout=PATIENCE_S)
        host = Host(connection)
        await host.discover(mtu)
        await host.subscribe()
    return host


@asynccontextmanager
async def connected(transport: Transport, address: str, mtu: int = 247) -> AsyncIterator[Host]:
    """Connect to a band and leave it in order."""
    host = await connect(await power_on(transport), address, mtu)
    try:
        yield host
    finally:
        if not host.lost.is_set():
            await host.connection.disconnect()
