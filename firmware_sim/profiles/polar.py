"""Polar's sensors on the air: the measurement data service (PMD) with acceleration, heart rate, battery, identity.

A stream outlives its link: it ends by STOP, on the charger, or with the power. An H10 has its power from the skin, and
begins its clock anew each time; a Verity Sense is switched by hand, and by itself when it has no pulse to measure.
"""

from __future__ import annotations

import struct
from typing import Annotated, Literal

from bumble import gatt
from bumble.att import ATT_Error, Attribute, ErrorCode
from bumble.core import UUID, AdvertisingData
from bumble.device import Connection
from bumble.gatt import Characteristic, CharacteristicValue, Service
from bumble.profiles.device_information_service import DeviceInformationService
from msgspec import Meta

from firmware_sim.profiles.base import CatchUp, Circumstances, Sampling
from firmware_sim.profiles.linked import Linked, identity, static_address
from firmware_sim.profiles.options import MaxMtu, Pairing
from firmware_sim.profiles.polar_control import PolarControl
from firmware_sim.profiles.polar_frames import Framer
from firmware_sim.profiles.polar_heart import Heart
from firmware_sim.profiles.polar_products import H10_STRAP, VERITIES, Product
from firmware_sim.sensor import Samples

SERVICE, CONTROL, DATA = (UUID(f"FB005C{number}-02E7-F387-1CAD-8ACD2D8DF0C8") for number in (80, 81, 82))
COMPANY_ID = 0x006B
IDLE_RATE_HZ, IDLE_RANGE_G = 25.0, 8.0
MG, OLD_COUNTS_PER_G = 1000, {2: 16384, 4: 8192, 8: 4096, 16: 2048}
H10_LINK_OFF_BODY_S, H10_AIR_OFF_BODY_S = 45.0, 60.0
"""Off the skin it drops an idle link after 45 s, and advertises for less than a minute."""
VERITY_WITHOUT_PULSE_S = 600.0
SECOND_US = 1_000_000
MOST_MEASUREMENTS = 30
"""Seconds of heart rate that are told when time has leapt."""

Read, Write, Notify, Indicate = (
    Characteristic.Properties.READ,
    Characteristic.Properties.WRITE,
    Characteristic.Properties.NOTIFY,
    Characteristic.Properties.INDICATE,
)
READABLE, WRITEABLE = Attribute.READABLE, Attribute.WRITEABLE


