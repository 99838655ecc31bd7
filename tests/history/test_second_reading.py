"""The stored books after a hole was filled are the books of a day without a hole."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import pytest

from monitor.history.store import Commit, Store
from monitor.model import HoleClosed, HoleOpened, Quality
from monitor.pipeline import Step
from tests import test_backfill as heart
from tests.test_backfill import block, finish, index, start, stream

BOOKS = {
    "posture_runs": "start_s, end_s, posture, worn",
    "bouts": "id, start_s, end_s, sedentary_s, paused_s, unknown_s, ended_by",
    "breaks": "id, bout_id, start_s, end_s, upright_s, stepping_s, steps, taken",
    "gaps": "id, start_s, end_s, reason",
}


class Stored(heart.Books):
    """Takes every step of the heart as a commit of its own, as the daemon does."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store

    def take(self, step: Step) -> None:
        if step:
            self.store.commit(Commit("me", step.postures, step.events, correction=step.correction))


@contextmanager
def day(folder: Path) -> Iterator[Stored]:
    with closing(Store(folder / "history.sqlite3")) as store:
        yield Stored(store)


def stored_books(folder: Path) -> dict[str, list[Any]]:
    with closing(sqlite3.connect(folder / "history.sqlite3")) as connection:
        return {
            table: connection.execute(f"SELECT {columns} FROM {table} ORDER BY start_s").fetchall()
            for table, columns in BOOKS.items()
        }


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Any]]:
    folder = tmp_path_factory.mktemp("whole")
    with day(folder) as books:
        backfill, _ = start()
        stream(backfill, books, 1000, 1670)
        finish(backfill, books)
    found = stored_books(folder)
    assert all(found.values())
    return found


@pytest.mark.parametrize(("from_s", "length_s"), [(1350, 120), (1391, 6)])
def test_a_hole_anywhere_around_a_break_leaves_no_trace(
    tmp_path: Path, whole: dict[str, list[Any]], from_s: int, length_s: int
) -> None:
    """Sitting to 1340, walking to 1380, sitting: standing up, the credit and sitting down fall at every distance."""
    back_s, filled_s = from_s + length_s, from_s + length_s + 5
    with day(tmp_path) as books:
        backfill, _ = start()
        stream(backfill, books, 1000, from_s)
        heart.silence(backfill, books, from_s, back_s)
        books.take(backfill.feed(HoleOpened(0, index(from_s), index(back_s))))
        stream(backfill, books, back_s, filled_s)
        books.take(backfill.feed(block(index(from_s), index(back_s), Quality.REPLAYED)))
        books.take(backfill.feed(HoleClosed(0, index(from_s), index(back_s), filled=True)))
        stream(backfill, books, filled_s, 1670)
        finish(backfill, books)
    assert stored_books(tmp_path) == whole
