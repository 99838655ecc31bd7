"""A peripheral of our own on the virtual air, and a driver for it: the smallest wearable that has everything.

``PebblePeripheral`` is the device: samples by notification, a control point with indications, a battery.
``Pebble`` is a real, tiny implementation of the driver contract for it.
"""

from __future__ import annotations

import asyncio
import contextlib
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any, ClassVar

import numpy as np
from bumble.att import ATT_Error, ErrorCode
from bumble.core import AdvertisingData
from bumble.device import Connection, Device, DeviceConfiguration
from bumble.gatt import Characteristic, CharacteristicValue, Service
from bumble.hci import Address
from bumble.transport.common import Transport

from firmware_sim.air import Air
from monitor.clock import Clock
from monitor.model import AccelBlock, BatteryLevel, Fact, HoleOpened, LinkEvent, LinkState, Nudge
from monitor.transport.ble import Link
from monitor.transport.radio import Radio, RadioRules
from monitor.transport.scanner import DeviceMatch, Scanner
from monitor.wearables.base import (
    Action,
    Advertised,
    DecodeError,
    Outcome,
    Packet,
    Reach,
    Read,
    Reconnect,
    Reply,
    Resume,
    Subscribe,
    Write,
)
from tests.support.patience import PATIENCE_S

SERVICE = "5eb1e000-1111-4222-8333-944455566600"
DATA = "5eb1e001-1111-4222-8333-944455566600"
CONTROL = "5eb1e002-1111-4222-8333-944455566600"
LOCKED = "5eb1e003-1111-4222-8333-944455566600"
LONG = "5eb1e004-1111-4222-8333-944455566600"
COMMAND = "5eb1e005-1111-4222-8333-944455566600"
MODEL = "00002a24-0000-1000-8000-00805f9b34fb"
BATTERY = "00002a19-0000-1000-8000-00805f9b34fb"

START, STOP, ACK, BUZZ, REBOOT = b"\x01", b"\x02", b"\x05", b"\x07", b"\x09"
ADDRESS = "C0:11:22:33:44:55"


def _readable(uuid: str, value: Any) -> Characteristic[bytes]:
    return Characteristic(uuid, Characteristic.Properties.READ, Characteristic.READABLE, value)


