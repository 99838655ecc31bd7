from __future__ import annotations

import copy

import pytest

from monitor.coach.catalogue import CatalogueError, load_catalogue

OWN = """
[calf_raise]
title = "Calf raise"
kind = "strengthen"
start = "standing"
places = ["desk"]
needs_floor = false
invite = "15 calf raises"
how = "Standing, rise slowly on the toes and lower again."
dose = "15 times"
repetitions = [12, 15]
sides = false
works = ["calves"]
easier = "hold on to the desk"
why = "The calves pump blood back while they work."
source = "my physiotherapist"
"""


def test_the_users_own_exercises_join_those_of_the_program() -> None:
    catalogue = load_catalogue(OWN)
    assert list(catalogue.exercises)[-1] == "calf_raise"
    assert len(catalogue.exercises) == 7
    assert catalogue.named("calf_raise") is not None
    assert catalogue.named("nothing") is None


@pytest.mark.parametrize(
    ("old", "new", "key", "remedy"),
    [
        ('dose = "15 times"\n', "", "dose", 'missing; give how much, such as "10-12 per side"'),
        ('"strengthen"', '"dance"', "kind", "'strengthen' or 'stretch'"),
        ("[12, 15]", "[15, 12]", "repetitions", "the smaller first; give fewest and most"),
        ("[12, 15]", "[1, 9999]", "repetitions", "from 1 to 600"),
        ("repetitions = [12, 15]\n", "", "", "no numbers for its dose: give repetitions, hold_s or sets"),
        ("sides = false", "sides = false\nlevel = 3", "level", "unknown; known are title, kind"),
        ("sides = false", 'sides = false\nleave_out = ["gout"]', "leave_out.0", "conditions that rule it out"),
        ('"15 calf raises"', f'"{"very " * 20}"', "invite", "at most 50 characters"),
        ("[calf_raise]", "[Calf-Raise]", "", "not an id"),
        ("[calf_raise]", "[reset]", "", "not an id"),
        ("[calf_raise]", "[bird_dog]", "", 'no_go = ["bird_dog"]'),
        ("[calf_raise]", "", "title", "outside a table"),
        ("[calf_raise]", "[calf_raise", "", "not TOML"),
    ],
)
def test_a_bad_exercise_is_refused_with_file_exercise_key_and_remedy(old: str, new: str, key: str, remedy: str) -> None:
    assert old in OWN
    with pytest.raises(CatalogueError) as refused:
        load_catalogue(OWN.replace(old, new, 1), own_name="mine.toml")
    error = refused.value
    assert (error.file, error.key, error.exit_code) == ("mine.toml", key, 2)
    assert remedy in error.remedy
    assert str(error).startswith("mine.toml")
    assert error.exercise in str(error)


def test_a_copy_of_the_catalogue_is_the_catalogue() -> None:
    catalogue = load_catalogue()
    assert copy.deepcopy(catalogue) is catalogue
