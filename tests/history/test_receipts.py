"""What became of alerts: kept beside them, forgotten and erased with them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from monitor.exchange import Message
from monitor.history.erasing import erase_stretch, erase_wearer
from monitor.history.receipts import calls, latest_of
from monitor.history.retention import DAY_S
from monitor.history.store import Commit, Store
from monitor.model import Posture
from monitor.outlets.receipts import Outcome, Receipt
from tests.history.builders import T0, break_due, rows

CALL = break_due(T0, T0 + 30)
TOOK = Receipt("me", CALL.id, "ntfy (push address 1)", T0 + 32, Outcome.ACCEPTED, "", CALL.alert_id, 1, '[[0, "m1"]]')
REFUSED = Receipt("me", CALL.id, "Telegram (push address 2)", T0 + 33, Outcome.REFUSED, "http:401", CALL.alert_id)


def called(store: Store, wearer: str = "me", call: Any = CALL) -> None:
    """A call as the daemon stores it: for the broker and for the phone."""
    messages = {
        "mqtt": (
            Message("sitbreak/a1/event", "{}", event_id=call.id),
            Message("sitbreak/a1/log", "{}", event_id=call.id),
        ),
        "push": (Message(wearer, "{}", event_id=call.id),),
    }
    store.commit(Commit(wearer, rows(T0, (Posture.SITTING, 40)), (call,), messages))


def test_the_brokers_word_is_a_receipt_of_the_alert_and_of_nothing_else(store: Store, path: Path) -> None:
    called(store)
    (waiting,) = calls(path, "me", T0 + 60, 1)
    assert (waiting.receipts, waiting.waits_for) == ((), ("mqtt", "push"))
    for row in [*store.pending("mqtt", 0, 10), *store.pending("push", 0, 10)]:
        store.sent(row.number)
    (told,) = calls(path, "me", T0 + 60, 1)
    assert [(each.way, each.outcome) for each in told.receipts] == [("mqtt", Outcome.ACCEPTED)]
    assert told.waits_for == ()


def test_what_the_broker_refuses_or_gets_too_late_is_kept_with_the_reason(store: Store, path: Path) -> None:
    called(store)
    first = store.pending("mqtt", 0, 10)[0]
    store.settle(first.number, "refused", "not authorised")
    ((receipt,),) = [call.receipts for call in calls(path, "me", T0 + 60, 1)]
    assert (receipt.outcome, receipt.reason) == (Outcome.REFUSED, "not authorised")


def test_a_receipt_takes_the_place_of_the_one_before_and_comes_back_as_it_was(store: Store, path: Path) -> None:
    called(store)
    store.note_receipt(replace(TOOK, outcome=Outcome.TRYING, reason="unreachable", handle=""))
    store.note_receipt(TOOK)
    store.note_receipt(REFUSED)
    assert calls(path, "me", T0 + 60, 1)[0].receipts == (REFUSED, TOOK)
    assert store.latest_receipts("me") == latest_of(path, "me") == [REFUSED, TOOK]
    assert store.standing_receipts() == [TOOK]
    store.note_receipt(replace(TOOK, handle="", taken_back_s=T0 + 90))
    assert store.standing_receipts() == []


def test_the_newest_receipt_of_each_service_counts_and_what_was_kept_at_home_does_not(store: Store) -> None:
    called(store)
    store.note_receipt(TOOK)
    store.note_receipt(replace(TOOK, event_id="later", at_s=T0 + 50, outcome=Outcome.FAILED, reason="no_answer"))
    store.note_receipt(replace(TOOK, event_id="held", at_s=T0 + 70, outcome=Outcome.HELD, reason="late"))
    (latest,) = store.latest_receipts("me")
    assert (latest.event_id, latest.reason) == ("later", "no_answer")


def test_the_receipts_of_another_wearer_are_nobody_elses(store: Store, path: Path) -> None:
    called(store)
    called(store, "ada", replace(CALL, id="adas"))
    store.note_receipt(TOOK)
    store.note_receipt(replace(REFUSED, wearer="ada", event_id="adas"))
    assert [each.way for each in store.latest_receipts("me")] == [TOOK.way]
    assert [each.way for each in store.latest_receipts("ada")] == [REFUSED.way]
    assert calls(path, "ada", T0 + 60, 5)[0].receipts[0].wearer == "ada"


def test_receipts_are_forgotten_with_the_postures(store: Store) -> None:
    called(store)
    store.note_receipt(TOOK)
    store.commit(Commit("me", rows(T0 + 13 * DAY_S, (Posture.SITTING, 2))))
    assert store.latest_receipts("me")
    store.commit(Commit("me", rows(T0 + 15 * DAY_S, (Posture.SITTING, 2))))
    assert not store.latest_receipts("me")


@pytest.mark.parametrize("whole", [True, False])
def test_receipts_are_erased_with_their_wearer_and_with_their_day(path: Path, whole: bool) -> None:
    with closing(Store(path)) as store:
        called(store)
        store.note_receipt(TOOK)
    if whole:
        erase_wearer(path, "me")
    else:
        erase_stretch(path, "me", T0 - 1, T0 + 31, ("2023-11-14", "2023-11-14"))
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT count(*) FROM receipts").fetchone() == (0,)
    assert b"push address" not in path.read_bytes()
