from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.coach.catalogue import CatalogueError, Condition, load_catalogue
from monitor.coach.exercises import ExerciseRules, Suggester
from monitor.rules import check
from monitor.words import words
from tests.coach.days import NOON_S

BOTH = ("strengthen", "stretch")
CATALOGUE = load_catalogue()


def a_suggester(placement: str = "thigh", seed: int = 0, **rules: object) -> Suggester:
    chosen = check(ExerciseRules, rules)
    return Suggester(chosen, CATALOGUE, placement, seed, "Europe/Vienna")


def offered(suggester: Suggester, times: int = 12, hurts: list[str] | None = None) -> list[str]:
    calls = [suggester.suggest(NOON_S + n * 1800.0, BOTH, hurts or []) for n in range(times)]
    return [call.exercise_id for call in calls if call is not None]


def test_at_a_desk_only_the_two_that_need_no_floor_are_offered() -> None:
    assert set(offered(a_suggester())) == {"standing_hip_flexion", "lunge_stretch"}
    assert set(offered(a_suggester(place="home"))) == {"standing_hip_flexion", "lunge_stretch"}


def test_the_floor_is_opted_in() -> None:
    assert set(offered(a_suggester(floor_allowed=True))) == set(CATALOGUE.exercises)


def test_strengthening_and_stretching_alternate() -> None:
    kinds = [CATALOGUE.exercises[name].kind for name in offered(a_suggester(floor_allowed=True, place="home"))]
    assert all(one != other for one, other in pairwise(kinds))


def test_the_least_recently_had_of_a_kind_comes_next() -> None:
    had = offered(a_suggester(floor_allowed=True, conditions=["wrist_trouble"]), times=8)
    assert had[0::2] == ["standing_hip_flexion", "lying_leg_raise"] * 2


def test_what_the_sensor_has_seen_counts_as_had() -> None:
    suggester = a_suggester()
    suggester.done_s["lunge_stretch"] = NOON_S - 60
    assert offered(suggester, times=1) == ["standing_hip_flexion"]


def test_what_the_placement_sees_best_comes_first() -> None:
    assert offered(a_suggester("thigh"), times=1) == ["standing_hip_flexion"]
    assert offered(a_suggester("chest"), times=1) == ["lunge_stretch"]


def test_a_once_a_day_exercise_comes_once_a_local_day() -> None:
    suggester = a_suggester(floor_allowed=True, no_go=["lunge_stretch", "boat_pose"])
    had = offered(suggester, times=48)  # from noon to noon, every half hour
    assert had.count("frog_stretch") == 2
    assert had.index("frog_stretch") < 24 <= 47 - had[::-1].index("frog_stretch")


def test_without_civil_time_a_day_is_24_hours() -> None:
    suggester = a_suggester(floor_allowed=True, no_go=[name for name in CATALOGUE.exercises if name != "frog_stretch"])
    assert suggester.suggest(100.0, BOTH, []) is not None
    assert suggester.suggest(86_399.0, BOTH, []) is None
    assert suggester.suggest(86_500.0, BOTH, []) is not None


@pytest.mark.parametrize(
    ("condition", "left_out"),
    [
        ("hip_replacement", {"lunge_stretch", "frog_stretch", "lying_leg_raise"}),
        ("hip_surgery", {"lunge_stretch", "frog_stretch", "lying_leg_raise"}),
        ("hip_arthritis", {"lunge_stretch", "frog_stretch", "lying_leg_raise"}),
        ("pregnancy", {"boat_pose", "lying_leg_raise", "frog_stretch"}),
        ("abdominal_surgery", {"boat_pose", "lying_leg_raise"}),
        ("hernia", {"boat_pose", "lying_leg_raise"}),
        ("low_back_trouble", {"boat_pose", "lying_leg_raise"}),
        ("knee_trouble", {"lunge_stretch", "bird_dog"}),
        ("balance_trouble", {"standing_hip_flexion"}),
        ("wrist_trouble", {"bird_dog"}),
        ("cannot_stand", set(CATALOGUE.exercises)),
    ],
)
def test_what_a_condition_leaves_out(condition: str, left_out: set[str]) -> None:
    had = offered(a_suggester(floor_allowed=True, conditions=[condition]), times=20)
    assert set(CATALOGUE.exercises) - set(had) == left_out


