"""WitMotion's frames of twenty bytes, its registers, and how the battery's voltage follows from its charge."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

import numpy as np

FRAME_BYTES = 20
STREAM, READ_BACK = b"\x55\x61", b"\x55\x71"
COUNTS_PER_G = 2048
TURN_COUNTS_PER_DPS, ANGLE_COUNTS_PER_DEG = 32768 / 2000, 32768 / 180
SAVE, RATE, READ, UNLOCK, BATTERY, MAGNETIC, QUATERNION = 0x00, 0x03, 0x27, 0x69, 0x64, 0x3A, 0x51
UNLOCK_VALUE = 0xB588
RATE_CODES = {3: 1.0, 5: 5.0, 6: 10.0, 7: 20.0, 8: 50.0, 9: 100.0, 11: 200.0}
DEFAULT_RATE_CODE = 6
PERCENTS = (0, 5, 10, 15, 20, 30, 40, 50, 60, 75, 90, 100)
VOLTS = (3.30, 3.41, 3.51, 3.69, 3.71, 3.74, 3.78, 3.80, 3.83, 3.88, 3.94, 3.97)
"""Just above the thresholds by which the vendor reads percents."""


def volts_of(battery_pct: int) -> float:
    """Return the cell's voltage at a charge."""
    return float(np.interp(battery_pct, PERCENTS, VOLTS))


def encode_stream(counts: np.ndarray, turn_dps: np.ndarray, angles_deg: np.ndarray) -> bytes:
    """Pack (N, 3) acceleration counts, turn rates and angles as N frames."""
    turn = np.clip(np.rint(turn_dps * TURN_COUNTS_PER_DPS), -32768, 32767)
    angles = np.clip(np.rint(angles_deg * ANGLE_COUNTS_PER_DEG), -32768, 32767)
    rows = np.hstack((counts, turn, angles)).astype("<i2")
    return b"".join(STREAM + row.tobytes() for row in rows)


def angles_of(xyz_g: np.ndarray) -> np.ndarray:
    """Return (N, 3) roll, pitch and yaw in degrees as a device without a compass knows them: yaw stays 0."""
    x, y, z = xyz_g.T
    roll = np.degrees(np.arctan2(y, z))
    pitch = np.degrees(np.arctan2(-x, np.hypot(y, z)))
    return np.column_stack((roll, pitch, np.zeros(len(roll))))


@dataclass
class Registers:
    """What commands change: a value lasts over a loss of power only when it was saved, and needs the lock open."""

    rate_code: int = DEFAULT_RATE_CODE
    saved_rate_code: int = DEFAULT_RATE_CODE
    unlocked: bool = False
    battery_pct: int = 100
    ignored: int = field(default=0)
    """Commands that changed nothing."""

    @property
    def rate_hz(self) -> float:
        """Output rate."""
        return RATE_CODES[self.rate_code]

    def write(self, command: bytes) -> bytes | None:
        """Carry out a command; return the frame that answers a read. What cannot be understood is ignored."""
        if len(command) != 5 or not command.startswith(b"\xff\xaa"):
            self.ignored += 1
            return None
        register, value = struct.unpack("<BH", command[2:])
        if register == READ:
            return self._read(value)
        if register == UNLOCK:
            self.unlocked = value == UNLOCK_VALUE
        elif self.unlocked and register == RATE and value in RATE_CODES:
            self.rate_code = value
        elif self.unlocked and register == SAVE and value == 0:
            self.saved_rate_code, self.unlocked = self.rate_code, False
        else:
            self.ignored += 1
        return None

    def _read(self, register: int) -> bytes:
        values = {
            RATE: (self.rate_code,),
            BATTERY: (round(100 * volts_of(self.battery_pct)),),
            MAGNETIC: (2400, -3600, 4800),
            QUATERNION: (32767, 0, 0, 0),
        }.get(register, ())
        content = b"".join(struct.pack("<h", value) for value in values)
        return (READ_BACK + struct.pack("<H", register) + content).ljust(FRAME_BYTES, b"\0")

    def lose_power(self) -> None:
        """Fall back to what was saved."""
        self.rate_code, self.unlocked = self.saved_rate_code, False
