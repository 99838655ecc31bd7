"""The one writer: whole or not at all, once however often it is said, and nothing committed is ever lost."""

from __future__ import annotations

import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from monitor.exchange import Correction, Message
from monitor.history.retention import DAY_S, HistoryRules
from monitor.history.store import Commit, Store
from monitor.model import Posture
from tests.history.builders import (
    T0,
    bout_ended,
    bout_started,
    break_due,
    exercise_seen,
    gap_ended,
    message,
    office_hour,
    rows,
)

TABLES = ("posture_runs", "bouts", "breaks", "gaps", "alerts", "events", "outbox", "checkpoints")


def content(path: Path) -> dict[str, list[Any]]:
    """Everything in the file."""
    with closing(sqlite3.connect(path)) as connection:
        return {table: connection.execute(f"SELECT * FROM {table}").fetchall() for table in TABLES}


def whole_commit(wearer: str = "me") -> Commit:
    postures, events = office_hour()
    messages = {"mqtt": tuple(message(event) for event in events)}
    return Commit(wearer, postures, events, messages, "state")


def test_a_commit_holds_everything(store: Store, path: Path) -> None:
    commit = whole_commit()
    store.commit(commit)
    found = content(path)
    assert [len(found[table]) for table in TABLES] == [3, 2, 1, 0, 1, len(commit.events), len(commit.events), 1]
    assert store.checkpoint("me") == "state"


def test_the_same_commit_again_changes_nothing(store: Store, path: Path) -> None:
    store.commit(whole_commit())
    before = content(path)
    store.commit(whole_commit())
    assert content(path) == before


def test_events_sent_already_are_not_put_in_the_outbox_again(store: Store) -> None:
    store.commit(whole_commit())
    for row in store.pending("mqtt", 0, 100):
        store.sent(row.number)
    store.commit(whole_commit())
    assert store.pending("mqtt", 0, 100) == []


def test_a_commit_that_cannot_be_stored_leaves_nothing(store: Store, path: Path) -> None:
    before = content(path)
    good, bad = bout_started(T0), bout_started(T0 + 1)
    object.__setattr__(bad, "at_s", None)
    with pytest.raises(sqlite3.IntegrityError, match="NOT NULL"):
        store.commit(Commit("me", rows(T0, (Posture.SITTING, 5)), (good, bad), checkpoint="x"))
    assert content(path) == before


def test_a_commit_without_state_keeps_the_stored_state(store: Store) -> None:
    store.commit(Commit("me", checkpoint="one"))
    store.commit(Commit("me", rows(T0, (Posture.SITTING, 5))))
    assert store.checkpoint("me") == "one"
    store.commit(Commit("me", checkpoint="two"))
    assert store.checkpoint("me") == "two"
    assert store.checkpoint("you") is None


def test_the_node_id_is_random_made_once_and_kept(store: Store, path: Path) -> None:
    mine, yours = store.node_id("me"), store.node_id("you")
    assert re.fullmatch("[0-9a-f]{12}", mine)
    assert mine != yours
    store.commit(whole_commit())
    with closing(Store(path)) as again:
        assert (again.node_id("me"), again.node_id("you")) == (mine, yours)


def test_wearers_do_not_mix(store: Store, path: Path) -> None:
    store.commit(whole_commit("me"))
    store.commit(whole_commit("you"))
    assert len(content(path)["bouts"]) == 4
    assert len(store.pending("mqtt", 0, 100)) == 2 * len(office_hour()[1])


def test_an_event_told_otherwise_under_its_old_id_is_news(store: Store, path: Path) -> None:
    """A bout that a correction has opened again ends a second time, under the same event id."""
    store.commit(Commit("me", events=(bout_started(T0), bout_ended(T0, T0 + 600))))
    store.commit(Commit("me", correction=Correction(T0 + 500, rows(T0 + 500), ())))
    ended = bout_ended(T0, T0 + 900)
    store.commit(Commit("me", events=(ended,), messages={"mqtt": (message(ended),)}))
    (bout,) = content(path)["bouts"]
    assert bout[3] == T0 + 900
    assert len(store.pending("mqtt", 0, 9)) == 1


def test_corrected_events_are_logged_and_never_sent(store: Store, path: Path) -> None:
    store.commit(Commit("me", correction=Correction(T0, rows(T0, (Posture.SITTING, 9)), (gap_ended(T0 - 50, T0),))))
    assert len(content(path)["events"]) == 1
    assert store.pending("mqtt", 0, 9) == []


# --- the outbox ----------------------------------------------------------------------------------------------------


def test_rows_are_offered_in_their_order_until_acknowledged(store: Store) -> None:
    said = [Message(f"topic/{n}", "x", retain=n % 2 == 0, qos=1, expires_s=T0 + n, event_id=f"E{n}") for n in range(5)]
    store.commit(Commit("me", messages={"mqtt": tuple(said[:3]), "push": (Message("other", "y"),)}))
    store.commit(Commit("you", messages={"mqtt": tuple(said[3:])}))
    waiting = store.pending("mqtt", 0, 100)
    assert [row.message for row in waiting] == said
    numbers = [row.number for row in waiting]
    assert numbers == sorted(set(numbers))
    assert store.pending("mqtt", numbers[1], 2) == waiting[2:4]
    store.sent(numbers[0])
    store.settle(numbers[2], "refused", "not authorized")
    store.settle(numbers[3], "expired")
    assert [row.number for row in store.pending("mqtt", 0, 100)] == [numbers[1], numbers[4]]
    assert [row.message.topic for row in store.pending("push", 0, 100)] == ["other"]


