"""The wearable as an outlet: it buzzes when a break is due, stops when the alert is over, and says well done."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Mapping
from typing import Annotated, ClassVar

from msgspec import Meta

from monitor.clock import Clock
from monitor.event_ids import alert_number
from monitor.events import AlertCleared, BreakDue, BreakTaken, Event, TestAlert
from monitor.exchange import Message, Update
from monitor.model import Nudge
from monitor.rules import Rules
from monitor.words import DEFAULT, words


class WearableRules(Rules, frozen=True):
    """Whether the wearable itself may speak."""

    enabled: Annotated[bool, Meta(description="Let the wearable buzz, where it can.")] = True
    stale_s: Annotated[
        float, Meta(ge=5, le=600, description="Seconds after which praise or a test is too late to be buzzed.")
    ] = 30.0


FRESH_WALL_S = 2.0
"""However fast the clock runs, this long on the wall is never too late."""


class WearableOutlet:
    """Hands a ``Nudge`` to the driver for what concerns the body now; what is late is not buzzed at all."""

    NAME: ClassVar[str] = "wearable"

    def __init__(
        self,
        nudge: Callable[[str, Nudge], None],
        clock: Clock,
        rules: WearableRules | None = None,
        languages: Mapping[str, str] | None = None,
    ) -> None:
        """``languages`` are the wearers'; English where nothing is said."""
        self._nudge = nudge
        self._clock = clock
        self._rules = rules or WearableRules()
        self._languages = languages or {}
        self._last_number: dict[str, int] = {}

    def durable(self, update: Update) -> list[Message]:
        """Nothing: a buzz that comes late is worse than none."""
        return []

    async def run(self, updates: AsyncIterator[Update]) -> None:
        """Nudge until cancelled."""
        async for update in updates:
            for event in update.events if self._rules.enabled else ():
                nudge = self._nudge_for(event, update.wearer)
                if nudge is not None:
                    self._nudge(update.wearer, nudge)

    def _nudge_for(self, event: Event, wearer: str) -> Nudge | None:
        now_s = self._clock.now_s()
        fresh_s = event.at_s + max(self._rules.stale_s, FRESH_WALL_S * self._clock.speed) - now_s
        match event:
            case BreakDue() if event.level >= 1 and now_s < event.expires_s:
                kind = "urgent" if event.repeat else "stand_up"
                self._last_number[wearer] = number = alert_number(event.alert_id)
                return Nudge(kind, number, event.expires_s - now_s, event.title, event.message)
            case TestAlert() if fresh_s > 0:
                return Nudge("stand_up", alert_number(event.id), fresh_s, event.title, event.message)
            case AlertCleared():
                return Nudge("stop", alert_number(event.alert_id), self._rules.stale_s)
            case BreakTaken() if fresh_s > 0:
                number = self._last_number.pop(wearer, alert_number(event.id))
                said = words(self._languages.get(wearer, DEFAULT))
                return Nudge("well_done", number, fresh_s, said.titles["break_taken"], said.cleared["break"])
        return None
