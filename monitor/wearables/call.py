"""The alert that waits for an answer, on devices that know no numbers."""

from __future__ import annotations

from dataclasses import dataclass

from monitor.model import Answer, AnswerKind, Nudge
from monitor.wearables.base import Reply

CALLS = frozenset({"nudge", "stand_up", "urgent", "identify"})
"""Kinds of nudge that the wearer may answer; the others end a call."""


@dataclass
class Call:
    """What was last asked of the wearer."""

    number: int = -1
    """-1: none."""
    until_s: float = 0.0

    def opened(self, nudge: Nudge, now_s: float) -> None:
        """An alert was sent; one that ends a call closes it."""
        self.number = nudge.alert_number if nudge.kind in CALLS else -1
        self.until_s = now_s + nudge.time_to_live_s

    def answered(self, kind: AnswerKind, at_s: float) -> Reply:
        """The wearer pressed a button: an answer to the open call, or nothing."""
        if self.number < 0 or at_s > self.until_s:
            return []
        number, self.number = self.number, -1
        return [Answer(kind, number, at_s)]
