"""Whoever asks why, over MQTT or on the page, is also told which ways the call went."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from monitor.asked import Asked
from monitor.events import CommandAnswered, Event
from monitor.exchange import Command, Update, WearerState
from monitor.history.store import Commit, Store
from monitor.history.ways import Ways
from monitor.outlets.receipts import Outcome, Receipt
from monitor.words import words
from tests.history.builders import T0, break_due

EARLY, LATE = T0 + 600, T0 + 4200


def asked(folder: Path) -> Asked:
    """Two calls are in the history; ntfy took the first and refused the second."""
    path = folder / "history.sqlite3"
    with closing(Store(path)) as store:
        for at_s, outcome in ((EARLY, Outcome.ACCEPTED), (LATE, Outcome.REFUSED)):
            call = break_due(at_s, at_s - 1800)
            store.commit(Commit("me", events=(call,)))
            store.note_receipt(Receipt("me", call.id, "ntfy (push address 1)", at_s, outcome, "http:401"))
    return Asked(Ways(path, "me", False, words("en"), "UTC"))


def update(*events: Event) -> Update:
    return Update("me", events, WearerState(at_s=LATE + 60))


def answer(ok: bool = True, command: str = "why") -> CommandAnswered:
    value = "Not due." if ok else None
    return CommandAnswered(id="a", at_s=LATE + 60, command=command, ok=ok, value=value, error=None if ok else "no time")


async def values(ours: Asked, *events: CommandAnswered) -> list[object]:
    told = await ours.completed(update(*events))
    return [event.value for event in told.events if isinstance(event, CommandAnswered)]


async def test_the_answer_to_why_tells_the_ways_of_the_last_call(tmp_path: Path) -> None:
    ours = asked(tmp_path)
    ours.note(Command("why", "PRESS", None, "mqtt"))
    (told,) = await values(ours, answer())
    assert str(told).startswith("Not due. Called at ")
    assert str(told).endswith("ntfy (push address 1) refused (HTTP 401).")


async def test_each_answer_is_of_the_minute_that_was_asked_about(tmp_path: Path) -> None:
    ours = asked(tmp_path)
    early = ours._ways.told(EARLY + 1)[0].removeprefix("Called at ")[:5]
    for value in (early, "03:59", "25:99", "press"):
        ours.note(Command("why", value, None, "web"))
    ours.note(Command("skip", "PRESS", None, "web"))
    first, second, refused, last = await values(ours, answer(), answer(), answer(ok=False), answer())
    assert first == f"Not due. Called at {early}: ntfy (push address 1)."
    assert second == "Not due."
    assert refused is None
    assert "refused (HTTP 401)" in str(last)


async def test_other_answers_and_a_history_that_cannot_be_read_change_nothing(tmp_path: Path) -> None:
    news = update(answer(command="skip"), break_due(LATE, T0))
    assert await asked(tmp_path).completed(news) is news
    nowhere = Asked(Ways(tmp_path / "none", "me", False, words("en"), "UTC"))
    assert await values(nowhere, answer()) == ["Not due."]
