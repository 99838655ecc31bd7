"""Civil time, for the few things that need it: quiet hours, days, the daily cap, and times of day in answers.

Recordings with times before 2000 have no civil time (their clocks start somewhere); here they get None.
"""

from __future__ import annotations

import os
import re
from contextlib import suppress
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo

CIVIL_FROM_S = 946_684_800.0
"""2000-01-01T00:00:00Z."""
CIVIL_UNTIL_S = 253_370_764_800.0
"""9999-01-01T00:00:00Z, the last year of the calendar."""
_TIME_OF_DAY = re.compile(r"([01]?[0-9]|2[0-3]):([0-5][0-9])", re.ASCII)


def minute_of_day(text: str) -> int:
    """0..1439 from ``HH:MM``; raises ValueError with a message for the user."""
    match = _TIME_OF_DAY.fullmatch(text.strip())
    if match is None:
        raise ValueError(f'"{text[:40]}": not a time of day (HH:MM)')
    return 60 * int(match[1]) + int(match[2])


def checked_zone(name: str) -> str:
    """The name itself if it is a time zone or empty; raises ValueError with a message for the user."""
    if name:
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            raise ValueError(
                f'"{name[:40]}": not a time zone (a name such as "Europe/Vienna", or "" for the machine\'s own)'
            ) from None
    return name


def local_time(at_s: float, zone: str) -> datetime | None:
    """Wall-clock time in ``zone`` ("" = the machine's own); None where there is no civil time."""
    if not CIVIL_FROM_S <= at_s < CIVIL_UNTIL_S:
        return None
    return datetime.fromtimestamp(at_s, ZoneInfo(zone) if zone else None)


def within_hours(at_s: float, zone: str, from_text: str, until_text: str) -> bool:
    """Whether the time of day lies in [from, until), over midnight too; never without civil time."""
    local = local_time(at_s, zone) if from_text else None
    if local is None:
        return False
    minute, begin, end = 60 * local.hour + local.minute, minute_of_day(from_text), minute_of_day(until_text)
    return begin <= minute < end if begin < end else minute >= begin or minute < end


def day_of(at_s: float, zone: str) -> str:
    """ISO date, or "" where there is no civil time."""
    local = local_time(at_s, zone)
    return local.date().isoformat() if local else ""


def time_text(at_s: float, zone: str) -> str:
    """``HH:MM`` for answers; seconds of the recording where there is no civil time."""
    local = local_time(at_s, zone)
    return f"{local:%H:%M}" if local else f"{at_s:.0f} s"


def midnights_around(at_s: float, zone: str) -> tuple[float, float] | None:
    """The local midnights that begin and end the day of ``at_s``: 23, 24 or 25 hours apart; None without civil time."""
    local = local_time(at_s, zone)
    if local is None:
        return None
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0, fold=0)
    return midnight.timestamp(), (midnight + timedelta(days=1)).timestamp()


def last_minute(text: str, now_s: float, zone: str) -> tuple[float, float] | None:
    """Begin and end of the last minute that was ``HH:MM``, perhaps this one; None without civil time.

    Raises ValueError where the text is no time of day.
    """
    minute, local = minute_of_day(text), local_time(now_s, zone)
    if local is None:
        return None
    asked = local.replace(hour=minute // 60, minute=minute % 60, second=0, microsecond=0)
    if asked > local:
        asked -= timedelta(days=1)
    return asked.timestamp(), asked.timestamp() + 60.0


def moment_of_day(at_s: float, zone: str, text: str) -> float | None:
    """When it is ``HH:MM`` on the local day of ``at_s``; None without civil time."""
    local = local_time(at_s, zone)
    if local is None:
        return None
    hour, minute = divmod(minute_of_day(text), 60)
    return local.replace(hour=hour, minute=minute, second=0, microsecond=0, fold=0).timestamp()


def zone_named(name: str) -> tzinfo:
    """The time zone of this name, or the machine's own where it is empty."""
    return ZoneInfo(name) if name else machine_zone()


def machine_zone() -> tzinfo:
    """The machine's own time zone, with its summer time where the system tells it."""
    told = os.environ.get("TZ", "").removeprefix(":")
    with suppress(KeyError, ValueError, OSError):  # a rule such as "CET-1CEST" is no zone that we could look up
        if told and not told.startswith("/"):
            return ZoneInfo(told)
        with Path(told or "/etc/localtime").open("rb") as file:
            return ZoneInfo.from_file(file)
    zone = datetime.now().astimezone().tzinfo
    assert zone is not None
    return zone
