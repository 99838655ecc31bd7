"""Learning after which calls a wearer gets up: simulated wearers with known habits."""

from __future__ import annotations

import copy

import numpy as np
import pytest

from monitor.coach.learning import ANSWERS, Learner, Situation, hour_of, lot, window_of
from monitor.coach.policy import Coach
from monitor.events import BreakDue
from monitor.model import Posture
from tests.coach.days import NOON_S, Stretch, a_coach, live, sitting, steps_of, tell

HABITS = {
    "mornings": ("hour", "before_10", "after_17"),
    "stretches": ("kind", "stretch", "strengthen"),
    "early": ("window", "early", "limit"),
}


def taught(likes: tuple[str, str] | None, calls: int, seed: int = 1) -> Learner:
    """A learner after that many calls to a wearer who mostly gets up when the answer is one they like."""
    random, learner, now_s = np.random.default_rng(seed), Learner(), 0.0
    for _ in range(calls):
        situation = Situation(**{question: str(random.choice(answers)) for question, answers in ANSWERS.items()})
        liked = likes is not None and getattr(situation, likes[0]) == likes[1]
        chance = (0.7 if liked else 0.15) if likes else 0.3
        learner.note_call(now_s, situation)
        if random.random() < chance:
            learner.note_break(now_s + 120.0)
        now_s += 3600.0
    learner.expire(now_s)
    return learner


def usual(**changed: str) -> Situation:
    return Situation(**({"hour": "12_to_14", "window": "limit", "kind": "strengthen", "rung": "wearable"} | changed))


def test_before_anything_was_learned_the_studies_speak() -> None:
    assert Learner().chance(usual()) == pytest.approx(0.3, abs=0.005)


@pytest.mark.parametrize(("question", "liked", "other"), HABITS.values(), ids=HABITS)
@pytest.mark.parametrize("seed", range(5))
def test_a_habit_is_found_within_two_hundred_calls(question: str, liked: str, other: str, seed: int) -> None:
    learner = taught((question, liked), 200, seed)
    mean, sd = learner.effect(question, liked, other)
    assert mean > 1.96 * sd
    assert learner.chance(usual(**{question: liked})) > learner.chance(usual(**{question: other})) + 0.15


def test_no_habit_is_found_where_there_is_none() -> None:
    found = checked = 0
    for seed in range(20):
        learner = taught(None, 200, seed)
        for question, liked, other in HABITS.values():
            mean, sd = learner.effect(question, liked, other)
            found, checked = found + (abs(mean) > 1.96 * sd), checked + 1
    assert found / checked <= 0.08


def test_what_is_expected_is_what_comes() -> None:
    learner = taught(("hour", "before_10"), 400)
    assert learner.chance(usual(hour="before_10")) == pytest.approx(0.7, abs=0.12)
    assert learner.chance(usual(hour="after_17")) == pytest.approx(0.15, abs=0.1)


def test_a_habit_that_changes_is_followed() -> None:
    learner, random, now_s = taught(("hour", "before_10"), 200), np.random.default_rng(3), 1e7
    for _ in range(300):
        learner.note_call(now_s, usual(hour="before_10"))
        if random.random() < 0.1:
            learner.note_break(now_s + 60)
        now_s += 3600
    assert learner.chance(usual(hour="before_10")) < 0.4


def test_a_break_counts_only_within_five_minutes_and_once() -> None:
    learner = Learner()
    learner.note_call(0.0, usual())
    learner.note_break(301.0)
    assert (learner.asked, learner.yes) == (1, 0)
    learner.note_break(310.0)
    learner.note_call(1000.0, usual())
    learner.note_break(1290.0)
    assert (learner.asked, learner.yes) == (2, 1)


def test_a_call_of_which_nothing_is_known_teaches_nothing() -> None:
    learner = Learner()
    learner.note_call(0.0, usual())
    learner.forget_call()
    learner.expire(1e6)
    assert (learner.asked, learner.weights) == (0, [])


def test_exploration_has_its_share_and_no_more() -> None:
    learner = taught(("window", "early"), 200)
    drawn = [learner.speaks_now(usual(window="late"), usual(), 0.2, f"bout {number}") for number in range(2000)]
    greedy = learner.speaks_now(usual(window="late"), usual(), 0.0, "bout")
    assert sum(one != greedy for one in drawn) / 2000 == pytest.approx(0.1, abs=0.03)


