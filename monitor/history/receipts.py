"""What became of alerts on their ways: kept by the one writer, and read by who asks why."""

from __future__ import annotations

import json
import sqlite3
from dataclasses import dataclass
from pathlib import Path

from monitor.history.database import wearer_id_of
from monitor.history.reading import opened, wearer_id_in
from monitor.outlets.receipts import Outcome, Receipt

_COLUMNS = "event_id, way, at_s, outcome, reason, alert_id, attempts, handle, taken_back_s, seen_s"
CALLS = ("break_due", "test_alert", "day_summary")
"""Events that go out to somebody."""


@dataclass(frozen=True, slots=True)
class CallRow:
    """One call, and how it went on each way that has been tried."""

    event_id: str
    at_s: float
    type: str
    level: int
    receipts: tuple[Receipt, ...]
    waits_for: tuple[str, ...]
    """Outlets in whose outbox it still waits."""


def note(connection: sqlite3.Connection, receipt: Receipt) -> None:
    """Keep it in the place of what was known of this event on this way."""
    connection.execute(
        f"INSERT OR REPLACE INTO receipts (wearer_id, {_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            wearer_id_of(connection, receipt.wearer),
            receipt.event_id,
            receipt.way,
            receipt.at_s,
            str(receipt.outcome),
            receipt.reason,
            receipt.alert_id,
            receipt.attempts,
            receipt.handle,
            receipt.taken_back_s,
            receipt.seen_s,
        ),
    )


def note_settled(connection: sqlite3.Connection, number: int, outcome: Outcome, reason: str) -> None:
    """What the broker has made of an alert; of other messages, and other outlets' rows, nothing is kept."""
    connection.execute(
        f"INSERT OR REPLACE INTO receipts (wearer_id, {_COLUMNS})"
        " SELECT wearer_id, event_id, outlet, coalesce(stored_s, 0), ?, ?, NULL, 1, '', NULL, NULL FROM outbox"
        " WHERE number = ? AND outlet = 'mqtt' AND event_id IS NOT NULL AND topic LIKE '%/event'",
        (str(outcome), reason, number),
    )


def standing(connection: sqlite3.Connection) -> list[Receipt]:
    """Messages that are on phones and could be taken back, of all wearers, oldest first."""
    found = connection.execute(
        f"SELECT name, {_COLUMNS} FROM receipts JOIN wearers USING (wearer_id)"
        " WHERE handle <> '' AND taken_back_s IS NULL AND alert_id IS NOT NULL ORDER BY at_s"
    )
    return [_receipt(row) for row in found.fetchall()]


def settled_ways(connection: sqlite3.Connection, event_id: str) -> frozenset[str]:
    """Services that have taken or refused this event already."""
    done = (str(Outcome.ACCEPTED), str(Outcome.REFUSED))
    found = connection.execute("SELECT way FROM receipts WHERE event_id = ? AND outcome IN (?, ?)", (event_id, *done))
    return frozenset(way for (way,) in found)


def latest(connection: sqlite3.Connection, wearer: str) -> list[Receipt]:
    """The newest receipt of each push service that has been tried for this wearer."""
    found = connection.execute(
        f"SELECT name, {_COLUMNS} FROM receipts r JOIN wearers USING (wearer_id)"
        " WHERE name = ? AND way <> 'mqtt' AND outcome <> 'held' AND at_s = (SELECT max(at_s) FROM receipts o"
        "  WHERE o.wearer_id = r.wearer_id AND o.way = r.way AND o.outcome <> 'held') GROUP BY way ORDER BY way",
        (wearer,),
    )
    return [_receipt(row) for row in found.fetchall()]


def latest_of(path: Path, wearer: str) -> list[Receipt]:
    """The same, out of the file. Raises HistoryError."""
    with opened(path) as connection:
        return latest(connection, wearer)


def calls(path: Path, wearer: str, until_s: float, count: int) -> list[CallRow]:
    """The last ``count`` calls before ``until_s``, newest first. Raises HistoryError."""
    with opened(path) as connection:
        wearer_id = wearer_id_in(connection, path, wearer)
        found = connection.execute(
            f"SELECT id, at_s, type, body FROM events WHERE wearer_id = ? AND type IN ({', '.join('?' * len(CALLS))})"
            " AND at_s < ? ORDER BY at_s DESC LIMIT ?",
            (wearer_id, *CALLS, until_s, count),
        ).fetchall()
        return [_call(connection, wearer_id, wearer, row) for row in found]


def _call(connection: sqlite3.Connection, wearer_id: int, wearer: str, row: tuple[str, float, str, str]) -> CallRow:
    id_, at_s, kind, body = row
    kept = connection.execute(
        f"SELECT ?, {_COLUMNS} FROM receipts WHERE wearer_id = ? AND event_id = ? ORDER BY way",
        (wearer, wearer_id, id_),
    )
    waiting = connection.execute(
        "SELECT DISTINCT outlet FROM outbox WHERE wearer_id = ? AND event_id = ? AND state = 'pending' ORDER BY outlet",
        (wearer_id, id_),
    )
    level = int(json.loads(body).get("level", 0))
    receipts = tuple(_receipt(each) for each in kept.fetchall())
    return CallRow(id_, at_s, kind, level, receipts, tuple(name for (name,) in waiting))


def _receipt(row: tuple[str, str, str, float, str, str, str | None, int, str, float | None, float | None]) -> Receipt:
    wearer, event_id, way, at_s, outcome, reason, *rest = row
    return Receipt(wearer, event_id, way, at_s, Outcome(outcome), reason, *rest)  # type: ignore[arg-type]
