"""A RuuviTag with data format 5: temperature, acceleration and counters in the manufacturer's data, big-endian."""

from __future__ import annotations

import struct

from bumble.core import UUID, AdvertisingData

from firmware_sim.profiles.base import CatchUp, Sampling
from firmware_sim.profiles.broadcaster import Broadcaster
from firmware_sim.profiles.options import Address, Unheard

COMPANY = 0x0499
FORMAT = 5
NORDIC_UART = UUID("6e400001-b5a3-f393-e0a9-e50e24dcca9e")
COUNTS_PER_G, RANGE_G, RATE_HZ = 1000, 2.0, 10.0
HUMIDITY_PCT, PRESSURE_PA = 45.0, 101_325
TX_POWER_DBM = 4
EMPTY_MV, MV_PER_PCT = 2515, 5
"""A coin cell's voltage: 2515 mV empty, 3015 mV full."""
MOVEMENTS, SEQUENCES = 255, 65_535
"""Both counters begin again before the value that means "not available"."""


def encode_format_5(
    xyz_mg: tuple[int, int, int],
    *,
    temperature_c: float,
    humidity_pct: float,
    pressure_pa: int,
    battery_mv: int,
    tx_power_dbm: int,
    movements: int,
    sequence: int,
    address: bytes,
) -> bytes:
    """Return the 24 bytes that follow the company's number."""
    power = (battery_mv - 1600) << 5 | (tx_power_dbm + 40) // 2
    return struct.pack(
        ">BhHHhhhHBH6s",
        FORMAT,
        round(temperature_c / 0.005),
        round(humidity_pct / 0.0025),
        pressure_pa - 50_000,
        *xyz_mg,
        power,
        movements % MOVEMENTS,
        sequence % SEQUENCES,
        address,
    )


class RuuviProfile(Broadcaster):
    """One tag."""

    def sampling(self) -> Sampling:
        """Return the chip's setting: ten samples a second for the movement counter."""
        return Sampling(RATE_HZ, RANGE_G, COUNTS_PER_G)

    def _payload(self, counts: tuple[int, int, int]) -> bytes:
        measured = encode_format_5(
            counts,
            temperature_c=self.circumstances.temperature_c,
            humidity_pct=HUMIDITY_PCT,
            pressure_pa=PRESSURE_PA,
            battery_mv=EMPTY_MV + MV_PER_PCT * self.circumstances.battery_pct,
            tx_power_dbm=TX_POWER_DBM,
            movements=self.activity.count,
            sequence=self.number - 1,
            address=bytes.fromhex(self.address.replace(":", "")),
        )
        company = struct.pack("<H", COMPANY)
        return bytes(AdvertisingData([(AdvertisingData.MANUFACTURER_SPECIFIC_DATA, company + measured)]))

    def scan_response_data(self) -> bytes:
        """Return the name with the address' last four digits, and the UART service through which logs are fetched."""
        return bytes(
            AdvertisingData(
                [
                    (AdvertisingData.COMPLETE_LOCAL_NAME, self.name.encode()),
                    (AdvertisingData.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS, bytes(NORDIC_UART)),
                ]
            )
        )


def ruuvi(
    catch_up: CatchUp,
    seed: int,
    placement: str,
    address: Address = "C0:FF:EE:12:34:56",
    drop_probability: Unheard = 0.0,
) -> RuuviProfile:
    """Build a tag."""
    name = "Ruuvi " + address.replace(":", "")[-4:]
    return RuuviProfile(name, address, seed, drop_probability)
