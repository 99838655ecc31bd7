from __future__ import annotations

import pytest

from monitor.events import AlertCleared, AlertWithheld, BreakDue, CommandAnswered, Snoozed, WrongReported
from monitor.words import languages, words
from tests.coach.days import NOON_S, a_coach, live, sitting
from tests.coach.sitter import Sitter, a_called_sitter, answer


def test_a_snooze_clears_and_the_next_call_is_a_repeat_of_the_same_alert() -> None:
    sitter, alert_id = a_called_sitter()
    cleared, snoozed, answered = sitter.say("snooze", "7")
    assert isinstance(cleared, AlertCleared)
    assert isinstance(snoozed, Snoozed)
    assert (cleared.by, snoozed.alert_id, snoozed.until_s) == ("snooze", alert_id, sitter.now_s + 420)
    assert isinstance(answered, CommandAnswered)
    assert (answered.ok, answered.value, answered.source) == (True, 7.0, "test")
    assert sitter.view() == "snoozed"
    assert sitter.coach.view(sitter.now_s).next_break_s == snoozed.until_s
    (call,) = sitter.sit_until(600 + 420)
    assert isinstance(call, BreakDue)
    assert (call.alert_id, call.repeat, call.why_now, call.at_s) == (alert_id, 1, "repeat", snoozed.until_s)
    assert sitter.view() == "overdue"


def test_a_snooze_is_kept_even_when_the_repeats_are_used_up() -> None:
    sitter = Sitter(a_coach(profile="gentle", gentle_repeats=0))
    for second in (600, 1200, 1800):
        sitter.sit_until(second)
        sitter.say("snooze")
    sitter.sit_until(7200)
    assert sitter.called_at() == [600, 1200, 1800, 2400]


def test_a_snooze_before_the_limit_puts_the_first_call_off() -> None:
    sitter = Sitter()
    sitter.sit_until(500)
    sitter.say("snooze", "5")
    sitter.sit_until(2000)
    assert sitter.called_at()[0] == 800
    assert [event.reason for event in sitter.events if isinstance(event, AlertWithheld)] == ["snoozed"]


def test_a_snooze_can_be_taken_back() -> None:
    sitter, _ = a_called_sitter()
    sitter.say("snooze", "30")
    sitter.sit_until(700)
    sitter.say("snooze", "RESET")
    sitter.sit_until(702)
    assert sitter.called_at() == [600, 701]


def test_the_same_snooze_twice_is_one() -> None:
    sitter, _ = a_called_sitter()
    sitter.say("snooze", "7")
    assert len(sitter.say("snooze", "7")) == 1


@pytest.mark.parametrize("word", ["done", "break"])
def test_done_is_believed_for_five_minutes_then_the_sensor_decides(word: str) -> None:
    sitter, _ = a_called_sitter()
    cleared, answered = sitter.say(word)
    assert isinstance(cleared, AlertCleared)
    assert cleared.by == "done"
    assert answer([answered]).ok
    assert sitter.view() == "none"
    sitter.sit_until(900)
    assert sitter.called_at() == [600, 900]


def test_skip_ends_the_calls_of_this_bout_only() -> None:
    sitter, _ = a_called_sitter()
    cleared, _ = sitter.say("skip")
    assert isinstance(cleared, AlertCleared)
    assert cleared.by == "skip"
    sitter.sit_until(7200)
    assert sitter.called_at() == [600]
    sitter.coach.break_taken(f"bout-{NOON_S:.0f}", sitter.now_s, sitter.now_s - 60)
    assert any(isinstance(event, BreakDue) for event in live(sitter.coach, sitting(600), start_s=NOON_S + 8000))


def test_there_must_be_something_to_skip() -> None:
    assert "nothing to skip" in str(answer(Sitter().say("skip")).error)


def test_wrong_clears_reports_and_is_silent_for_a_quarter_of_an_hour() -> None:
    sitter, alert_id = a_called_sitter()
    cleared, report, _ = sitter.say("wrong")
    assert isinstance(cleared, AlertCleared)
    assert isinstance(report, WrongReported)
    assert (cleared.by, report.alert_id, report.posture, report.confidence) == ("wrong", alert_id, "sitting", 0.9)
    sitter.sit_until(2000)
    assert sitter.called_at()[:2] == [600, 1500]


def test_a_call_that_was_wrong_teaches_nothing() -> None:
    sitter = Sitter(a_coach(learn=True))
    sitter.sit_until(600)
    assert sitter.coach.learner.open_call is not None
    sitter.say("wrong")
    sitter.sit_until(1499)
    assert sitter.coach.learner.asked == 0


def test_wrong_is_reported_once_an_alert_even_late() -> None:
    sitter, alert_id = a_called_sitter()
    sitter.coach.break_taken(f"bout-{NOON_S:.0f}", sitter.now_s, sitter.now_s - 60)
    assert isinstance(sitter.say("wrong", alert_id=alert_id)[0], WrongReported)
    assert len(sitter.say("wrong", alert_id=alert_id)) == 1


@pytest.mark.parametrize(
    ("first", "second", "ok"),
    [
        ("done", "done", True),
        ("done", "break", True),
        ("skip", "skip", True),
        ("snooze", "snooze", True),
        ("done", "snooze", False),
        ("snooze", "done", False),
        ("skip", "done", False),
        ("wrong", "done", False),
    ],
)
def test_the_first_answer_to_an_alert_wins(first: str, second: str, ok: bool) -> None:
    sitter, alert_id = a_called_sitter()
    sitter.say(first, alert_id=alert_id)
    later = sitter.say(second, alert_id=alert_id)
    assert len(later) == 1
    assert answer(later).ok is ok
    assert ok or "too late" in str(answer(later).error)


def test_an_answer_to_an_alert_that_has_expired_still_counts() -> None:
    sitter = Sitter(a_coach(profile="gentle", gentle_repeats=0))
    (call,) = sitter.sit_until(600)
    assert isinstance(call, BreakDue)
    sitter.sit_until(1300)
    assert isinstance(sitter.say("snooze", "5", call.alert_id)[0], Snoozed)
    sitter.sit_until(3000)
    assert sitter.called_at() == [600, 1600]


def test_an_answer_to_an_unknown_alert_is_refused() -> None:
    sitter, _ = a_called_sitter()
    assert not answer(sitter.say("done", alert_id="01HF801VQ0YHNEZSZCX7ZGKMA9")).ok
    assert sitter.view() == "due"


@pytest.mark.parametrize("language", languages())
def test_a_late_answer_is_told_by_what_the_alert_is_over(language: str) -> None:
    sitter = Sitter(a_coach(language=language))
    (call,) = sitter.sit_until(600)
    assert isinstance(call, BreakDue)
    sitter.say("skip", alert_id=call.alert_id)
    late = str(answer(sitter.say("snooze", alert_id=call.alert_id)).error)
    assert words(language).noted.over["skip"] in late
    assert words(language).refused.unknown_alert in str(answer(sitter.say("done", alert_id="01J")).error)
