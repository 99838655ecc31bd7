from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.coach.commands import COMMANDS
from monitor.coach.policy import Moment
from monitor.coach.why import reasons
from monitor.events import CommandAnswered, Event, TestAlert
from monitor.exchange import Command
from monitor.words import languages, words
from tests.coach.days import NOON_S, BoutOver, BreakSeen, Stretch, a_coach, sitting, steps_of, tell
from tests.coach.sitter import Sitter, a_called_sitter, answer


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
