from __future__ import annotations

import pytest

from monitor.coach.exercises import ExerciseRules
from monitor.coach.recipes import RECIPES
from monitor.coach.rules import CoachRules, Profile
from monitor.rules import FaultsError, check, keys


@pytest.mark.parametrize(
    ("settings", "complaint"),
    [
        ({"quiet_from": "25:00", "quiet_until": "07:00"}, r'"25:00": not a time of day \(HH:MM\)'),
        ({"quiet_from": "22:00"}, "belong together"),
        ({"quiet_from": "22:00", "quiet_until": "22:00"}, "set two times, or neither"),
        ({"summary_at": "6pm"}, r'"6pm": not a time of day \(HH:MM\)'),
        ({"summary_at": "00:00"}, "at midnight the day is told anyway; use 00:01 to 23:59"),
        ({"time_zone": "Mars/Olympus"}, "not a time zone"),
        ({"recipe": "walk-9"}, "not a recipe; use one of desk-30"),
        ({"limit_s": 59}, "at least 60"),
        ({"limit_s": 14401}, "at most 14400"),
        ({"limit_s": float("nan")}, "at least 60"),
        ({"profile": "loud"}, '"gentle", "normal", "strict"'),
        ({"limits": 3}, "is not known"),
    ],
)
def test_a_bad_setting_is_refused_with_its_remedy(settings: dict[str, object], complaint: str) -> None:
    with pytest.raises(FaultsError, match=complaint):
        check(CoachRules, settings)


def test_every_default_is_valid_and_every_setting_is_described_in_a_sentence() -> None:
    for rules in (CoachRules, ExerciseRules):
        rules()
        for name, setting in keys(rules).items():
            assert setting.description, name
            assert setting.description.endswith("."), name


def test_a_recipe_gives_the_limit_unless_one_is_set() -> None:
    assert CoachRules(recipe="walk-2-per-20").limit_s == 1200
    assert CoachRules(recipe="walk-2-per-20", limit_s=900).limit_s == 900
    common = CoachRules(recipe="walk-2-per-20")
    assert common.with_own({"recipe": "stand-hour"}).limit_s == 3600
    assert CoachRules().limit_s == RECIPES["desk-30"].limit_s == 1800


def test_profiles_climb_the_ladder_and_repeat_as_the_design_says() -> None:
    rules = CoachRules()
    assert rules.profile_named("gentle") == Profile(rungs=1, max_repeats=1)
    assert rules.profile_named("normal") == Profile(rungs=2, max_repeats=2)
    assert rules.profile_named("strict") == Profile(rungs=3, max_repeats=4)


def test_every_recipe_cites_its_source_and_fits_the_limits() -> None:
    for name, recipe in RECIPES.items():
        assert recipe.source.endswith("."), name
        assert recipe.rule.endswith("."), name
        CoachRules(recipe=name)
