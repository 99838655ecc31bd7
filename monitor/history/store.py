"""The one writer: everything that must not be lost goes through ``Store.commit``, whole or not at all.

Synchronous on purpose: sqlite3 is, and a commit that has returned is on the disk. ``outbox.History`` is the door for
the asyncio world. The store knows no clock; what is old is judged by the times of what comes in.
"""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from monitor.events import Event, event_as_dict
from monitor.exchange import Correction, Message
from monitor.history import aside, books, outbox_rows, receipts, runs
from monitor.history.database import Database, HistoryDamagedError, wearer_id_of
from monitor.history.readiness import Readiness, said
from monitor.history.retention import HistoryRules, forget
from monitor.model import PostureEpochs
from monitor.outlets.base import OutboxRow
from monitor.outlets.mqtt.leftovers import Announced
from monitor.outlets.receipts import Receipt

_FORGET_EVERY_S = 3600.0
_log = logging.getLogger(__name__)

Posted = tuple[str, Message, int]
"""A message that now has a row: its outlet, itself, and the row's number."""


@dataclass(frozen=True, slots=True, eq=False)
class Commit:
    """What one step of one wearer's stream leaves behind: stored in one transaction."""

    wearer: str
    postures: PostureEpochs | None = None
    events: tuple[Event, ...] = ()
    messages: Mapping[str, tuple[Message, ...]] = field(default_factory=dict)
    """By the name of the outlet that sends them (``Outlet.NAME``)."""
    checkpoint: str | None = None
    """The wearer's state after this step, as text; None leaves the stored one."""
    correction: Correction | None = None
    """Entered before ``postures`` and ``events``."""

    @property
    def latest_s(self) -> float | None:
        """Stream time of the newest thing in it."""
        rows = [float(self.postures.start_s[-1])] if self.postures is not None and len(self.postures) else []
        return max([*rows, *(event.at_s for event in self.events)], default=None)


