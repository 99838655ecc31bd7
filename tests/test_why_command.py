"""``sitbreak why`` tells what became of the calls it is asked about."""

from __future__ import annotations

import sys
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from monitor import checkpoint
from monitor.assembly.wearer import fingerprint, new_coach, new_pipeline, ways
from monitor.cli.translation import in_this_language
from monitor.cli.why import UnreadStateError, _retell, stored_coach
from monitor.coach.catalogue import load_catalogue
from monitor.coach.why import reasons
from monitor.events import DaySummary
from monitor.history.store import Commit, Store
from monitor.outlets.receipts import Outcome, Receipt
from monitor.settings.loading import load
from monitor.words import words
from tests.history.builders import break_due

NOW_S = datetime(2026, 11, 22, 14, 30, tzinfo=UTC).timestamp()
LOADED = load(None, ["coach.time_zone=UTC", "buzz.enabled=false"], {})
SETTINGS = LOADED.settings


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
    assert ways(SETTINGS, "me", path).told(NOW_S, "") == ["Called at 14:00: ntfy (push address 1)."]


def test_with_a_time_they_are_the_calls_of_that_minute_of_the_last_day(tmp_path: Path) -> None:
    path = history(tmp_path, 24.5, 2.0, 2.0 - 30 / 3600, 0.5)
    assert ways(SETTINGS, "me", path).told(NOW_S, "12:30") == ["Called at 12:30: ntfy (push address 1)."] * 2
    assert ways(SETTINGS, "me", path).told(NOW_S, "12:31") == []
    assert ways(SETTINGS, "me", path).told(NOW_S, "14:00") == ["Called at 14:00: ntfy (push address 1)."]


def test_a_wearable_that_cannot_call_is_not_said_to_have_called(tmp_path: Path) -> None:
    path = history(tmp_path, 0.5)
    for wearable, way in (("deskband", "on the wearable, ntfy"), ("witmotion", "ntfy")):
        settings = load(None, ["coach.time_zone=UTC", f"wearers.me.wearable={wearable}"], {}).settings
        assert ways(settings, "me", path).told(NOW_S, "") == [f"Called at 14:00: {way} (push address 1)."]


def test_after_a_change_of_the_settings_it_says_that_the_daemon_wants_a_start(tmp_path: Path) -> None:
    path = history(tmp_path, 0.5)
    text = checkpoint.dumps({"backfill": new_pipeline(SETTINGS, "me")}, fingerprint(SETTINGS, "me"))
    with closing(Store(path)) as store:
        store.commit(Commit("me", checkpoint=text))
    assert stored_coach(SETTINGS, path, "me") is not None
    other = load(None, ["wearers.me.placement=wrist"], {}).settings
    with pytest.raises(UnreadStateError, match="the settings have changed since; start it"):
        stored_coach(other, path, "me")


def test_the_account_of_the_day_is_no_call_and_is_told_by_its_time(tmp_path: Path) -> None:
    path, at_s = history(tmp_path, 0.5), NOW_S - 600
    told = DaySummary(
        id="account", at_s=at_s, date="2026-11-22", until="14:20", sedentary_min=90, longest_min=40, breaks=2, alerts=1
    )
    with closing(Store(path)) as store:
        store.commit(Commit("me", events=(told,)))
        store.note_receipt(Receipt("me", "account", "JSON (push address 2)", at_s, Outcome.ACCEPTED))
    assert ways(SETTINGS, "me", path).told(NOW_S) == ["Called at 14:00: ntfy (push address 1)."]
    assert ways(SETTINGS, "me", path).told(NOW_S, "14:20") == ["Told the day so far at 14:20: JSON (push address 2)."]


def test_a_call_of_the_day_before_yesterday_is_no_news(tmp_path: Path) -> None:
    assert ways(SETTINGS, "me", history(tmp_path, 30.0)).told(NOW_S, "") == []


@pytest.mark.parametrize(("sat_s", "told"), [(1800, "30 Minuten"), (7380, "2 Stunden 3 Minuten"), (60, "1 Minute")])
def test_what_was_noted_in_one_language_is_told_in_that_of_who_asks(sat_s: int, told: str) -> None:
    coach, english = new_coach(SETTINGS, "me", (), load_catalogue()), words("en")
    noted = english.noted
    coach.decisions.note(NOW_S, noted.called.format(reason=noted.reasons["limit"], sat=english.duration(sat_s)))
    for reason, sentence in english.silences.items():
        coach.decisions.note_silence(NOW_S + 1, reason, noted.silent.format(reason=sentence))
    _retell(coach, "de")
    german = words("de")
    expected = german.noted.called.format(reason=german.noted.reasons["limit"], sat=told)
    assert coach.decisions.entries[0] == (NOW_S, expected)
    silent = [german.noted.silent.format(reason=sentence) for sentence in german.silences.values()]
    assert [text for _, text in coach.decisions.entries[1:]] == silent
    assert "entschieden" not in reasons(coach, NOW_S + 2)
    assert coach.rules.language == "de"


def test_who_asks_by_hand_reads_their_language_where_the_settings_name_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    monkeypatch.setattr(sys, "argv", ["sitbreak", "why"])
    assert in_this_language(LOADED).coach_of("me").language == "de"
    named = load(None, ["coach.language=en"], {})
    assert in_this_language(named).coach_of("me").language == "en"
    own = load(None, ['wearers.me.coach={"language": "en"}'], {})
    assert in_this_language(own).coach_of("me").language == "en"
