"""The coach as a whole: what holds for any life, however the seconds are handed over."""

from __future__ import annotations

import copy
import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.checkpoint import freeze, thaw
from monitor.coach.policy import Coach, CoachView, Moment
from monitor.events import AlertCleared, BreakDue, Event, event_as_dict, plain
from monitor.exchange import Command
from monitor.model import SEDENTARY, Posture
from tests.coach.days import NOON_S, Step, Stretch, a_coach, live, sitting, steps_of, tell

STRETCHES = st.lists(
    st.builds(
        Stretch,
        posture=st.sampled_from([Posture.SITTING, Posture.SITTING, Posture.LYING, *Posture]),
        length_s=st.sampled_from([1, 2, 3, 20, 59, 61, 150, 310, 700]),
        confidence=st.sampled_from([0.3, 0.6, 0.95]),
        worn=st.sampled_from([True, True, True, False]),
        movement_mg=st.sampled_from([2.0, 80.0]),
    ),
    max_size=12,
)


def a_quick_coach() -> Coach:
    return a_coach(limit_s=120, early_s=30, repeat_every_s=60, alert_life_s=90, profile="strict")


def told_all(coach: Coach, steps: list[Step]) -> list[Event]:
    return [event for step in steps for event in tell(coach, step)]


@given(STRETCHES)
@settings(max_examples=60, deadline=None)
def test_no_call_unless_the_last_rows_are_sedentary_worn_sure_and_fresh(stretches: list[Stretch]) -> None:
    coach, rows = a_quick_coach(), list[Moment]()
    for step in steps_of(stretches):
        if isinstance(step, Moment):
            rows.append(step)
        for event in tell(coach, step):
            if isinstance(event, BreakDue):
                last = rows[-3:]
                assert all(row.posture in SEDENTARY and row.worn for row in last)
                assert last[-1].confidence >= 0.6
                assert event.at_s == rows[-1].now_s
                assert event.bout_id == rows[-1].bout_id
                assert event.sedentary_s >= 90.0


@given(STRETCHES)
@settings(max_examples=60, deadline=None)
def test_a_bout_is_called_at_most_as_often_as_the_profile_allows(stretches: list[Stretch]) -> None:
    events = told_all(a_quick_coach(), steps_of(stretches))
    calls = [event for event in events if isinstance(event, BreakDue)]
    for bout in {call.bout_id for call in calls}:
        repeats = [call.repeat for call in calls if call.bout_id == bout]
        assert repeats == list(range(len(repeats)))
        assert len(repeats) <= 5
        assert len({call.alert_id for call in calls if call.bout_id == bout}) == 1
    assert len({event.id for event in events}) == len(events)
    json.dumps([event_as_dict(event) for event in events], allow_nan=False)


@given(STRETCHES)
@settings(max_examples=60, deadline=None)
def test_an_alert_is_cleared_only_while_it_is_open(stretches: list[Stretch]) -> None:
    open_alert: str | None = None
    for event in told_all(a_quick_coach(), steps_of(stretches)):
        if isinstance(event, BreakDue):
            open_alert = event.alert_id
        elif isinstance(event, AlertCleared):
            assert event.alert_id == open_alert
            open_alert = None


@given(STRETCHES, st.lists(st.integers(0, 3000), max_size=20), st.integers(0, 3000))
@settings(max_examples=60, deadline=None)
def test_ticks_and_copies_in_between_change_nothing(stretches: list[Stretch], ticks: list[int], cut: int) -> None:
    steps = steps_of(stretches)
    whole = a_quick_coach()
    want = told_all(whole, steps)
    end_s = NOON_S + 20_000.0
    want += whole.tick(end_s)

    pieces, got = a_quick_coach(), list[Event]()
    for number, step in enumerate(steps):
        if number in ticks:
            got += pieces.tick(step.now_s - 0.5)
        if number == cut:
            pieces = copy.deepcopy(pieces)
        got += tell(pieces, step)
    got += pieces.tick(end_s)
    assert got == want


def test_a_copy_goes_its_own_way() -> None:
    coach = a_coach()
    live(coach, sitting(599))
    kept = copy.deepcopy(coach)
    live(coach, sitting(1), start_s=NOON_S + 599)
    coach.command(Command("pause", "ON"), NOON_S + 700)
    assert kept.watch is not None
    assert kept.watch.calls == 0
    assert not kept.overrides.paused
    assert kept.suggester.counts == {}


