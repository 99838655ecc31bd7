"""A BBC micro:bit whose program has started the accelerometer service and little else.

One sample a notification, no stamp and no counter; the radio sends them two or three at a time, some 45 ms apart. The
two boards differ in chip: the first counts in steps of 16, the second in steps of 2, both 1024 counts a g.
"""

from __future__ import annotations

import asyncio
import random
import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Annotated, Literal

from bumble.att import ATT_Error, Attribute, ErrorCode
from bumble.core import UUID, AdvertisingData
from bumble.device import Connection
from bumble.gatt import Characteristic, CharacteristicValue, Service
from bumble.profiles.device_information_service import DeviceInformationService
from msgspec import Meta

from firmware_sim.profiles.base import CatchUp, Felt, Sampling
from firmware_sim.profiles.options import Address, MaxMtu, OptionError
from firmware_sim.profiles.streamer import Streamer
from firmware_sim.sensor import Samples

COUNTS_PER_G, RANGE_G = 1024, 2.0
DEFAULT_PERIOD_MS = 20
BURST_US = (42_000, 48_000)
"""Device time between bursts of notifications (microbit-dal issue 300)."""
LOOK_S = 0.01
"""Wall time between looks whether a burst is due."""
TEXT_BYTES, PICTURE_BYTES = 20, 5
SCROLL_MS = 120
DOWN, UP = b"\x01", b"\x00"

Read, Write, Notify = Characteristic.Properties.READ, Characteristic.Properties.WRITE, Characteristic.Properties.NOTIFY
READABLE, WRITEABLE = Attribute.READABLE, Attribute.WRITEABLE


def uuid(number: int) -> UUID:
    """Return one of the board's own UUIDs."""
    return UUID(f"e95d{number:04x}-251d-470a-a062-fa1922dfa9a8")


@dataclass(frozen=True, slots=True)
class Board:
    """What differs between the boards."""

    step: int
    periods_us: tuple[int, ...]
    """Sampling periods that the chip can do."""
    most_extras: int
    """How many services fit into the memory beside the accelerometer's and the device information."""

    def period_us(self, asked_ms: int) -> int:
        """Return the smallest period that is not below what was asked for, or the longest (codal-core CodalUtil)."""
        return next((one for one in self.periods_us if one >= asked_ms * 1000), self.periods_us[-1])


BOARDS = {
    "v1": Board(16, (1250, 2500, 5000, 10_000, 20_000, 80_000, 160_000, 640_000), 1),
    "v2": Board(2, (617, 744, 2500, 5000, 10_000, 20_000, 40_000, 100_000, 1_000_000), 2),
}


@dataclass
class Lamps:
    """What was written to the LED service."""

    texts: list[str] = field(default_factory=list)
    picture: bytes = bytes(PICTURE_BYTES)
    scroll_ms: int = SCROLL_MS


