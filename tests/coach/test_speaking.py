from __future__ import annotations

from dataclasses import replace

import pytest

from monitor.coach.policy import Coach, ExerciseRules, Moment
from monitor.events import AlertCleared, AlertWithheld, BreakDue, Event
from monitor.model import Posture
from monitor.rules import check
from tests.coach.days import NOON_S, BoutOver, Stretch, a_coach, calls, live, sitting, steps_of, tell


def clears(events: list[Event]) -> list[tuple[float, str]]:
    return [(event.at_s - NOON_S, event.by) for event in events if isinstance(event, AlertCleared)]


def withheld(events: list[Event]) -> list[str]:
    return [event.reason for event in events if isinstance(event, AlertWithheld)]


# --- phases ---------------------------------------------------------------------------------------------------


def test_before_the_limit_nothing_is_said() -> None:
    assert live(a_coach(), sitting(599)) == []


def test_the_call_comes_with_the_second_that_fills_the_clock() -> None:
    (call,) = live(a_coach(), sitting(600))
    assert isinstance(call, BreakDue)
    assert (call.due_s, call.at_s) == (NOON_S + 600, NOON_S + 603)
    assert (call.id, call.repeat, call.level, call.why_now) == (call.alert_id, 0, 1, "limit")
    assert (call.bout_start_s, call.sedentary_s, call.limit_s) == (NOON_S, 600.0, 600.0)
    assert call.message.startswith("Seated for 10 minutes. Fancy 10 knee lifts on each side?")
    assert call.exercise is not None
    assert call.expires_s == call.at_s + 600


def test_a_short_stand_does_not_move_the_due_time_by_more_than_itself() -> None:
    (call,) = calls(live(a_coach(), sitting(300), Stretch(Posture.STANDING, 20), sitting(300)))
    assert call.due_s == NOON_S + 620


def test_being_busy_with_the_hands_runs_on_the_clock_but_nobody_speaks_meanwhile() -> None:
    events = live(a_coach(), sitting(590), Stretch(Posture.ACTIVE, 60), sitting(10))
    (call,) = calls(events)
    assert call.due_s == NOON_S + 600
    assert call.at_s == NOON_S + 590 + 60 + 2 + 4
    assert withheld(events) == ["active"]


def test_in_the_last_minutes_a_shift_of_the_body_is_used() -> None:
    coach = a_coach(early_s=120)
    events = live(
        coach, sitting(450), sitting(1, movement_mg=200.0), sitting(50), sitting(1, movement_mg=200.0), sitting(200)
    )
    first = calls(events)[0]
    assert (first.why_now, first.at_s, first.due_s) == ("opportune", NOON_S + 501 + 4, NOON_S + 600)
    assert first.title == "A good moment for a break?"


def test_the_early_window_is_at_most_half_the_limit() -> None:
    coach = a_coach(limit_s=120, early_s=300)
    (call,) = calls(live(coach, *[sitting(1, movement_mg=200.0)] * 70))
    assert call.sedentary_s == 60.0


def test_the_return_from_a_short_stand_is_a_good_moment() -> None:
    (call,) = calls(live(a_coach(early_s=120), sitting(550), Stretch(Posture.STANDING, 10), sitting(20)))
    assert call.why_now == "opportune"
    assert call.at_s == NOON_S + 562 + 4  # the third second back in the chair


def test_without_a_gap_the_limit_is_awaited() -> None:
    (call,) = calls(live(a_coach(early_s=120), sitting(700)))
    assert (call.why_now, call.sedentary_s) == ("limit", 600.0)


@pytest.mark.parametrize(
    ("profile", "levels"), [("gentle", [1, 1]), ("normal", [1, 2, 2]), ("strict", [1, 2, 3, 3, 3])]
)
def test_repeats_climb_the_ladder_and_then_rest(profile: str, levels: list[int]) -> None:
    events = live(a_coach(profile=profile), sitting(7200))
    made = calls(events)
    assert [call.level for call in made] == levels
    assert [call.repeat for call in made] == list(range(len(levels)))
    assert [call.at_s - made[0].at_s for call in made] == [300.0 * n for n in range(len(levels))]
    assert [call.why_now for call in made] == ["limit"] + ["repeat"] * (len(levels) - 1)
    assert {call.alert_id for call in made} == {made[0].id}
    assert len({call.id for call in made}) == len(made)
    assert {call.exercise for call in made} == {made[0].exercise}
    assert clears(events) == [(603 + 300 * (len(levels) - 1) + 600, "expired")]


