from __future__ import annotations

import pytest

from monitor.events import AlertCleared, BreakDue
from monitor.words import words
from tests.coach.days import NOON_S
from tests.coach.sitter import Sitter, a_called_sitter, answer


@pytest.mark.parametrize("word", ["pause", "busy"])
def test_pause_and_busy_clear_and_keep_silent_until_their_end(word: str) -> None:
    sitter, _ = a_called_sitter()
    cleared, answered = sitter.say(word, "20")
    assert isinstance(cleared, AlertCleared)
    assert (cleared.by, answer([answered]).value) == (word, True)
    view = sitter.coach.view(sitter.now_s)
    assert (view.paused, view.busy) == (word == "pause", word == "busy")
    assert view.alert == ("paused" if word == "pause" else "none")
    sitter.sit_until(1799)
    assert sitter.called_at() == [600]
    sitter.sit_until(1801)
    assert sitter.called_at() == [600, 1800]
    view = sitter.coach.view(sitter.now_s)
    assert (view.paused, view.busy, view.alert) == (False, False, "overdue")


@pytest.mark.parametrize("word", ["pause", "busy"])
@pytest.mark.parametrize("off", ["OFF", "RESET", "off"])
def test_pause_and_busy_last_until_switched_off(word: str, off: str) -> None:
    sitter = Sitter()
    assert answer(sitter.say(word, "ON")).value is True
    sitter.sit_until(3000)
    assert sitter.called_at() == []
    assert answer(sitter.say(word, off)).value is False
    sitter.sit_until(3001)
    assert sitter.called_at() == [3001]


def test_the_limit_is_set_in_minutes_with_decimals_and_reset() -> None:
    sitter = Sitter()
    assert answer(sitter.say("limit", "2.5")).value == 2.5
    assert sitter.coach.view(sitter.now_s).limit_s == sitter.coach.overrides.limit_s == 150.0
    sitter.sit_until(151)
    assert sitter.called_at() == [150]
    assert answer(sitter.say("limit", "RESET")).value == 10.0
    assert sitter.coach.overrides.limit_s is None


def test_a_limit_raised_above_the_clock_takes_the_alert_back_and_calls_anew_when_due() -> None:
    sitter, alert_id = a_called_sitter()
    cleared, _ = sitter.say("limit", "20")
    assert isinstance(cleared, AlertCleared)
    assert cleared.by == "expired"
    (call,) = sitter.sit_until(1200)
    assert isinstance(call, BreakDue)
    assert (call.repeat, call.due_s) == (0, NOON_S + 1200)
    assert call.alert_id != alert_id


@pytest.mark.parametrize("value", ["nan", "inf", "-inf", "0.9", "240.1", "", "ten", "1e9", "-5", "PRESS"])
def test_a_limit_out_of_range_is_refused_with_the_range(value: str) -> None:
    sitter = Sitter()
    answered = answer(sitter.say("limit", value))
    assert not answered.ok
    assert "minutes from 1 to 240" in str(answered.error)
    assert sitter.coach.limit_s == 600.0


def test_the_profile_changes_the_ladder_and_not_the_limit() -> None:
    sitter = Sitter()
    assert answer(sitter.say("profile", "strict")).value == "strict"
    sitter.sit_until(7200)
    assert sitter.called_at() == [600, 900, 1200, 1500, 1800]
    assert answer(sitter.say("profile", "RESET")).value == "normal"
    assert "use gentle, normal, strict" in str(answer(sitter.say("profile", "loud")).error)


def test_what_hurts_is_never_suggested_again_and_exercises_rest_until_wanted() -> None:
    sitter = Sitter()
    said = answer(sitter.say("hurts", "standing_hip_flexion")).value
    assert words().safety.professional in str(said)
    assert words().safety.professional not in str(answer(sitter.say("hurts", "lunge_stretch")).value)
    (call,) = sitter.sit_until(600)
    assert isinstance(call, BreakDue)
    assert call.exercise is None
    assert "on your feet" in call.message
    sitter.say("hurts", "RESET")
    sitter.say("hurts", "standing_hip_flexion")
    sitter.say("hurts", "OFF")
    (repeat,) = sitter.sit_until(900)
    assert isinstance(repeat, BreakDue)
    assert repeat.exercise is not None
    assert repeat.exercise.exercise_id == "lunge_stretch"


def test_a_button_that_names_no_exercise_means_the_one_that_was_suggested_last() -> None:
    nothing_yet = Sitter()
    assert not answer(nothing_yet.say("hurts")).ok
    sitter = Sitter()
    (call,) = sitter.sit_until(600)
    assert isinstance(call, BreakDue)
    assert call.exercise is not None
    cleared, answered = sitter.say("hurts", alert_id=call.alert_id)
    assert isinstance(cleared, AlertCleared)
    assert cleared.by == "hurts"
    assert call.exercise.title in str(answer([answered]).value)
    assert sitter.coach.overrides.hurts == [call.exercise.exercise_id]
    said_again = answer(sitter.say("hurts"))
    assert said_again.ok
    assert sitter.coach.overrides.hurts == [call.exercise.exercise_id]
    (repeat,) = sitter.sit_until(1000)
    assert isinstance(repeat, BreakDue)
    assert (repeat.alert_id, repeat.exercise) == (call.alert_id, None)