class Store:
    """The history file, open for writing; for one thread."""

    def __init__(self, path: Path, rules: HistoryRules | None = None) -> None:
        self.path = path
        self.rules = rules or HistoryRules()
        self._file: Database | None = _opened(path)
        self._identity: aside.Rows = {}
        """What a new file takes over from the one before."""
        self._is_new = False
        self._forgot_s: dict[int, float] = {}
        """By wearer's number: when they were last looked at for what is too old."""

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()

    @property
    def _database(self) -> Database:
        if self._file is None:  # the disk had no room for a new file when the old one went
            self._file = _begun(self.path, self._identity)
            self._is_new = True
        return self._file

    def begin_anew(self, problem: str) -> None:
        """Put a file aside that was found damaged at work, and go on in a new one. Raises HistoryError."""
        self._leave()
        self._identity = aside.salvage(aside.put_aside(self.path, problem))

    def begin_anew_if_gone(self) -> None:
        """Go on in a new file where somebody has taken the old one away. Raises HistoryError."""
        if self._file is None or not self._file.is_gone:
            return
        _log.error("%s was taken away while sitbreak runs: a new history begins; stop sitbreak first", self.path)
        with self._file.reading() as connection:
            self._identity = aside.identity(connection)
        self._leave()

    def _leave(self) -> None:
        self.close()
        self._file = None
        self._forgot_s.clear()

    def begun_anew(self) -> bool:
        """Whether a new file has been begun since this was asked last."""
        is_new, self._is_new = self._is_new, False
        return is_new

    # --- the stream ---------------------------------------------------------------------------------------------

    def commit(self, *steps: Commit) -> list[Posted]:
        """Store steps in their order. When this returns they are on the disk; if it raises, nothing of them is."""
        with self._database.transaction() as connection:
            return [posted for step in steps for posted in self._enter(connection, step)]

    def _enter(self, connection: sqlite3.Connection, commit: Commit) -> list[Posted]:
        wearer_id = wearer_id_of(connection, commit.wearer)
        if commit.correction:
            _correct(connection, wearer_id, commit.correction)
        if commit.postures is not None:
            runs.append(connection, wearer_id, commit.postures)
        fresh = [event for event in commit.events if _keep_event(connection, wearer_id, event)]
        for event in fresh:
            books.enter(connection, wearer_id, event)
        posted = _post(connection, wearer_id, commit, {event.id for event in fresh})
        if commit.checkpoint is not None:
            connection.execute("INSERT OR REPLACE INTO checkpoints VALUES (?, ?)", (wearer_id, commit.checkpoint))
        self._forget_sometimes(connection, wearer_id, commit.latest_s)
        return posted

    def close_open(self, wearer: str) -> None:
        """Close the bout and the break that are open, at the last stored second: their state is lost."""
        with self._database.transaction() as connection:
            books.close_open(connection, wearer_id_of(connection, wearer))

    def checkpoint(self, wearer: str) -> str | None:
        """The wearer's state as last committed."""
        with self._database.reading() as connection:
            found = connection.execute(
                "SELECT body FROM checkpoints JOIN wearers USING (wearer_id) WHERE name = ?", (wearer,)
            ).fetchone()
            return str(found[0]) if found else None

    def readiness(self, wearer: str) -> Readiness | None:
        """What the wearer has said about themselves; None while they have not."""
        with self._database.reading() as connection:
            return said(connection, wearer)

    def node_id(self, wearer: str) -> str:
        """The wearer's random name in topics: 12 hex digits, made once and kept."""
        with self._database.transaction() as connection:
            wearer_id = wearer_id_of(connection, wearer)
            found = connection.execute("SELECT node_id FROM wearers WHERE wearer_id = ?", (wearer_id,)).fetchone()
            return str(found[0])

    def latest_s(self) -> float:
        """Stream time up to which anything is recorded, of any wearer; 0 for a new file."""
        with self._database.reading() as connection:
            rows = "SELECT max(end_s) AS at_s FROM posture_runs UNION ALL SELECT max(at_s) FROM events"
            (found,) = connection.execute(f"SELECT max(at_s) FROM ({rows})").fetchone()
            return float(found or 0.0)

    def announced(self) -> list[Announced]:
        """How the wearers stand at the broker, those who are no more among them."""
        with self._database.reading() as connection:
            found = connection.execute("SELECT node_id, base, prefix, form FROM announcements ORDER BY node_id")
            return [Announced(*row) for row in found.fetchall()]

    def note_announced(self, now: Announced) -> None:
        """A wearer stands at the broker so from now on."""
        with self._database.transaction() as connection:
            row = (now.node, now.base, now.prefix, now.form)
            connection.execute("INSERT OR REPLACE INTO announcements VALUES (?, ?, ?, ?)", row)

    def forget_announced(self, node: str) -> None:
        """Nothing of this wearer stands at the broker any more."""
        with self._database.transaction() as connection:
            connection.execute("DELETE FROM announcements WHERE node_id = ?", (node,))

    # --- what waits to be sent ---------------------------------------------------------------------------------

    def pending(self, outlet: str, after: int, limit: int) -> list[OutboxRow]:
        """Up to ``limit`` unsent rows of an outlet above ``after``, oldest first."""
        with self._database.reading() as connection:
            return outbox_rows.pending(connection, outlet, after, limit)

    def waiting(self, outlet: str, wearer: str) -> int:
        """How many rows of an outlet about a wearer wait to be sent."""
        with self._database.reading() as connection:
            return outbox_rows.waiting(connection, outlet, wearer)

    def sent(self, number: int) -> None:
        """The row has been acknowledged and may be forgotten."""
        # a mark lost by a power cut only sends the row again, so it need not wait for the disk
        with self._database.transaction("NORMAL") as connection:
            outbox_rows.sent(connection, number)

    def settle(self, number: int, state: str, reason: str | None = None) -> None:
        """The row will never be sent (``refused`` or ``expired``); it stays for those who ask why."""
        with self._database.transaction("NORMAL") as connection:
            outbox_rows.settle(connection, number, state, reason)

    # --- what became of it --------------------------------------------------------------------------------------

    def note_receipt(self, receipt: Receipt) -> None:
        """What a service made of an event."""
        with self._database.transaction("NORMAL") as connection:
            receipts.note(connection, receipt)

    def standing_receipts(self) -> list[Receipt]:
        """Messages that are on phones and could be taken back."""
        with self._database.reading() as connection:
            return receipts.standing(connection)

    def settled_ways(self, event_id: str) -> frozenset[str]:
        """Services that have taken or refused this event already."""
        with self._database.reading() as connection:
            return receipts.settled_ways(connection, event_id)

    def latest_receipts(self, wearer: str) -> list[Receipt]:
        """The newest receipt of each push service."""
        with self._database.reading() as connection:
            return receipts.latest(connection, wearer)

    # --- inside -------------------------------------------------------------------------------------------------

    def _forget_sometimes(self, connection: sqlite3.Connection, wearer_id: int, now_s: float | None) -> None:
        """Once an hour, and with each wearer the one who has waited longest: nothing may come of them any more."""
        if now_s is None or now_s < self._forgot_s.get(wearer_id, 0.0) + _FORGET_EVERY_S:
            return
        found = connection.execute("SELECT wearer_id FROM wearers WHERE wearer_id <> ?", (wearer_id,)).fetchall()
        others = sorted((each for (each,) in found), key=lambda each: self._forgot_s.get(each, 0.0))
        for each in (wearer_id, *others[:1]):
            forget(connection, each, self.rules, now_s)
            self._forgot_s[each] = now_s


