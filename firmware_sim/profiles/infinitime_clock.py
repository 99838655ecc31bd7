"""A watch's time of day: unset after boot, then as the host writes it to the Current Time Service."""

from __future__ import annotations

import struct
from datetime import UTC, datetime, timedelta

UNSET = datetime(1970, 1, 1, tzinfo=UTC)
LAYOUT = "<HBBBBBBBB"
"""Year, month, day, hour, minute, second, day of the week (Monday is 1), 1/256 s, reason."""


class WatchClock:
    """Local time; the zone is only stored."""

    def __init__(self, zone: bytes = b"\x00\x00") -> None:
        self.zone = zone
        self._zero = UNSET
        """Local time at which the device's clock was zero."""

    def set(self, value: bytes, now_us: int) -> bool:
        """Take ten bytes of local time; False when they are none."""
        if len(value) != struct.calcsize(LAYOUT):
            return False
        year, month, day, hour, minute, second, _weekday, fractions, _reason = struct.unpack(LAYOUT, value)
        try:
            local = datetime(year, month, day, hour, minute, second, round(fractions * 1e6 / 256), tzinfo=UTC)
        except ValueError:
            return False
        self._zero = local - timedelta(microseconds=now_us)
        return True

    def _now(self, now_us: int) -> datetime:
        return self._zero + timedelta(microseconds=now_us)

    def read(self, now_us: int) -> bytes:
        """Return ten bytes of local time."""
        now = self._now(now_us)
        fractions = now.microsecond * 256 // 1_000_000
        return struct.pack(LAYOUT, now.year, now.month, now.day, now.hour, now.minute, now.second, now.isoweekday(),
                           fractions, 0)  # fmt: skip

    def day(self, now_us: int) -> int:
        """Return the number of the local day."""
        return self._now(now_us).toordinal()