def test_numbers_grow_even_after_the_last_row_is_gone(store: Store, path: Path) -> None:
    store.commit(Commit("me", messages={"mqtt": (Message("a", "1"),)}))
    (first,) = store.pending("mqtt", 0, 9)
    store.sent(first.number)
    with closing(Store(path)) as again:
        again.commit(Commit("me", messages={"mqtt": (Message("b", "2"),)}))
        assert again.pending("mqtt", 0, 9)[0].number > first.number


def test_refused_and_expired_rows_stay_for_those_who_ask(store: Store, path: Path) -> None:
    store.commit(Commit("me", messages={"mqtt": (Message("a", "1"), Message("b", "2"))}))
    first, second = store.pending("mqtt", 0, 9)
    store.settle(first.number, "refused", "quota")
    store.settle(second.number, "expired")
    assert [(row[4], row[5]) for row in content(path)["outbox"]] == [("refused", "quota"), ("expired", None)]


# --- forgetting ------------------------------------------------------------------------------------------------------


def test_old_posture_is_forgotten_and_the_books_stay(store: Store, path: Path) -> None:
    store.commit(whole_commit())
    later_s = T0 + 15 * DAY_S
    store.commit(Commit("me", rows(later_s, (Posture.SITTING, 5))))
    found = content(path)
    assert [row[1] for row in found["posture_runs"]] == [later_s]
    assert (len(found["bouts"]), len(found["breaks"]), len(found["alerts"])) == (2, 1, 1)


def test_news_that_waited_too_long_expire_and_books_go_when_told_to(path: Path) -> None:
    rules = HistoryRules(keep_posture_days=1, keep_books_days=2, keep_unsent_days=3)
    with closing(Store(path, rules)) as store:
        store.commit(whole_commit())
        store.commit(Commit("me", rows(T0 + 2.5 * DAY_S, (Posture.SITTING, 5))))
        assert [len(content(path)[table]) for table in ("bouts", "breaks", "alerts", "events")] == [1, 0, 0, 0]
        assert store.pending("mqtt", 0, 1)
        store.commit(Commit("me", rows(T0 + 3.5 * DAY_S, (Posture.SITTING, 5))))
        assert store.pending("mqtt", 0, 1) == []


def test_of_a_wearer_who_is_no_more_no_posture_is_kept_longer(store: Store, path: Path) -> None:
    store.commit(whole_commit("gone"))
    later_s = T0 + 15 * DAY_S
    store.commit(Commit("me", rows(later_s, (Posture.SITTING, 5))))
    found = content(path)
    assert [row[1] for row in found["posture_runs"]] == [later_s]
    assert len(found["bouts"]) == 2


def test_exercises_go_with_the_books(path: Path) -> None:
    def kept() -> int:
        with closing(sqlite3.connect(path)) as connection:
            (count,) = connection.execute("SELECT COUNT(*) FROM exercises").fetchone()
            return int(count)

    with closing(Store(path, HistoryRules(keep_books_days=2))) as store:
        store.commit(Commit("me", None, (exercise_seen(T0, T0 + 60, "an alert"),)))
        assert kept() == 1
        store.commit(Commit("me", rows(T0 + 2.5 * DAY_S, (Posture.SITTING, 5))))
        assert kept() == 0


# --- kill -9 ---------------------------------------------------------------------------------------------------------

WRITER = """
import sys
from pathlib import Path
from monitor.history.store import Commit, Store
from tests.history.builders import *

store = Store(Path(sys.argv[1]))
t0 = float(sys.argv[2])
while True:
    postures, events = office_hour(t0)
    messages = {"mqtt": tuple(message(event) for event in events)}
    store.commit(Commit("me", postures, events, messages, f"state {t0}"))
    print(t0, flush=True)
    t0 += 3600
"""


def test_kill_9_anywhere_loses_nothing_committed_and_leaves_no_half(path: Path) -> None:
    chance, t0 = random.Random(9), T0
    for _ in range(5):
        command = [sys.executable, "-c", WRITER, str(path), str(t0)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, cwd=Path(__file__).parents[2]) as writer:
            assert writer.stdout is not None
            said = [float(writer.stdout.readline()) for _ in range(chance.randint(1, 20))]
            os.kill(writer.pid, signal.SIGKILL)
            said += [float(line) for line in writer.stdout.read().decode().split("\n")[:-1]]
        t0 = said[-1] + 3600 * chance.randint(0, 1)  # the last step may be told again after a crash
        with closing(Store(path)) as store:
            last_s = float((store.checkpoint("me") or "").split()[1])
            assert last_s in (said[-1], said[-1] + 3600)  # the one under way is there wholly or not at all
            _assert_whole(store, path, last_s)


def _assert_whole(store: Store, path: Path, last_s: float) -> None:
    hours = [T0 + 3600 * n for n in range(round((last_s - T0) / 3600) + 1)]
    expected = [event.id for hour in hours for event in office_hour(hour)[1]]
    found = content(path)
    assert sorted(row[1] for row in found["events"]) == sorted(expected)
    assert [row.message.event_id for row in store.pending("mqtt", 0, 10**6)] == expected
    assert len(found["bouts"]) == 2 * len(hours)
    assert sum(row[2] - row[1] for row in found["posture_runs"]) == 3600 * len(hours)


def test_an_alert_is_one_row_however_often_it_calls(store: Store, path: Path) -> None:
    for repeat in range(3):
        store.commit(Commit("me", events=(break_due(T0 + 1800 + 300 * repeat, T0, repeat),)))
    (alert,) = content(path)["alerts"]
    assert alert[3:5] == (T0 + 1800, T0 + 2400)
    assert alert[8:10] == (2, 3)
