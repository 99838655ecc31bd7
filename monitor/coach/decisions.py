"""What the coach decided lately, so that every call and every silence can be asked about afterwards."""

from __future__ import annotations

from dataclasses import dataclass, field

from monitor.civil import last_minute, time_text
from monitor.words import Why

KEPT = 200
"""Decisions kept; at a few a bout this is more than a day."""


@dataclass
class Decisions:
    """The last decisions, oldest first."""

    entries: list[tuple[float, str]] = field(default_factory=list)
    running: str = ""
    """The silence that is going on and noted already."""

    def note(self, at_s: float, text: str) -> None:
        """Keep a decision; the same again is no news."""
        self.running = ""
        if not self.entries or self.entries[-1][1] != text:
            self.entries.append((at_s, text))
            del self.entries[:-KEPT]

    def note_silence(self, at_s: float, reason: str, sentence: str) -> None:
        """Keep a silence, told by ``sentence``, once as long as its reason goes on."""
        if reason != self.running:
            self.note(at_s, sentence)
            self.running = reason

    def lately(self, zone: str, why: Why, count: int = 3) -> str:
        """The last few in one line."""
        told = "; ".join(f"{time_text(at_s, zone)} {text}" for at_s, text in self.entries[-count:])
        return why.lately.format(told=told) if told else why.nothing_yet

    def at(self, text: str, now_s: float, zone: str, why: Why) -> str:
        """What held at a time of day in the last 24 hours; raises ValueError where the time cannot be read."""
        asked = last_minute(text, now_s, zone)
        if asked is None:
            return why.no_time_of_day
        begin_s, end_s = asked
        before = [entry for entry in self.entries if entry[0] < end_s]
        if not before:
            return why.nothing_kept.format(time=text.strip())
        within = [entry for entry in before if entry[0] >= begin_s] or before[-1:]
        told = "; ".join(decision for _, decision in within)
        return why.at.format(time=text.strip(), told=told, since=time_text(within[0][0], zone))
