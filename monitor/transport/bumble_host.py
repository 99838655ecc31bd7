"""A bumble host on one transport: scan, connect, and notice when the transport dies.

The oddities of bumble 0.0.236 that need care here are named where they are met.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any, Protocol, TypeVar

from bleak.exc import BleakBluetoothNotAvailableError, BleakBluetoothNotAvailableReason, BleakError
from bumble.core import BaseBumbleError
from bumble.device import Advertisement, Connection, Device, DeviceConfiguration
from bumble.hci import Address
from bumble.transport import open_transport
from bumble.transport.common import Transport

OpenAir = Callable[[], Awaitable[Transport]]
T = TypeVar("T")

_COMMAND_LIMIT_S = 5.0
"""A controller on the same machine answers in milliseconds; one that is silent for this long is not there."""

_log = logging.getLogger(__name__)


def opener(transport: str) -> OpenAir:
    """Opens a transport by its bumble name: ``tcp-client:HOST:PORT``, ``usb:0``, ``serial:/dev/ttyACM0``, ..."""
    return lambda: open_transport(transport)


def heed(task: asyncio.Task[Any]) -> None:
    """Take note of a failure that nobody waits for any more."""
    if not task.cancelled() and (error := task.exception()) is not None:
        _log.debug("%s: %r", task.get_name(), error)


async def command(coroutine: Coroutine[Any, Any, T]) -> T:
    """Run a command of the host in a task of its own, for a limited time.

    bumble waits for its controller by ``asyncio.wait_for``, which in Python 3.11 swallows a cancellation that comes
    together with the answer; whoever was cancelled there would run on for ever.
    """
    task = asyncio.create_task(coroutine, name="HCI command")
    task.add_done_callback(heed)
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


class Tenant(Protocol):
    """A client with a link on the host."""

    async def disconnect(self) -> None:
        """End the link."""
        ...

    def on_disconnected(self, reason: str) -> None:
        """The link is gone."""
        ...


class BumbleHost:
    """The host stack on one transport: opened when first needed, and anew after the transport died."""

    def __init__(self, open_air: OpenAir, on_lost: Callable[[], None] = lambda: None) -> None:
        if (log := logging.getLogger("bumble")).level == logging.NOTSET:
            log.setLevel(logging.ERROR)  # it warns of every packet that crosses a disconnection
        self._open_air = open_air
        self._on_lost = on_lost
        self._opening = asyncio.Lock()
        self._connecting = asyncio.Lock()  # a bumble device has room for one pending LE connection
        self._transport: Transport | None = None
        self._device: Device | None = None
        self._listeners: set[Callable[[Advertisement], None]] = set()
        self._clients: set[Tenant] = set()

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
        await command(device.power_on())
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
                await command(device.start_scanning(active=active))
        except BaseException:
            self._listeners.discard(listener)
            raise

    async def unlisten(self, listener: Callable[[Advertisement], None]) -> None:
        """The last one to leave ends the scan."""
        self._listeners.discard(listener)
        if not self._listeners and self._device is not None and self._device.is_scanning:
            await command(self._device.stop_scanning())

    async def connect(self, client: Tenant, address: Address, timeout_s: float) -> Connection:
        """A link to ``address``; raises TimeoutError when it does not answer in time."""
        device = await self.device()
        async with self._connecting:
            attempt = asyncio.create_task(device.connect_le(address, timeout=None), name=f"connect {address}")
            attempt.add_done_callback(heed)
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
            await command(device.cancel_connection())  # type: ignore[no-untyped-call]
            await asyncio.wait({attempt}, timeout=1.0)  # some controllers never confirm
            if attempt.done() and not attempt.cancelled() and attempt.exception() is None:
                await command(attempt.result().disconnect())  # it came through in the very last moment
        attempt.cancel()

    def forget(self, client: Tenant) -> None:
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
