"""The DeskBand on the air: its firmware behind bumble's GATT server."""

from __future__ import annotations

import asyncio
import random
import struct
from collections import deque
from typing import Annotated

from bumble import gatt
from bumble.att import ATT_Error, Attribute, ErrorCode
from bumble.core import UUID
from bumble.device import Connection
from bumble.gatt import Characteristic, CharacteristicValue, Service
from bumble.profiles.battery_service import BatteryService
from bumble.profiles.device_information_service import DeviceInformationService
from pydantic import Field

from firmware_sim.profiles import deskband_control
from firmware_sim.profiles.base import CatchUp, Circumstances, Felt, Sampling
from firmware_sim.profiles.deskband import Channel, DeskBandFirmware
from firmware_sim.profiles.deskband_advertising import advertised, answered
from firmware_sim.profiles.deskband_codec import COUNTS_PER_G, AlertEvent, AlertKind, Feature
from firmware_sim.profiles.deskband_state import DeskBandSettings
from firmware_sim.profiles.options import MaxMtu
from firmware_sim.profiles.outgoing import QUEUE_LIMIT
from firmware_sim.sensor import Samples

SERVICE, INFO, CONTROL, LIVE, REPLAY, STATUS, ALERT = (
    UUID(f"e820{number:04X}-ac6e-48f1-9b41-d591858ee542") for number in range(1, 8)
)
REPLAY_BURST = 4
REPLAY_PAUSE_S = 0.01
"""Four blocks in ten milliseconds of wall time: what a good link of a phone carries."""

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
        self._random = random.Random(seed)
        self.drop_probability = 0.0
        """Share of live notifications that are lost before the queue: a fault."""
        self.dropped = 0
        self._control: deque[bytes] = deque()
        self._notices: deque[tuple[Characteristic[bytes], bytes]] = deque()
        self._indicating = False
        self._work = asyncio.Event()
        self._control_work = asyncio.Event()
        self._idle = asyncio.Event()
        self._connection: Connection | None = None
        self._indications_on = False
        self._build()

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
        self._queue_outbox()

    def _write_alert(self, _connection: Connection, value: bytes) -> None:
        if not value:
            raise ATT_Error(ErrorCode.INVALID_ATTRIBUTE_LENGTH)
        self.firmware.write_alert(value, self._catch_up())
        self._queue_outbox()

    def _write_alert_level(self, _connection: Connection, value: bytes) -> None:
        if len(value) == 1:
            self.firmware.write_alert_level(value[0], self._catch_up())
            self._queue_outbox()

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
        self._queue_outbox()

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
        self._queue_outbox()

    def reboot(self) -> None:
        """Lose the power for a moment: what was queued is gone."""
        self._control.clear()
        self._notices.clear()
        self.firmware.reboot()

    # -- sending -----------------------------------------------------------------------------------------------------

    def _queue_outbox(self) -> None:
        by_channel = {Channel.LIVE: self._live, Channel.STATUS: self._status, Channel.ALERT: self._alert}
        for channel, message in self.firmware.take_outbox():
            if self._connection is None:
                continue
            if channel is Channel.CONTROL:
                self._control.append(message)
            elif channel is Channel.LIVE and self._loses_live():
                self.dropped += 1
            else:
                self._notices.append((by_channel[channel], message))
        self._idle.clear()
        self._work.set()
        self._control_work.set()

    def _loses_live(self) -> bool:
        return len(self._notices) >= QUEUE_LIMIT or self._random.random() < self.drop_probability

    async def serve(self, connection: Connection) -> None:
        """Talk to a host until cancelled."""
        self._connection = connection
        self.firmware.linked(connection.att_mtu - 3)
        connection.on("connection_att_mtu_update", lambda: self.firmware.linked(connection.att_mtu - 3))
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._indicate(connection), name="deskband-indications")
                tasks.create_task(self._notify(connection), name="deskband-notifications")
        finally:
            self._connection = None
            self._indicating = self._indications_on = False
            self._control.clear()
            self._notices.clear()
            self._idle.set()
            self.firmware.disconnected()

    async def _indicate(self, connection: Connection) -> None:
        task = asyncio.current_task()
        # bumble waits for the confirmation with wait_for, which in Python 3.11 may swallow a cancellation.
        while task is not None and not task.cancelling():
            await self._control_work.wait()
            self._control_work.clear()
            while self._control and not task.cancelling():
                self._indicating = True
                await self._indicate_one(connection, self._control.popleft())
                self._indicating = False
            self._work.set()

    async def _indicate_one(self, connection: Connection, message: bytes) -> None:
        try:
            await connection.device.indicate_subscriber(connection, self._control_point, message)
        except TimeoutError:  # a host that confirms nothing for 30 s is gone (ATT transaction timeout)
            await connection.disconnect()

    async def _notify(self, connection: Connection) -> None:
        burst = 0
        while True:
            # Live first; a replay waits also until the answer that announces it has arrived.
            if self._notices:
                await connection.device.notify_subscriber(connection, *self._notices.popleft())
                await connection.drain()
            elif self._replay_may_go() and (block := self.firmware.take_replay_block()) is not None:
                await connection.device.notify_subscriber(connection, self._replay, block)
                burst = (burst + 1) % REPLAY_BURST
                if burst == 0:
                    await connection.drain()
                    await asyncio.sleep(REPLAY_PAUSE_S)
            else:
                if self.firmware.outbox:  # the event that ends a replay
                    self._queue_outbox()
                elif not (self._control or self._indicating):
                    await connection.drain()
                    self._idle.set()
                await self._work.wait()
                self._work.clear()

    def _replay_may_go(self) -> bool:
        return self.firmware.replay is not None and not self._control and not self._indicating

    async def drained(self) -> None:
        """Return when everything queued, a running replay included, has gone to the link."""
        if self._connection is not None:
            await self._idle.wait()


def deskband(
    catch_up: CatchUp,
    seed: int,
    placement: str,
    settings: DeskBandSettings | None = None,
    max_mtu: MaxMtu = 247,
    buffer_bytes: Annotated[int | None, Field(ge=1024, description="Size of its ring buffer.")] = None,
    features: Annotated[int | None, Field(ge=0, le=0xFFFF, description="What it can do, as bits of its Info.")] = None,
    rates: Annotated[int | None, Field(ge=1, le=0x1F, description="Rates it has, as bits of its Info.")] = None,
    ranges: Annotated[int | None, Field(ge=1, le=7, description="Ranges it has, as bits of its Info.")] = None,
    first_session: Annotated[
        int | None, Field(ge=0, le=0xFFFF, description="Session of its first boot; after 65535 comes 0.")
    ] = None,
) -> DeskBandProfile:
    """Build a DeskBand that knows where it is worn, unless its settings say all."""
    own = settings or DeskBandSettings(placement=PLACEMENT_BYTES[placement])
    said = {"buffer_bytes": buffer_bytes, "rates": rates, "ranges": ranges, "first_session": first_session}
    if features is not None:
        said["features"] = Feature(features)
    own = own.model_copy(update={name: value for name, value in said.items() if value is not None})
    return DeskBandProfile(DeskBandFirmware(own), catch_up, seed, max_mtu)
