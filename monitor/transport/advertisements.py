"""Advertising structures as bleak tells them (Core Specification Supplement, Part A). Pure."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from bleak.backends.scanner import AdvertisementData

_UUID_LISTS = {2: 2, 3: 2, 4: 4, 5: 4, 6: 16, 7: 16}
"""AD types of service lists, incomplete and complete, and the width of one entry (section 1.1)."""
_SERVICE_DATA = {0x16: 2, 0x20: 4, 0x21: 16}
"""AD types of service data and the width of the service's UUID (section 1.11)."""
_NAMES = (8, 9)
_TX_POWER = 0x0A
_MANUFACTURER = 0xFF
_BASE_UUID = bytes.fromhex("00001000800000805f9b34fb")


def uuid_text(little_endian: bytes) -> str:
    """A UUID of 2, 4 or 16 bytes as bleak writes it: 128 bits, lower case."""
    big_endian = little_endian[::-1]
    return str(uuid.UUID(bytes=big_endian if len(big_endian) == 16 else big_endian.rjust(4, b"\0") + _BASE_UUID))


def read_advertisement(
    structures: Iterable[tuple[int, bytes]], rssi_dbm: int, before: AdvertisementData | None = None
) -> AdvertisementData:
    """What one report says; name and services stay known once heard from the device (``before``), as with BlueZ."""
    name = before.local_name if before else None
    services = list(before.service_uuids) if before else []
    manufacturer: dict[int, bytes] = {}
    service_data: dict[str, bytes] = {}
    tx_power_dbm: int | None = None
    for kind, value in structures:
        if (width := _UUID_LISTS.get(kind)) is not None:
            found = [uuid_text(value[i : i + width]) for i in range(0, len(value) - width + 1, width)]
            services += [text for text in found if text not in services]
        elif kind in _SERVICE_DATA and len(value) >= (width := _SERVICE_DATA[kind]):
            service_data[uuid_text(value[:width])] = bytes(value[width:])
        elif kind in _NAMES:
            name = value.decode("utf-8", "replace").rstrip("\0") or name
        elif kind == _MANUFACTURER and len(value) >= 2:
            manufacturer[int.from_bytes(value[:2], "little")] = bytes(value[2:])
        elif kind == _TX_POWER and len(value) == 1:
            tx_power_dbm = int.from_bytes(value, "little", signed=True)
    return AdvertisementData(name, manufacturer, service_data, services, tx_power_dbm, rssi_dbm, ())
