"""What BlueZ must be asked for directly, because bleak has no word for it."""

from __future__ import annotations

import asyncio
import logging

from bleak.backends.device import BLEDevice
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
    request = Message(
        destination="org.bluez",
        path=path.rpartition("/")[0],
        interface="org.bluez.Adapter1",
        member="RemoveDevice",
        signature="o",
        body=[path],
    )
    try:
        async with asyncio.timeout(ANSWER_S):
            bus = await MessageBus(bus_type=BusType.SYSTEM).connect()
            try:
                reply = await bus.call(request)
            finally:
                bus.disconnect()
    except (OSError, EOFError, DBusFastError, TimeoutError) as error:
        _log.debug("%s cannot be forgotten: %r", device.address, error)
        return False
    return reply is not None and reply.message_type is MessageType.METHOD_RETURN
