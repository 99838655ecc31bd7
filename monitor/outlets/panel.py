"""The live panel of the console: what is true now, a row a wearer, drawn anew below the lines."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import NoReturn, TextIO

from rich.console import Console, Group
from rich.live import Live
from rich.table import Table
from rich.text import Text

from monitor.exchange import WearerState
from monitor.outlets.lines import clock_time, span

COLOURS = {"none": "green", "due": "bold yellow", "overdue": "bold red", "snoozed": "cyan", "paused": "cyan"}
TITLES = ("wearer", "posture", "sitting for", "next break", "alert", "today", "breaks", "link")


class Panel:
    """Lines that scroll by, and the table below them."""

    def __init__(self, live: Live, say: Callable[[str], str]) -> None:
        self._live, self._say = live, say

    def say(self, line: str) -> None:
        """Write a line above the table."""
        self._live.console.print(line, markup=False)

    def show(self, states: Mapping[str, WearerState], now_s: float) -> None:
        """Draw the table."""
        self._live.update(_drawn(states, now_s, self._say), refresh=True)


@contextmanager
def shown(stream: TextIO, say: Callable[[str], str] = str) -> Iterator[Panel]:
    """A panel on this terminal, in words of ``say``; wiped off on leaving. Raises BrokenPipeError when nobody reads."""
    console = _Terminal(file=stream, force_terminal=True, highlight=False, soft_wrap=True)
    waiting = Text(say("waiting for the wearable ..."), style="dim")
    with Live(waiting, console=console, auto_refresh=False, transient=True) as live:
        yield Panel(live, say)


def _drawn(states: Mapping[str, WearerState], now_s: float, say: Callable[[str], str]) -> Group:
    """One row a wearer: posture, time sitting, next limit, alert, the day."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    for title in TITLES:
        table.add_column(say(title))
    for name, state in states.items():
        table.add_row(*_row(name, state, say))
    return Group(Text(clock_time(now_s), style="dim"), table)


def _row(name: str, state: WearerState, say: Callable[[str], str]) -> list[Text]:
    next_break = clock_time(state.next_break_s) if state.next_break_s is not None else "-"
    words = (
        name,
        say(state.posture),
        span(state.bout_s) if state.bout_start_s is not None else "-",
        next_break,
        say(state.alert),
        span(state.today_s),
        str(state.breaks),
        say("fresh" if state.link_fresh else "lost"),
    )
    return [Text(word, style=COLOURS.get(state.alert, "") if i == 4 else "") for i, word in enumerate(words)]


class _Terminal(Console):
    def on_broken_pipe(self) -> NoReturn:
        """Rich would end the process here; ending is the door's business."""
        raise BrokenPipeError
