"""What the page knows between the bus and the browsers."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC
from pathlib import Path

from monitor.events import CommandAnswered
from monitor.exchange import Command, Update, WearerState
from monitor.history.store import Commit, Store
from monitor.history.ways import Ways
from monitor.outlets.receipts import Outcome, Receipt
from monitor.web.desk import Desk, Person
from monitor.words import words
from tests.history.builders import T0, break_due, office_hour

SENT: list[tuple[str, Command]] = []


def desk(folder: Path) -> Desk:
    return Desk(
        {"me": Person("me", words("en"), UTC, 10.0)},
        folder / "history.sqlite3",
        lambda wearer, command: SENT.append((wearer, command)),
        lambda: T0 + 3600,
    )


def answer(source: str) -> CommandAnswered:
    return CommandAnswered(id=source, at_s=T0, command="skip", ok=True, source=source)


def test_the_invitation_is_shown_while_its_alert_is_open(tmp_path: Path) -> None:
    ours, call = desk(tmp_path), break_due(T0, T0 - 1800)
    ours.take(Update("me", (call,), WearerState(at_s=T0, alert="due", alert_id=call.alert_id)))
    assert ours.invitation("me") is call
    ours.take(Update("me", (), WearerState(at_s=T0, alert="due", alert_id="another")))
    assert ours.invitation("me") is None
    ours.take(Update("me", (), WearerState(at_s=T0, alert="none")))
    assert ours.invitation("me") is None


def test_only_answers_to_what_was_asked_here_are_shown(tmp_path: Path) -> None:
    ours = desk(tmp_path)
    ours.take(Update("me", (answer("web"), answer("mqtt")), WearerState(at_s=T0)))
    assert ours.seen["me"].answer == answer("web")
    ours.take(Update("a stranger", (answer("web"),), WearerState(at_s=T0)))
    assert list(ours.seen) == ["me"]


def test_a_command_carries_the_alert_it_answers_and_where_it_came_from(tmp_path: Path) -> None:
    desk(tmp_path).send("me", "snooze", "10", "alert")
    assert SENT[-1] == ("me", Command("snooze", "10", "alert", "web"))


def test_before_there_is_a_history_there_is_nothing(tmp_path: Path) -> None:
    ours = desk(tmp_path)
    assert ours.days("me", 7) == []
    assert ours.log("me") == []
    ours.recall("me")
    assert ours.seen["me"].call is None


def test_a_call_that_another_version_has_stored_leaves_the_page_standing(tmp_path: Path) -> None:
    with closing(Store(tmp_path / "history.sqlite3")) as store:
        store.commit(Commit("me", events=(break_due(T0, T0 - 1800),)))
    with closing(sqlite3.connect(tmp_path / "history.sqlite3")) as connection, connection:
        connection.execute("UPDATE events SET body = json_remove(body, '$.limit_s')")
    ours = desk(tmp_path)
    ours.recall("me")
    assert ours.seen["me"].call is None


def test_what_became_of_the_calls_is_read_from_the_books(tmp_path: Path) -> None:
    path, call = tmp_path / "history.sqlite3", break_due(T0, T0 - 1800)
    person = Person("me", words("en"), UTC, 10.0, Ways(path, "me", True, words("en"), "UTC"))
    ours = Desk({"me": person}, path, lambda wearer, command: None, lambda: T0)
    assert ours.ways("me") == {}
    with closing(Store(path)) as store:
        store.commit(Commit("me", events=(call,)))
        store.note_receipt(Receipt("me", call.id, "ntfy (push address 1)", T0, Outcome.ACCEPTED))
    assert ours.ways("me") == {call.id: "on the wearable, ntfy (push address 1)"}


def test_days_decisions_and_an_open_call_come_from_the_books(tmp_path: Path) -> None:
    postures, events = office_hour(T0)
    with closing(Store(tmp_path / "history.sqlite3")) as store:
        store.commit(Commit("me", postures, events))
    ours = desk(tmp_path)
    today, yesterday = ours.days("me", 2)
    assert today.bouts
    assert today.date > yesterday.date
    assert "break_due" in [row.type for row in ours.log("me")]
    ours.recall("me")
    call = ours.seen["me"].call
    assert call is not None
    assert call in events
