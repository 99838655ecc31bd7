"""Where the figures of all wearers come together: what their streams show, and what waits in the outbox."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress

from monitor.clock import Clock
from monitor.diagnostics import Diagnostics, Meter, Pushed
from monitor.exchange import Message
from monitor.history.database import HistoryError
from monitor.history.outbox import History


class WearersGauges:
    """A meter a wearer; ``outlet`` is whose outbox is counted."""

    def __init__(self, wearers: Iterable[str], history: History | None, clock: Clock, outlet: str) -> None:
        self.meters = {wearer: Meter() for wearer in wearers}
        self._history, self._clock, self._outlet = history, clock, outlet

    async def read(self, wearer: str) -> Diagnostics:
        """One wearer's figures now."""
        waiting: int | None = None
        pushes: tuple[Pushed, ...] = ()
        with suppress(HistoryError):  # a disk in trouble is said elsewhere, and loud
            if self._history:
                waiting = await self._history.waiting(self._outlet, wearer)
                kept = await self._history.latest_receipts(wearer)
                pushes = tuple(Pushed(each.way, str(each.outcome), each.reason, each.at_s) for each in kept)
        return self.meters[wearer].read(self._clock.now_s(), waiting, pushes)

    def acknowledged(self, message: Message) -> None:
        """The broker has taken this message now; of an event only the alert counts, not its line in the log."""
        if message.event_id is not None and message.topic.endswith("/event"):
            for meter in self.meters.values():
                meter.acknowledged(message.event_id, self._clock.now_s())
