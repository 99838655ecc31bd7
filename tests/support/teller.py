"""A device of our own on the virtual air that only tells: it advertises what it is given, and takes no connection."""

from __future__ import annotations

import struct

from bumble.core import AdvertisingData
from bumble.device import AdvertisingType, Device, DeviceConfiguration
from bumble.hci import Address
from bumble.transport.common import Transport

RUUVI = 0x0499
BTHOME = 0xFCD2


def ruuvi(
    sequence: int, movement: int = 1, xyz_mg: tuple[int, int, int] = (0, 0, 1000), mac: str = "C0FFEE000001"
) -> bytes:
    """A measurement in Ruuvi's data format 5, at 2950 mV, from the page of its maker."""
    values = struct.pack(">BhHHhhhHBH", 5, 4600, 18000, 51325, *xyz_mg, 1350 << 5 | 22, movement, sequence)
    return values + bytes.fromhex(mac)


class Teller:
    """The device."""

    def __init__(self, transport: Transport, address: str = "C0:FF:EE:00:00:01", name: str = "") -> None:
        config = DeviceConfiguration(name=name or "teller", address=Address(address), gap_service_enabled=False)
        self.device = Device.from_config_with_hci(config, transport.source, transport.sink)
        self.address, self._name, self._on = address, name, False

    async def manufacturer(self, data: bytes, company: int = RUUVI) -> None:
        """Advertise manufacturer data from now on."""
        await self._tell(AdvertisingData.Type.MANUFACTURER_SPECIFIC_DATA, company.to_bytes(2, "little") + data)

    async def service(self, data: bytes, uuid: int = BTHOME) -> None:
        """Advertise service data from now on."""
        await self._tell(AdvertisingData.Type.SERVICE_DATA_16_BIT_UUID, uuid.to_bytes(2, "little") + data)

    async def hush(self) -> None:
        """Say nothing more."""
        await self.device.stop_advertising()

    async def _tell(self, kind: AdvertisingData.Type, value: bytes) -> None:
        if not self._on:
            await self.device.power_on()
            self._on = True
        if self.device.is_advertising:
            await self.device.stop_advertising()
        named = [(AdvertisingData.Type.COMPLETE_LOCAL_NAME, self._name.encode())] if self._name else []
        await self.device.start_advertising(
            advertising_type=AdvertisingType.UNDIRECTED_SCANNABLE,
            advertising_interval_min=20,
            advertising_interval_max=20,
            advertising_data=bytes(AdvertisingData([(kind, value)])),
            scan_response_data=bytes(AdvertisingData(named)),
        )
