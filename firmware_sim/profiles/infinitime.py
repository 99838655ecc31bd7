"""A PineTime with InfiniTime: the motion value ten times a second, notified only when it has changed.

The chip runs at 100 Hz and averages four samples; the firmware's loop looks at it every tenth of a second or a little
later. There is no time stamp, no counter and no memory: silence means that nothing changed.
"""

from __future__ import annotations

import random
import struct
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated

import numpy as np
from bumble import gatt
from bumble.att import ATT_Error, Attribute, ErrorCode
from bumble.core import UUID, AdvertisingData
from bumble.device import Connection
from bumble.gatt import Characteristic, CharacteristicValue, Service
from bumble.profiles.device_information_service import DeviceInformationService
from msgspec import Meta

from firmware_sim.profiles.base import CatchUp, Circumstances, Felt, Sampling
from firmware_sim.profiles.infinitime_clock import WatchClock
from firmware_sim.profiles.infinitime_steps import StepCounter
from firmware_sim.profiles.options import Address, MaxMtu
from firmware_sim.profiles.streamer import Streamer
from firmware_sim.sensor import Samples

MOTION, STEPS, RAW = (UUID(f"0003{number:04x}-78fc-48fe-8e23-433b3a1942d0") for number in range(3))
ALERT_ANSWER = UUID("00020001-78fc-48fe-8e23-433b3a1942d0")
NORDIC_DFU = UUID("00001530-1212-efde-1523-785feabcd123")
CHIP_RATE_HZ, AVERAGED = 100.0, 4
COUNTS_PER_G = 1024
POLL_US = (100_000, 103_000)
"""The main loop's tick is at least 100 ms."""
ALWAYS_ON_VERSION = (1, 16)
"""From this version motion is looked at always; before, in sleep only for a subscriber."""
HEADER_BYTES, MESSAGE_BYTES = 3, 100
CALL = 3
LEVELS = {0: "None", 1: "Mild", 2: "High"}
KEPT_NOTIFICATIONS = 5

Read, Write, Notify, Command = (
    Characteristic.Properties.READ,
    Characteristic.Properties.WRITE,
    Characteristic.Properties.NOTIFY,
    Characteristic.Properties.WRITE_WITHOUT_RESPONSE,
)
READABLE, WRITEABLE = Attribute.READABLE, Attribute.WRITEABLE


@dataclass(frozen=True, slots=True)
class Notification:
    """What the watch shows after a New Alert."""

    category: int
    title: str
    body: str


def decode_new_alert(value: bytes) -> Notification | None:
    """Read a New Alert: category, count, zero, title NUL body; None where it is too short to say anything."""
    if len(value) <= HEADER_BYTES:
        return None
    text = value[HEADER_BYTES:][: MESSAGE_BYTES - 1]  # the firmware's own NUL is the last of the hundred
    title, _, body = text.partition(b"\0")
    shown = [part.rstrip(b"\0").decode("utf-8", errors="replace") for part in (title, body)]
    return Notification(value[0], shown[0], shown[1])