class MicrobitProfile(Streamer):
    """One board, built for "no pairing required"."""

    def __init__(
        self, catch_up: CatchUp, seed: int, address: str, board: Board, extras: tuple[str, ...], max_mtu: int
    ) -> None:
        super().__init__("BBC micro:bit", address, catch_up, seed, max_mtu)
        self.board = board
        self.lamps = Lamps()
        self._extras = extras
        self._random = random.Random(seed)
        self._period_us = board.period_us(DEFAULT_PERIOD_MS)
        self._reading = struct.pack("<hhh", 0, 0, 0)
        self._waiting: list[bytes] = []
        """Samples since the last burst."""
        self._next_burst_us = 0
        self._build()

    # -- services ----------------------------------------------------------------------------------------------------

    def _build(self) -> None:
        self._data = Characteristic[bytes](
            uuid(0xCA4B), Read | Notify, READABLE, CharacteristicValue[bytes](read=self._read_data)
        )
        self._period = self._held(0xFB24, lambda: struct.pack("<H", self._period_us // 1000), self._write_period)
        self._buttons = [Characteristic[bytes](uuid(one), Read | Notify, READABLE, UP) for one in (0xDA90, 0xDA91)]

    def _held(
        self, number: int, read: Callable[[], bytes], write: Callable[[Connection, bytes], None]
    ) -> Characteristic[bytes]:
        """Return a characteristic that is read and written."""
        value = CharacteristicValue[bytes](read=lambda _: read(), write=write)
        return Characteristic[bytes](uuid(number), Read | Write, READABLE | WRITEABLE, value)

    def services(self) -> list[Service]:
        """Return the accelerometer's service, the device information and the extras; never a battery service."""
        extras = {"led": self._led_service, "button": self._button_service}
        return [
            DeviceInformationService(model_number="BBC micro:bit", serial_number="1", firmware_revision="2.2.0"),
            Service(uuid(0x0753), [self._data, self._period]),
            *(extras[name]() for name in self._extras),
        ]

    def _led_service(self) -> Service:
        text = CharacteristicValue[bytes](write=self._write_text)
        return Service(
            uuid(0xD91D),
            [
                self._held(0x7B77, lambda: self.lamps.picture, self._write_picture),
                Characteristic[bytes](uuid(0x93EE), Write, WRITEABLE, text),
                self._held(0x0D2D, lambda: struct.pack("<H", self.lamps.scroll_ms), self._write_scroll),
            ],
        )

    def _button_service(self) -> Service:
        return Service(uuid(0x9882), self._buttons)

    def _read_data(self, _connection: Connection) -> bytes:
        self._catch_up()
        return self._reading

    def _write_period(self, _connection: Connection, value: bytes) -> None:
        self._catch_up()
        self._period_us = self.board.period_us(*struct.unpack("<H", sized(value, 2)))

    def _write_text(self, _connection: Connection, value: bytes) -> None:
        if len(value) > TEXT_BYTES:
            raise ATT_Error(ErrorCode.INVALID_ATTRIBUTE_LENGTH)
        self._catch_up()
        text = value.decode("utf-8", errors="replace")
        self.lamps.texts.append(text)
        self._felt.append(Felt("text_shown", calls=True, details={"text": text}))

    def _write_picture(self, _connection: Connection, value: bytes) -> None:
        self._catch_up()
        self.lamps.picture = sized(value, PICTURE_BYTES)
        self._felt.append(Felt("picture_shown", details={"rows": value.hex()}))

    def _write_scroll(self, _connection: Connection, value: bytes) -> None:
        (self.lamps.scroll_ms,) = struct.unpack("<H", sized(value, 2))

    # -- advertising -------------------------------------------------------------------------------------------------

    def advertising_data(self) -> bytes:
        """Return flags and the name; the services are found only after connecting."""
        name = (AdvertisingData.COMPLETE_LOCAL_NAME, self.name.encode())
        return bytes(AdvertisingData([(AdvertisingData.FLAGS, b"\x06"), name]))

    def scan_response_data(self) -> bytes:
        """Return nothing."""
        return b""

    # -- the body's side ---------------------------------------------------------------------------------------------

    def sampling(self) -> Sampling:
        """Return the chip's setting at the period in use."""
        return Sampling(1e6 / self._period_us, RANGE_G, COUNTS_PER_G, self.board.step)

    def feed(self, samples: Samples) -> None:
        """Let every sample wait for the next burst."""
        self._waiting += [struct.pack("<hhh", *row) for row in samples.counts.tolist()]
        if self._waiting:
            self._reading = self._waiting[-1]

    def tick(self, now_us: int) -> None:
        """Send what waits when the radio's next burst is due."""
        if now_us < self._next_burst_us:
            return
        self._next_burst_us = now_us + self._random.randint(*BURST_US)
        for value in self._waiting:
            self._outgoing.notify(self._data, value)
        self._waiting.clear()

    async def serve(self, connection: Connection) -> None:
        """Talk to a host until cancelled, with bursts at their own pace."""
        self._waiting.clear()
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(super().serve(connection), name="microbit-notifications")
            while True:
                await asyncio.sleep(LOOK_S)
                self.tick(self._catch_up())

    def press(self, now_us: int, double: bool) -> None:
        """Press button A, or B for a double press: down and up again."""
        for value in (DOWN, UP):
            self._outgoing.notify(self._buttons[double], value)

    def reboot(self) -> None:
        """Lose the power for a moment: the period is the default one again."""
        super().reboot()
        self.lamps = Lamps()
        self._waiting.clear()
        self._next_burst_us = 0
        self._period_us = self.board.period_us(DEFAULT_PERIOD_MS)


def sized(value: bytes, length: int) -> bytes:
    """Return a written value of the right length; refuse any other."""
    if len(value) != length:
        raise ATT_Error(ErrorCode.INVALID_ATTRIBUTE_LENGTH)
    return value


def microbit(
    catch_up: CatchUp,
    seed: int,
    placement: str,
    address: Address = "D4:1B:7A:3C:90:E2",
    board: Annotated[Literal["v1", "v2"], Meta(description="Which of the two boards.")] = "v2",
    extras: Annotated[
        str,
        Meta(pattern=r"^((led|button)(,(led|button))?)?\Z", description="led, button or led,button; all that fit."),
    ] = "",
    max_mtu: MaxMtu = 23,
) -> MicrobitProfile:
    """Build a board."""
    kind = BOARDS[board]
    wanted = tuple(extras.split(",")) if extras else ("led", "button")[: kind.most_extras]
    if len(wanted) > kind.most_extras:
        raise OptionError(f"a micro:bit {board} has memory for {kind.most_extras} of the services {', '.join(wanted)}")
    return MicrobitProfile(catch_up, seed, address, kind, wanted, max_mtu)
