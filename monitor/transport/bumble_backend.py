"""A bleak backend on a bumble host: any bumble transport becomes a radio that unmodified bleak code can use.

It serves the virtual air (HCI over TCP to the simulator), an air inside this process (tests), and a bare
dongle where the machine has no Bluetooth stack of its own (``usb:0``). Written to bleak 3.1 and bumble 0.0.236;
each oddity of the latter that needs care is named where it is met.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from bleak import BleakScanner
from bleak.assigned_numbers import gatt_char_props_to_strs
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.backends.client import BaseBleakClient
from bleak.backends.descriptor import BleakGATTDescriptor
from bleak.backends.device import BLEDevice
from bleak.backends.scanner import AdvertisementDataCallback, BaseBleakScanner
from bleak.backends.service import BleakGATTService, BleakGATTServiceCollection
from bleak.exc import (
    BleakDeviceNotFoundError,
    BleakError,
    BleakGATTProtocolError,
)
from bumble.att import ATT_Error
from bumble.core import BaseBumbleError
from bumble.device import Advertisement, Connection, Peer
from bumble.hci import Address

from monitor.transport.advertisements import read_advertisement, uuid_text
from monitor.transport.bumble_host import BumbleHost, command, heed

T = TypeVar("T")

ATT_MTU = 517
"""What BlueZ asks for too; the smaller of both sides wins."""

_log = logging.getLogger(__name__)


class BumbleScanner(BaseBleakScanner):
    """``BleakScanner(backend=BumbleScanner, host=...)``."""

    def __init__(
        self,
        detection_callback: AdvertisementDataCallback | None,
        service_uuids: list[str] | None,
        scanning_mode: str,
        *,
        host: BumbleHost,
        **_: Any,
    ) -> None:
        super().__init__(detection_callback, service_uuids)
        self._host = host
        self._active = scanning_mode == "active"

    async def start(self) -> None:
        """Start to listen."""
        self.seen_devices = {}
        await self._host.listen(self._on_advertisement, self._active)

    async def stop(self) -> None:
        """Stop to listen."""
        await self._host.unlisten(self._on_advertisement)

    def _on_advertisement(self, advertisement: Advertisement) -> None:
        address = advertisement.address.to_string(False)
        _, before = self.seen_devices.get(address, (None, None))
        data = read_advertisement(advertisement.data.ad_structures, advertisement.rssi, before)
        if self.is_allowed_uuid(data.service_uuids):
            device = self.create_or_update_device(address, address, data.local_name, advertisement.address, data)
            self.call_detection_callbacks(device, data)


class BumbleClient(BaseBleakClient):
    """``BleakClient(device, backend=BumbleClient, host=...)``."""

    def __init__(self, address_or_ble_device: BLEDevice | str, *, host: BumbleHost, **keywords: Any) -> None:
        super().__init__(address_or_ble_device, **keywords)
        self._host = host
        self._found = address_or_ble_device if isinstance(address_or_ble_device, BLEDevice) else None
        self._connection: Connection | None = None
        self._gone: asyncio.Future[str] | None = None
        self._subscribers: dict[int, Callable[[bytes], None]] = {}
        self._requests: set[asyncio.Task[Any]] = set()

    @property
    def name(self) -> str:
        """Name as advertised."""
        return (self._found.name if self._found else None) or self.address.replace(":", "-")

    @property
    def mtu_size(self) -> int:
        """ATT MTU of the link."""
        return self._connection.att_mtu if self._connection else 23

    @property
    def is_connected(self) -> bool:
        """Whether the link is up."""
        return self._connection is not None

    async def connect(self, pair: bool, **_: Any) -> None:
        """Connect, agree on the MTU, learn the services."""
        if self._connection is not None:
            raise BleakError("already connected")
        address = await self._address()
        connection = await self._host.connect(self, address, self._timeout)
        self._connection = connection
        self._gone = asyncio.get_running_loop().create_future()
        connection.on(Connection.EVENT_DISCONNECTION, self.on_disconnected)
        try:
            if pair:
                await self.pair()
            async with asyncio.timeout(self._timeout):
                self.services = await self._discover(Peer(connection))
        except BaseException:
            await self.disconnect()
            raise

    async def _address(self) -> Address:
        if self._found is None:
            self._found = await BleakScanner.find_device_by_address(
                self.address, timeout=self._timeout, **scanner_keywords(self._host)
            )
        if self._found is None:
            raise BleakDeviceNotFoundError(self.address, f"{self.address} was not found")
        address: Address = self._found.details
        return address

    async def _discover(self, peer: Peer) -> BleakGATTServiceCollection:
        await self._ask(peer.request_mtu(ATT_MTU))
        found = BleakGATTServiceCollection()
        for service in await self._ask(peer.discover_services()):
            here = BleakGATTService(service, service.handle, uuid_text(service.uuid.to_bytes()))
            found.add_service(here)
            for characteristic in await self._ask(service.discover_characteristics()):
                properties = sorted(gatt_char_props_to_strs(int(characteristic.properties)))
                handle, text = characteristic.handle, uuid_text(characteristic.uuid.to_bytes())
                there = BleakGATTCharacteristic(
                    characteristic, handle, text, properties, lambda: self.mtu_size - 3, here
                )
                found.add_characteristic(there)
                for descriptor in await self._ask(characteristic.discover_descriptors()):
                    text = uuid_text(descriptor.type.to_bytes())
                    found.add_descriptor(BleakGATTDescriptor(descriptor, descriptor.handle, text, there))
        return found

    def on_disconnected(self, reason: object) -> None:
        """The link is over, whoever ended it."""
        if self._connection is None or self._gone is None:
            return
        self._connection = self.services = None
        self._subscribers.clear()
        self._host.forget(self)
        self._gone.set_result(str(reason))
        if self._disconnected_callback is not None:
            self._disconnected_callback()

    async def disconnect(self) -> None:
        """End the link; returns when it is over."""
        if (connection := self._connection) is None:
            return
        try:
            await command(connection.disconnect())
        except (BleakError, TimeoutError) as error:
            _log.debug("disconnecting %s: %r", self.address, error)
        finally:
            # Told already, unless the controller does not know the link or does not answer: then it is over as well
            self.on_disconnected("given up")

    async def pair(self, *_: Any, **__: Any) -> None:
        """Pair, Just Works."""
        if self._connection is None:
            raise BleakError("Not connected")
        await self._ask(self._connection.pair())

    async def unpair(self) -> None:
        """Nothing to do: this host keeps no bonds."""

    async def _ask(self, request: Coroutine[Any, Any, T]) -> T:
        """Carry out a request; bumble's ways of failing become bleak's.

        The request is a task of its own: on a disconnection bumble cancels whoever waits for the answer, which
        must not look like our cancellation; and a caller who gives up must not leave the answer to the next one.
        """
        if self._gone is None or self._gone.done():
            request.close()
            raise BleakError("Not connected")
        task = asyncio.create_task(request, name=f"GATT request to {self.address}")
        self._requests.add(task)
        task.add_done_callback(self._requests.discard)
        task.add_done_callback(heed)
        either: set[asyncio.Future[Any]] = {task, self._gone}
        await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
        if not task.done():
            task.cancel()
        if not task.done() or task.cancelled():
            raise BleakError("Disconnected")
        try:
            return task.result()
        except ATT_Error as error:
            raise BleakGATTProtocolError(error.error_code) from error
        except BaseBumbleError as error:
            raise BleakError(str(error) or type(error).__name__) from error

    async def read_gatt_char(
        self, characteristic: BleakGATTCharacteristic, *, use_cached: bool = False, **_: Any
    ) -> bytearray:
        """Read a characteristic."""
        return bytearray(await self._ask(characteristic.obj.read_value()))

    async def read_gatt_descriptor(
        self, descriptor: BleakGATTDescriptor, *, use_cached: bool = False, **_: Any
    ) -> bytearray:
        """Read a descriptor."""
        return bytearray(await self._ask(descriptor.obj.read_value()))

    async def write_gatt_char(self, characteristic: BleakGATTCharacteristic, data: Any, response: bool) -> None:
        """Write a characteristic."""
        await self._ask(characteristic.obj.write_value(bytes(data), with_response=response))

    async def write_gatt_descriptor(self, descriptor: BleakGATTDescriptor, data: Any) -> None:
        """Write a descriptor."""
        await self._ask(descriptor.obj.write_value(bytes(data), with_response=True))

    async def start_notify(
        self, characteristic: BleakGATTCharacteristic, callback: Callable[[bytearray], None], **_: Any
    ) -> None:
        """Turn notifications, or else indications, on."""
        if not {"notify", "indicate"} & set(characteristic.properties):
            raise BleakError(f"{characteristic.uuid} can neither notify nor indicate")

        def subscriber(value: bytes) -> None:
            callback(bytearray(value))

        await self._ask(characteristic.obj.subscribe(subscriber, prefer_notify=True))
        self._subscribers[characteristic.handle] = subscriber

    async def stop_notify(self, characteristic: BleakGATTCharacteristic) -> None:
        """Turn them off; bumble wants the very callable that was given."""
        if (subscriber := self._subscribers.pop(characteristic.handle, None)) is not None:
            await self._ask(characteristic.obj.unsubscribe(subscriber))


def scanner_keywords(host: BumbleHost) -> dict[str, Any]:
    """Keywords that make a ``BleakScanner`` listen on a host."""
    return {"backend": BumbleScanner, "host": host}


def client_keywords(host: BumbleHost) -> dict[str, Any]:
    """Keywords that make a ``BleakClient`` connect from a host."""
    return {"backend": BumbleClient, "host": host}
