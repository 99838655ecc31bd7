from __future__ import annotations

import pytest

from monitor.coach.decisions import KEPT, Decisions
from monitor.words import words
from tests.coach.days import NOON_S

VIENNA = "Europe/Vienna"


def test_only_the_last_decisions_are_kept() -> None:
    decisions = Decisions()
    for number in range(3 * KEPT):
        decisions.note(float(number), str(number))
    assert len(decisions.entries) == KEPT
    assert decisions.entries[-1] == (3 * KEPT - 1.0, str(3 * KEPT - 1))


def test_a_silence_is_noted_once_as_long_as_it_goes_on() -> None:
    decisions = Decisions()
    for at_s, reason in enumerate(["busy", "busy", "paused", "paused", "busy"]):
        decisions.note_silence(at_s, reason, f"silent: {reason}")
    assert [text for _, text in decisions.entries] == ["silent: busy", "silent: paused", "silent: busy"]


def test_one_may_ask_what_held_at_a_time_of_day() -> None:
    decisions = Decisions()
    decisions.note(NOON_S, "called")
    decisions.note(NOON_S + 600, "cleared: break")
    now_s = NOON_S + 3600
    assert decisions.at("12:05", now_s, VIENNA, words().why) == "At 12:05: called (since 12:00)."
    assert decisions.at("12:10", now_s, VIENNA, words().why) == "At 12:10: cleared: break (since 12:10)."
    assert decisions.at("11:59", now_s, VIENNA, words().why) == "Nothing is kept from 11:59 or before."
    assert (
        decisions.at("13:30", now_s, VIENNA, words().why) == "Nothing is kept from 13:30 or before."
    )  # that was yesterday


def test_a_time_cannot_be_asked_where_there_is_none() -> None:
    assert "no time of day" in Decisions().at("12:00", 3600.0, VIENNA, words().why)
    with pytest.raises(ValueError, match="HH:MM"):
        Decisions().at("25:00", NOON_S, VIENNA, words().why)
