"""A Movesense sensor with GSP firmware on the air: asleep unless moved or touched, then data for who subscribes.

Neither battery nor device information service: the vendor's page names none; the charge is a resource (`GET`).
"""

from __future__ import annotations

import struct
import time
from collections.abc import Callable
from typing import Annotated

import numpy as np
from bumble.att import ATT_Error, Attribute, ErrorCode
from bumble.core import UUID, AdvertisingData
from bumble.device import Connection
from bumble.gatt import Characteristic, CharacteristicValue, Service
from msgspec import Meta

from firmware_sim.profiles.base import CatchUp, Circumstances, Sampling
from firmware_sim.profiles.linked import Linked, identity, static_address
from firmware_sim.profiles.movesense_gsp import Gsp, encode_data, most_samples
from firmware_sim.profiles.options import MaxMtu, Pairing
from firmware_sim.profiles.stirring import MovementDetector, Wakefulness
from firmware_sim.sensor import Samples

SERVICE = UUID("34802252-7185-4d5d-b431-630e7050e8f0")
COMMAND, DATA = (UUID(f"3480000{number}-7185-4d5d-b431-630e7050e8f0") for number in (1, 2))
ADVERTISED_SERVICE, COMPANY_ID = 0xFE06, 0x009F
RANGE_G, COUNTS_PER_G = 8.0, 4096
IDLE_RATE_HZ = 13.0
GRAVITY_M_S2 = 9.80665
FAST_HZ, SLOW_SAMPLES, FAST_SAMPLES = 100, 4, 8
"""Samples a packet: four below this rate, eight above."""
AWAKE_S = 60.0

Write, Notify, Command = (
    Characteristic.Properties.WRITE,
    Characteristic.Properties.NOTIFY,
    Characteristic.Properties.WRITE_WITHOUT_RESPONSE,
)


class MovesenseProfile(Linked):
    """One sensor."""

    def __init__(
        self, catch_up: CatchUp, seed: int, max_mtu: int, pairing: bool, boot_ms: int, wall_s: Callable[[], float]
    ) -> None:
        own = identity("movesense", seed)
        serial = f"{int.from_bytes(own[6:12], 'big') % 10**12:012d}"
        super().__init__(f"Movesense {serial}", static_address(own), catch_up, seed, max_mtu, pairing)
        self.gsp = Gsp(serial)
        self._boot_ms = boot_ms
        self._waiting: Samples | None = None
        self._awake = Wakefulness(AWAKE_S, wall_s)
        self._movement = MovementDetector()
        self._command = Characteristic[bytes](
            COMMAND, Write | Command, Attribute.WRITEABLE, CharacteristicValue[bytes](write=self._write_command)
        )
        self._data = Characteristic[bytes](DATA, Notify, Attribute.READABLE)

    def services(self) -> list[Service]:
        """Return the one service."""
        return [Service(SERVICE, [self._command, self._data])]

    def advertising_data(self) -> bytes:
        """Return flags, service and company; nothing in its sleep."""
        if self._awake.over():
            return b""
        serial = int(self.gsp.serial).to_bytes(6, "little")
        return bytes(
            AdvertisingData(
                [
                    (AdvertisingData.FLAGS, b"\x06"),
                    (
                        AdvertisingData.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS,
                        struct.pack("<H", ADVERTISED_SERVICE),
                    ),
                    (AdvertisingData.MANUFACTURER_SPECIFIC_DATA, struct.pack("<H", COMPANY_ID) + serial),
                ]
            )
        )

    def scan_response_data(self) -> bytes:
        """Return the name."""
        return bytes(AdvertisingData([(AdvertisingData.COMPLETE_LOCAL_NAME, self.name.encode())]))

    def _write_command(self, connection: Connection, command: bytes) -> None:
        self.demand_trust(connection)
        if len(command) < 2:
            raise ATT_Error(ErrorCode.INVALID_ATTRIBUTE_LENGTH)
        self._catch_up()
        self.gsp.battery_pct = self.battery_pct
        self._outgoing.notify(self._data, self.gsp.answer(command))

    def unlinked(self) -> None:
        """Forget all subscriptions; stay awake for a while."""
        self.gsp.subscriptions.clear()
        self._waiting = None
        self._awake.stir()

    # -- the body's side ---------------------------------------------------------------------------------------------

    def sampling(self) -> Sampling:
        """Return the rate of the subscriptions."""
        rates = [float(subscription.rate_hz) for subscription in self.gsp.subscriptions.values()]
        return Sampling(rates[0] if rates else IDLE_RATE_HZ, RANGE_G, COUNTS_PER_G, run=self.gsp.starts)

    def notice(self, circumstances: Circumstances) -> None:
        """Feel the skin: contact wakes it."""
        if circumstances.worn and not self.circumstances.worn:
            self._awake.stir()
        super().notice(circumstances)

    def feed(self, samples: Samples) -> None:
        """Take samples; movement wakes, subscriptions send."""
        if self._movement.moved(samples.counts / COUNTS_PER_G):
            self._awake.stir()
        if not self.gsp.subscriptions:
            self._waiting = None
            return
        held = samples if self._waiting is None else Samples.joined([self._waiting, samples])
        number = self._samples_a_packet()
        if number == 0:  # nine axes at the smallest MTU: no measurement fits
            self._waiting = None
            return
        while len(held.counts) >= number:
            self._send(held.part(0, number))
            held = held.part(number)
        self._waiting = held

    def _samples_a_packet(self) -> int:
        """Return how many samples one measurement brings; 0 where this link cannot carry any."""
        own = list(self.gsp.subscriptions.values())
        wanted = FAST_SAMPLES if own[0].rate_hz >= FAST_HZ else SLOW_SAMPLES
        return min(wanted, most_samples(max(one.vectors for one in own), self.payload))

    def _send(self, samples: Samples) -> None:
        time_ms = self._boot_ms + int(samples.device_us[0]) // 1000
        acceleration = samples.counts * (GRAVITY_M_S2 / COUNTS_PER_G)
        for subscription in self.gsp.subscriptions.values():
            # Turn rate and magnetic field of a device that lies still in no field.
            values = np.concatenate((acceleration, np.zeros((len(acceleration) * (subscription.vectors - 1), 3))))
            packed = values.astype("<f4").tobytes()
            for message in encode_data(subscription.reference, time_ms, packed, self.payload):
                self._outgoing.notify(self._data, message)

    def tick(self, now_us: int) -> None:
        """Nothing is due by time alone."""

    def reboot(self) -> None:
        """Lose the power for a moment."""
        super().reboot()
        self.gsp.subscriptions.clear()
        self.gsp.logging = False
        self._boot_ms = 0
        self._waiting = None
        self._awake.stir()


def movesense(
    catch_up: CatchUp,
    seed: int,
    placement: str,
    pairing: Pairing = False,
    max_mtu: MaxMtu = 247,
    boot_ms: Annotated[
        int, Meta(ge=0, lt=1 << 32, description="What its clock shows at first; it rolls over at 4294967296.")
    ] = 0,
    wall_s: Callable[[], float] = time.monotonic,
) -> MovesenseProfile:
    """Build a sensor; `wall_s` is the time by which it falls asleep."""
    return MovesenseProfile(catch_up, seed, max_mtu, pairing, boot_ms, wall_s)
