from __future__ import annotations

from dataclasses import dataclass, field

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.coach.commands import COMMANDS
from monitor.coach.exercises import ExerciseRules
from monitor.coach.policy import Coach, Moment
from monitor.coach.why import reasons
from monitor.events import (
    AlertCleared,
    AlertWithheld,
    BreakDue,
    CommandAnswered,
    Event,
    Snoozed,
    TestAlert,
    WrongReported,
)
from monitor.exchange import Command
from monitor.words import languages, words
from tests.coach.days import NOON_S, BoutOver, BreakSeen, Stretch, a_coach, live, sitting, steps_of, tell

LONG_SIT = steps_of([sitting(7200)])


@dataclass
class Sitter:
    """Somebody who sits for two hours and says things."""

    coach: Coach = field(default_factory=a_coach)
    told: int = 0
    events: list[Event] = field(default_factory=list)

    def sit_until(self, second: int) -> list[Event]:
        """Up to the decision of that second of the bout."""
        events = [event for step in LONG_SIT[self.told : second] for event in tell(self.coach, step)]
        self.told = second
        self.events += events
        return events

    @property
    def now_s(self) -> float:
        """When the latest row was decided."""
        return NOON_S + self.told + 3.0

    def say(self, name: str, value: str = "PRESS", alert_id: str | None = None) -> list[Event]:
        """A command, now."""
        events = self.coach.command(Command(name, value, alert_id, "test"), self.now_s)
        self.events += events
        return events

    def view(self) -> str:
        """The alert state, now."""
        return self.coach.view(self.now_s).alert

    def called_at(self) -> list[int]:
        """The seconds of the bout on whose row a call was made."""
        return [round(event.at_s - NOON_S) - 3 for event in self.events if isinstance(event, BreakDue)]


def answer(events: list[Event]) -> CommandAnswered:
    last = events[-1]
    assert isinstance(last, CommandAnswered)
    assert sum(isinstance(event, CommandAnswered) for event in events) == 1
    return last


def a_called_sitter() -> tuple[Sitter, str]:
    sitter = Sitter()
    (call,) = sitter.sit_until(600)
    assert isinstance(call, BreakDue)
    return sitter, call.alert_id


# --- answers to an alert --------------------------------------------------------------------------------------


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


# --- settings while it runs -----------------------------------------------------------------------------------


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


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize(
    ("name", "value", "key"),
    [
        ("dance", "PRESS", "command"),
        ("limit", "", "minutes"),
        ("pause", "maybe", "on_off"),
        ("done", "7", "pressed"),
        ("skip", "PRESS", "nothing_to_skip"),
        ("profile", "loud", "profile"),
        ("hurts", "chess", "exercise"),
        ("why", "25:00", "time"),
    ],
)
def test_what_is_refused_is_said_in_the_wearers_language(language: str, name: str, value: str, key: str) -> None:
    error = str(answer(Sitter(a_coach(language=language)).say(name, value)).error)
    begins = getattr(words(language).refused, key).partition("{")[0]
    assert begins in error
    assert "{" not in error


@pytest.mark.parametrize("language", languages())
def test_a_late_answer_is_told_by_what_the_alert_is_over(language: str) -> None:
    sitter = Sitter(a_coach(language=language))
    (call,) = sitter.sit_until(600)
    assert isinstance(call, BreakDue)
    sitter.say("skip", alert_id=call.alert_id)
    late = str(answer(sitter.say("snooze", alert_id=call.alert_id)).error)
    assert words(language).noted.over["skip"] in late
    assert words(language).refused.unknown_alert in str(answer(sitter.say("done", alert_id="01J")).error)


def test_an_unknown_exercise_cannot_hurt() -> None:
    answered = answer(Sitter().say("hurts", "chess"))
    assert '"chess": not an exercise; use one of standing_hip_flexion, lunge_stretch' in str(answered.error)


def test_who_cannot_stand_is_offered_something_seated() -> None:
    coach = a_coach(ExerciseRules.model_validate({"conditions": ["cannot_stand"]}))
    (call,) = live(coach, sitting(600))
    assert isinstance(call, BreakDue)
    assert call.exercise is None
    assert "seated" in call.message


# --- questions ------------------------------------------------------------------------------------------------


def test_a_test_alert_looks_like_a_call_and_changes_nothing() -> None:
    sitter = Sitter()
    alert, answered = sitter.say("test")
    assert isinstance(alert, TestAlert)
    assert alert.exercise is not None
    assert "nothing is due" in alert.message
    assert answer([answered]).ok
    assert sitter.view() == "none"
    assert sitter.coach.suggester.counts == {}


def test_why_tells_the_reason_now_and_then() -> None:
    sitter, _ = a_called_sitter()
    assert "You are being called since 10 minutes of sitting" in str(answer(sitter.say("why", "")).value)
    sitter.say("busy", "ON")
    sitter.sit_until(1300)
    assert "you are busy" in str(answer(sitter.say("why")).value)
    assert "called (limit)" in str(answer(sitter.say("why", "12:10")).value)
    assert "not a time of day" in str(answer(sitter.say("why", "25:00")).error)


# --- any text -------------------------------------------------------------------------------------------------

TEXTS = st.one_of(
    st.text(max_size=80),
    st.sampled_from(["PRESS", "ON", "OFF", "RESET", "nan", "inf", "1", "7.5", "strict", "bird_dog", "12:00", "1e400"]),
    st.floats().map(str),
)
NAMES = st.one_of(st.sampled_from(sorted(COMMANDS)), st.text(max_size=12))


@given(
    st.lists(st.tuples(st.integers(0, 400), NAMES, TEXTS, st.sampled_from([None, "", "other", "open"])), max_size=12),
    st.sampled_from([0.0, NOON_S]),
)
def test_any_text_gets_exactly_one_answer_and_never_raises(
    said: list[tuple[int, str, str, str | None]], start_s: float
) -> None:
    coach = a_coach(limit_s=60, repeat_every_s=30)
    steps = steps_of([sitting(150), Stretch(sitting(1).posture, 50, confidence=0.2), sitting(300)], start_s)
    events: list[Event] = []
    told = 0
    for wait, name, value, which in said:
        for step in steps[told : told + wait]:
            assert isinstance(step, Moment | BreakSeen | BoutOver)
            events += tell(coach, step)
        told += wait
        alert_id = coach.watch.alert_id if which == "open" and coach.watch else which
        now_s = start_s + min(told, len(steps)) + 4.0
        answered = coach.command(Command(name, value, alert_id), now_s)
        assert sum(isinstance(event, CommandAnswered) for event in answered) == 1
        last = answer(answered)
        assert last.ok is (last.error is None)
        assert last.ok or last.value is None
        events += answered
        coach.view(now_s)
        assert reasons(coach, now_s)
    assert len({event.id for event in events}) == len(events)
