"""``sitbreak why`` tells what became of the calls it is asked about."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from monitor.cli.why import _ways
from monitor.history.store import Commit, Store
from monitor.outlets.receipts import Outcome, Receipt
from monitor.settings.loading import load
from tests.history.builders import break_due

NOW_S = datetime(2026, 11, 22, 14, 30, tzinfo=UTC).timestamp()
SETTINGS = load(None, ["coach.time_zone=UTC", "buzz.enabled=false"], {}).settings


def history(folder: Path, *hours_ago: float) -> Path:
    """A history with calls so long ago, each taken by ntfy."""
    path = folder / "history.sqlite3"
    with closing(Store(path)) as store:
        for number, hours in enumerate(hours_ago):
            call = replace(break_due(NOW_S - hours * 3600, NOW_S - 9 * 3600), id=f"call{number}")
            store.commit(Commit("me", events=(call,)))
            store.note_receipt(Receipt("me", call.id, "ntfy (push address 1)", call.at_s, Outcome.ACCEPTED))
    return path


def test_without_a_time_it_is_the_last_call(tmp_path: Path) -> None:
    path = history(tmp_path, 2.0, 0.5)
    assert _ways(SETTINGS, path, "me", NOW_S, "") == ["Called at 14:00: ntfy (push address 1)."]


def test_with_a_time_they_are_the_calls_of_that_minute_of_the_last_day(tmp_path: Path) -> None:
    path = history(tmp_path, 24.5, 2.0, 2.0 - 30 / 3600, 0.5)
    assert _ways(SETTINGS, path, "me", NOW_S, "12:30") == ["Called at 12:30: ntfy (push address 1)."] * 2
    assert _ways(SETTINGS, path, "me", NOW_S, "12:31") == []
    assert _ways(SETTINGS, path, "me", NOW_S, "14:00") == ["Called at 14:00: ntfy (push address 1)."]


def test_a_wearable_that_cannot_call_is_not_said_to_have_called(tmp_path: Path) -> None:
    path = history(tmp_path, 0.5)
    for wearable, way in (("deskband", "on the wearable, ntfy"), ("witmotion", "ntfy")):
        settings = load(None, ["coach.time_zone=UTC", f"wearers.me.wearable={wearable}"], {}).settings
        assert _ways(settings, path, "me", NOW_S, "") == [f"Called at 14:00: {way} (push address 1)."]


def test_a_call_of_the_day_before_yesterday_is_no_news(tmp_path: Path) -> None:
    assert _ways(SETTINGS, history(tmp_path, 30.0), "me", NOW_S, "") == []