def test_a_chair_brings_the_knee_lift_back_and_is_named() -> None:
    suggester = a_suggester(conditions=["balance_trouble"], with_chair=True, no_go=["lunge_stretch"])
    suggestion = suggester.suggest(NOON_S, BOTH, [])
    assert suggestion is not None
    assert suggestion.exercise_id == "standing_hip_flexion"
    assert "chair" in suggestion.how


def test_the_first_side_alternates_and_a_repeat_keeps_exercise_and_side() -> None:
    suggester = a_suggester(no_go=["lunge_stretch"])
    first = suggester.suggest(NOON_S, BOTH, [])
    again = suggester.suggest(NOON_S + 300, BOTH, [], keep="standing_hip_flexion")
    later = suggester.suggest(NOON_S + 3000, BOTH, [])
    assert first == again
    assert first is not None
    assert later is not None
    assert (first.side, later.side) == ("left first", "right first")


def test_what_hurts_is_not_kept_for_a_repeat() -> None:
    suggester = a_suggester()
    other = suggester.suggest(NOON_S, BOTH, ["lunge_stretch"], keep="lunge_stretch")
    assert other is not None
    assert other.exercise_id == "standing_hip_flexion"


def test_a_sample_is_not_remembered() -> None:
    suggester = a_suggester()
    assert suggester.sample(NOON_S, BOTH, []) == suggester.sample(NOON_S, BOTH, [])
    assert (suggester.counts, suggester.suggested_s, suggester.last_kind) == ({}, {}, "")


def test_exercises_can_be_switched_off() -> None:
    assert offered(a_suggester(enabled=False)) == []


def test_a_no_go_exercise_that_does_not_exist_is_refused() -> None:
    with pytest.raises(
        CatalogueError, match=r'settings \[exercises\] no_go: "lunch": not an exercise; use standing_hip'
    ):
        a_suggester(no_go=["lunch"])


@given(
    seed=st.integers(0, 5),
    placement=st.sampled_from(["thigh", "pocket", "waist", "lower_back", "chest", "wrist"]),
    floor=st.booleans(),
    place=st.sampled_from(["desk", "home"]),
    no_go=st.lists(st.sampled_from(list(CATALOGUE.exercises)), unique=True),
    hurts=st.lists(st.sampled_from(list(CATALOGUE.exercises)), unique=True),
    conditions=st.lists(st.sampled_from(list(Condition)), unique=True),
)
def test_no_rule_is_ever_broken_and_the_same_history_chooses_the_same(
    seed: int,
    placement: str,
    floor: bool,
    place: str,
    no_go: list[str],
    hurts: list[str],
    conditions: list[Condition],
) -> None:
    rules = {"floor_allowed": floor, "place": place, "no_go": no_go, "conditions": conditions}
    had = offered(a_suggester(placement, seed, **rules), hurts=hurts)
    assert had == offered(a_suggester(placement, seed, **rules), hurts=hurts)
    assert not set(had) & (set(no_go) | set(hurts))
    for name in had:
        exercise = CATALOGUE.exercises[name]
        assert floor or not exercise.needs_floor
        assert not set(exercise.leave_out) & set(conditions)


def test_a_picture_is_linked_where_it_can_be_fetched() -> None:
    linked = Suggester(ExerciseRules(image_url="http://ha.local/local/{id}.svg"))
    assert linked.describe("boat_pose", 1).image == "http://ha.local/local/boat_pose.svg"
    assert Suggester().describe("boat_pose", 1).image == ""


def test_what_takes_longer_than_the_time_at_hand_is_left_out() -> None:
    lengths_s = {name: exercise.least_s for name, exercise in CATALOGUE.exercises.items()}
    assert lengths_s == {
        "standing_hip_flexion": 120.0,
        "lunge_stretch": 180.0,
        "lying_leg_raise": 60.0,
        "bird_dog": 96.0,
        "boat_pose": 45.0,
        "frog_stretch": 30.0,
    }
    rules = ExerciseRules(floor_allowed=True, place="home", time_min=1.0)
    suggester = Suggester(rules, CATALOGUE)
    fitting = {name for name in lengths_s if not suggester.silence(name, BOTH, [])}
    assert fitting == {"lying_leg_raise", "boat_pose", "frog_stretch"}


def test_what_rules_an_exercise_out_is_said_before_what_would_allow_it() -> None:
    suggester, said = a_suggester(conditions=["cannot_stand"]), words().listing
    told = {suggester.silence(name, BOTH, []) for name in CATALOGUE.exercises}
    assert told == {said.condition.format(condition="cannot_stand")}
