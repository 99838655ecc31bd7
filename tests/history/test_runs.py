"""Run-length coding of the posture rows: nothing is lost by it, however the rows come."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.history import runs
from monitor.history.database import packaged_scripts
from monitor.history.runs import PostureRun, Tally
from monitor.model import Posture, PostureEpochs
from tests.history.builders import T0, rows

SITTING, STANDING, STEPPING = Posture.SITTING, Posture.STANDING, Posture.STEPPING


def new_connection() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:")
    connection.executescript(packaged_scripts()[1])
    connection.execute("INSERT INTO wearers VALUES (1, 'me', 'x')")
    return connection


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    with closing(new_connection()) as connection:
        yield connection


def stored(connection: sqlite3.Connection) -> list[PostureRun]:
    return runs.between(connection, 1, -np.inf, np.inf)


def seconds(found: list[PostureRun]) -> dict[float, int]:
    return {run.start_s + k: run.posture for run in found for k in range(round(run.end_s - run.start_s))}


def part(epochs: PostureEpochs, first: int, end: int) -> PostureEpochs:
    return PostureEpochs(*(getattr(epochs, name)[first:end] for name in PostureEpochs.__slots__))


def test_equal_seconds_become_one_run_and_a_hole_or_a_change_starts_another(connection: sqlite3.Connection) -> None:
    runs.append(connection, 1, rows(T0, (SITTING, 100), (STANDING, 20)))
    runs.append(connection, 1, rows(T0 + 130, (STANDING, 5), confidence=0.25))
    assert stored(connection) == [
        PostureRun(T0, T0 + 100, SITTING, True, 0.75),
        PostureRun(T0 + 100, T0 + 120, STANDING, True, 0.75),
        PostureRun(T0 + 130, T0 + 135, STANDING, True, 0.25),
    ]


def test_a_run_that_goes_on_is_made_longer_and_its_confidence_is_the_mean(connection: sqlite3.Connection) -> None:
    runs.append(connection, 1, rows(T0, (SITTING, 30), confidence=0.5))
    runs.append(connection, 1, rows(T0 + 30, (SITTING, 10), confidence=1.0))
    assert stored(connection) == [PostureRun(T0, T0 + 40, SITTING, True, 0.625)]


def test_rows_stored_already_change_nothing(connection: sqlite3.Connection) -> None:
    first = rows(T0, (SITTING, 30), (STANDING, 3))
    runs.append(connection, 1, first)
    before = stored(connection)
    runs.append(connection, 1, first)
    runs.append(connection, 1, rows(T0 + 5, (STEPPING, 10)))
    assert stored(connection) == before
    runs.append(connection, 1, rows(T0 + 31, (STEPPING, 4)))
    assert seconds(stored(connection))[T0 + 34] == STEPPING


@settings(deadline=None)
@given(st.lists(st.tuples(st.sampled_from(Posture), st.integers(1, 9)), min_size=1, max_size=8), st.data())
def test_however_the_rows_come_the_same_is_stored(stretches: list[tuple[Posture, int]], data: st.DataObject) -> None:
    epochs = rows(T0, *stretches)
    with closing(new_connection()) as whole, closing(new_connection()) as cut:
        runs.append(whole, 1, epochs)
        borders = data.draw(st.lists(st.integers(0, len(epochs)), max_size=5))
        places = [0, *sorted(borders), len(epochs)]
        for first, end in pairwise(places):
            runs.append(cut, 1, part(epochs, first, end))
        assert seconds(stored(whole)) == dict(zip(epochs.start_s.tolist(), epochs.posture.tolist(), strict=True))
        assert [(r.start_s, r.end_s, r.posture) for r in stored(cut)] == [
            (r.start_s, r.end_s, r.posture) for r in stored(whole)
        ]


def test_a_second_reading_replaces_the_rows_from_its_start_on(connection: sqlite3.Connection) -> None:
    runs.append(connection, 1, rows(T0, (SITTING, 100)))
    runs.append(connection, 1, rows(T0 + 200, (SITTING, 50)))
    runs.replace(connection, 1, T0 + 60, rows(T0 + 60, (STEPPING, 120), (SITTING, 20)))
    assert [(r.start_s - T0, r.end_s - T0, r.posture) for r in stored(connection)] == [
        (0, 60, SITTING),
        (60, 180, STEPPING),
        (180, 200, SITTING),
    ]


def test_a_second_reading_without_rows_leaves_only_what_was_before(connection: sqlite3.Connection) -> None:
    runs.append(connection, 1, rows(T0, (SITTING, 100)))
    runs.replace(connection, 1, T0 + 60, rows(T0 + 60))
    assert [(r.start_s - T0, r.end_s - T0) for r in stored(connection)] == [(0, 60)]


def test_a_stretch_is_clipped_and_counted(connection: sqlite3.Connection) -> None:
    runs.append(connection, 1, rows(T0, (SITTING, 60), (STANDING, 60), (STEPPING, 60), (Posture.UNKNOWN, 60)))
    found = runs.between(connection, 1, T0 + 30, T0 + 190)
    assert (found[0].start_s, found[-1].end_s) == (T0 + 30, T0 + 190)
    assert runs.tally(found) == Tally(sedentary_s=30, upright_s=120, stepping_s=60)
