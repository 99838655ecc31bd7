"""A profile on a bumble Device: advertised, connected, served, and advertised again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from bumble.device import AdvertisingType, Connection, Device, DeviceConfiguration
from bumble.hci import HCI_REMOTE_DEVICE_TERMINATED_CONNECTION_DUE_TO_POWER_OFF_ERROR as POWER_OFF
from bumble.hci import Address
from bumble.keys import MemoryKeyStore
from bumble.pairing import PairingConfig, PairingDelegate
from bumble.transport.common import Transport

from firmware_sim.profiles.base import Profile

FAST_ADVERTISING_MS = 100.0
FAST_ADVERTISING_S = 30.0
SLOW_ADVERTISING_MS = 1022.5
REPEAT_BROADCAST_MS = 10_240.0
"""A device that only advertises sets its own pace by what it tells: each measurement goes out once, when it is there.
Only one that has nothing new to say for so long is repeated."""


_TYPES = {
    True: AdvertisingType.UNDIRECTED_CONNECTABLE_SCANNABLE,
    False: AdvertisingType.UNDIRECTED_SCANNABLE,
}
COMMAND_LIMIT_S = 10.0
CANCEL_LIMIT_S = 0.3


async def command(coroutine: Coroutine[Any, Any, None]) -> None:
    """Run a command of the Bluetooth host in a task of its own.

    bumble waits for its controller by ``asyncio.wait_for``, which in Python 3.11 swallows a cancellation that comes
    together with the answer: whoever was cancelled inside it would go on as if nothing had been said.
    """
    task = asyncio.create_task(coroutine, name="HCI command")
    task.add_done_callback(_heed)
    try:
        await asyncio.wait({task}, timeout=COMMAND_LIMIT_S)
    finally:
        if not task.done():
            task.cancel()
            await asyncio.wait({task}, timeout=CANCEL_LIMIT_S)
    if task.done():
        task.result()


def _heed(task: asyncio.Task[None]) -> None:
    """Take note of how a command failed that nobody waits for any more, so that asyncio does not complain of it."""
    if not task.cancelled():
        task.exception()


class JustWorks(PairingDelegate):
    """Pairs with whoever asks, as devices without keys and display do; unless the fault says no."""

    def __init__(self, on_air: OnAir) -> None:
        super().__init__()
        self._on_air = on_air

    async def accept(self) -> bool:
        """Say whether a host may pair."""
        return not self._on_air.pairing_refused


class OnAir:
    """One peripheral on one transport, for one host at a time; all of it on wall time."""

    def __init__(self, profile: Profile, transport: Transport, on_link: Callable[[bool], None]) -> None:
        self._profile = profile
        self._transport = transport
        self._on_link = on_link
        self._connection: Connection | None = None
        self._told: tuple[bytes, bytes] | None = None
        """The advertisement that is on the air, if any, and its scan response."""
        self.pairing_refused = False
        self._device: Device | None = None
        self._stirred = asyncio.Event()
        """A host has connected, there is something else to tell, or no point in advertising any longer."""
        self._link_over = asyncio.Event()
        self._in_reach = asyncio.Event()
        self._in_reach.set()
        self._aired = asyncio.Event()
        """What there is to tell is on the air, or there is nobody to tell it to."""
        self._aired.set()

    def cut_link(self) -> None:
        """End the link; the task that serves it sees to that."""
        self._link_over.set()

    def refuse_pairing(self, refused: bool) -> None:
        """Forget all hosts and pair with none, or with whoever asks again."""
        self.pairing_refused = refused
        if refused and self._device is not None:
            self._device.keystore = MemoryKeyStore()

    def go_silent(self, silent: bool) -> None:
        """Leave the air, for a transport whose air we do not hold; or come back."""
        if silent:
            self._in_reach.clear()
            self._stirred.set()
            self.cut_link()
        else:
            self._in_reach.set()

    def tell_anew(self) -> None:
        """Look whether the advertisement has changed; if so, the new one goes on the air."""
        if self._connection is None and self._told is not None and self._told != self._tells():
            self._aired.clear()
            self._stirred.set()

    async def aired(self) -> None:
        """Return when the newest advertisement is on the air, or none can be."""
        await self._aired.wait()

    def _tells(self) -> tuple[bytes, bytes]:
        return self._profile.advertising_data(), self._profile.scan_response_data()

    async def run(self, ready: asyncio.Event) -> None:
        """Be reachable until cancelled; `ready` is set when the first advertisement is out."""
        device = self._device = await self._power_on()
        while True:
            await self._in_reach.wait()
            connection = await self._advertise_until_connected(device, ready)
            if connection is None:
                continue
            self._on_link(True)
            await self._serve(connection)
            self._on_link(False)

    async def _power_on(self) -> Device:
        configuration = DeviceConfiguration(name=self._profile.name, address=Address(self._profile.address))
        source, sink = self._transport
        device = Device.from_config_with_hci(configuration, source, sink)
        device.gatt_server.max_mtu = self._profile.max_mtu
        device.pairing_config_factory = lambda _: PairingConfig(mitm=False, delegate=JustWorks(self))
        device.add_services(self._profile.services())
        device.on("connection", self._on_connection)
        await command(device.power_on())
        return device

    def _on_connection(self, connection: Connection) -> None:
        self._connection = connection
        self._link_over.clear()
        connection.on("disconnection", lambda _reason: self._link_over.set())
        # bumble keeps the session of a failed pairing, and would answer no other on the same link
        sessions = connection.device.smp_manager.sessions
        connection.on("pairing_failure", lambda _reason: sessions.pop(connection.handle, None))
        self._stirred.set()

    async def _advertise_until_connected(self, device: Device, ready: asyncio.Event) -> Connection | None:
        """Advertise fast for half a minute, then slowly, never not at all ("Advertising" in PROTOCOL.md)."""
        self._connection = None
        loop = asyncio.get_running_loop()
        slow_from_s, interval_ms = loop.time() + FAST_ADVERTISING_S, FAST_ADVERTISING_MS
        if not self._profile.connectable:
            interval_ms = REPEAT_BROADCAST_MS
        while self._connection is None and self._in_reach.is_set():
            self._stirred.clear()
            if self._told != self._tells():
                await self._advertise(device, interval_ms)
            if not self._stirred.is_set():
                self._aired.set()
            ready.set()
            try:
                async with asyncio.timeout_at(slow_from_s if interval_ms == FAST_ADVERTISING_MS else None):
                    await self._stirred.wait()
            except TimeoutError:
                interval_ms, self._told = SLOW_ADVERTISING_MS, None
        self._told = None
        self._aired.set()
        if self._connection is None:
            await command(device.stop_advertising())
        return self._connection

    async def _advertise(self, device: Device, interval_ms: float) -> None:
        """Put on the air what there is to tell.

        A connectable device that is heard already changes what it tells without a stop, in which no host could connect.
        One that only advertises begins anew, for that sends each measurement at once.
        """
        before, self._told = self._told, self._tells()
        data, response = self._told
        if not data:  # it keeps off the air
            await command(device.stop_advertising())
            return
        running = device.legacy_advertising_set
        if self._profile.connectable and before is not None and before[0] and running is not None:
            await command(running.set_advertising_data(data))
            await command(running.set_scan_response_data(response))
            return
        await command(
            device.start_advertising(
                advertising_type=_TYPES[self._profile.connectable],
                advertising_data=data,
                scan_response_data=response,
                advertising_interval_min=interval_ms,
                advertising_interval_max=interval_ms,
            )
        )

    async def _serve(self, connection: Connection) -> None:
        if not self._profile.connectable:  # the virtual air lets a host connect to whatever advertises
            self.cut_link()
        async with asyncio.TaskGroup() as tasks:
            serving = tasks.create_task(self._profile.serve(connection), name="wearable-serve")
            await self._link_over.wait()
            serving.cancel()
        if connection.handle in connection.device.connections:
            await command(connection.disconnect(POWER_OFF))
