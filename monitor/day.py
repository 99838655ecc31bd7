"""The running totals of one local day, and its end at midnight."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.civil import CIVIL_FROM_S, day_of, midnights_around
from monitor.events import BreakDue, BreakTaken, DayEnded, Event, event_id


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

    def begin_second(self, start_s: float) -> list[Event]:
        """The second that starts at ``start_s`` may be the first of a day."""
        if self.start_s is not None and start_s < self.end_s:
            return []
        around = midnights_around(start_s, self.time_zone)
        if around is None:
            return []
        events = [self._ended()] if self.start_s is not None else []
        self.start_s, self.end_s = around
        self.sedentary_s = self.longest_s = 0.0
        self.breaks = self.alerts = 0
        return events

    def runs_until_s(self, start_s: float) -> float:
        """Seconds from ``start_s`` on that start before this begin no day."""
        if self.start_s is not None:
            return self.end_s
        return CIVIL_FROM_S if start_s < CIVIL_FROM_S else start_s

    def advance(self, start_s: float, ran_s: float, clock_s: float) -> None:
        """Count the second that starts at ``start_s``, or several of this day, of which it is the last.

        Parameters
        ----------
        ran_s : by how much the clock of sedentary bouts went on with them.
        clock_s : what the clock of the running bout shows after it, in seconds.
        """
        if ran_s > 0:
            self.sedentary_s += ran_s
            since_midnight_s = start_s + 1.0 - self.start_s if self.start_s is not None else clock_s
            self.longest_s = max(self.longest_s, min(clock_s, since_midnight_s))

    def tick(self, final_s: float) -> list[Event]:
        """Midnight comes without rows, too."""
        return self.begin_second(final_s) if self.start_s is not None else []

    def count(self, events: list[Event]) -> None:
        """Count the breaks and alerts among ``events``."""
        self.breaks += sum(isinstance(event, BreakTaken) for event in events)
        self.alerts += sum(isinstance(event, BreakDue) and event.repeat == 0 for event in events)

    def _ended(self) -> Event:
        return DayEnded(
            id=event_id(self.end_s, self.wearer, "day_ended"),
            at_s=self.end_s,
            date=day_of(self.end_s - 1.0, self.time_zone),
            sedentary_min=round(self.sedentary_s / 60.0, 1),
            longest_min=round(self.longest_s / 60.0, 1),
            breaks=self.breaks,
            alerts=self.alerts,
        )
