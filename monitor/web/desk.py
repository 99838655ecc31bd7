"""What the page knows, between the bus on one side and browsers on the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime, tzinfo
from pathlib import Path
from typing import Any

from monitor.events import BreakDue, CommandAnswered, Suggestion
from monitor.exchange import Command, Update, WearerState
from monitor.history import queries
from monitor.history.database import HistoryError
from monitor.history.day import DayBooks, EventRow
from monitor.history.ways import Ways
from monitor.web.telling import LOGGED, OPEN
from monitor.words import Words

SOURCE = "web"
LOG_ROWS = 40
BUSY_MIN = 30
"""How long "busy" lasts by one press: a usual meeting."""


@dataclass(frozen=True)
class Person:
    """One wearer, as the page addresses them."""

    name: str
    words: Words
    zone: tzinfo
    snooze_min: float
    ways: Ways | None = None
    """Tells what became of calls."""


@dataclass
class Seen:
    """The latest of one wearer."""

    state: WearerState | None = None
    call: BreakDue | None = None
    answer: CommandAnswered | None = None
    """What became of the last command that was given here."""
    news: int = 0
    """Grows with every event: a reason to read the books anew."""


class Desk:
    """Takes updates, gives commands, reads the books."""

    def __init__(
        self,
        persons: Mapping[str, Person],
        history: Path,
        send: Callable[[str, Command], None],
        now_s: Callable[[], float],
    ) -> None:
        self.persons = dict(persons)
        self.seen = {name: Seen() for name in persons}
        self._history, self._send, self._now_s = history, send, now_s

    def take(self, update: Update) -> None:
        """Remember what is true now."""
        seen = self.seen.get(update.wearer)
        if seen is None:
            return
        seen.state = update.state
        seen.news += len(update.events)
        for event in update.events:
            if isinstance(event, BreakDue):
                seen.call = event
            elif isinstance(event, CommandAnswered) and event.source == SOURCE:
                seen.answer = event

    def send(self, wearer: str, name: str, value: str = "PRESS", alert_id: str | None = None) -> None:
        """Something the wearer wants."""
        self._send(wearer, Command(name, value, alert_id, SOURCE))

    def invitation(self, wearer: str) -> BreakDue | None:
        """The alert that is open now, where its words are known."""
        state, call = self.seen[wearer].state, self.seen[wearer].call
        if state is None or call is None or state.alert not in OPEN:
            return None
        return call if call.alert_id == state.alert_id else None

    def recall(self, wearer: str) -> None:
        """Take the last call from the books: it may be open still after a restart. Blocks."""
        rows = self.rows(wearer, ("break_due",), 1)
        if rows and self.seen[wearer].call is None:
            with suppress(KeyError, TypeError):  # another version has stored it: the next call will be shown
                self.seen[wearer].call = _call_in(rows[0].body)

    def today(self, wearer: str) -> date:
        """The civil day of the clock."""
        return datetime.fromtimestamp(self._now_s(), self.persons[wearer].zone).date()

    def days(self, wearer: str, count: int) -> list[DayBooks]:
        """The last days, today first; empty where there is no history yet. Blocks."""
        try:
            return queries.days(self._history, wearer, self.today(wearer), count, self.persons[wearer].zone)
        except HistoryError:
            return []

    def log(self, wearer: str) -> list[EventRow]:
        """The last decisions, newest first. Blocks."""
        return self.rows(wearer, LOGGED, LOG_ROWS)

    def ways(self, wearer: str) -> dict[str, str]:
        """What became of the last calls, by their event's id; empty where there is no history yet. Blocks."""
        ways = self.persons[wearer].ways
        try:
            return ways.lately() if ways is not None else {}
        except HistoryError:
            return {}

    def rows(self, wearer: str, types: tuple[str, ...], count: int) -> list[EventRow]:
        """The last events of some types; empty where there is no history yet. Blocks."""
        try:
            return queries.latest_events(self._history, wearer, types, count)
        except HistoryError:
            return []


def _call_in(body: Mapping[str, Any]) -> BreakDue:
    """The event as it was before it was stored."""
    fields = {key: value for key, value in body.items() if key != "type"}
    exercise = fields.pop("exercise")
    return BreakDue(**fields, exercise=Suggestion(**exercise) if exercise else None)
