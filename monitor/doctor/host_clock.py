"""The computer's clock: bouts, quiet hours and certificates hang on it."""

from __future__ import annotations

import ctypes
import ctypes.util
import shutil
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime

from monitor.doctor.finding import Case, Finding, failed, note, ok, warning
from monitor.history import queries
from monitor.history.database import HistoryError

BEFORE_THIS_PROGRAM_S = 1_767_225_600.0
"""2026-01-01: a computer without a battery for its clock wakes up in 1970, or on the day of its image."""
AHEAD_S = 120.0
"""The books may be so much ahead of a clock that was corrected just now."""
STA_UNSYNC = 0x40
"""adjtimex(2): the kernel's clock is not kept by anybody."""


class _Timex(ctypes.Structure):
    """The beginning of Linux's ``struct timex``, with room for its end."""

    _fields_ = (
        ("modes", ctypes.c_uint),
        ("offset", ctypes.c_long),
        ("freq", ctypes.c_long),
        ("maxerror", ctypes.c_long),
        ("esterror", ctypes.c_long),
        ("status", ctypes.c_int),
        ("rest", ctypes.c_byte * 512),
    )


def host_clock(case: Case) -> Sequence[Finding]:
    """Plausible, not behind the books, and kept by somebody."""
    newest_s = newest_in(case)
    return judged(case.now_s, newest_s, synchronised())


def judged(now_s: float, newest_s: float | None, kept: bool | None) -> list[Finding]:
    """What is to be said of a clock; ``kept`` is None where nobody can be asked."""
    shown, set_it = datetime.fromtimestamp(now_s, UTC).isoformat(" ", "seconds"), "sudo timedatectl set-ntp true"
    if now_s < BEFORE_THIS_PROGRAM_S:
        return [failed(f"{shown}: that is before this program was written", f"set the clock: {set_it}")]
    if newest_s is not None and newest_s > now_s + AHEAD_S:
        behind_min = (newest_s - now_s) / 60
        return [failed(f"{shown}: {behind_min:.0f} minutes behind the newest entry of the history", f"{set_it}")]
    if kept is None:
        return [note(f"{shown}: plausible; whether it is synchronised cannot be asked here")]
    return [ok(f"{shown}, synchronised") if kept else warning(f"{shown}: not synchronised", set_it)]


def newest_in(case: Case) -> float | None:
    """When the newest entry of the history ends; None without one."""
    try:
        ends_s = [row.last_s for row in queries.wearers(case.history) if row.last_s is not None]
    except HistoryError:  # said by its own check
        return None
    return max(ends_s, default=None)


def synchronised() -> bool | None:
    """Whether the clock is kept by a time server: systemd's word, else the kernel's; None where neither speaks."""
    if shutil.which("timedatectl"):
        asked = ["timedatectl", "show", "--property=NTPSynchronized", "--value"]
        try:
            said = subprocess.run(asked, capture_output=True, text=True, timeout=5, check=False).stdout.strip()
        except (OSError, subprocess.TimeoutExpired):
            said = ""
        if said in ("yes", "no"):
            return said == "yes"
    return _kept_by_the_kernel()


def _kept_by_the_kernel() -> bool | None:
    if sys.platform != "linux":
        return None
    asked = _Timex()  # modes = 0: only read
    try:
        if ctypes.CDLL(ctypes.util.find_library("c")).adjtimex(ctypes.byref(asked)) < 0:
            return None
    except (OSError, AttributeError):
        return None
    return not asked.status & STA_UNSYNC