class InfiniTimeProfile(Streamer):
    """One watch; `quiet` is its setting that shows no notifications."""

    def __init__(self, catch_up: CatchUp, seed: int, address: str, firmware: str, quiet: bool, max_mtu: int) -> None:
        super().__init__("InfiniTime", address, catch_up, seed, max_mtu)
        self.firmware = firmware
        self.quiet = quiet
        self.notifications: deque[Notification] = deque(maxlen=KEPT_NOTIFICATIONS)
        self.clock = WatchClock()
        self._random = random.Random(seed)
        self._ringing = False
        self._motion_heard = False
        self._battery_told_pct = -1
        self._boot()
        self._build()

    def _boot(self) -> None:
        self._held: Samples | None = None
        """The chip's last samples; the main loop looks at them later."""
        self._uncounted = np.empty((0, 3), dtype=np.int16)
        self._next_poll_us = POLL_US[0]
        self._motion = (0, 0, 0)
        self._counter = StepCounter(CHIP_RATE_HZ / AVERAGED)
        self._steps_told = self._day_began_at = self._day = 0

    # -- services ----------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._raw = Characteristic[bytes](RAW, Read | Notify, READABLE, CharacteristicValue[bytes](read=self._read_raw))
        self._steps = Characteristic[bytes](
            STEPS, Read | Notify, READABLE, CharacteristicValue[bytes](read=self._read_steps)
        )
        self._battery = Characteristic[bytes](
            gatt.GATT_BATTERY_LEVEL_CHARACTERISTIC,
            Read | Notify,
            READABLE,
            CharacteristicValue[bytes](read=lambda _: bytes((self.circumstances.battery_pct,))),
        )
        self._answer = Characteristic[bytes](ALERT_ANSWER, Notify, READABLE)
        self._raw.on("subscription", lambda _bearer, notify, _indicate: self._hear_motion(notify))

    def services(self) -> list[Service]:
        """Return the services of the watch that have to do with us."""
        return [
            DeviceInformationService(
                manufacturer_name="PINE64",
                model_number="PineTime",
                serial_number="0",
                firmware_revision=self.firmware,
                hardware_revision="1.0.0",
                software_revision="InfiniTime",
            ),
            Service(gatt.GATT_CURRENT_TIME_SERVICE, self._time_characteristics()),
            Service(gatt.GATT_ALERT_NOTIFICATION_SERVICE, [self._writeable(0x2A46, Write, self._show), self._answer]),
            Service(gatt.GATT_BATTERY_SERVICE, [self._battery]),
            Service(gatt.GATT_IMMEDIATE_ALERT_SERVICE, [self._writeable(0x2A06, Command, self._alert)]),
            Service(gatt.GATT_HEART_RATE_SERVICE, [self._heart_rate()]),
            Service(MOTION, [self._steps, self._raw]),
        ]

    def _writeable(
        self, number: int, how: Characteristic.Properties, write: Callable[[Connection, bytes], None]
    ) -> Characteristic[bytes]:
        value = CharacteristicValue[bytes](write=write)
        return Characteristic[bytes](UUID.from_16_bits(number), how, WRITEABLE, value)

    def _time_characteristics(self) -> list[Characteristic[bytes]]:
        now = CharacteristicValue[bytes](read=lambda _: self.clock.read(self._catch_up()), write=self._set_time)
        zone = CharacteristicValue[bytes](read=lambda _: self.clock.zone, write=self._set_zone)
        both = READABLE | WRITEABLE
        return [
            Characteristic[bytes](gatt.GATT_CURRENT_TIME_CHARACTERISTIC, Read | Write, both, now),
            Characteristic[bytes](UUID.from_16_bits(0x2A0F), Read | Write, both, zone),
        ]

    def _heart_rate(self) -> Characteristic[bytes]:
        """Return the measurement of a sensor that is off: flags 0 and 0 beats."""
        return Characteristic[bytes](
            gatt.GATT_HEART_RATE_MEASUREMENT_CHARACTERISTIC, Read | Notify, READABLE, bytes((0, 0))
        )

    def _hear_motion(self, heard: bool) -> None:
        self._motion_heard = heard

    def _read_raw(self, _connection: Connection) -> bytes:
        self._catch_up()
        return struct.pack("<hhh", *self._motion)

    def _read_steps(self, _connection: Connection) -> bytes:
        self._catch_up()
        return struct.pack("<I", self.steps)

    def _set_time(self, _connection: Connection, value: bytes) -> None:
        if not self.clock.set(value, self._catch_up()):
            raise ATT_Error(ErrorCode.INVALID_ATTRIBUTE_LENGTH)

    def _set_zone(self, _connection: Connection, value: bytes) -> None:
        if len(value) != 2:
            raise ATT_Error(ErrorCode.INVALID_ATTRIBUTE_LENGTH)
        self.clock.zone = value

    # -- alerts ------------------------------------------------------------------------------------------------------

    def _show(self, _connection: Connection, value: bytes) -> None:
        notification = decode_new_alert(value)
        if notification is not None:
            self._vibrate(notification)

    def _alert(self, _connection: Connection, value: bytes) -> None:
        if len(value) == 1 and value[0] in LEVELS:
            self._vibrate(Notification(0, f"Alert : {LEVELS[value[0]]}", ""))

    def _vibrate(self, notification: Notification) -> None:
        self._catch_up()
        if self.quiet:
            return
        self.notifications.append(notification)
        self._ringing = notification.category == CALL
        details = {"title": notification.title, "body": notification.body, "category": notification.category}
        self._felt.append(Felt("notification_shown", calls=True, details=details))

    def press(self, now_us: int, double: bool) -> None:
        """Answer a call that rings, as far as the watch has buttons for it: accepted, or muted by a double press."""
        if self._ringing:
            self._ringing = False
            self._outgoing.notify(self._answer, bytes((2 if double else 1,)))

    # -- advertising -------------------------------------------------------------------------------------------------

    def advertising_data(self) -> bytes:
        """Return flags, the heart rate service, the DFU service and the transmit power; no motion service."""
        return bytes(
            AdvertisingData(
                [
                    (AdvertisingData.FLAGS, b"\x06"),
                    (AdvertisingData.COMPLETE_LIST_OF_16_BIT_SERVICE_CLASS_UUIDS, struct.pack("<H", 0x180D)),
                    (AdvertisingData.COMPLETE_LIST_OF_128_BIT_SERVICE_CLASS_UUIDS, bytes(NORDIC_DFU)),
                    (AdvertisingData.TX_POWER_LEVEL, b"\x00"),
                ]
            )
        )

    def scan_response_data(self) -> bytes:
        """Return the name, the same for every watch."""
        return bytes(AdvertisingData([(AdvertisingData.COMPLETE_LOCAL_NAME, self.name.encode())]))

    # -- the body's side ---------------------------------------------------------------------------------------------

    def sampling(self) -> Sampling:
        """Return the chip's setting, which nothing changes."""
        return Sampling(CHIP_RATE_HZ, 2.0, COUNTS_PER_G)

    @property
    def steps(self) -> int:
        """Steps of this day."""
        return self._counter.steps - self._day_began_at

    def feed(self, samples: Samples) -> None:
        """Average the chip's samples and look at them as the main loop does."""
        if len(samples.counts) == 0:
            return
        held = samples if self._held is None else Samples.joined([self._held, samples])
        self._count_steps(samples.counts)
        while self._next_poll_us <= int(held.device_us[-1]):
            newest = int(np.searchsorted(held.device_us, self._next_poll_us, side="right"))
            self._poll(held.counts[max(0, newest - AVERAGED) : newest])
            self._next_poll_us += self._random.randint(*POLL_US)
        self._held = held.part(-AVERAGED)

    def _count_steps(self, counts: np.ndarray) -> None:
        held = np.concatenate((self._uncounted, counts))
        whole = len(held) // AVERAGED * AVERAGED
        self._uncounted = held[whole:]
        self._counter.feed(held[:whole].reshape(-1, AVERAGED, 3).mean(axis=1) / COUNTS_PER_G)

    def _poll(self, newest: np.ndarray) -> None:
        if len(newest) == 0 or not (self._motion_heard or self._looks_always()):
            return
        x, y, z = (int(value) for value in newest.astype(np.int32).sum(axis=0) // len(newest))
        if (x, y, z) != self._motion:
            self._motion = (x, y, z)
            self._outgoing.notify(self._raw, struct.pack("<hhh", x, y, z))
        if self.steps != self._steps_told:
            self._steps_told = self.steps
            self._outgoing.notify(self._steps, struct.pack("<I", self.steps))

    def _looks_always(self) -> bool:
        return tuple(int(part) for part in self.firmware.split("."))[:2] >= ALWAYS_ON_VERSION

    def notice(self, circumstances: Circumstances) -> None:
        """Feel the battery; a change is notified."""
        super().notice(circumstances)
        if circumstances.battery_pct != self._battery_told_pct:
            self._battery_told_pct = circumstances.battery_pct
            self._outgoing.notify(self._battery, bytes((circumstances.battery_pct,)))

    def tick(self, now_us: int) -> None:
        """Let midnight pass: the steps begin again."""
        before, self._day = self._day, self.clock.day(now_us)
        if self._day == before + 1:  # a host that sets the clock makes no midnight
            self._day_began_at = self._counter.steps

    def reboot(self) -> None:
        """Lose the power for a moment: steps, time and the last value are gone."""
        super().reboot()
        self.notifications.clear()
        self.clock = WatchClock(self.clock.zone)
        self._ringing = False
        self._boot()


def infinitime(
    catch_up: CatchUp,
    seed: int,
    placement: str,
    address: Address = "E7:5C:11:D2:A0:4F",
    firmware: Annotated[
        str, Meta(pattern=r"^\d+\.\d+\.\d+\Z", description="Its firmware; below 1.16 it moves for a subscriber only.")
    ] = "1.16.1",
    quiet: Annotated[bool, Meta(description="Whether it shows nothing, and does not buzz.")] = False,
    max_mtu: MaxMtu = 256,
) -> InfiniTimeProfile:
    """Build a watch; it does not care where it is worn."""
    return InfiniTimeProfile(catch_up, seed, address, firmware, quiet, max_mtu)
