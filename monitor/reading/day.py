"""The running totals of one local day, its account at an hour of the wearer's choice, and its end at midnight."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from monitor.civil import CIVIL_FROM_S, day_of, midnights_around, moment_of_day, time_text
from monitor.event_ids import event_id
from monitor.events import BreakDue, BreakTaken, DayEnded, DaySummary, Event


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
    summary_at: str = ""
    """Time of day at which the day so far is told; empty for never."""
    summary_s: float | None = None
    """When that is today; infinite once it is told or missed, None where it is still to be worked out."""
    summed_s: float = 0.0
    """The midnight that began the day that was told last: another hour set meanwhile tells it no second time."""

    def begin_second(self, start_s: float) -> list[Event]:
        """The second that starts at ``start_s`` may be the first of a day, or the first after the day's account."""
        if self.start_s is not None and start_s < self.end_s:
            return self._summary(start_s)
        around = midnights_around(start_s, self.time_zone)
        if around is None:
            return []
        events = [self._ended()] if self.start_s is not None else []
        self.start_s, self.end_s = around
        self.sedentary_s = self.longest_s = 0.0
        self.breaks = self.alerts = 0
        self.summary_s = None
        return events + self._summary(start_s)

    def take_rules_of(self, other: Day) -> None:
        """Go on with the same memory under another's settings."""
        if (self.time_zone, self.summary_at) != (other.time_zone, other.summary_at):
            self.time_zone, self.summary_at, self.summary_s = other.time_zone, other.summary_at, None

    def take_over(self, first: Day) -> None:
        """What a second reading cannot know of the same day: the calls, and whether its account has been told."""
        if self.start_s == first.start_s:
            self.alerts, self.summary_s, self.summed_s = first.alerts, first.summary_s, first.summed_s

    def _summary(self, start_s: float) -> list[Event]:
        """The day's account, once, in the first second at or after its hour; an hour that is over already is let go."""
        if self.summary_s is None:
            due_s = moment_of_day(start_s, self.time_zone, self.summary_at) if self.summary_at else None
            to_come = due_s is not None and due_s >= start_s and self.summed_s != self.start_s
            self.summary_s = due_s if to_come else float("inf")
        assert self.summary_s is not None
        if start_s < self.summary_s:
            return []
        at_s, self.summary_s, self.summed_s = self.summary_s, float("inf"), self.start_s or 0.0
        return [
            DaySummary(
                id=event_id(at_s, self.wearer, "day_summary"),
                at_s=at_s,
                date=day_of(at_s, self.time_zone),
                until=time_text(at_s, self.time_zone),
                **self._totals(),
            )
        ]

    def runs_until_s(self, start_s: float) -> float:
        """Seconds from ``start_s`` on that start before this begin no day, and tell none."""
        if self.start_s is not None:
            return min(self.end_s, start_s if self.summary_s is None else self.summary_s)
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
            **self._totals(),
        )

    def _totals(self) -> dict[str, Any]:
        return {
            "sedentary_min": round(self.sedentary_s / 60.0, 1),
            "longest_min": round(self.longest_s / 60.0, 1),
            "breaks": self.breaks,
            "alerts": self.alerts,
        }
