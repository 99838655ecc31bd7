"""The DeskBand on the air: its firmware behind bumble's GATT server."""

from __future__ import annotations

import struct
from typing import Annotated

from bumble import gatt
from bumble.att import ATT_Error, Attribute, ErrorCode
from bumble.core import UUID
from bumble.device import Connection
from bumble.gatt import Characteristic, CharacteristicValue, Service
from bumble.profiles.battery_service import BatteryService
from bumble.profiles.device_information_service import DeviceInformationService
from msgspec import Meta
from msgspec.structs import replace

from firmware_sim.profiles import deskband_control
from firmware_sim.profiles.base import CatchUp, Circumstances, Felt, Sampling
from firmware_sim.profiles.deskband import Channel, DeskBandFirmware
from firmware_sim.profiles.deskband_advertising import advertised, answered
from firmware_sim.profiles.deskband_codec import COUNTS_PER_G, AlertEvent, AlertKind, Feature
from firmware_sim.profiles.deskband_sender import Sender
from firmware_sim.profiles.deskband_state import DeskBandSettings
from firmware_sim.profiles.options import MaxMtu
from firmware_sim.sensor import Samples

SERVICE, INFO, CONTROL, LIVE, REPLAY, STATUS, ALERT = (
    UUID(f"e820{number:04X}-ac6e-48f1-9b41-d591858ee542") for number in range(1, 8)
)
Read, Write, Notify, Indicate, Command = (
    Characteristic.Properties.READ,
    Characteristic.Properties.WRITE,
    Characteristic.Properties.NOTIFY,
    Characteristic.Properties.INDICATE,
    Characteristic.Properties.WRITE_WITHOUT_RESPONSE,
)
READABLE, WRITEABLE = Attribute.READABLE, Attribute.WRITEABLE
BUZZING = (AlertKind.NUDGE, AlertKind.STAND_UP, AlertKind.URGENT)
PLACEMENT_BYTES = {"thigh": 1, "waist": 2, "wrist": 3, "chest": 4, "pocket": 6, "lower_back": 7}