class PebblePeripheral:
    """The device. Whatever its central does is written down in ``log``."""

    def __init__(self, transport: Transport, name: str = "Pebble-0001", address: str = ADDRESS) -> None:
        config = DeviceConfiguration(name=name, address=Address(address), gap_service_enabled=False)
        self.device = Device.from_config_with_hci(config, transport.source, transport.sink)
        self.name = name
        self.log: list[tuple[str, Any]] = []
        self.model_read = asyncio.Event()
        self.model_may_answer = asyncio.Event()
        self.model_may_answer.set()
        self.link: Connection | None = None
        self.next_index = 0
        self.changed = asyncio.Event()
        self._build()

    def _build(self) -> None:
        P, R, W = Characteristic.Properties, Characteristic.READABLE, Characteristic.WRITEABLE  # noqa: N806
        self.data: Characteristic[bytes] = Characteristic(DATA, P.NOTIFY, R)
        self.control: Characteristic[bytes] = Characteristic(
            CONTROL, P.WRITE | P.INDICATE, W, CharacteristicValue(write=self._on_control)
        )
        locked = _readable(LOCKED, CharacteristicValue(read=self._on_locked))
        long = _readable(LONG, bytes(range(256)) * 2)
        command: Characteristic[bytes] = Characteristic(
            COMMAND, P.WRITE_WITHOUT_RESPONSE, W, CharacteristicValue(write=self._on_command)
        )
        for characteristic in (self.data, self.control):
            characteristic.on("subscription", self._on_subscription(characteristic))
        self.device.add_service(Service(SERVICE, [self.data, self.control, locked, long, command]))
        self.device.add_service(Service("180a", [self._model()]))
        self.device.add_service(Service("180f", [_readable("2a19", b"\x57")]))
        self.device.on("connection", self._on_connection)

    def _model(self) -> Characteristic[bytes]:
        async def read(_: Connection) -> bytes:
            self.model_read.set()
            await self.model_may_answer.wait()
            return b"Pebble"

        return _readable("2a24", CharacteristicValue(read=read))

    def _note(self, what: str, value: Any = None) -> None:
        self.log.append((what, value))
        self.changed.set()

    def _on_connection(self, connection: Connection) -> None:
        self.link = connection
        self._note("connected")
        connection.on("disconnection", self._on_disconnection)

    def _on_disconnection(self, _: int) -> None:
        self.link = None
        self._note("disconnected")

    def _on_subscription(self, characteristic: Characteristic[bytes]) -> Any:
        def note(_: Connection, notify: bool, indicate: bool) -> None:
            self._note("subscribed" if notify or indicate else "unsubscribed", str(characteristic.uuid).lower()[:8])

        return note

    async def _on_control(self, connection: Connection, value: bytes) -> None:
        self._note("control", value)
        if value == b"":
            raise ATT_Error(ErrorCode.INVALID_ATTRIBUTE_LENGTH)
        await self.device.indicate_subscriber(connection, self.control, bytes([0x80 | value[0]]) + value[1:])

    def _on_command(self, _: Connection, value: bytes) -> None:
        self._note("command", value)

    def _on_locked(self, connection: Connection) -> bytes:
        if not connection.encryption:
            self._note("refused")
            raise ATT_Error(ErrorCode.INSUFFICIENT_AUTHENTICATION)
        return b"\x2a"

    async def power_on(self) -> None:
        """Switch on and advertise: the service in the advertisement, the name in the scan response only."""
        await self.device.power_on()
        await self.advertise()

    async def advertise(self) -> None:
        """Be found, and again after each link."""
        kinds = AdvertisingData.Type
        await self.device.start_advertising(
            auto_restart=True,
            advertising_interval_min=20,
            advertising_interval_max=20,
            advertising_data=bytes(
                AdvertisingData(
                    [
                        (kinds.FLAGS, b"\x06"),
                        (
                            kinds.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS,
                            bytes.fromhex(SERVICE.replace("-", ""))[::-1],
                        ),
                    ]
                )
            ),
            scan_response_data=bytes(AdvertisingData([(kinds.COMPLETE_LOCAL_NAME, self.name.encode())])),
        )

    async def send(self, samples: int = 5) -> None:
        """Notify one block of samples: u32 index of the first, then int16 triplets in 1/4096 g."""
        block = struct.pack("<I", self.next_index) + struct.pack("<3h", 0, 0, 4096) * samples
        self.next_index += samples
        await self.notify(block)

    async def notify(self, value: bytes) -> None:
        """Notify bytes as they are."""
        if self.link is not None:
            await self.device.notify_subscriber(self.link, self.data, value)

    async def until(self, what: str, value: Any = None, times: int = 1) -> None:
        """Wait until the log says so."""
        async with asyncio.timeout(PATIENCE_S):
            while sum(1 for entry in self.log if entry[0] == what and value in (None, entry[1])) < times:
                self.changed.clear()
                await self.changed.wait()


