"""Files of research devices, written by the makers' public descriptions of their formats.

* Axivity: CWA file format, openmovement.dev (a header of 1024 bytes, then sectors of 512).
* GENEActiv: the text format of the GENEActiv manual (59 lines of header, then pages of 300 samples in hexadecimal).
* ActiGraph: github.com/actigraph/GT3X-File-Format (a zip of ``info.txt`` and the records of ``log.bin``).
"""

from __future__ import annotations

import struct
import zipfile
from datetime import UTC, datetime
from functools import reduce
from operator import xor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SECTOR_SAMPLES = 80
PAGE_SAMPLES = 300
TICKS_AT_1970 = 621_355_968_000_000_000
GAIN, OFFSET = 25_600, 500


def write_cwa(path: Path, start_s: float, xyz_g: NDArray[np.float32], rate_hz: int) -> Path:
    """Axivity AX3: three axes of 16 bits, 256 counts a g; whole sectors only."""
    code = 0x40 | 15 - round(np.log2(3200 / rate_hz))  # +-8 g
    header = struct.pack("<HHBHI", 0x444D, 1020, 0x17, 4711, 1).ljust(36, b"\xff") + bytes([code])
    counts = np.round(xyz_g * 256).astype("<i2")
    sectors = [
        _sector(number, start_s + number * SECTOR_SAMPLES / rate_hz, code, rate_hz, counts[first : first + 80])
        for number, first in enumerate(range(0, len(counts) - SECTOR_SAMPLES + 1, SECTOR_SAMPLES))
    ]
    path.write_bytes(header.ljust(1024, b"\xff") + b"".join(sectors))
    return path


def _sector(number: int, first_s: float, code: int, rate_hz: int, counts: NDArray[np.int16]) -> bytes:
    second = np.ceil(first_s - 1e-6)
    offset = round((second - first_s) * rate_hz)
    sector = struct.pack("<HHHII", 0x5841, 508, 0, 1, number) + struct.pack("<I", _packed(second))
    sector += struct.pack("<HHBBBBhH", 0, 600, 0, 200, code, 0x32, offset, len(counts)) + counts.tobytes()
    words = np.frombuffer(sector, "<u2").sum(dtype=np.uint64)
    return sector + struct.pack("<H", -int(words) & 0xFFFF)


def _packed(at_s: float) -> int:
    at = datetime.fromtimestamp(at_s, UTC)
    return (at.year - 2000) << 26 | at.month << 22 | at.day << 17 | at.hour << 12 | at.minute << 6 | at.second


def write_geneactiv(path: Path, start_s: float, xyz_g: NDArray[np.float32], rate_hz: int) -> Path:
    """GENEActiv: pages of 300 samples, 12 bits an axis, calibrated by gain and offset; whole pages only."""
    raw = np.round((xyz_g * GAIN + OFFSET) / 100).astype(np.int64) & 0xFFF
    words = raw[:, 0] << 36 | raw[:, 1] << 24 | raw[:, 2] << 12
    firsts = range(0, len(words) - PAGE_SAMPLES + 1, PAGE_SAMPLES)
    pages = [
        _page(number, start_s + first / rate_hz, rate_hz, words[first : first + PAGE_SAMPLES].tolist())
        for number, first in enumerate(firsts)
    ]
    path.write_text(_geneactiv_header(start_s, rate_hz, len(pages)) + "".join(pages), newline="\r\n")
    return path


def _page(number: int, first_s: float, rate_hz: int, words: list[int]) -> str:
    at = datetime.fromtimestamp(round(first_s, 3), UTC)
    when = f"{at:%Y-%m-%d %H:%M:%S}:{round(at.microsecond / 1000):03d}"
    said = ["Recorded Data", "Device Unique Serial Code:012345", f"Sequence Number:{number}", f"Page Time:{when}"]
    said += ["Unassigned:", "Temperature:25.0", "Battery voltage:4.1", "Device Status:Recording"]
    return "\n".join([*said, f"Measurement Frequency:{rate_hz:.1f}", "".join(f"{word:012X}" for word in words)]) + "\n"


def _geneactiv_header(start_s: float, rate_hz: int, pages: int) -> str:
    at = datetime.fromtimestamp(start_s, UTC)
    lines = ["Device Identity", "Device Unique Serial Code:012345", "Device Type:GENEActiv", "Device Model:1.1"]
    lines += ["Device Firmware Version:Ver5.09 date16Sep14", "Calibration Date:2014-09-16 16:12:00:000", ""]
    lines += ["Device Capabilities", "Accelerometer Range:-8 to 8", "Accelerometer Resolution:0.0039"]
    lines += ["Accelerometer Units:g", "Light Meter Range:0 to 5000", "Light Meter Resolution:5"]
    lines += ["Light Meter Units:lux", "Temperature Sensor Range:0 to 70", "Temperature Sensor Resolution:0.25"]
    lines += ["Temperature Sensor Units:deg. C", "", "Configuration Info", f"Measurement Frequency:{rate_hz} Hz"]
    lines += ["Measurement Period:168 Hours", f"Start Time:{at:%Y-%m-%d %H:%M:%S}:000", "Time Zone:GMT +00:00", ""]
    lines += ["Trial Info", "Study Centre:", "Study Code:", "Investigator ID:", "Exercise Type:", "Config Operator ID:"]
    lines += ["Config Time:", "Config Notes:", "Extract Operator ID:", "Extract Time:", "Extract Notes:", ""]
    lines += ["Subject Info", "Device Location Code:", "Subject Code:", "Date of Birth:1900-1-1", "Sex:", "Height:"]
    lines += ["Weight:", "Handedness Code:", "Subject Notes:", "", "Calibration Data"]
    lines += [f"{axis} {name}:{value}" for axis in "xyz" for name, value in (("gain", GAIN), ("offset", OFFSET))]
    lines += ["Volts:300", "Lux:800", "", "Memory Status", f"Number of Pages:{pages}", ""]
    assert len(lines) == 59
    return "\n".join(lines) + "\n"


def write_gt3x(path: Path, start_s: float, xyz_g: NDArray[np.float32], rate_hz: int) -> Path:
    """ActiGraph: one ACTIVITY2 record a second, 256 counts a g; whole seconds only."""
    counts = np.round(xyz_g * 256).astype("<i2")
    seconds = range(len(counts) // rate_hz)
    log = b"".join(
        record(0x1A, int(start_s) + second, counts[second * rate_hz : (second + 1) * rate_hz].tobytes())
        for second in seconds
    )
    ticks = TICKS_AT_1970 + int(start_s) * 10_000_000
    info = {"Serial Number": "TAS1D12345678", "Device Type": "wGT3XBT", "Firmware": "1.9.2", "Battery Voltage": "4.18"}
    info |= {"Sample Rate": str(rate_hz), "Start Date": str(ticks), "Acceleration Scale": "256.0"}
    info |= {"Acceleration Min": "-8.0", "Acceleration Max": "8.0", "TimeZone": "00:00:00"}
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("info.txt", "".join(f"{name}: {value}\r\n" for name, value in info.items()))
        archive.writestr("log.bin", log)
    return path


def record(kind: int, at_s: int, payload: bytes) -> bytes:
    """One record of ``log.bin``: separator, type, second, size, payload, complement of all bytes' exclusive or."""
    content = struct.pack("<BBIH", 0x1E, kind, at_s, len(payload)) + payload
    return content + bytes([~reduce(xor, content) & 0xFF])
