"""The running totals of one local day, and its end at midnight (pure; civil time only here and in the coach)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from monitor.events import BreakDue, BreakTaken, DayEnded, Event, event_id

CIVIL_TIME_FROM_S = 946_684_800.0
"""2000-01-01: recordings with earlier times count from their own zero and have no civil time."""


def local_time(at_s: float, time_zone: str) -> datetime:
    """Civil time in the named zone; for an empty name naive local time by the machine's own rules."""
    return datetime.fromtimestamp(at_s, ZoneInfo(time_zone) if time_zone else None)


def midnight_before(at_s: float, time_zone: str) -> float:
    """The local midnight that began the day of ``at_s``, seconds since the Unix epoch."""
    return local_time(at_s, time_zone).replace(hour=0, minute=0, second=0, microsecond=0).timestamp()


def midnight_after(at_s: float, time_zone: str) -> float:
    """The next local midnight after ``at_s``; days of 23 and 25 hours are as long as they are."""
    tomorrow = local_time(at_s, time_zone) + timedelta(days=1)
    return tomorrow.replace(hour=0, minute=0, second=0, microsecond=0).timestamp()


@dataclass
class Day:
    """Totals since local midnight, of one wearer."""

    wearer: str
    time_zone: str = ""
    start_s: float | None = None
    """Local midnight; None before the first second, and where there is no civil time."""
    end_s: float = float("inf")
    sedentary_s: float = 0.0
    longest_s: float = 0.0
    breaks: int = 0
    alerts: int = 0

    def advance(self, start_s: float, clock_ran: bool, clock_s: float) -> list[Event]:
        """Count the second that starts at ``start_s``.

        Parameters
        ----------
        clock_ran : whether the clock of a sedentary bout ran in this second.
        clock_s : what that clock shows after it, in seconds.
        """
        events = self._turn(start_s)
        if clock_ran:
            self.sedentary_s += 1.0
            since_midnight_s = start_s + 1.0 - self.start_s if self.start_s is not None else clock_s
            self.longest_s = max(self.longest_s, min(clock_s, since_midnight_s))
        return events

    def tick(self, final_s: float) -> list[Event]:
        """Midnight comes without rows, too."""
        return self._turn(final_s) if self.start_s is not None else []

    def count(self, events: list[Event]) -> None:
        """Count the breaks and alerts among ``events``."""
        self.breaks += sum(isinstance(event, BreakTaken) for event in events)
        self.alerts += sum(isinstance(event, BreakDue) and event.repeat == 0 for event in events)

    def _turn(self, at_s: float) -> list[Event]:
        if at_s < CIVIL_TIME_FROM_S or (self.start_s is not None and at_s < self.end_s):
            return []
        events: list[Event] = []
        if self.start_s is not None:
            date = local_time(self.start_s + 43_200, self.time_zone).date().isoformat()
            events.append(
                DayEnded(
                    id=event_id(self.end_s, self.wearer, "day_ended"),
                    at_s=self.end_s,
                    date=date,
                    sedentary_min=round(self.sedentary_s / 60.0, 1),
                    longest_min=round(self.longest_s / 60.0, 1),
                    breaks=self.breaks,
                    alerts=self.alerts,
                )
            )
        self.start_s, self.end_s = midnight_before(at_s, self.time_zone), midnight_after(at_s, self.time_zone)
        self.sedentary_s = self.longest_s = 0.0
        self.breaks = self.alerts = 0
        return events
