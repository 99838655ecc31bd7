"""From rows to news: posture, rising and sitting down, the wearable taken off or put on."""

from __future__ import annotations

from dataclasses import dataclass, replace

from monitor.event_ids import event_id
from monitor.events import Event, NotWorn, PostureChanged, SitToStand, StandToSit, Worn
from monitor.model import SEDENTARY, UPRIGHT, Posture

STALE_S = 10.0
"""Without a row for this long the last posture is no longer true."""
TRANSITION_MAX_S = 10.0
"""With more than this between sitting and standing nobody knows when the wearer rose."""


@dataclass
class Changes:
    """What was last said of one wearer."""

    wearer: str
    posture: Posture | None = None
    confidence: float = 0.0
    worn: bool = True
    until_s: float = 0.0
    sedentary_until_s: float | None = None
    upright_until_s: float | None = None

    def advance(self, start_s: float, decided_s: float, posture: Posture, worn: bool, confidence: float) -> list[Event]:
        """News of the second that starts at ``start_s``."""
        events = self.tick(start_s)
        if worn is not self.worn:
            kind = Worn if worn else NotWorn
            key = event_id(decided_s, self.wearer, kind.__name__)
            events.append(kind(id=key, at_s=decided_s, since_s=start_s))
        if posture is not self.posture:
            events.append(self._changed(start_s, decided_s, posture, confidence))
        events += self._transition(start_s, decided_s, posture)
        self.posture, self.worn, self.confidence, self.until_s = posture, worn, confidence, start_s + 1.0
        return events

    def stay(self, until_s: float, confidence: float) -> None:
        """Seconds more up to ``until_s`` that bring no news: the posture is that of the one before."""
        self.until_s, self.confidence = until_s, confidence
        if self.posture in UPRIGHT:
            self.upright_until_s = until_s
        elif self.posture in SEDENTARY:
            self.sedentary_until_s = until_s

    def _transition(self, start_s: float, decided_s: float, posture: Posture) -> list[Event]:
        """Between sedentary and upright, whatever short stretch without either lies between."""
        kind: type[SitToStand] | type[StandToSit]
        if posture in UPRIGHT:
            kind, before_s = SitToStand, self.sedentary_until_s
            self.upright_until_s, self.sedentary_until_s = start_s + 1.0, None
        elif posture in SEDENTARY:
            kind, before_s = StandToSit, self.upright_until_s
            self.sedentary_until_s, self.upright_until_s = start_s + 1.0, None
        else:
            return []
        if before_s is None or start_s - before_s > TRANSITION_MAX_S:
            return []
        key = event_id(decided_s, self.wearer, kind.__name__)
        return [kind(id=key, at_s=decided_s, from_s=before_s, to_s=start_s)]

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
