"""BTHome v2 service data: a byte of device information, then objects, each an id and a value, little-endian.

An object is skipped by its length; one of an unknown id ends the reading, for nobody knows its length, and what came
before it counts (bthome.io/format, and the parser of Home Assistant does so).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from monitor.wearables.base import G_MS2, DecodeError
from monitor.wearables.readings import Vector

SERVICE = "0000fcd2-0000-1000-8000-00805f9b34fb"
VERSION = 2
ENCRYPTED, WITH_ADDRESS = 0x01, 0x02


def _lengths() -> dict[int, int]:
    """Bytes of each object's value; 0 where the first byte is the length."""
    by_length = {
        0: "53 54",
        1: "00 01 09 0f 10 11 2e 2f 3a 46 57 58 59 60 64",
        2: "02 03 06 07 08 0c 0d 0e 12 13 14 3c 3d 3f 40 41 43 44 45 47 48 49 4a 51 52 56 5a 5d 5e 5f 61 f0",
        3: "04 05 0a 0b 42 4b f2",
        4: "3e 4c 4d 4e 4f 50 55 5b 5c 62 63 f1",
    }
    lengths = {number: length for length, ids in by_length.items() for number in bytes.fromhex(ids)}
    return lengths | dict.fromkeys(range(0x15, 0x2E), 1)  # yes or no, of many kinds


LENGTHS = _lengths()


@dataclass(frozen=True, slots=True)
class Frame:
    """The parts of service data; ``body`` is sealed where ``encrypted``."""

    info: int
    body: bytes

    @property
    def encrypted(self) -> bool:
        """Nobody reads it without the bind key."""
        return bool(self.info & ENCRYPTED)


@dataclass(frozen=True, slots=True)
class Content:
    """What a packet says of what matters here; None where it says nothing."""

    packet_id: int | None = None
    battery_pct: int | None = None
    moving: bool | None = None
    buttons: tuple[int, ...] = ()
    """Events of the buttons, in their order: 0 none, 1 press, 2 double, 3 triple, 4 long, ..."""
    xyz_g: Vector | None = None


def decode_frame(data: bytes) -> Frame:
    """Service data without its UUID. Raises DecodeError."""
    if not data:
        raise DecodeError("empty")
    if data[0] >> 5 != VERSION:
        raise DecodeError(f"BTHome version {data[0] >> 5}, not {VERSION}", data)
    if not data[0] & WITH_ADDRESS:
        return Frame(data[0], data[1:])
    if len(data) < 7:
        raise DecodeError("address is cut", data)
    return Frame(data[0], data[7:])


def decode_objects(body: bytes) -> Content:
    """The objects of a readable packet. Raises DecodeError where one is cut."""
    battery_pct: int | None = None
    packet_id: int | None = None
    moving: bool | None = None
    buttons: list[int] = []
    axes: list[float] = []
    for number, value in _objects(body):
        match number:
            case 0x00:  # packet id
                packet_id = value[0]
            case 0x01:  # battery
                battery_pct = min(value[0], 100)
            case 0x21 | 0x22 | 0x2C:  # motion, moving, vibration
                moving = bool(value[0]) or bool(moving)
            case 0x3A:  # button
                buttons.append(value[0])
            case 0x63:  # acceleration, millionths of a m/s^2; id 0x51 has no sign and so no direction
                axes.append(int.from_bytes(value, "little", signed=True) * 1e-6 / G_MS2)
    xyz_g = (axes[0], axes[1], axes[2]) if len(axes) == 3 else None
    return Content(packet_id, battery_pct, moving, tuple(buttons), xyz_g)


def _objects(body: bytes) -> Iterator[tuple[int, bytes]]:
    at = 0
    while at < len(body):
        number, at = body[at], at + 1
        if number not in LENGTHS:
            return
        length = LENGTHS[number]
        if not length:
            length, at = (body[at] if at < len(body) else 1), at + 1
        if at + length > len(body):
            raise DecodeError(f"object 0x{number:02x} is cut", body)
        yield number, body[at : at + length]
        at += length
