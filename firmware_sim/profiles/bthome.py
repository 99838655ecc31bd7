"""A home-made tag that speaks BTHome version 2: packet number, battery, moving and three axes as service data."""

from __future__ import annotations

import struct

from bumble.core import AdvertisingData

from firmware_sim.profiles.base import CatchUp, Sampling
from firmware_sim.profiles.broadcaster import Broadcaster
from firmware_sim.profiles.options import Address, Unheard

SERVICE_UUID = 0xFCD2
PLAIN_V2 = 0x40
PACKET_ID, BATTERY, MOVING, BUTTON, ACCELERATION = 0x00, 0x01, 0x22, 0x3A, 0x63
PRESS, DOUBLE_PRESS = 1, 2
STANDARD_GRAVITY_M_S2 = 9.80665
COUNTS_PER_G, RANGE_G, RATE_HZ = 1000, 2.0, 10.0


def encode_acceleration(xyz_m_s2: tuple[float, float, float]) -> bytes:
    """Return three objects 0x63, signed millionths of a metre per second squared, in the order X, Y, Z."""
    return b"".join(struct.pack("<Bi", ACCELERATION, round(value * 1e6)) for value in xyz_m_s2)


class BTHomeProfile(Broadcaster):
    """One tag; a press of its button rides on the next measurement."""

    def _boot(self) -> None:
        super()._boot()
        self._pressed = self._movements_told = 0

    def sampling(self) -> Sampling:
        """Return the chip's setting."""
        return Sampling(RATE_HZ, RANGE_G, COUNTS_PER_G)

    def _payload(self, counts: tuple[int, int, int]) -> bytes:
        x, y, z = (STANDARD_GRAVITY_M_S2 * count / COUNTS_PER_G for count in counts)
        head = (PLAIN_V2, PACKET_ID, (self.number - 1) & 0xFF, BATTERY, self.circumstances.battery_pct)
        moved = self.activity.active or self.activity.count != self._movements_told
        self._movements_told = self.activity.count
        pressed, self._pressed = ((BUTTON, self._pressed) if self._pressed else ()), 0
        objects = bytes((*head, MOVING, moved, *pressed)) + encode_acceleration((x, y, z))
        return bytes(AdvertisingData([(AdvertisingData.SERVICE_DATA, struct.pack("<H", SERVICE_UUID) + objects)]))

    def scan_response_data(self) -> bytes:
        """Return the name."""
        return bytes(AdvertisingData([(AdvertisingData.COMPLETE_LOCAL_NAME, self.name.encode())]))

    def press(self, now_us: int, double: bool) -> None:
        """Feel the button, which the next measurement will say."""
        self._pressed = DOUBLE_PRESS if double else PRESS


def bthome(
    catch_up: CatchUp,
    seed: int,
    placement: str,
    address: Address = "D8:7E:55:0A:3D:4E",
    drop_probability: Unheard = 0.0,
) -> BTHomeProfile:
    """Build a tag."""
    return BTHomeProfile("Tag " + address.replace(":", "")[-4:], address, seed, drop_probability)
