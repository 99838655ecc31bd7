"""The console as an outlet: a live panel on a terminal, one plain line an event everywhere else."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator, Sequence
from typing import Any, ClassVar, NoReturn, TextIO

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from monitor.clock import Clock
from monitor.errors import MonitorError
from monitor.events import Message, Update, WearerState
from monitor.outlets.lines import clock_time, event_line, span

COLOURS = {"none": "green", "due": "bold yellow", "overdue": "bold red", "snoozed": "cyan", "paused": "cyan"}


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
    """

    NAME: ClassVar[str] = "console"

    def __init__(
        self, clock: Clock, live: bool, stream: TextIO, header: Sequence[str] = (), wearers: Sequence[str] = ()
    ) -> None:
        self._clock = clock
        self._live = live
        self._stream = stream
        self._header = list(header)
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
        console = _Terminal(file=self._stream, force_terminal=True, highlight=False, soft_wrap=True)
        for line in self._header:
            console.print(line, markup=False)
        with Live(self._panel(), console=console, auto_refresh=False, transient=True) as live:
            async for update in updates:
                self._states[update.wearer] = update.state
                for line in self._lines(update):
                    live.console.print(line, markup=False)
                live.update(self._panel(), refresh=True)

    def _lines(self, update: Update) -> list[str]:
        whose = update.wearer if self._name_wearers else ""
        return [event_line(event, whose) for event in update.events]

    def _panel(self) -> Any:
        """One row a wearer: posture, time sitting, next limit, alert, the day."""
        if not self._states:
            return Text("waiting for the wearable ...", style="dim")
        table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
        for title in ("wearer", "posture", "sitting for", "next break", "alert", "today", "breaks", "link"):
            table.add_column(title)
        for name, state in self._states.items():
            table.add_row(*self._row(name, state))
        return Group(Text(clock_time(self._clock.now_s()), style="dim"), table)

    def _row(self, name: str, state: WearerState) -> list[Text]:
        next_break = clock_time(state.next_break_s) if state.next_break_s is not None else "-"
        words = (
            name,
            state.posture,
            span(state.bout_s) if state.bout_start_s is not None else "-",
            next_break,
            state.alert,
            span(state.today_s),
            str(state.breaks),
            "fresh" if state.link_fresh else "lost",
        )
        return [Text(word, style=COLOURS.get(state.alert, "") if i == 4 else "") for i, word in enumerate(words)]


class _Terminal(Console):
    def on_broken_pipe(self) -> NoReturn:
        """Rich would end the process here; ending is the door's business."""
        raise BrokenPipeError
