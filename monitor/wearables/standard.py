"""What the Bluetooth SIG defines for every device: battery, device information, alerts, the time of day."""

from __future__ import annotations

from datetime import datetime

from monitor.wearables.base import DecodeError


def uuid_of(short: int) -> str:
    """The 128-bit UUID of a 16-bit one."""
    return f"{short:08x}-0000-1000-8000-00805f9b34fb"


BATTERY_LEVEL = uuid_of(0x2A19)
FIRMWARE_REVISION = uuid_of(0x2A26)
ALERT_LEVEL = uuid_of(0x2A06)
NEW_ALERT = uuid_of(0x2A46)
CURRENT_TIME = uuid_of(0x2A2B)


def decode_battery(data: bytes) -> int | None:
    """Battery Level in percent; None where the byte is no percentage."""
    if not data:
        raise DecodeError("battery level: empty")
    return data[0] if data[0] <= 100 else None


def decode_text(data: bytes) -> str:
    """A string of Device Information; some devices end it with NUL."""
    return data.split(b"\0")[0].decode("utf-8", "replace").strip()


def encode_current_time(local: datetime) -> bytes:
    """Current Time (10 bytes): the day of the week counts from Monday = 1, the reason is "set by hand"."""
    clock = bytes((local.month, local.day, local.hour, local.minute, local.second, local.isoweekday()))
    return local.year.to_bytes(2, "little") + clock + bytes((local.microsecond * 256 // 1_000_000, 1))