class DeskBandProfile:
    """One DeskBand: `firmware` decides, this sends and receives."""

    connectable = True

    def __init__(self, firmware: DeskBandFirmware, catch_up: CatchUp, seed: int, max_mtu: int = 247) -> None:
        self.firmware = firmware
        self.max_mtu = max_mtu
        self._catch_up = catch_up
        """Brings body and firmware up to this moment; returns the device's clock."""
        self._indications_on = False
        self._build()
        by_channel = {
            Channel.CONTROL: self._control_point,
            Channel.LIVE: self._live,
            Channel.STATUS: self._status,
            Channel.ALERT: self._alert,
        }
        self.sender = Sender(firmware, by_channel, self._replay, seed)

    @property
    def name(self) -> str:
        """Local name, with the last four digits of the device's id."""
        return f"DeskBand-{self.firmware.settings.device_id & 0xFFFF:04X}"

    @property
    def address(self) -> str:
        """Static random address made of the device's id."""
        return ":".join(f"{byte:02X}" for byte in (0xC2, 0x5B, *struct.pack(">I", self.firmware.settings.device_id)))

    # -- services ----------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        firmware = self.firmware
        self._live = Characteristic[bytes](LIVE, Notify, READABLE)
        self._replay = Characteristic[bytes](REPLAY, Notify, READABLE)
        self._info = Characteristic[bytes](
            INFO, Read, READABLE, CharacteristicValue[bytes](read=lambda _: firmware.info().encode())
        )
        self._status = Characteristic[bytes](
            STATUS, Read | Notify, READABLE, CharacteristicValue[bytes](read=self._read_status)
        )
        self._control_point = Characteristic[bytes](
            CONTROL, Write | Indicate, WRITEABLE, CharacteristicValue[bytes](write=self._write_control)
        )
        self._alert = Characteristic[bytes](
            ALERT, Write | Command | Notify, WRITEABLE, CharacteristicValue[bytes](write=self._write_alert)
        )
        self._alert_level = Characteristic[bytes](
            gatt.GATT_ALERT_LEVEL_CHARACTERISTIC,
            Command,
            WRITEABLE,
            CharacteristicValue[bytes](write=self._write_alert_level),
        )
        self._replay.on("subscription", lambda _bearer, notify, _indicate: firmware.listen_to_replay(notify))
        self._control_point.on("subscription", lambda _bearer, _notify, indicate: self._allow_indications(indicate))

    def services(self) -> list[Service]:
        """Return the DeskBand service and the standard ones beside it."""
        own = [self._info, self._control_point, self._live, self._replay, self._status, self._alert]
        return [
            Service(SERVICE, own),
            DeviceInformationService(
                manufacturer_name="sitbreak", model_number="DeskBand", hardware_revision="1", firmware_revision="100"
            ),
            BatteryService(lambda _: 0 if self.firmware.battery_pct is None else self.firmware.battery_pct),
            Service(gatt.GATT_IMMEDIATE_ALERT_SERVICE, [self._alert_level]),
        ]

    def _allow_indications(self, allowed: bool) -> None:
        self._indications_on = allowed

    def _read_status(self, _connection: Connection) -> bytes:
        self._catch_up()
        return self.firmware.status().encode()

    def _write_control(self, _connection: Connection, value: bytes) -> None:
        if not self._indications_on:
            raise ATT_Error(ErrorCode.CCCD_IMPROPERLY_CONFIGURED)
        if len(value) < 2:
            raise ATT_Error(ErrorCode.INVALID_ATTRIBUTE_LENGTH)
        deskband_control.handle(self.firmware, value, self._catch_up())
        self.sender.queue_outbox()

    def _write_alert(self, _connection: Connection, value: bytes) -> None:
        if not value:
            raise ATT_Error(ErrorCode.INVALID_ATTRIBUTE_LENGTH)
        self.firmware.write_alert(value, self._catch_up())
        self.sender.queue_outbox()

    def _write_alert_level(self, _connection: Connection, value: bytes) -> None:
        if len(value) == 1:
            self.firmware.write_alert_level(value[0], self._catch_up())
            self.sender.queue_outbox()

    # -- advertising -------------------------------------------------------------------------------------------------

    def advertising_data(self) -> bytes:
        """What everybody hears."""
        return advertised(self.firmware, SERVICE)

    def scan_response_data(self) -> bytes:
        """What is told to those who ask."""
        return answered(self.firmware, self.name)

    # -- the body's side ---------------------------------------------------------------------------------------------

    def sampling(self) -> Sampling:
        """Return rate, range and session: another session needs the sensor to start anew."""
        configuration = self.firmware.configuration
        return Sampling(configuration.rate_hz, configuration.range_g, COUNTS_PER_G, run=self.firmware.session.number)

    def notice(self, circumstances: Circumstances) -> None:
        """Feel the skin, the charger and the battery."""
        firmware = self.firmware
        firmware.charging, firmware.worn = circumstances.charging, circumstances.worn
        firmware.battery_pct, firmware.temperature_c = circumstances.battery_pct, circumstances.temperature_c

    def feed(self, samples: Samples) -> None:
        """Take samples from the sensor."""
        self.firmware.feed(samples)

    def tick(self, now_us: int) -> None:
        """Let device time pass and queue what is to be sent."""
        self.firmware.tick(now_us)
        self.sender.queue_outbox()

    def take_felt(self) -> list[Felt]:
        """Return what became of alerts since last asked."""
        return [
            Felt(
                f"alert_{happening.event.name.lower()}",
                happening.event is AlertEvent.STARTED and happening.alert.kind in BUZZING,
                {"kind": happening.alert.kind, "alert_id": happening.alert.alert_id},
            )
            for happening in self.firmware.take_happenings()
        ]

    def press(self, now_us: int, double: bool) -> None:
        """Press the button."""
        self.firmware.press(now_us, double)
        self.sender.queue_outbox()

    def reboot(self) -> None:
        """Lose the power for a moment: what was queued is gone."""
        self.sender.clear()
        self.firmware.reboot()

    # -- sending -----------------------------------------------------------------------------------------------------

    @property
    def drop_probability(self) -> float:
        """Share of live notifications that are lost before the radio: a fault."""
        return self.sender.drop_probability

    @drop_probability.setter
    def drop_probability(self, share: float) -> None:
        self.sender.drop_probability = share

    @property
    def dropped(self) -> int:
        """Live notifications lost so far."""
        return self.sender.dropped

    async def serve(self, connection: Connection) -> None:
        """Talk to a host until cancelled."""
        self.firmware.linked(connection.att_mtu - 3)
        connection.on("connection_att_mtu_update", lambda: self.firmware.linked(connection.att_mtu - 3))
        try:
            await self.sender.serve(connection)
        finally:
            self._indications_on = False
            self.firmware.disconnected()

    async def drained(self) -> None:
        """Return when everything queued, a running replay included, has gone to the link."""
        await self.sender.drained()


def deskband(
    catch_up: CatchUp,
    seed: int,
    placement: str,
    settings: DeskBandSettings | None = None,
    max_mtu: MaxMtu = 247,
    buffer_bytes: Annotated[int, Meta(ge=1024, description="Size of its ring buffer.")] | None = None,
    features: Annotated[int, Meta(ge=0, le=0xFFFF, description="What it can do, as bits of its Info.")] | None = None,
    rates: Annotated[int, Meta(ge=1, le=0x1F, description="Rates it has, as bits of its Info.")] | None = None,
    ranges: Annotated[int, Meta(ge=1, le=7, description="Ranges it has, as bits of its Info.")] | None = None,
    first_session: (
        Annotated[int, Meta(ge=0, le=0xFFFF, description="Session of its first boot; after 65535 comes 0.")] | None
    ) = None,
) -> DeskBandProfile:
    """Build a DeskBand that knows where it is worn, unless its settings say all."""
    own = settings or DeskBandSettings(placement=PLACEMENT_BYTES[placement])
    said = {"buffer_bytes": buffer_bytes, "rates": rates, "ranges": ranges, "first_session": first_session}
    if features is not None:
        said["features"] = Feature(features)
    own = replace(own, **{name: value for name, value in said.items() if value is not None})
    return DeskBandProfile(DeskBandFirmware(own), catch_up, seed, max_mtu)
