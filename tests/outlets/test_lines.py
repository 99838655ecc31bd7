"""One event, one line: time, name, what matters, and the sentence in quotes."""

from __future__ import annotations

from datetime import datetime

import pytest

from monitor.events import EVENT_NAMES, BreakTaken, CommandAnswered, Event, ExerciseSeen, PostureChanged
from monitor.outlets.lines import clock_time, event_line, span
from tests.support.any_event import any_event
from tests.support.living_outlet import break_due

AT_S = datetime(2026, 11, 22, 10, 27, 30).timestamp()


def test_break_due_reads_as_documented() -> None:
    assert event_line(break_due(AT_S)) == (
        "10:27:30 break_due sat=30:00 level=1 exercise=standing_hip_flexion "
        '"Seated for 30 minutes. Fancy 10 knee lifts?"'
    )
    assert "repeat=2" in event_line(break_due(AT_S, repeat=2))


def test_a_posture_and_a_break() -> None:
    posture = PostureChanged(id="p", at_s=AT_S, start_s=AT_S, posture="sitting", previous=None, confidence=0.934)
    assert event_line(posture) == "10:27:30 posture_changed posture=sitting confidence=0.93"
    taken = BreakTaken(id="b", at_s=AT_S, bout_id="x", break_start_s=AT_S, upright_s=60.0, sedentary_s=3750.0)
    assert event_line(taken, "anna") == "10:27:30 break_taken wearer=anna up=1:00 after=1:02:30"


def test_an_exercise_says_what_was_seen() -> None:
    seen = ExerciseSeen(
        id="e", at_s=AT_S, exercise_id="bird_dog", title="Bird dog", alert_id="a", start_s=AT_S - 90, end_s=AT_S,
        repetitions=8, hold_s=0.4, seen="repetitions", sides=True,
    )  # fmt: skip
    assert event_line(seen) == "10:27:30 exercise_seen exercise=bird_dog seen=repetitions repetitions=8"


def test_a_sentence_with_a_line_break_stays_one_line() -> None:
    assert event_line(break_due(AT_S, message="Up!\nNow.")).endswith('"Up! Now."')


def test_a_refused_command_says_why() -> None:
    answer = CommandAnswered(id="c", at_s=AT_S, command="limit", ok=False, error="1 to 240 minutes")
    assert event_line(answer) == '10:27:30 command_answered command=limit ok=False "1 to 240 minutes"'


@pytest.mark.parametrize("cls", EVENT_NAMES, ids=list(EVENT_NAMES.values()))
def test_every_event_is_one_line_with_its_own_name(cls: type[Event]) -> None:
    line = event_line(any_event(cls, AT_S))
    assert line.startswith(f"10:27:30 {EVENT_NAMES[cls]}")
    assert "\n" not in line


@pytest.mark.parametrize(("duration_s", "text"), [(0, "0:00"), (59.6, "1:00"), (1800, "30:00"), (3750, "1:02:30")])
def test_spans_read_as_on_a_stopwatch(duration_s: float, text: str) -> None:
    assert span(duration_s) == text


def test_times_are_local() -> None:
    assert clock_time(AT_S) == "10:27:30"
