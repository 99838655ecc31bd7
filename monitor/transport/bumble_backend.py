"""A bleak backend on a bumble host: any bumble transport becomes a radio that unmodified bleak code can use.

It serves the virtual air (HCI over TCP to the simulator), an air inside this process (tests), and a bare
dongle where the machine has no Bluetooth stack of its own (``usb:0``). Written to bleak 3.1 and bumble 0.0.236;
each oddity of the latter that needs care is named where it is met.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Awaitable, Callable, Coroutine
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
    BleakBluetoothNotAvailableError,
    BleakBluetoothNotAvailableReason,
    BleakDeviceNotFoundError,
    BleakError,
    BleakGATTProtocolError,
)
from bumble.att import ATT_Error
from bumble.core import BaseBumbleError
from bumble.device import Advertisement, Connection, Device, DeviceConfiguration, Peer
from bumble.hci import Address
from bumble.transport import open_transport
from bumble.transport.common import Transport

from monitor.transport.advertisements import read_advertisement, uuid_text

OpenAir = Callable[[], Awaitable[Transport]]
T = TypeVar("T")

ATT_MTU = 517
"""What BlueZ asks for too; the smaller of both sides wins."""
_COMMAND_LIMIT_S = 5.0
"""A controller on the same machine answers in milliseconds; one that is silent for this long is not there."""

_log = logging.getLogger(__name__)
if (_bumble_log := logging.getLogger("bumble")).level == logging.NOTSET:
    _bumble_log.setLevel(logging.ERROR)  # it warns of every packet that crosses a disconnection


def opener(transport: str) -> OpenAir:
    """Opens a transport by its bumble name: ``tcp-client:HOST:PORT``, ``usb:0``, ``serial:/dev/ttyACM0``, ..."""
    return lambda: open_transport(transport)


def _heed(task: asyncio.Task[Any]) -> None:
    """Take note of a failure that nobody waits for any more."""
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.debug("%s: %r", task.get_name(), error)


async def _command(command: Coroutine[Any, Any, T]) -> T:
    """Run a command of the host in a task of its own, for a limited time.

    bumble waits for its controller by ``asyncio.wait_for``, which in Python 3.11 swallows a cancellation that comes
    together with the answer; whoever was cancelled there would run on for ever.
    """
    task = asyncio.create_task(command, name="HCI command")
    task.add_done_callback(_heed)
    try:
        await asyncio.wait({task}, timeout=_COMMAND_LIMIT_S)
    finally:
        task.cancel()  # no effect on one that is done
    if not task.done():
        raise TimeoutError("the Bluetooth controller does not answer")
    try:
        return task.result()
    except BaseBumbleError as error:
        raise BleakError(f"radio: {str(error) or type(error).__name__}") from error
    except asyncio.CancelledError as error:  # bumble's way to say that the transport is gone
        raise BleakError("radio lost") from error


class BumbleHost:
    """The host stack on one transport: opened when first needed, and anew after the transport died."""

    def __init__(self, open_air: OpenAir, on_lost: Callable[[], None] = lambda: None) -> None:
        self._open_air = open_air
        self._on_lost = on_lost
        self._opening = asyncio.Lock()
        self._connecting = asyncio.Lock()  # a bumble device has room for one pending LE connection
        self._transport: Transport | None = None
        self._device: Device | None = None
        self._listeners: set[Callable[[Advertisement], None]] = set()
        self._clients: set[BumbleClient] = set()

    def scanner_keywords(self) -> dict[str, Any]:
        """Keywords that make a ``BleakScanner`` listen here."""
        return {"backend": BumbleScanner, "host": self}

    def client_keywords(self) -> dict[str, Any]:
        """Keywords that make a ``BleakClient`` connect from here."""
        return {"backend": BumbleClient, "host": self}

    async def device(self) -> Device:
        """The powered device."""
        async with self._opening:
            if self._device is None:
                try:
                    self._transport = await self._open_air()
                    self._device = await self._power_on(self._transport)
                except asyncio.CancelledError:
                    await self._drop()
                    raise
                except Exception as error:  # a transport raises whatever its library raises: OSError, USBError, ...
                    await self._drop()
                    reason = BleakBluetoothNotAvailableReason.NO_BLUETOOTH
                    raise BleakBluetoothNotAvailableError(str(error) or type(error).__name__, reason) from error
            return self._device

    async def _power_on(self, transport: Transport) -> Device:
        # Random static, for with a public own address bumble's virtual controllers lose all data of the link
        own = Address((0xC0 << 40 | secrets.randbits(46)).to_bytes(6, "little"), Address.RANDOM_DEVICE_ADDRESS)
        config = DeviceConfiguration(name="sitbreak", address=own)
        device = Device.from_config_with_hci(config, transport.source, transport.sink)
        await _command(device.power_on())
        device.on(Device.EVENT_ADVERTISEMENT, self._advertised)
        transport.source.terminated.add_done_callback(self._terminated)
        return device

    def _terminated(self, ended: asyncio.Future[None]) -> None:
        """The transport died: bumble says so to nobody, neither to the links nor to the scan."""
        if not ended.cancelled() and (error := ended.exception()) is not None:
            _log.debug("transport ended: %r", error)
        self._transport = self._device = None
        for client in list(self._clients):
            client.on_disconnected("radio lost")
        self._on_lost()

    def _advertised(self, advertisement: Advertisement) -> None:
        for listener in list(self._listeners):
            listener(advertisement)

    async def listen(self, listener: Callable[[Advertisement], None], active: bool) -> None:
        """Scan, as long as anybody listens."""
        device = await self.device()
        self._listeners.add(listener)
        try:
            if not device.is_scanning:
                await _command(device.start_scanning(active=active))
        except BaseException:
            self._listeners.discard(listener)
            raise

    async def unlisten(self, listener: Callable[[Advertisement], None]) -> None:
        """The last one to leave ends the scan."""
        self._listeners.discard(listener)
        if not self._listeners and self._device is not None and self._device.is_scanning:
            await _command(self._device.stop_scanning())

    async def connect(self, client: BumbleClient, address: Address, timeout_s: float) -> Connection:
        """A link to ``address``; raises TimeoutError when it does not answer in time."""
        device = await self.device()
        async with self._connecting:
            attempt = asyncio.create_task(device.connect_le(address, timeout=None), name=f"connect {address}")
            attempt.add_done_callback(_heed)
            try:
                await asyncio.wait({attempt}, timeout=timeout_s)
            except asyncio.CancelledError:
                await self._withdraw(device, attempt)
                raise
            if not attempt.done():
                await self._withdraw(device, attempt)
                raise TimeoutError(f"{address} did not answer a connection request within {timeout_s:g} s")
            if attempt.cancelled():
                raise BleakError("radio lost while connecting")
            if isinstance(error := attempt.exception(), BaseBumbleError):
                raise BleakError(f"connecting to {address}: {error}") from error
        self._clients.add(client)
        return attempt.result()

    async def _withdraw(self, device: Device, attempt: asyncio.Task[Connection]) -> None:
        """Give up: bumble takes a request back only while ``connect_le`` is still waiting for it."""
        with contextlib.suppress(BleakError, TimeoutError):
            await _command(device.cancel_connection())  # type: ignore[no-untyped-call]
            await asyncio.wait({attempt}, timeout=1.0)  # some controllers never confirm
            if attempt.done() and not attempt.cancelled() and attempt.exception() is None:
                await _command(attempt.result().disconnect())  # it came through in the very last moment
        attempt.cancel()

    def forget(self, client: BumbleClient) -> None:
        """A client's link is over."""
        self._clients.discard(client)

    async def close(self) -> None:
        """Let go of all links and of the transport."""
        for client in list(self._clients):
            await client.disconnect()
        await self._drop()

    async def _drop(self) -> None:
        transport, self._transport, self._device = self._transport, None, None
        if transport is not None:
            terminated = transport.source.terminated
            terminated.remove_done_callback(self._terminated)
            await transport.close()


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
                self.address, timeout=self._timeout, **self._host.scanner_keywords()
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
            await _command(connection.disconnect())
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
        task.add_done_callback(_heed)
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
