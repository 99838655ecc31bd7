"""Somebody who sits for two hours and says things, and what they are answered."""

from __future__ import annotations

from dataclasses import dataclass, field

from monitor.coach.policy import Coach
from monitor.events import BreakDue, CommandAnswered, Event
from monitor.exchange import Command
from tests.coach.days import NOON_S, a_coach, sitting, steps_of, tell

LONG_SIT = steps_of([sitting(7200)])


@dataclass
class Sitter:
    """Somebody who sits for two hours and says things."""

    coach: Coach = field(default_factory=a_coach)
    told: int = 0
    events: list[Event] = field(default_factory=list)

    def sit_until(self, second: int) -> list[Event]:
        """Up to the decision of that second of the bout."""
        events = [event for step in LONG_SIT[self.told : second] for event in tell(self.coach, step)]
        self.told = second
        self.events += events
        return events

    @property
    def now_s(self) -> float:
        """When the latest row was decided."""
        return NOON_S + self.told + 3.0

    def say(self, name: str, value: str = "PRESS", alert_id: str | None = None) -> list[Event]:
        """A command, now."""
        events = self.coach.command(Command(name, value, alert_id, "test"), self.now_s)
        self.events += events
        return events

    def view(self) -> str:
        """The alert state, now."""
        return self.coach.view(self.now_s).alert

    def called_at(self) -> list[int]:
        """The seconds of the bout on whose row a call was made."""
        return [round(event.at_s - NOON_S) - 3 for event in self.events if isinstance(event, BreakDue)]


def answer(events: list[Event]) -> CommandAnswered:
    """The one answer to a command, the last of its events."""
    last = events[-1]
    assert isinstance(last, CommandAnswered)
    assert sum(isinstance(event, CommandAnswered) for event in events) == 1
    return last


def a_called_sitter() -> tuple[Sitter, str]:
    """Somebody whose ten minutes are full, and the alert that is open."""
    sitter = Sitter()
    (call,) = sitter.sit_until(600)
    assert isinstance(call, BreakDue)
    return sitter, call.alert_id
