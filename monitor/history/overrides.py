"""Settings changed while running, kept until the file's value changes or they are reset."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from typing import Any


def in_force(connection: sqlite3.Connection, wearer_id: int, file_values: Mapping[str, Any]) -> dict[str, Any]:
    """The runtime values by key; those whose file value is another now are forgotten."""
    found = connection.execute(
        "SELECT key, value, file_value FROM overrides WHERE wearer_id = ? ORDER BY key", (wearer_id,)
    ).fetchall()
    values: dict[str, Any] = {}
    for key, value, file_value in found:
        if key in file_values and json.loads(file_value) == _plain(file_values[key]):
            values[key] = json.loads(value)
        else:
            forget(connection, wearer_id, key)
    return values


def keep(connection: sqlite3.Connection, wearer_id: int, key: str, value: Any, file_value: Any) -> None:
    """Keep a runtime value together with the file's value at this time; both JSON-ready."""
    connection.execute(
        "INSERT OR REPLACE INTO overrides VALUES (?, ?, ?, ?)",
        (wearer_id, key, json.dumps(value), json.dumps(file_value)),
    )


def forget(connection: sqlite3.Connection, wearer_id: int, key: str) -> None:
    """Back to the file's value."""
    connection.execute("DELETE FROM overrides WHERE wearer_id = ? AND key = ?", (wearer_id, key))


def _plain(value: Any) -> Any:
    return json.loads(json.dumps(value))