class PolarProfile(Linked):
    """One sensor of Polar's."""

    def __init__(
        self,
        product: Product,
        catch_up: CatchUp,
        seed: int,
        max_mtu: int,
        pairing: bool,
        reads_pulse: bool = True,
        settles_s: float = 0.0,
    ) -> None:
        own = identity(product.title, seed)
        self.device_id = own[6:10].hex().upper()
        name = f"Polar {product.title} {self.device_id}"
        super().__init__(name, static_address(own), catch_up, seed, max_mtu, pairing)
        self.product = product
        self.reads_pulse = reads_pulse
        self._settles_us = round(settles_s * SECOND_US)
        self.control = PolarControl(product.model, product.factors)
        self.switched_on = True
        self._wakes = self._off_air = False
        self._framer = Framer(product.frame_type)
        self._heart = Heart(seed)
        self._powered_us = self._pulse_us = self._told_us = self._linked_us = 0
        self._indications_on = self._data_on = False
        self._build()

    # -- services ----------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        point = CharacteristicValue[bytes](read=self._read_control, write=self._write_control)
        self._control_point = Characteristic[bytes](CONTROL, Read | Write | Indicate, READABLE | WRITEABLE, point)
        self._data = Characteristic[bytes](DATA, Notify, READABLE)
        self._pulse = Characteristic[bytes](gatt.GATT_HEART_RATE_MEASUREMENT_CHARACTERISTIC, Notify, READABLE)
        self._control_point.on("subscription", lambda _bearer, _notify, indicate: self._allow_indications(indicate))
        self._data.on("subscription", lambda _bearer, notify, _indicate: self._allow_data(notify))

    def services(self) -> list[Service]:
        """Return the PMD service and the standard ones beside it."""
        return [
            Service(gatt.GATT_HEART_RATE_SERVICE, [self._pulse]),
            Service(SERVICE, [self._control_point, self._data]),
            DeviceInformationService(
                manufacturer_name="Polar Electro Oy",
                model_number=self.product.title,
                serial_number=f"{self.device_id}\0",
                firmware_revision="3.1.1",
            ),
            self.battery,
        ]

    def _allow_indications(self, allowed: bool) -> None:
        self._indications_on = allowed

    def _allow_data(self, allowed: bool) -> None:
        self._data_on = allowed

    def _read_control(self, connection: Connection) -> bytes:
        """Return the features; never an answer: those are indicated only."""
        self.demand_trust(connection)
        return self.product.model.features

    def _write_control(self, connection: Connection, command: bytes) -> None:
        self.demand_trust(connection)
        if not (self._indications_on and self._data_on):
            raise ATT_Error(ErrorCode.CCCD_IMPROPERLY_CONFIGURED)
        if self._outgoing.confirming(connection):
            raise ATT_Error(ErrorCode.PROCEDURE_ALREADY_IN_PROGRESS)
        if not command:
            raise ATT_Error(ErrorCode.INVALID_ATTRIBUTE_LENGTH)
        if self._catch_up() - self._linked_us < self._settles_us:
            raise ATT_Error(ErrorCode.UNLIKELY_ERROR)
        for answer in self.control.answer(command, self.payload):
            self._outgoing.indicate(self._control_point, answer)
        if self.control.stream is None:
            self._framer.waiting = None

    def linked(self) -> None:
        """Note when the host came: some firmware takes no command at once."""
        self._linked_us = self._catch_up()

    def unlinked(self) -> None:
        """Forget the host's subscriptions; a stream goes on."""
        self._indications_on = self._data_on = False

    # -- advertising -------------------------------------------------------------------------------------------------

    def advertising_data(self) -> bytes:
        """Return flags, heart rate service and heart rate; nothing where it sleeps."""
        if self._off_air or not self.switched_on:
            return b""
        # To ten beats, so that the advertisement is not another one every second.
        broadcast = struct.pack("<HBB", COMPANY_ID, 0, 10 * round(self._heart.bpm / 10) if self._on_body else 0)
        return bytes(
            AdvertisingData(
                [
                    (AdvertisingData.FLAGS, b"\x06"),
                    (AdvertisingData.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS, struct.pack("<H", 0x180D)),
                    (AdvertisingData.MANUFACTURER_SPECIFIC_DATA, broadcast),
                ]
            )
        )

    def scan_response_data(self) -> bytes:
        """Return the name."""
        return bytes(AdvertisingData([(AdvertisingData.COMPLETE_LOCAL_NAME, self.name.encode())]))

    # -- the body's side ---------------------------------------------------------------------------------------------

    @property
    def _on_body(self) -> bool:
        return self.circumstances.worn and self.reads_pulse

    def sampling(self) -> Sampling:
        """Return rate and range of the stream, in mg or in the counts of older firmware; each START begins anew."""
        stream = self.control.stream
        if stream is None:
            return Sampling(IDLE_RATE_HZ, IDLE_RANGE_G, MG, run=self.control.starts)
        per_g = OLD_COUNTS_PER_G[stream.range_g] if self.product.factors else MG
        return Sampling(stream.rate_hz, stream.range_g, per_g, run=self.control.starts)

    def updates_battery(self) -> bool:
        """Say whether the battery's level is measured now."""
        return not (self.product.freezes_battery and self.circumstances.charging)

    def notice(self, circumstances: Circumstances) -> None:
        """Feel skin and charger; a hand that puts a Verity on switches it on as well."""
        put_on = circumstances.worn and not self.circumstances.worn
        super().notice(circumstances)
        self._wakes = self._wakes or (put_on and not self.switched_on)
        self.control.charging = circumstances.charging and not self.product.from_skin
        if self.control.charging:
            self.stop_by_itself()

    def stop_by_itself(self) -> None:
        """End a stream and say so unasked."""
        for message in self.control.stop_by_itself():
            self._outgoing.indicate(self._control_point, message)

    def press(self, now_us: int, double: bool) -> None:
        """Feel the button of a Verity: it switches it on; an H10 has none."""
        if not (self.switched_on or self.product.from_skin):
            self._power_up(now_us)

    def feed(self, samples: Samples) -> None:
        """Take samples; send what fills a frame."""
        if len(samples.counts) == 0:
            return
        if self._wakes:
            self._power_up(int(samples.device_us[0]))
        if not self.switched_on:
            return
        self._heart.move(samples.counts / self.sampling().counts_per_g)
        if self.control.stream is None or not self._data_on:
            self._framer.waiting = None
            return
        zero_ns = self.product.zero_ns - self._powered_us * 1000
        for frame in self._framer.add(samples, self.payload, zero_ns):
            self._outgoing.notify(self._data, frame)

    def tick(self, now_us: int) -> None:
        """Tell the heart rate every second, and rest where there is none to measure."""
        if self.switched_on:
            if self._on_body:
                self._pulse_us = now_us
            self._tell_pulse(now_us)
            self._rest((now_us - self._pulse_us) / SECOND_US)

    def _rest(self, without_pulse_s: float) -> None:
        """Drop the link or switch off after a time without pulse."""
        self._off_air = self.product.from_skin and without_pulse_s >= H10_AIR_OFF_BODY_S
        if self.product.from_skin and self.control.stream is None:
            if without_pulse_s >= H10_LINK_OFF_BODY_S:
                self.hang_up()
            self.switched_on = without_pulse_s < H10_AIR_OFF_BODY_S
        elif not self.product.from_skin and not self.control.sdk_mode and without_pulse_s >= VERITY_WITHOUT_PULSE_S:
            self.control.reset()
            self.hang_up()
            self.switched_on = False

    def _power_up(self, now_us: int) -> None:
        self.switched_on, self._wakes, self._off_air = True, False, False
        self._powered_us = self._pulse_us = self._told_us = now_us

    def reboot(self) -> None:
        """Lose the power for a moment: stream, mode and clock begin anew."""
        super().reboot()
        self.control.reset()
        self._framer.waiting = None
        self._power_up(0)

    def _tell_pulse(self, now_us: int) -> None:
        first_us = max(self._told_us, now_us - MOST_MEASUREMENTS * SECOND_US)
        for at_us in range(first_us + SECOND_US, now_us + 1, SECOND_US):
            self._told_us = at_us
            self._heart.beat_until(at_us / SECOND_US)
            if not self.control.sdk_mode:
                measurement = self._heart.take_measurement(self._on_body, self.product.with_intervals)
                self._outgoing.notify(self._pulse, measurement)


def polar_h10(
    catch_up: CatchUp, seed: int, placement: str, pairing: Pairing = False, max_mtu: MaxMtu = 247
) -> PolarProfile:
    """Build a chest strap."""
    return PolarProfile(H10_STRAP, catch_up, seed, max_mtu, pairing)


def verity(
    catch_up: CatchUp,
    seed: int,
    placement: str,
    firmware: Annotated[
        Literal["old", "new"], Meta(description="The old one sends counts and a factor, the new one mg.")
    ] = "new",
    reads_pulse: Annotated[bool, Meta(description="Without a pulse it switches itself off.")] = True,
    settles_s: Annotated[
        float,
        Meta(ge=0, le=60, description="After connecting it takes no command before (firmware 3.0.16 was seen so)."),
    ] = 0.0,
    pairing: Pairing = False,
    max_mtu: MaxMtu = 247,
) -> PolarProfile:
    """Build a Verity Sense."""
    return PolarProfile(VERITIES[firmware], catch_up, seed, max_mtu, pairing, reads_pulse, settles_s)
