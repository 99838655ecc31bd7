"""What BlueZ must be asked for directly, because bleak has no word for it."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import Any

from bleak.backends.device import BLEDevice
from bleak.exc import BleakDBusError
from dbus_fast import BusType, Message, MessageType
from dbus_fast.aio import MessageBus
from dbus_fast.errors import DBusFastError

ANSWER_S = 5.0
BusError = DBusFastError
"""What the bus itself raises below bleak: refused authentication, a message that makes no sense."""

_log = logging.getLogger(__name__)


async def remove_device(device: BLEDevice) -> bool:
    """Make BlueZ forget a device that fails again and again: stale services and phantom links go with it.

    A paired device is kept, for its keys would be forgotten too. bleak-retry-connector's ``clear_cache`` removes only
    what was once connected to, and so misses a device whose very first link fails (bluez issue 1489).
    """
    details = device.details if isinstance(device.details, dict) else {}
    path = details.get("path")
    if not path or details.get("props", {}).get("Paired"):
        return False
    adapter = path.rpartition("/")[0]
    try:
        reply = await _ask(adapter, "org.bluez.Adapter1", "RemoveDevice", signature="o", body=[path])
    except (OSError, EOFError, DBusFastError, TimeoutError) as error:
        _log.debug("%s cannot be forgotten: %r", device.address, error)
        return False
    return reply.message_type is MessageType.METHOD_RETURN


@dataclass(frozen=True, slots=True)
class Adapter:
    """A Bluetooth adapter that BlueZ has."""

    name: str
    address: str
    powered: bool


@dataclass(frozen=True, slots=True)
class Known:
    """A device that BlueZ remembers."""

    address: str
    paired: bool


async def look_at_bluez() -> tuple[list[Adapter], list[Known]]:
    """The adapters, by name, and the devices that BlueZ knows. Raises one of ``RADIO_FAULTS``."""
    reply = await _ask("/", "org.freedesktop.DBus.ObjectManager", "GetManagedObjects")
    if reply.message_type is MessageType.ERROR:
        raise BleakDBusError(reply.error_name or "", reply.body)
    objects: dict[str, dict[str, Any]] = reply.body[0]
    adapters = [
        Adapter(path.rpartition("/")[2], found["Address"].value, bool(found["Powered"].value))
        for path, interfaces in sorted(objects.items())
        if (found := interfaces.get("org.bluez.Adapter1")) is not None
    ]
    known = [
        Known(found["Address"].value, bool(found["Paired"].value))
        for interfaces in objects.values()
        if (found := interfaces.get("org.bluez.Device1")) is not None
    ]
    return adapters, known


async def _ask(path: str, interface: str, member: str, **arguments: Any) -> Message:
    """What BlueZ answers, on a connection of its own; its error too is an answer."""
    request = Message(destination="org.bluez", path=path, interface=interface, member=member, **arguments)
    async with asyncio.timeout(ANSWER_S):
        bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
        try:
            reply = await bus.call(request)
        finally:
            bus.disconnect()
    assert reply is not None  # only a message that wants no reply has none
    return reply
