"""What a DeskBand advertises, as "Advertising" in PROTOCOL.md says."""

from __future__ import annotations

import struct

from bumble.core import UUID, AdvertisingData

from firmware_sim.profiles.deskband import DeskBandFirmware

BTHOME_SERVICE = 0xFCD2
BATTERY, MOVING = 0x01, 0x22
"""BTHome's objects; before them its device information: version 2, not encrypted."""
TEST_COMPANY = 0xFFFF
BATTERY_UNKNOWN = 255


def advertised(firmware: DeskBandFirmware, service: UUID) -> bytes:
    """Return flags, the service and BTHome's battery and moving (which Home Assistant shows unasked)."""
    bthome = bytes((0x40, BATTERY, firmware.battery_pct or 0, MOVING, not firmware.charging))
    return bytes(
        AdvertisingData(
            [
                (AdvertisingData.FLAGS, b"\x06"),
                (AdvertisingData.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS, bytes(service)),
                (AdvertisingData.SERVICE_DATA, struct.pack("<H", BTHOME_SERVICE) + bthome),
            ]
        )
    )


def answered(firmware: DeskBandFirmware, name: str) -> bytes:
    """Return the scan response: the name and version, flags, battery and backlog under the company id for tests."""
    held = firmware.ring.span(firmware.session.number)
    backlog_s = (held[1] - held[0]) / firmware.configuration.rate_hz if held else 0.0
    battery = BATTERY_UNKNOWN if firmware.battery_pct is None else firmware.battery_pct
    told = (TEST_COMPANY, 1, firmware.status().flags, battery, min(round(backlog_s), 0xFFFF))
    return bytes(
        AdvertisingData(
            [
                (AdvertisingData.COMPLETE_LOCAL_NAME, name.encode()),
                (AdvertisingData.MANUFACTURER_SPECIFIC_DATA, struct.pack("<HBBBH", *told)),
            ]
        )
    )
