"""The stored messages, row by row: posted with a commit, offered in their order, gone when acknowledged."""

from __future__ import annotations

import json
import sqlite3

from monitor.exchange import Message
from monitor.history import receipts
from monitor.outlets.base import OutboxRow
from monitor.outlets.receipts import Outcome


def post(connection: sqlite3.Connection, wearer_id: int, outlet: str, stored_s: float | None, message: Message) -> int:
    """Put a message in an outlet's outbox; the row's number."""
    columns = {
        "wearer_id": wearer_id,
        "outlet": outlet,
        "stored_s": stored_s,
        "topic": message.topic,
        "payload": message.payload,
        "retain": message.retain,
        "qos": message.qos,
        "expires_s": message.expires_s,
        "event_id": message.event_id,
        "properties": json.dumps(message.properties),
    }
    names = ", ".join(columns)
    made = connection.execute(
        f"INSERT INTO outbox ({names}) VALUES ({', '.join(f':{name}' for name in columns)})", columns
    )
    return int(made.lastrowid or 0)


def pending(connection: sqlite3.Connection, outlet: str, after: int, limit: int) -> list[OutboxRow]:
    """Up to ``limit`` unsent rows of an outlet above ``after``, oldest first."""
    found = connection.execute(
        "SELECT number, topic, payload, retain, qos, expires_s, event_id, properties FROM outbox"
        " WHERE outlet = ? AND state = 'pending' AND number > ? ORDER BY number LIMIT ?",
        (outlet, after, limit),
    ).fetchall()
    return [
        OutboxRow(number, Message(topic, payload, bool(retain), qos, expires_s, event_id, json.loads(properties)))
        for number, topic, payload, retain, qos, expires_s, event_id, properties in found
    ]


def waiting(connection: sqlite3.Connection, outlet: str, wearer: str) -> int:
    """How many rows of an outlet about a wearer wait to be sent."""
    found = connection.execute(
        "SELECT count(*) FROM outbox JOIN wearers USING (wearer_id)"
        " WHERE outlet = ? AND state = 'pending' AND name = ?",
        (outlet, wearer),
    ).fetchone()
    return int(found[0])


def sent(connection: sqlite3.Connection, number: int) -> None:
    """Forget an acknowledged row; of an alert a receipt stays."""
    receipts.note_settled(connection, number, Outcome.ACCEPTED, "")
    connection.execute("DELETE FROM outbox WHERE number = ?", (number,))


def settle(connection: sqlite3.Connection, number: int, state: str, reason: str | None) -> None:
    """Mark a row that will never be sent (``refused`` or ``expired``)."""
    outcome = Outcome.REFUSED if state == "refused" else Outcome.HELD
    receipts.note_settled(connection, number, outcome, reason or "late")
    connection.execute("UPDATE outbox SET state = ?, reason = ? WHERE number = ?", (state, reason, number))
