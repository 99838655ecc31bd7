"""Store, then tell; and when the disk takes nothing, tell all the same and go on trying.

A full disk must not silence an alert. While the history cannot be written, steps wait in memory in their order, their
messages are lent to the outlets, and all of them are stored in one transaction when the disk takes them again: the
books are then as if nothing had been. Only a crash in between loses what waited, and it is said how much that is.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace

from monitor.exchange import Update
from monitor.history.database import HistoryError
from monitor.history.outbox import History
from monitor.history.store import Commit

RETRY_S = 10.0
"""Wall seconds between two attempts to write; a file that another program holds costs five of them."""
SAID_EVERY_S = 600.0
MOST_WAITING = 20_000
"""Steps that may wait: with one a minute and a busy day's events these are more than a week, some 30 MB."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Unsaved:
    """A commit that waits for the disk, and what is told when it is there."""

    commit: Commit
    update: Update
    progress: tuple[int, int] | None
    """Up to which sample a checkpoint in the commit has seen the stream; None without one."""


class Keeper:
    """Brings one wearer's steps to the disk."""

    def __init__(self, wearer: str, history: History) -> None:
        self.wearer = wearer
        self._history = history
        self._waiting: list[Unsaved] = []
        self._blocked_since_s: float | None = None
        self._try_again_s = self._say_again_s = 0.0
        self._given_up = 0

    @property
    def is_blocked(self) -> bool:
        """Whether the last attempt to write failed."""
        return self._blocked_since_s is not None

    async def keep(self, steps: list[Unsaved], last: bool = False) -> tuple[Sequence[Unsaved], tuple[int, int] | None]:
        """Store the steps and what waits; returns what is to be told now, and what the wearable need not keep.

        ``last``: there will be no other attempt.
        """
        self._waiting += steps
        wall_s = asyncio.get_running_loop().time()
        if not self._waiting or (self.is_blocked and wall_s < self._try_again_s and not last):
            return self._lent(steps), None
        try:
            await self._history.commit(*(step.commit for step in self._waiting))
        except asyncio.CancelledError:
            self._waiting.clear()  # the writer stores it all the same
            raise
        except HistoryError as error:
            self._note_failure(error, wall_s, last)
            return self._lent(steps), None
        progress = next((step.progress for step in reversed(self._waiting) if step.progress is not None), None)
        self._note_success(wall_s)
        return steps, progress

    def _lent(self, steps: list[Unsaved]) -> list[Unsaved]:
        """The steps, whose messages may go out though they are not stored; what cannot wait here is given up."""
        self._history.lend(*(step.commit for step in steps))
        self._only_the_last_state()
        while len(self._waiting) > MOST_WAITING:
            self._history.give_up(self._waiting.pop(0).commit)
            self._given_up += 1
        return steps

    def _only_the_last_state(self) -> None:
        """A state holds what came before it; a hundred of them would be megabytes."""
        newest = next((i for i in reversed(range(len(self._waiting))) if self._waiting[i].commit.checkpoint), 0)
        for index in range(newest):
            if self._waiting[index].commit.checkpoint is not None:
                step = self._waiting[index]
                self._waiting[index] = replace(step, commit=replace(step.commit, checkpoint=None), progress=None)

    def _note_failure(self, error: HistoryError, wall_s: float, last: bool) -> None:
        self._try_again_s = wall_s + RETRY_S
        if last:
            _log.error("%s: %s: %d steps could not be stored and are lost", self.wearer, error, len(self._waiting))
        elif self._blocked_since_s is None or wall_s >= self._say_again_s:
            self._say_again_s = wall_s + SAID_EVERY_S
            _log.error(
                "%s: %s. Nothing is lost as long as sitbreak runs: it goes on watching and calling, and what waits"
                " (%d steps, %d given up) is stored as soon as that works again",
                *(self.wearer, error, len(self._waiting), self._given_up),
            )
        if self._blocked_since_s is None:
            self._blocked_since_s = wall_s

    def _note_success(self, wall_s: float) -> None:
        if self._blocked_since_s is not None:
            blocked_s, count = wall_s - self._blocked_since_s, len(self._waiting)
            _log.warning(
                "%s: the history is written again after %.0f s: %d steps stored", self.wearer, blocked_s, count
            )
        self._waiting.clear()
        self._blocked_since_s, self._given_up = None, 0
