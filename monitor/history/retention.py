"""How long the history remembers: the settings, and the forgetting."""

from __future__ import annotations

import sqlite3
from typing import Annotated

from msgspec import Meta

from monitor.rules import Rules

DAY_S = 86400.0


class HistoryRules(Rules, frozen=True):
    """How long the history remembers."""

    keep_posture_days: Annotated[
        float,
        Meta(ge=1, le=3650, description="Days for which the posture of every second is kept; bouts and breaks stay."),
    ] = 14.0
    keep_books_days: Annotated[
        float,
        Meta(
            ge=0,
            le=36500,
            description="Days for which bouts, breaks, gaps, alerts and exercises are kept; 0 is for ever.",
        ),
    ] = 0.0
    keep_unsent_days: Annotated[
        float, Meta(ge=1, le=3650, description="Days for which news wait for a broker that cannot be reached.")
    ] = 30.0


def forget(connection: sqlite3.Connection, wearer_id: int, rules: HistoryRules, now_s: float) -> None:
    """Forget what is older than the rules allow, as of stream time ``now_s``."""

    def older(where: str, days: float) -> None:
        connection.execute(f"{where} < ?", (wearer_id, now_s - days * DAY_S))

    older("DELETE FROM posture_runs WHERE wearer_id = ? AND end_s", rules.keep_posture_days)
    older("DELETE FROM events WHERE wearer_id = ? AND type = 'posture_changed' AND at_s", rules.keep_posture_days)
    older("DELETE FROM receipts WHERE wearer_id = ? AND at_s", rules.keep_posture_days)
    older("DELETE FROM outbox WHERE wearer_id = ? AND state <> 'pending' AND stored_s", rules.keep_posture_days)
    older(
        "UPDATE outbox SET state = 'expired', reason = 'waited too long'"
        " WHERE wearer_id = ? AND state = 'pending' AND stored_s",
        rules.keep_unsent_days,
    )
    if rules.keep_books_days:
        for table in ("bouts", "breaks", "gaps", "exercises"):
            older(f"DELETE FROM {table} WHERE wearer_id = ? AND end_s", rules.keep_books_days)
        older("DELETE FROM alerts WHERE wearer_id = ? AND last_at_s", rules.keep_books_days)
        older("DELETE FROM events WHERE wearer_id = ? AND at_s", rules.keep_books_days)