@pytest.mark.parametrize(
    ("profile", "levels"), [("gentle", [2, 2]), ("normal", [2, 2, 2]), ("strict", [2, 3, 3, 3, 3])]
)
def test_with_a_wearable_that_cannot_call_the_first_call_goes_to_the_phone(profile: str, levels: list[int]) -> None:
    told_so, kind = a_coach(profile=profile), a_coach(profile=profile)
    told_so.wearable_calls = False
    kind.buzzes = False
    for coach in (told_so, kind):
        assert [call.level for call in calls(live(coach, sitting(7200)))] == levels


def test_while_the_body_turns_a_call_waits_and_comes_when_it_has_settled() -> None:
    coach = a_coach()
    events: list[Event] = []
    for step in steps_of([sitting(700)]):
        assert isinstance(step, Moment)
        turns = 598 <= step.start_s - NOON_S < 606
        events += coach.advance(replace(step, turned_deg=30.0 if turns else 3.0))
    (call,) = calls(events)
    assert call.at_s == NOON_S + 606 + 4
    assert withheld(events) == []


def test_the_break_clears_the_alert_and_the_next_bout_has_one_of_its_own() -> None:
    events = live(a_coach(), sitting(620), Stretch(Posture.STEPPING, 90), sitting(600))
    assert clears(events) == [(620 + 59 + 4, "break")]
    one, other = calls(events)
    assert one.alert_id != other.alert_id
    assert other.repeat == 0
    assert one.exercise is not None
    assert other.exercise is not None
    assert one.exercise.exercise_id != other.exercise.exercise_id


@pytest.mark.parametrize(
    ("ended_by", "by"),
    [
        ("upright", "break"),
        ("gap", "gap"),
        ("not_worn", "not_worn"),
        ("asleep", "gap"),
        ("vehicle", "gap"),
        ("stop", "gap"),
    ],
)
def test_the_end_of_the_bout_clears_the_alert_once(ended_by: str, by: str) -> None:
    coach = a_coach()
    (call,) = calls(live(coach, sitting(600)))
    at_s = NOON_S + 700
    (cleared,) = coach.bout_ended(call.bout_id, at_s, ended_by)
    assert isinstance(cleared, AlertCleared)
    assert (cleared.by, cleared.at_s, cleared.alert_id) == (by, at_s, call.alert_id)
    assert coach.bout_ended(call.bout_id, at_s, ended_by) == []
    assert coach.break_taken(call.bout_id, at_s, at_s - 60) == []


def test_another_bouts_end_clears_nothing() -> None:
    coach = a_coach()
    live(coach, sitting(600))
    assert coach.bout_ended("another", NOON_S + 700, "upright") == []
    assert coach.view(NOON_S + 700).alert == "due"


# --- silence --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("posture", [p for p in Posture if p not in (Posture.SITTING, Posture.LYING)])
def test_nobody_speaks_to_who_is_not_sitting_or_lying(posture: Posture) -> None:
    coach = a_coach()
    events = live(coach, sitting(599))
    rows = [
        Moment(NOON_S + 604 + n, NOON_S + 600 + n, posture, True, 0.9, 4.0, f"bout-{NOON_S:.0f}", NOON_S, 700.0)
        for n in range(60)
    ]
    for row in rows:
        events += coach.advance(row)
    assert calls(events) == []
    assert withheld(events) == [posture.word]


def test_nobody_speaks_on_a_weak_guess() -> None:
    events = live(a_coach(), sitting(900, confidence=0.5))
    assert calls(events) == []
    assert withheld(events) == ["low_confidence"]


def test_nobody_speaks_to_a_wearable_that_is_off() -> None:
    events = live(a_coach(), sitting(900, worn=False))
    assert withheld(events) == ["not_worn"]


