"""``sitbreak run`` at a terminal: what somebody reads who has just started it."""

from __future__ import annotations

import re

import pytest

from monitor.cli.run import greeting
from monitor.rules import check
from monitor.settings.sections import Settings


@pytest.fixture
def settings() -> Settings:
    return check(Settings, {"wearers": {"anna": {}, "ben": {}}})


def test_it_says_for_whom_it_runs_how_it_ends_and_where_to_look(settings: Settings) -> None:
    lines = greeting(settings)
    assert "anna, ben" in lines[0]
    assert "Ctrl-C" in lines[0]
    assert "sitbreak why" in lines[-1]
    assert len(lines) == 2


def test_the_broker_and_the_page_are_named_where_there_are_any(settings: Settings) -> None:
    more = {"mqtt": {"host": "broker.lan"}, "web": {"enabled": True, "port": 8333}}
    said = "\n".join(greeting(check(Settings, {"wearers": {"me": {}}, **more})))
    assert "broker.lan:1883" in said
    assert "http://127.0.0.1:8333/" in said


def test_it_is_said_in_the_users_language(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITBREAK_COACH__LANGUAGE", "de")
    assert not re.search(r"\b(from now on|another terminal)\b", "\n".join(greeting(settings)))
