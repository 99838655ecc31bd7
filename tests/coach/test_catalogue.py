from __future__ import annotations

import copy
from typing import get_args

import pytest

from monitor.coach.catalogue import WORDS, Catalogue, CatalogueError, PlacementName, load_catalogue, with_own
from monitor.posture import PLACEMENTS

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


def own(text: str, language: str = "en") -> tuple[Catalogue, list[CatalogueError]]:
    return with_own(text, "mine.toml", language, load_catalogue())


def test_the_users_own_exercises_join_those_of_the_program() -> None:
    catalogue, complaints = own(OWN)
    assert complaints == []
    assert list(catalogue.exercises)[-1] == "calf_raise"
    assert len(catalogue.exercises) == 7
    assert catalogue.named("calf_raise") is not None
    assert catalogue.named("nothing") is None
    assert catalogue.words_of("calf_raise", "de").title == "Calf raise"


@pytest.mark.parametrize(
    ("old", "new", "line", "key", "remedy"),
    [
        ('dose = "15 times"\n', "", 2, "dose", 'missing; give how much, such as "10-12 per side"'),
        ('"strengthen"', '"dance"', 4, "kind", '"strengthen", "stretch"'),
        ("[12, 15]", "[15, 12]", 11, "repetitions", "the smaller first; give fewest and most"),
        ("[12, 15]", "[0, 0]", 11, "repetitions", "must be at least 1; give fewest and most"),
        ("[12, 15]", "[1, 9999]", 11, "repetitions", "must be at most 600; give fewest and most"),
        ("repetitions = [12, 15]\n", "", 2, "", "no numbers for its dose: give repetitions, hold_s or sets"),
        ("sides = false", "sides = false\nlevel = 3", 13, "level", "unknown; known are kind, start"),
        ("sides = false", 'sides = false\nleave_out = ["gout"]', 13, "leave_out.0", "conditions that rule it out"),
        ("sides = false", 'sides = false\nsees = { elbow = "hold" }', 13, "sees.elbow", '"thigh"'),
        ('"15 calf raises"', f'"{"very " * 20}"', 8, "invite", "at most 60 characters"),
        ('"15 times"', '"15 \\u001b]0;times"', 10, "dose", "characters that cannot be printed"),
        ("[calf_raise]", "[Calf-Raise]", 2, "", "not an id"),
        ("[calf_raise]", "[reset]", 2, "", "not an id"),
        ("[calf_raise]", "[bird_dog]", 2, "", 'no_go = ["bird_dog"]'),
        ("[calf_raise]", "", 3, "title", "outside a table"),
        ("[calf_raise]", "[calf_raise", 0, "", "not TOML"),
    ],
)
def test_a_bad_exercise_is_refused_with_file_line_key_and_remedy(
    old: str, new: str, line: int, key: str, remedy: str
) -> None:
    assert old in OWN
    catalogue, complaints = own(OWN.replace(old, new, 1))
    error = complaints[0]
    assert (error.file, error.line, error.key, error.exit_code) == ("mine.toml", line, key, 2)
    assert remedy in error.remedy
    assert str(error).startswith(f"mine.toml line {line} " if line else "mine.toml")
    assert error.exercise in str(error)
    assert catalogue.exercises.keys() == load_catalogue().exercises.keys()


def test_a_bad_exercise_costs_only_itself() -> None:
    bad = OWN.replace("[calf_raise]", "[toe_raise]").replace("[12, 15]", "[0, 15]")
    catalogue, complaints = own(bad + OWN)
    assert [(error.exercise, error.line) for error in complaints] == [("toe_raise", 11)]
    assert "calf_raise" in catalogue.exercises
    assert "toe_raise" not in catalogue.exercises


def test_everything_that_is_wrong_in_an_exercise_is_said_at_once() -> None:
    bad = (
        OWN.replace("[12, 15]", "[0, 0]")
        .replace("sides = false", "sides = false\nlevel = 3")
        .replace('dose = "15 times"\n', "")
    )
    _, complaints = own(bad)
    assert [(error.key, error.line) for error in complaints] == [("repetitions", 10), ("level", 12), ("dose", 2)]


def test_a_users_exercise_may_be_told_in_several_languages() -> None:
    german = (
        OWN
        + """
[calf_raise.de]
title = "Wadenheben"
invite = "15-mal Wadenheben"
how = "Im Stehen langsam auf die Zehen und wieder herunter."
dose = "15 Mal"
easier = "am Tisch festhalten"
why = "Die Waden pumpen das Blut zurück, wenn sie arbeiten."
works = ["Waden"]
"""
    )
    catalogue, complaints = own(german, "de")
    assert complaints == []
    assert catalogue.words_of("calf_raise", "de").title == "Wadenheben"
    assert catalogue.words_of("calf_raise", "en").title == "Calf raise"
    catalogue, complaints = own(german.replace('title = "Wadenheben"\n', ""), "de")
    assert [(error.line, error.key) for error in complaints] == [(18, "de.title")]
    assert catalogue.words_of("calf_raise", "de").title == "Calf raise"  # wrong words cost their language only


def test_a_missing_translation_is_said_and_another_language_is_shown() -> None:
    facts = [line for line in OWN.splitlines() if line.split(" ")[0] not in WORDS]
    told = [line for line in OWN.splitlines() if line.split(" ")[0] in WORDS]
    catalogue, complaints = own("\n".join([*facts, "[calf_raise.en]", *told]), "de")
    assert [str(error) for error in complaints] == [
        "mine.toml line 2 [calf_raise]: has no words in de; add a table [calf_raise.de]. Another language is shown."
    ]
    assert catalogue.words_of("calf_raise", "de").title == "Calf raise"


def test_a_copy_of_the_catalogue_is_the_catalogue() -> None:
    catalogue = load_catalogue()
    assert copy.deepcopy(catalogue) is catalogue


def test_an_exercise_may_say_what_is_seen_of_it_at_every_place() -> None:
    assert set(get_args(PlacementName)) == set(PLACEMENTS)