def test_what_the_wearer_has_set_is_plain_data() -> None:
    coach = a_coach()
    for name, value in [("limit", "12"), ("profile", "gentle"), ("pause", "30"), ("hurts", "bird_dog")]:
        coach.command(Command(name, value), NOON_S)
    assert plain(coach.overrides) == {
        "limit_s": 720.0,
        "profile": "gentle",
        "paused": True,
        "paused_until_s": NOON_S + 1800,
        "busy": False,
        "busy_until_s": None,
        "hurts": ["bird_dog"],
        "exercises_silent": True,
        "professional_said": True,
    }


@given(STRETCHES, st.integers(0, 3000))
@settings(max_examples=20, deadline=None)
def test_the_memory_survives_as_text(stretches: list[Stretch], cut: int) -> None:
    steps = steps_of(stretches)
    coach, other = a_quick_coach(), a_quick_coach()
    for each in (coach, other):  # something of everything in the memory
        each.command(Command("hurts", "bird_dog"), NOON_S)
        each.command(Command("hurts", "RESET"), NOON_S)
    want, got = told_all(other, steps), told_all(coach, steps[:cut])
    again = thaw(json.loads(json.dumps(freeze(coach))))
    assert again == coach
    got += told_all(again, steps[cut:])
    assert got == want


def test_new_settings_keep_the_memory() -> None:
    coach = a_coach()
    live(coach, sitting(300))
    coach.take_rules_of(a_coach(limit_s=400, seed=1, time_zone="UTC"))
    (call,) = told_all(coach, steps_of([sitting(400)])[300:])
    assert isinstance(call, BreakDue)
    assert call.due_s == NOON_S + 400
    assert (coach.suggester.seed, coach.suggester.time_zone) == (1, "UTC")


def test_a_bout_that_was_due_under_the_settings_of_before_is_due_when_those_of_now_say() -> None:
    coach = a_coach()
    live(coach, sitting(610))
    coach.take_rules_of(a_coach(limit_s=1200))
    told_all(coach, steps_of([sitting(700)])[610:])
    assert coach.view(NOON_S + 710).next_break_s == NOON_S + 1200


@pytest.mark.parametrize(
    ("seconds", "alert", "next_break_s"),
    [(0, "none", None), (300, "none", 600), (601, "due", 600), (950, "overdue", 600)],
)
def test_the_view_follows_the_bout(seconds: int, alert: str, next_break_s: float | None) -> None:
    coach = a_coach()
    events = live(coach, sitting(seconds))
    view = coach.view(NOON_S + seconds + 4)
    assert view == CoachView(
        alert=alert,
        alert_id=next((event.alert_id for event in events if isinstance(event, BreakDue)), None),
        snoozed_until_s=None,
        paused=False,
        busy=False,
        limit_s=600.0,
        profile="normal",
        next_break_s=None if next_break_s is None else NOON_S + next_break_s,
    )


def test_no_break_is_foretold_while_the_clock_is_frozen() -> None:
    coach = a_coach()
    live(coach, sitting(300), Stretch(Posture.UNKNOWN, 5))
    assert coach.view(NOON_S + 310).next_break_s is None


def test_the_view_forgets_an_expired_alert_before_any_news() -> None:
    coach = a_coach()
    live(coach, sitting(600))
    assert coach.view(NOON_S + 1202).alert == "due"
    assert coach.view(NOON_S + 1203).alert == "none"


def test_a_taken_break_ends_the_snooze() -> None:
    coach = a_coach()
    live(coach, sitting(600))
    coach.command(Command("snooze", "60"), NOON_S + 604)
    coach.break_taken(f"bout-{NOON_S:.0f}", NOON_S + 700, NOON_S + 640)
    assert coach.view(NOON_S + 701).alert == "none"


def test_an_exercise_that_was_seen_is_not_the_next() -> None:
    coach = a_coach()
    coach.exercise_seen("standing_hip_flexion", NOON_S)
    (call,) = live(coach, sitting(600))
    assert isinstance(call, BreakDue)
    assert call.exercise is not None
    assert call.exercise.exercise_id == "lunge_stretch"


def test_a_bout_without_a_known_start_begins_with_its_first_row() -> None:
    coach = a_coach()
    moments = [step for step in steps_of([sitting(600)]) if isinstance(step, Moment)]
    events = [event for moment in moments for event in coach.advance(replace(moment, bout_start_s=None))]
    assert isinstance(events[0], BreakDue)
    assert events[0].bout_start_s == NOON_S


def test_nothing_is_written_while_nothing_is_decided() -> None:
    coach = a_coach(limit_s=14_400)
    steps = steps_of([sitting(3600)])
    assert told_all(coach, steps) == []
    assert len(coach.decisions.entries) == 0
