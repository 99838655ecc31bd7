"""A driver's actions carried out by bleak, and what became of them in words."""

from __future__ import annotations

import asyncio
import logging
import sys
from collections.abc import Awaitable, Callable

from bleak import BleakClient
from bleak.backends.characteristic import BleakGATTCharacteristic
from bleak.exc import BleakDBusError, BleakGATTProtocolError
from bleak.uuids import normalize_uuid_str

from monitor.clock import Clock
from monitor.transport.carrier import NEEDS_PAIRING, GattAction
from monitor.transport.radio import RADIO_FAULTS
from monitor.wearables.base import Outcome, Read, Subscribe, Unsubscribe, Write

_LAST_ATT_ERROR = 0x7F
"""Of the errors that the specification names; a proxy uses higher numbers for its own."""
_WINDOWS_ATT_ERROR = 0x80650000
_REFUSED_BY_BLUEZ = ("org.bluez.Error.NotAuthorized", "org.bluez.Error.AuthenticationFailed")

_log = logging.getLogger(__name__)

_NO_PAIRING: tuple[type[Exception], ...] = (*RADIO_FAULTS, NotImplementedError)

PacketHandler = Callable[[str, bytes], None]


class Gatt:
    """One connected client, as a driver's actions need it."""

    SILENCE = "connected, but sends no data"

    def __init__(
        self, client: BleakClient, clock: Clock, timeout_s: float, on_packet: PacketHandler, may_pair: bool = False
    ) -> None:
        """``may_pair``: where the wearable demands it, it is paired with, once a link."""
        self.client = client
        self._clock = clock
        self._timeout_s = timeout_s
        self._on_packet = on_packet
        self._subscribed: dict[str, None] = {}
        self._may_pair = may_pair
        self._not_paired = ""
        """Why pairing failed."""
        self.bearer_is_dead = False
        """A request was never answered: the attribute protocol allows no further one on this link."""

    @property
    def is_up(self) -> bool:
        """Whether the link still stands."""
        return self.client.is_connected

    async def perform(self, action: GattAction) -> Outcome:
        """Carry out one action; whatever the radio does, there is an outcome."""
        outcome = await self._attempt(action)
        if self._may_pair and outcome.att_error in NEEDS_PAIRING:
            self._may_pair = False
            await self._pair()
            outcome = await self._attempt(action)
        return outcome

    async def _attempt(self, action: GattAction) -> Outcome:
        sent_at_s = self._clock.now_s()
        value: bytes | None = None
        error: str | None = None
        att_error: int | None = None
        try:
            async with asyncio.timeout(self._timeout_s):
                value = await self._ask(action)
        except TimeoutError:
            self.bearer_is_dead = True
            error = f"no answer within {self._timeout_s:g} s"
        except RADIO_FAULTS as fault:
            att_error = _att_error(fault)
            refused = isinstance(fault, BleakDBusError) and fault.dbus_error in _REFUSED_BY_BLUEZ
            error = self._unpaired() if refused or att_error in NEEDS_PAIRING else _words(fault)
        return Outcome(self._clock.now_s(), sent_at_s, value, error, att_error)

    async def _pair(self) -> None:
        """Just Works: nobody is there to type a code."""
        try:
            async with asyncio.timeout(self._timeout_s):
                await self.client.pair()
        except TimeoutError:
            self._not_paired = "no answer"
        except _NO_PAIRING as fault:
            self._not_paired = _words(fault)
            _log.debug("%s: pairing: %r", self.client.address, fault)

    def _unpaired(self) -> str:
        """What to do about a wearable that refuses what it does for paired hosts only."""
        address = self.client.address
        if self._not_paired:
            return (
                f"the wearable wants to be paired, and pairing with {address} failed ({self._not_paired}): end its"
                " pairing with other devices and apps, and remove it from this system's Bluetooth settings"
            )
        by_hand = f"`bluetoothctl pair {address}` or " if sys.platform == "linux" else ""
        return f"the wearable wants to be paired first: {by_hand}the system's settings ({address})"

    async def _ask(self, action: GattAction) -> bytes | None:
        uuid = normalize_uuid_str(action.characteristic)
        match action:
            case Read():
                return bytes(await self.client.read_gatt_char(uuid))
            case Write():
                await self.client.write_gatt_char(uuid, action.data, response=action.response)
            case Subscribe():
                await self._subscribe(uuid)
            case Unsubscribe():
                await self._unsubscribe(uuid)
        return None

    async def _subscribe(self, uuid: str) -> None:
        def on_data(_: BleakGATTCharacteristic, data: bytearray) -> None:
            self._on_packet(uuid, bytes(data))

        await self.client.start_notify(uuid, on_data)
        self._subscribed[uuid] = None

    async def _unsubscribe(self, uuid: str) -> None:
        if uuid in self._subscribed:
            del self._subscribed[uuid]
            await self.client.stop_notify(uuid)

    async def probe(self) -> str | None:
        """Read something harmless; None when the device answered (or offers nothing to read), else what failed."""
        try:
            readable = [c for s in self.client.services for c in s.characteristics if "read" in c.properties]
        except RADIO_FAULTS as fault:  # the services are forgotten with the link
            return str(fault)
        if not readable:
            return None
        outcome = await self.perform(Read(min(readable, key=lambda c: _PROBE_ORDER.get(c.uuid, 1)).uuid))
        # A refusal is an answer too: somebody is there
        return None if outcome.att_error is not None else outcome.error

    async def close(self, limit_s: float) -> None:
        """Silence every subscription while still connected, then disconnect; each step within ``limit_s``.

        In this order, for bluetoothd 5.66 was seen to crash when a client with acquired notifications just left.
        """
        for uuid in list(self._subscribed):
            if self.client.is_connected and not self.bearer_is_dead:
                await _within(limit_s, self._unsubscribe(uuid))
        await _within(limit_s, self.client.disconnect())


_PROBE_ORDER = {normalize_uuid_str("2a00"): 0, normalize_uuid_str("2a24"): 0, normalize_uuid_str("2a19"): 2}
"""Device name and model number first; the battery level last, for BlueZ answers that one from its memory."""


async def _within(limit_s: float, step: Awaitable[None]) -> None:
    try:
        async with asyncio.timeout(limit_s):
            await step
    except RADIO_FAULTS as fault:
        _log.debug("while closing: %r", fault)


def _att_error(fault: BaseException) -> int | None:
    """The device's refusal by the attribute protocol, however a system wraps it; None for the radio's own troubles."""
    if isinstance(fault, BleakGATTProtocolError):
        return int(fault.code)
    # Windows: HRESULTs of facility BLUETOOTH_ATT (winerror.h: E_BLUETOOTH_ATT_INSUFFICIENT_AUTHENTICATION 0x80650005)
    windows = getattr(fault, "winerror", None)
    if isinstance(windows, int) and (windows & 0xFFFFFF00) == _WINDOWS_ATT_ERROR:
        return windows & 0xFF
    # A Bluetooth proxy's error bears the proxy's own troubles too
    code = getattr(getattr(fault.__cause__, "error", None), "error", None)
    return code if isinstance(code, int) and 0 < code <= _LAST_ATT_ERROR else None


def _words(fault: BaseException) -> str:
    """Without the number that bleak puts before its words."""
    text = str(fault.args[1] if isinstance(fault, BleakGATTProtocolError) else fault)
    return text or type(fault).__name__
