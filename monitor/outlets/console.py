"""The console as an outlet: a live panel on a terminal, one plain line an event everywhere else."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Callable, Sequence
from typing import ClassVar, TextIO

from monitor.clock import Clock
from monitor.errors import MonitorError
from monitor.events import PostureChanged
from monitor.exchange import Message, Update, WearerState
from monitor.outlets.lines import event_line


class OutputClosed(MonitorError):  # noqa: N818  a fact, named as the events are
    """Nobody reads the output any more; the program ends as if it had been asked to."""

    exit_code = 0

    def __init__(self) -> None:
        super().__init__("the output was closed")


class ConsoleOutlet:
    """Says what happens. ``run`` raises ``OutputClosed`` when the reader has gone.

    Parameters
    ----------
    live : a panel that is drawn anew (for a terminal) instead of plain lines.
    stream : where to write, usually ``sys.stdout``.
    header : lines to say first.
    wearers : names; with more than one each line says whose it is.
    say : English into the language of whoever looks at the panel; plain lines are for programs too, and stay English.
    """

    NAME: ClassVar[str] = "console"

    def __init__(
        self,
        clock: Clock,
        live: bool,
        stream: TextIO,
        header: Sequence[str] = (),
        wearers: Sequence[str] = (),
        say: Callable[[str], str] = str,
    ) -> None:
        self._clock = clock
        self._live = live
        self._stream = stream
        self._header = list(header)
        self._say = say
        self._name_wearers = len(wearers) > 1
        self._states: dict[str, WearerState] = {}

    def durable(self, update: Update) -> list[Message]:
        """Nothing: a screen remembers nothing."""
        return []

    async def run(self, updates: AsyncIterator[Update]) -> None:
        """Write until cancelled or until nobody reads."""
        try:
            await (self._run_live(updates) if self._live else self._run_plain(updates))
        except (BrokenPipeError, ValueError) as problem:
            if isinstance(problem, ValueError) and not self._stream.closed:
                raise
            self._silence()
            raise OutputClosed from None

    def _silence(self) -> None:
        # Python flushes stdout once more at exit and would complain there: give it something to write to.
        if not self._stream.closed:
            nothing = os.open(os.devnull, os.O_WRONLY)
            try:
                os.dup2(nothing, self._stream.fileno())
            except OSError:
                pass  # a stream without a descriptor
            finally:
                os.close(nothing)

    async def _run_plain(self, updates: AsyncIterator[Update]) -> None:
        for line in self._header:
            print(line, file=self._stream, flush=True)
        async for update in updates:
            for line in self._lines(update):
                print(line, file=self._stream, flush=True)

    async def _run_live(self, updates: AsyncIterator[Update]) -> None:
        from monitor.outlets.panel import shown  # a daemon without a screen spares the memory

        with shown(self._stream, self._say) as panel:
            for line in self._header:
                panel.say(line)
            async for update in updates:
                self._states[update.wearer] = update.state
                for line in self._lines(update):
                    panel.say(line)
                panel.show(self._states, self._clock.now_s())

    def _lines(self, update: Update) -> list[str]:
        whose = update.wearer if self._name_wearers else ""
        exercise = update.state.exercise
        in_exercise = self._live and exercise is not None and exercise.seen + exercise.hold_s > 0
        return [
            event_line(event, whose, self._say if self._live else str)
            for event in update.events
            if not (in_exercise and isinstance(event, PostureChanged))  # each lifted knee would push the story away
        ]