def _keep_event(connection: sqlite3.Connection, wearer_id: int, event: Event, corrected: bool = False) -> bool:
    """Keep the event as it is; False if it is known already, word for word.

    An event keeps its id when a second reading tells it otherwise, so the same id with other words is news.
    """
    body = json.dumps(event_as_dict(event), ensure_ascii=False)
    logged = connection.execute(
        "INSERT INTO events VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (wearer_id, id) DO UPDATE"
        " SET at_s = excluded.at_s, body = excluded.body, corrected = excluded.corrected WHERE body <> excluded.body",
        (wearer_id, event.id, event.at_s, event.type, body, corrected),
    )
    return bool(logged.rowcount)


def _correct(connection: sqlite3.Connection, wearer_id: int, correction: Correction) -> None:
    rows, from_s = correction.postures, correction.from_s
    runs.replace(connection, wearer_id, from_s, rows)
    for event in correction.events:
        _keep_event(connection, wearer_id, event, corrected=True)
    decided_s = float(rows.decided_s[0]) if len(rows) and rows.start_s[0] <= from_s else None
    books.correct(connection, wearer_id, from_s, correction.events, decided_s)


def _post(connection: sqlite3.Connection, wearer_id: int, commit: Commit, fresh: set[str]) -> list[Posted]:
    """Put the messages in the outbox, except those about events that an earlier commit has stored."""
    repeated = {event.id for event in commit.events} - fresh
    return [
        (outlet, message, outbox_rows.post(connection, wearer_id, outlet, commit.latest_s, message))
        for outlet, messages in commit.messages.items()
        for message in messages
        if message.event_id not in repeated
    ]


def _opened(path: Path) -> Database:
    try:
        return Database(path)
    except HistoryDamagedError as error:
        return _begun(path, aside.salvage(aside.put_aside(path, error.problem)))


def _begun(path: Path, identity: aside.Rows) -> Database:
    """A new file, with the few rows that must not change."""
    database = _opened(path)
    try:
        aside.hand_on(identity, database)
    except BaseException:
        database.close()
        raise
    return database
