"""Somebody asks why: what became of the calls is added to the coach's answer, from the history."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import replace

from monitor.events import CommandAnswered, Event
from monitor.exchange import Command, Update
from monitor.history.database import HistoryError
from monitor.history.ways import Ways

WHY = "why"
NOW = ("", "PRESS")


class Asked:
    """One wearer's questions, in the order of their answers; those from before a restart are told of the last call."""

    def __init__(self, ways: Ways) -> None:
        self._ways = ways
        self._times: deque[str] = deque(maxlen=32)

    def note(self, command: Command) -> None:
        """A command is given: remember which time it asks about."""
        if command.name == WHY:
            self._times.append("" if command.value.strip().upper() in NOW else command.value.strip())

    async def completed(self, update: Update) -> Update:
        """The update with whole answers."""
        if not any(map(_is_answer, update.events)):
            return update
        events = [await self._whole(event) for event in update.events]
        return replace(update, events=tuple(events))

    async def _whole(self, event: Event) -> Event:
        if not _is_answer(event):
            return event
        assert isinstance(event, CommandAnswered)
        at = self._times.popleft() if self._times else ""
        if not event.ok:
            return event
        try:
            told = await asyncio.to_thread(self._ways.told, event.at_s, at)
        except (HistoryError, ValueError):  # the coach's own part is an answer, too
            return event
        return replace(event, value=" ".join([str(event.value), *told]))


def _is_answer(event: Event) -> bool:
    return isinstance(event, CommandAnswered) and event.command == WHY
