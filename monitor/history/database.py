"""The history file itself: opened privately, brought up to date, written whole or not at all.

Each ``schema/NNN.sql`` ends by setting ``PRAGMA user_version = NNN`` and is run once, in one transaction.
"""

from __future__ import annotations

import os
import secrets
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from importlib import resources
from pathlib import Path

from monitor.errors import MonitorError

BUSY_S = 5.0
"""How long a writer waits for another program that holds the file."""


class HistoryError(MonitorError):
    """The history file cannot be used. ``path`` is the file, ``problem`` what is wrong with it."""

    def __init__(self, path: Path, problem: str, remedy: str) -> None:
        super().__init__(f"{path}: {problem}; {remedy}")
        self.path = path
        self.problem = problem


class HistoryBlockedError(HistoryError):
    """The disk is full, another program holds the file, or it may not be written: later it may be usable again."""

    exit_code = 3


class HistoryDamagedError(HistoryError):
    """What is in the file is no history, or not a whole one: it will not mend itself."""


class Database:
    """One connection that may write; for one thread."""

    def __init__(self, path: Path, scripts: Mapping[int, str] | None = None) -> None:
        self.path = path
        try:
            _make_private(path)
            self._connection = sqlite3.connect(path, timeout=BUSY_S, isolation_level=None)
            self._inode = path.stat().st_ino
        except (OSError, sqlite3.Error) as error:
            remedy = "make it writable, or give another --state-dir"
            raise HistoryBlockedError(path, f"cannot be opened ({error})", remedy) from error
        try:
            with said_plainly(path):
                self._set_up(scripts or packaged_scripts())
        except HistoryError:
            self._connection.close()
            raise

    def close(self) -> None:
        """Close the file; the write-ahead log is folded in."""
        self._connection.close()

    @property
    def is_gone(self) -> bool:
        """Whether somebody has deleted the file or put another in its place: what is written would be lost unseen."""
        try:
            return self.path.stat().st_ino != self._inode
        except FileNotFoundError:
            return True
        except OSError:  # unreadable for the moment is not gone
            return False

    @contextmanager
    def transaction(self, synchronous: str = "FULL") -> Iterator[sqlite3.Connection]:
        """Everything inside is stored, or nothing. ``FULL``: when it is over, it is on the disk."""
        with said_plainly(self.path):
            self._connection.execute(f"PRAGMA synchronous = {synchronous}")
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
                self._connection.execute("COMMIT")
            except BaseException:
                if self._connection.in_transaction:  # a full disk has already rolled back
                    self._connection.execute("ROLLBACK")
                raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """The connection, to look only."""
        with said_plainly(self.path):
            yield self._connection

    def _set_up(self, scripts: Mapping[int, str]) -> None:
        (health,) = self._connection.execute("PRAGMA quick_check(1)").fetchone()
        if health != "ok":
            raise sqlite3.DatabaseError(health)
        migrate(self._connection, self.path, scripts)
        self._connection.execute("PRAGMA journal_mode = WAL")
        self._connection.execute("PRAGMA foreign_keys = ON")


@contextmanager
def said_plainly(path: Path) -> Iterator[None]:
    """sqlite3's errors as HistoryError, which names the file and a remedy."""
    try:
        yield
    except sqlite3.OperationalError as error:
        raise HistoryBlockedError(path, f"cannot be used ({error})", _remedy(error)) from error
    except sqlite3.DatabaseError as error:
        if type(error) is not sqlite3.DatabaseError:
            raise  # a row against the schema's rules is a bug, not a damaged file
        problem = f"is damaged or no history ({error})"
        raise HistoryDamagedError(path, problem, "move it away to begin a new one") from error


def _remedy(error: sqlite3.OperationalError) -> str:
    remedies = {
        sqlite3.SQLITE_FULL: "free the disk",
        sqlite3.SQLITE_BUSY: "stop the other program that holds it",
        sqlite3.SQLITE_READONLY: "make the file and its folder writable; after an error of the disk, mount it anew",
        sqlite3.SQLITE_IOERR: "free the disk; if there is space, it may be failing: keep a copy of the folder",
    }
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF  # the rest tells which step of the kind it was
    return remedies.get(code, "free the disk, or stop the other program that holds it")


def wearer_id_of(connection: sqlite3.Connection, name: str) -> int:
    """The wearer's number; made, with a random name for topics, where there is none."""
    found = connection.execute("SELECT wearer_id FROM wearers WHERE name = ?", (name,)).fetchone()
    if found:
        return int(found[0])
    made = connection.execute("INSERT INTO wearers (name, node_id) VALUES (?, ?)", (name, secrets.token_hex(6)))
    return int(made.lastrowid or 0)


def packaged_scripts() -> dict[int, str]:
    """The steps this program ships, by number."""
    folder = resources.files("monitor.history") / "schema"
    return {int(file.name[:3]): file.read_text() for file in folder.iterdir() if file.name.endswith(".sql")}


def migrate(connection: sqlite3.Connection, path: Path, scripts: Mapping[int, str]) -> None:
    """Take the steps that are missing. Raises HistoryError if the file is newer than this program."""
    newest = max(scripts)
    (version,) = connection.execute("PRAGMA user_version").fetchone()
    if version > newest:
        problem = f"was written by a newer sitbreak (version {version}, this one knows {newest})"
        raise HistoryError(path, problem, "start the newer sitbreak again, or give another --state-dir")
    if version == 0 and connection.execute("SELECT 1 FROM sqlite_master").fetchone():
        raise HistoryError(path, "is the database of another program", "give another --state-dir")
    for number in range(version + 1, newest + 1):
        try:
            connection.executescript(f"BEGIN IMMEDIATE;\n{scripts[number]}\nCOMMIT;")
        except sqlite3.Error:
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise


def _make_private(path: Path) -> None:
    """Posture over time is health data: only the owner may read it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    path.chmod(0o600)
