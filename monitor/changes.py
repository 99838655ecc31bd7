"""From rows to news: the posture has changed, the wearable was taken off or put on."""

from __future__ import annotations

from dataclasses import dataclass, replace

from monitor.events import Event, NotWorn, PostureChanged, Worn, event_id
from monitor.model import Posture

STALE_S = 10.0
"""Without a row for this long the last posture is no longer true."""


@dataclass
class Changes:
    """What was last said of one wearer."""

    wearer: str
    posture: Posture | None = None
    confidence: float = 0.0
    worn: bool = True
    until_s: float = 0.0

    def advance(self, start_s: float, decided_s: float, posture: Posture, worn: bool, confidence: float) -> list[Event]:
        """News of the second that starts at ``start_s``."""
        events = self.tick(start_s)
        if worn is not self.worn:
            kind = Worn if worn else NotWorn
            key = event_id(decided_s, self.wearer, kind.__name__)
            events.append(kind(id=key, at_s=decided_s, since_s=start_s))
        if posture is not self.posture:
            events.append(self._changed(start_s, decided_s, posture, confidence))
        self.posture, self.worn, self.confidence, self.until_s = posture, worn, confidence, start_s + 1.0
        return events

    def tick(self, final_s: float) -> list[Event]:
        """Rows before ``final_s`` are all there: a posture that is too old becomes unknown."""
        stale_s = self.until_s + STALE_S
        if self.posture in (None, Posture.UNKNOWN, Posture.NOT_WORN) or final_s < stale_s:
            return []
        event = self._changed(self.until_s, stale_s, Posture.UNKNOWN, 0.0)
        self.posture, self.confidence = Posture.UNKNOWN, 0.0
        return [event]

    def differs_from(self, told: Changes, at_s: float) -> list[Event]:
        """News for who was told something else."""
        if self.posture is told.posture or self.posture is None:
            return []
        return [replace(told, posture=told.posture)._changed(self.until_s, at_s, self.posture, self.confidence)]

    def _changed(self, start_s: float, decided_s: float, posture: Posture, confidence: float) -> Event:
        return PostureChanged(
            id=event_id(decided_s, self.wearer, "posture", start_s),
            at_s=decided_s,
            start_s=start_s,
            posture=posture.word,
            previous=None if self.posture is None else self.posture.word,
            confidence=round(confidence, 3),
        )
