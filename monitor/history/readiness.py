"""What a wearer has said about themselves before exercises: private, kept in the history file and nowhere else."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from monitor.history.database import Database, wearer_id_of
from monitor.history.reading import opened


@dataclass(frozen=True, slots=True)
class Readiness:
    """The answers to the readiness check."""

    answered_s: float
    conditions: tuple[str, ...]
    """What applies to the wearer; names of ``coach.catalogue.Condition``."""


def said(connection: sqlite3.Connection, wearer: str) -> Readiness | None:
    """What the wearer has answered; None while they have not."""
    found = connection.execute(
        "SELECT answered_s, conditions FROM readiness JOIN wearers USING (wearer_id) WHERE name = ?", (wearer,)
    ).fetchone()
    return Readiness(float(found[0]), tuple(found[1].split())) if found else None


def read(path: Path, wearer: str) -> Readiness | None:
    """What the wearer has answered, from the file. Raises HistoryError."""
    with opened(path) as connection:
        return said(connection, wearer)


def write(path: Path, wearer: str, answers: Readiness | None) -> None:
    """Keep the answers, or forget them. Raises HistoryError."""
    with closing(Database(path)) as database, database.transaction() as connection:
        wearer_id = wearer_id_of(connection, wearer)
        if answers is None:
            connection.execute("DELETE FROM readiness WHERE wearer_id = ?", (wearer_id,))
        else:
            row = (wearer_id, answers.answered_s, " ".join(answers.conditions))
            connection.execute("INSERT OR REPLACE INTO readiness VALUES (?, ?, ?)", row)