def test_quiet_hours_are_quiet_and_end() -> None:
    coach = a_coach(quiet_from="12:05", quiet_until="12:20")
    events = live(coach, sitting(1800))
    assert withheld(events) == ["quiet_hours"]
    assert calls(events)[0].at_s == NOON_S + 1200
    assert calls(events)[0].due_s == NOON_S + 600


def test_a_recording_without_civil_time_has_neither_quiet_hours_nor_a_cap() -> None:
    coach = a_coach(quiet_from="00:00", quiet_until="23:59", daily_cap=1)
    stretches = [sitting(620), Stretch(Posture.STANDING, 90)] * 3
    assert len(calls(live(coach, *stretches, start_s=0.0))) == 3


def test_the_daily_cap_counts_alerts_not_repeats() -> None:
    coach = a_coach(daily_cap=2)
    events = live(coach, *[sitting(950), Stretch(Posture.STANDING, 90)] * 3)
    assert [call.repeat for call in calls(events)] == [0, 1, 0, 1]
    assert withheld(events) == ["daily_cap"]
    next_day = live(coach, sitting(620), start_s=NOON_S + 86_400)
    assert len(calls(next_day)) == 1


def test_a_reason_is_told_once_a_bout() -> None:
    doubtful, sure = sitting(30, confidence=0.3), Stretch(Posture.UNKNOWN, 30)
    events = live(a_coach(), sitting(590), *[doubtful, sure] * 4)
    assert withheld(events) == ["low_confidence", "unknown"]


def test_getting_up_after_a_call_is_no_silence_to_explain() -> None:
    events = live(a_coach(repeat_every_s=30), sitting(620), Stretch(Posture.STANDING, 59))
    assert withheld(events) == []


def test_rows_that_come_late_raise_no_call() -> None:
    coach = a_coach()
    live(coach, sitting(500))
    coach.tick(NOON_S + 5000)
    events = [event for step in steps_of([sitting(700)])[500:] for event in tell(coach, step)]
    assert calls(events) == []
    assert withheld(events) == ["stale"]


# --- time -----------------------------------------------------------------------------------------------------


def test_an_alert_expires_at_its_own_time_whoever_brings_the_news() -> None:
    def expired(news: str) -> list[Event]:
        coach = a_coach(gentle_repeats=0, profile="gentle")
        live(coach, sitting(600))
        late_s = NOON_S + 3000
        if news == "tick":
            return coach.tick(late_s)
        if news == "row":
            return coach.advance(Moment(late_s, late_s - 4, Posture.UNKNOWN, True, 0.1, 0.0, None, None, 0.0))
        return coach.bout_ended(f"bout-{NOON_S:.0f}", late_s, "upright")

    assert expired("tick") == expired("row") == expired("end")
    assert clears(expired("tick")) == [(1203.0, "expired")]


def test_a_new_bout_without_a_word_about_the_old_one_still_clears() -> None:
    coach = a_coach()
    live(coach, sitting(601))
    events = live(coach, sitting(5), start_s=NOON_S + 700)
    assert [by for _, by in clears(events)] == ["gap"]


def test_calls_bear_ids_of_the_wearer() -> None:
    def first(wearer: str) -> str:
        coach = a_coach()
        coach.wearer_key = wearer
        return calls(live(coach, sitting(600)))[0].id

    assert first("me") == first("me") != first("you")


def test_who_cannot_stand_is_offered_something_seated() -> None:
    coach = a_coach(check(ExerciseRules, {"conditions": ["cannot_stand"]}))
    (call,) = calls(live(coach, sitting(600)))
    assert call.exercise is None
    assert "seated" in call.message


def test_a_walking_recipe_offers_a_walk_and_no_exercise() -> None:
    coach = Coach.start("me", "thigh", a_coach(recipe="walk-5-per-30").rules)
    (call,) = calls(live(coach, sitting(600)))
    assert call.exercise is None
    assert call.message == "Seated for 10 minutes. Fancy 5 minutes of easy walking? Later is fine, too."


def test_the_days_of_this_test_end_bouts_as_the_rules_say() -> None:
    steps = steps_of([sitting(10), Stretch(Posture.UNKNOWN, 301)])
    assert [step for step in steps if isinstance(step, BoutOver)] == [
        BoutOver(f"bout-{NOON_S:.0f}", NOON_S + 313, "gap")
    ]
