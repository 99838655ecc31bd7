"""What every exercise of the catalogue must keep; a new one is tested by existing."""

from __future__ import annotations

import pytest

from monitor.coach.catalogue import Exercise, load_catalogue
from monitor.coach.exercises import ExerciseRules, Suggester
from monitor.events import plain
from monitor.words import languages, words

CATALOGUE = load_catalogue()
EXERCISES = pytest.mark.parametrize("exercise_id", list(CATALOGUE.exercises))
PLACEMENTS = ("thigh", "pocket", "waist", "lower_back", "chest", "wrist")


OF_THE_ARTICLE = {
    "standing_hip_flexion",
    "lunge_stretch",
    "lying_leg_raise",
    "bird_dog",
    "boat_pose",
    "frog_stretch",
}


def named(exercise_id: str) -> Exercise:
    return CATALOGUE.exercises[exercise_id]


def test_the_six_exercises_of_the_article_are_there() -> None:
    assert set(CATALOGUE.exercises) >= OF_THE_ARTICLE


@EXERCISES
def test_every_word_is_said(exercise_id: str) -> None:
    for language in languages():
        told = CATALOGUE.words_of(exercise_id, language)
        for text in (told.title, told.invite, told.how, told.dose, told.easier, told.why):
            assert text.strip() == text != ""
        assert told.works
        assert told.how.endswith(".")
        assert told.why.endswith(".")


@pytest.mark.parametrize("exercise_id", sorted(OF_THE_ARTICLE))
def test_the_article_is_cited(exercise_id: str) -> None:
    source = named(exercise_id).source
    assert "Psoas muscle stretches: What to know" in source
    assert "Nadia Zorzan" in source
    assert "Micky Lal" in source


@EXERCISES
def test_what_fits_a_desk_needs_no_floor(exercise_id: str) -> None:
    exercise = named(exercise_id)
    assert ("desk" in exercise.places) is (not exercise.needs_floor)
    assert exercise.needs_floor is (exercise.start not in ("standing", "half_kneeling", "sitting_chair"))


@EXERCISES
def test_the_dose_is_sane_and_its_words_name_its_numbers(exercise_id: str) -> None:
    exercise, dose = named(exercise_id), words().exercises[exercise_id].dose
    spans = [(exercise.repetitions, 30), (exercise.hold_s, 120), (exercise.sets, 10)]
    for span, most in spans:
        if span is None:
            continue
        low, high = span
        assert 1 <= low <= high <= most
        minute_told = high == 60 and "1 min" in dose
        assert str(high) in dose or minute_told


@EXERCISES
def test_who_cannot_stand_is_offered_none(exercise_id: str) -> None:
    assert "cannot_stand" in named(exercise_id).leave_out


@EXERCISES
@pytest.mark.parametrize("placement", PLACEMENTS)
def test_a_suggestion_is_whole_and_small_on_every_placement(exercise_id: str, placement: str) -> None:
    only = ExerciseRules(floor_allowed=True, no_go=tuple(name for name in CATALOGUE.exercises if name != exercise_id))
    suggestion = Suggester(only, CATALOGUE, placement).suggest(0.0, ("strengthen", "stretch"), [])
    assert suggestion is not None
    assert suggestion.verifiable in ("repetitions", "hold", "posture", "timed")
    assert bool(suggestion.side) is named(exercise_id).sides
    assert len(str(plain(suggestion))) < 900  # the whole event goes into one small message
