"""A host for any wearable: bumble's own central, with characteristics by their UUID."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from bumble.device import Connection, Device, Peer
from bumble.gatt_client import CharacteristicProxy
from bumble.hci import Address

from firmware_sim.air import Air
from firmware_sim.clock import Clock, SteppedClock
from firmware_sim.peripheral import VirtualWearable, virtual_wearable
from firmware_sim.scenario import Activity, Fault, Scenario
from tests.firmware.host import power_on
from tests.support.patience import PATIENCE_S

DEFAULT_MTU = 23


def long_uuid(text: str) -> str:
    """Return a UUID's 128-bit form, lower case."""
    return f"0000{text}-0000-1000-8000-00805f9b34fb".lower() if len(text) == 4 else text.lower()


class AnyHost:
    """A connection whose values are collected by characteristic."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.lost = asyncio.Event()
        self.heard: dict[str, list[bytes]] = {}
        self.services: list[str] = []
        """Their UUIDs, the 16-bit ones in four digits."""
        self._by_uuid: dict[str, CharacteristicProxy[bytes]] = {}
        self._stirred = asyncio.Event()
        connection.on("disconnection", lambda _reason: self.lost.set())

    async def discover(self, mtu: int) -> None:
        peer = Peer(self.connection)
        if mtu > DEFAULT_MTU:
            await peer.request_mtu(mtu)
        for service in await peer.discover_services():
            self.services.append(service.uuid.to_hex_str("-").lower())
            for characteristic in await service.discover_characteristics():
                self._by_uuid[long_uuid(characteristic.uuid.to_hex_str("-"))] = characteristic

    def has(self, uuid: str) -> bool:
        return long_uuid(uuid) in self._by_uuid

    def characteristic(self, uuid: str) -> CharacteristicProxy[bytes]:
        return self._by_uuid[long_uuid(uuid)]

    async def read(self, uuid: str) -> bytes:
        return bytes(await self.characteristic(uuid).read_value())

    async def write(self, uuid: str, value: str | bytes, response: bool = True) -> None:
        """Write bytes, or what hexadecimal digits say."""
        data = bytes.fromhex(value) if isinstance(value, str) else value
        await self.characteristic(uuid).write_value(data, with_response=response)

    async def subscribe(self, uuid: str, indications: bool = False) -> list[bytes]:
        heard = self.heard.setdefault(uuid, [])

        def hear(value: bytes) -> None:
            heard.append(value)
            self._stirred.set()

        await self.characteristic(uuid).subscribe(hear, prefer_notify=not indications)
        return heard

    async def heard_by(self, uuid: str, number: int) -> bytes:
        """Return the value of that number, from 1, when it has come."""
        heard = self.heard[uuid]
        async with asyncio.timeout(PATIENCE_S):
            while len(heard) < number:
                self._stirred.clear()
                await self._stirred.wait()
        return heard[number - 1]

    async def ask(self, uuid: str, request: str, answers_by: str) -> str:
        """Write, and return the next value of a characteristic as hexadecimal digits."""
        before = len(self.heard[answers_by])
        await self.write(uuid, request)
        return (await self.heard_by(answers_by, before + 1)).hex()


async def connect(device: Device, address: str, mtu: int = 247) -> AnyHost:
    async with asyncio.timeout(PATIENCE_S):
        host = AnyHost(await device.connect_le(Address(address), timeout=PATIENCE_S))
        await host.discover(mtu)
    return host


def day(*activities: tuple[str, float], faults: tuple[Fault, ...] = ()) -> Scenario:
    """Return a scenario of what is done for how long."""
    done = tuple(Activity(do=what, duration_s=lasts_s) for what, lasts_s in activities)
    return Scenario(title="a day", activities=done, faults=faults)


SITTING = day(("sit", 36000.0))


@asynccontextmanager
async def worn(
    profile: str, scenario: Scenario = SITTING, clock: Clock | None = None, **options: Any
) -> AsyncIterator[tuple[VirtualWearable[Any], Device]]:
    """Run a wearable, on a stepped clock unless told otherwise, and a host's device beside it."""
    async with (
        Air() as air,
        virtual_wearable(profile, air=air, scenario=scenario, clock=clock or SteppedClock(), **options) as it,
    ):
        yield it, await power_on(air.join("host"))


@asynccontextmanager
async def linked(
    profile: str, scenario: Scenario = SITTING, mtu: int = 247, hears: str = "", **options: Any
) -> AsyncIterator[tuple[VirtualWearable[Any], AnyHost]]:
    """The same, connected, and subscribed to a characteristic where one is named."""
    async with worn(profile, scenario, **options) as (wearable, device):
        host = await connect(device, wearable.address, mtu)
        if hears:
            await host.subscribe(hears)
        yield wearable, host
        if not host.lost.is_set():
            await host.connection.disconnect()