def test_the_lot_is_fair_and_always_the_same() -> None:
    assert lot("a", "b") == lot("a", "b") != lot("b", "a")
    drawn = [lot(str(number), "x") for number in range(2000)]
    assert np.mean(drawn) == pytest.approx(0.5, abs=0.03)
    assert 0 <= min(drawn) <= max(drawn) < 1


@pytest.mark.parametrize(
    ("clock_s", "repeat", "window"), [(1500, 0, "early"), (1700, 0, "late"), (1800, 0, "limit"), (2100, 1, "repeat")]
)
def test_the_window_has_parts(clock_s: float, repeat: int, window: str) -> None:
    assert window_of(clock_s, 1800, 300, repeat) == window


def test_the_day_has_parts() -> None:
    parts = [hour_of(NOON_S + 3600 * hours, "Europe/Vienna") for hours in (-3, -1, 0, 3, 6)]
    assert parts == ["before_10", "10_to_12", "12_to_14", "14_to_17", "after_17"]
    assert hour_of(100.0, "Europe/Vienna") == "12_to_14"


# --- in the coach ---------------------------------------------------------------------------------------------


def restless(length_s: int) -> Stretch:
    return Stretch(Posture.SITTING, length_s, movement_mg=100.0)


def learning(**rules: object) -> Coach:
    return a_coach(limit_s=1800, early_s=300, learn=True, explore_share=0.0, **rules)


def first_call(coach: Coach) -> BreakDue:
    told = (event for step in steps_of([restless(1800)]) for event in tell(coach, step))
    return next(event for event in told if isinstance(event, BreakDue))


def test_who_follows_early_calls_is_called_early_and_who_does_not_at_the_limit() -> None:
    eager, calm = learning(), learning()
    eager.learner = taught(("window", "early"), 200)
    calm.learner = taught(("window", "limit"), 200)
    assert first_call(eager).why_now == "opportune"
    assert first_call(calm).why_now == "limit"


def test_the_liked_kind_is_offered() -> None:
    for kind, exercise in (("stretch", "lunge_stretch"), ("strengthen", "standing_hip_flexion")):
        coach = learning()
        coach.learner = taught(("kind", kind), 200)
        call = first_call(coach)
        assert call.exercise is not None
        assert call.exercise.exercise_id == exercise


def test_the_coach_teaches_by_what_the_sensor_sees() -> None:
    coach = learning()
    call = first_call(coach)
    coach.break_taken(call.bout_id, call.at_s + 150, call.at_s + 90)
    assert (coach.learner.asked, coach.learner.yes) == (1, 1)


def test_nothing_is_learned_unless_wanted() -> None:
    coach = a_coach()
    live(coach, sitting(1200), Stretch(Posture.STANDING, 100), sitting(1200))
    assert coach.learner == Learner()


def test_silence_about_the_call_teaches_nothing() -> None:
    coach = learning()
    call = first_call(coach)
    coach.bout_ended(call.bout_id, call.at_s + 100, "not_worn")
    assert coach.learner.open_call is None
    assert coach.learner.asked == 0


def test_a_call_whose_bout_late_samples_have_ended_teaches_nothing() -> None:
    coach = learning()
    call = first_call(coach)
    coach.rebase(call.at_s + 200, None, None, 0.0)
    assert coach.learner.open_call is None
    assert coach.learner.asked == 0


def test_a_moment_is_judged_once_a_shift() -> None:
    calm, called_after_s = taught(("window", "limit"), 200), list[float]()
    for bout in range(20):
        coach = a_coach(limit_s=1800, early_s=300, learn=True, explore_share=0.5)
        coach.learner = copy.deepcopy(calm)
        events = live(coach, sitting(1520), restless(1), sitting(30), start_s=NOON_S + 10_000 * bout)
        called_after_s += [event.sedentary_s for event in events if isinstance(event, BreakDue)]
    assert 0 < len(called_after_s) < 20  # by lot, for a calm wearer
    assert set(called_after_s) == {1521.0}  # at once or not at all, though the moment lasts ten seconds