class Pebble:
    """The driver."""

    ADVERTISED: ClassVar[Advertised] = Advertised(service_uuids=(SERVICE,), name_prefixes=("Pebble",))
    REACH: ClassVar[Reach] = Reach.LINK
    SILENCE_IS_LEGAL: ClassVar[bool] = False
    MAY_PAIR: ClassVar[bool] = False

    def __init__(self) -> None:
        self.expected = 0
        self.calls: list[str] = []
        self.outcomes: list[tuple[Action, Outcome]] = []
        self.resumed: list[Resume | None] = []
        self.ticks_s: list[float] = []
        self.more: list[Action] = []
        """Actions to be asked for at the next tick."""

    def start(self, resume: Resume | None, now_s: float) -> Reply:
        self.calls.append("start")
        self.resumed.append(resume)
        if resume is not None:
            self.expected = int(resume["expected"])
        return [Read(BATTERY), Subscribe(CONTROL), Subscribe(DATA), Write(CONTROL, START)]

    def receive(self, packet: Packet) -> Reply:
        self.calls.append("receive")
        if packet.characteristic == CONTROL:
            return [Reconnect("asked for by the test")] if packet.data[:1] == b"\x89" else []
        if len(packet.data) < 10 or (len(packet.data) - 4) % 6:
            raise DecodeError("length", packet.data)
        return self._samples(packet)

    def _samples(self, packet: Packet) -> Reply:
        (first,) = struct.unpack_from("<I", packet.data)
        counts = np.frombuffer(packet.data[4:], "<i2").reshape(-1, 3)
        if first < self.expected:
            return []
        reply: Reply = [HoleOpened(0, self.expected, first)] if first > self.expected else []
        self.expected = first + len(counts)
        t_s = packet.at_s + np.arange(len(counts), dtype=np.float64) * 0.001
        return [*reply, AccelBlock(t_s, (counts / 4096).astype(np.float32), 50.0, 0, first)]

    def done(self, action: Action, outcome: Outcome) -> Reply:
        self.calls.append("done")
        self.outcomes.append((action, outcome))
        if isinstance(action, Read) and action.characteristic == BATTERY and outcome.value:
            return [BatteryLevel(outcome.value[0], outcome.at_s)]
        return []

    def tick(self, now_s: float) -> Reply:
        self.ticks_s.append(now_s)
        more, self.more = self.more, []
        return list(more)

    def stored(self, segment: int, upto_index: int) -> Reply:
        return [Write(CONTROL, ACK + struct.pack("<I", upto_index))]

    def alert(self, nudge: Nudge, now_s: float) -> Reply:
        return [Write(CONTROL, BUZZ + struct.pack("<H", nudge.alert_number))]

    def lost(self, now_s: float) -> Reply:
        self.calls.append("lost")
        return []

    def stop(self) -> Reply:
        self.calls.append("stop")
        return [Write(CONTROL, STOP)]

    def resume(self) -> Resume:
        return {"expected": self.expected}


class Facts:
    """Where a link delivers: remembers, and lets a test wait for what it expects."""

    def __init__(self) -> None:
        self.all: list[Fact] = []
        self._changed = asyncio.Event()

    async def deliver(self, facts: list[Fact]) -> None:
        self.all += facts
        self._changed.set()

    def of(self, kind: type[Any]) -> list[Any]:
        """The facts of one kind."""
        return [fact for fact in self.all if isinstance(fact, kind)]

    @property
    def states(self) -> list[LinkState]:
        """What the link said of itself."""
        return [fact.state for fact in self.of(LinkEvent)]

    @property
    def indices(self) -> list[int]:
        """Index of every sample, in order of arrival."""
        return [i for b in self.of(AccelBlock) for i in range(b.first_index, b.first_index + len(b.t_s))]

    async def until(self, enough: Callable[[], Any]) -> None:
        """Wait until ``enough()`` is true."""
        async with asyncio.timeout(PATIENCE_S):
            while not enough():
                self._changed.clear()
                await self._changed.wait()

    async def until_state(self, state: LinkState, times: int = 1) -> None:
        """Wait until the link has said this so many times."""
        await self.until(lambda: self.states.count(state) >= times)


def opener_in(air: Air) -> Callable[[], Awaitable[Transport]]:
    """Opens a transport on an air in this process."""

    async def open_air() -> Transport:
        return air.join("monitor")

    return open_air


@contextlib.asynccontextmanager
async def radio_on(air: Air, **rules: Any) -> AsyncIterator[Radio]:
    """A radio of the monitor on this air."""

    radio = Radio(RadioRules(backend="bumble:air", **rules), opener_in(air))
    try:
        yield radio
    finally:
        await radio.close()


@contextlib.asynccontextmanager
async def linked(
    radio: Radio, driver: Any, clock: Clock | None = None, **options: Any
) -> AsyncIterator[tuple[Link, Facts]]:
    """A link at work, with its scanner; both end with the block, the link cleanly."""
    facts, scanner = Facts(), Scanner(radio)
    link = Link(
        name="me",
        driver=driver,
        match=options.pop("match", DeviceMatch()),
        radio=radio,
        scanner=scanner,
        clock=clock or Clock(),
        deliver=options.pop("deliver", facts.deliver),
        **options,
    )
    tasks = [asyncio.create_task(scanner.run(), name="scanner"), asyncio.create_task(link.run(), name="link")]
    try:
        yield link, facts
    finally:
        for task in reversed(tasks):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
