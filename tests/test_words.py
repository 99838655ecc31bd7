"""What is said to wearers, in every language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import monitor.words
from monitor.coach.catalogue import load_catalogue
from monitor.coach.recipes import RECIPES
from monitor.model import Posture
from monitor.rules import plain
from monitor.words import MESSAGE_MAX, languages, read_words, words

LANGUAGES = pytest.mark.parametrize("language", languages())
FORBIDDEN = {
    "en": r"\b(must|should|have to|lazy|bad|cure|prevent|treat|heal|correct|stop sitting)\b",
    "de": r"\b(müssen|sollten|sollen|faul|schlecht|heilt|heilen|verhindert|vorbeug\w*|behandel\w*|korrekt)\b",
}
STOP_AT = {
    "en": ("sharp", "numbness", "tingling", "dizziness", "chest pain", "breathlessness", "emergency"),
    "de": ("stechend", "Taubheit", "Kribbeln", "Schwindel", "Brustschmerz", "Atemnot", "Notruf"),
}
SEE_SOMEBODY = {
    "en": ("low back pain", "upper back or neck", "spasms", "hip arthritis", "abscess", "bursitis"),
    "de": ("unteren Rücken", "oberen Rücken oder Nacken", "Krämpfen", "Hüftarthrose", "Abszess", "Schleimbeutel"),
}


def sentences(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text of a language, by its place."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from sentences(inner, f"{path}.{key}")
    elif isinstance(value, list | tuple):
        for place, inner in enumerate(value):
            yield from sentences(inner, f"{path}.{place}")


def said(language: str) -> dict[str, str]:
    return dict(sentences(plain(words(language))))


@LANGUAGES
def test_every_language_says_all_that_english_says(language: str) -> None:
    ours, english = said(language), said("en")
    lists = re.compile(r"\.works\.\d+$")
    assert {key for key in ours if not lists.search(key)} == {key for key in english if not lists.search(key)}


@LANGUAGES
def test_the_same_things_are_filled_in(language: str) -> None:
    english = said("en")
    for key, text in said(language).items():
        if key in english:
            wanted, given_names = (
                {name for _, name, _, _ in Formatter().parse(each) if name} for each in (english[key], text)
            )
            assert given_names == wanted, key


@LANGUAGES
def test_every_exercise_recipe_and_posture_has_its_words(language: str) -> None:
    said_here = words(language)
    assert set(said_here.exercises) == set(load_catalogue().exercises)
    assert set(said_here.recipes) == set(RECIPES)
    assert {posture.word for posture in Posture} <= set(said_here.silences)


@LANGUAGES
def test_every_reason_and_every_end_of_a_call_has_its_word(language: str) -> None:
    said_here = words(language)
    assert set(said_here.noted.reasons) == {"opportune", "limit", "repeat"} <= set(said_here.titles)
    assert set(said_here.noted.over) == {*said_here.cleared, "snooze"}


@LANGUAGES
def test_nothing_orders_shames_or_promises(language: str) -> None:
    for key, text in said(language).items():
        assert not re.search(FORBIDDEN[language], text, re.I), (key, text)


@LANGUAGES
def test_the_safety_words_name_the_signs_to_stop_at(language: str) -> None:
    safety = words(language).safety
    assert all(sign in safety.while_moving for sign in STOP_AT[language])
    assert all(sign in safety.professional for sign in SEE_SOMEBODY[language])


@pytest.mark.parametrize(
    ("duration_s", "text"),
    [
        (1, "1 second"),
        (45, "45 seconds"),
        (59.9, "1 minute"),
        (60, "1 minute"),
        (1800, "30 minutes"),
        (5340, "89 minutes"),
        (5400, "1 hour 30 minutes"),
        (7200, "2 hours"),
        (7260, "2 hours 1 minute"),
    ],
)
def test_lengths_of_time_are_told_in_words(duration_s: float, text: str) -> None:
    assert words().duration(duration_s) == text


def test_the_call_offers_something_an_easier_way_and_a_later_time() -> None:
    text = words().message("seated", 1800, "10 knee lifts on each side", "hold on to the back of a chair")
    assert text == (
        "Seated for 30 minutes. Fancy 10 knee lifts on each side?"
        " Easier: hold on to the back of a chair. Later is fine, too."
    )
    assert words().message("lying", 1800, "a walk", "").startswith("Lying for 30 minutes. Fancy a walk?")
    assert words("de").message("seated", 1800, "2 Minuten Gehen", "") == (
        "30 Minuten gesessen. Lust auf 2 Minuten Gehen? Später ist auch gut."
    )


@LANGUAGES
@given(sedentary_s=st.floats(0, 1e6), offer=st.text(max_size=400), easier=st.text(max_size=400))
def test_the_call_stays_short_whatever_goes_into_it(language: str, sedentary_s: float, offer: str, easier: str) -> None:
    assert len(words(language).message("seated", sedentary_s, offer, easier)) <= MESSAGE_MAX


@LANGUAGES
def test_the_call_names_the_easier_way_for_every_exercise(language: str) -> None:
    said_here = words(language)
    for exercise in said_here.exercises.values():
        text = said_here.message("seated", 7260.0, exercise.invite, exercise.easier)
        assert exercise.easier in text
        assert text.endswith(said_here.call.later)


# --- a file that is not whole -----------------------------------------------------------------------------------

FOLDER = Path(monitor.words.__file__).parent
ENGLISH, GERMAN = ((FOLDER / f"{code}.toml").read_text(encoding="utf-8") for code in ("en", "de"))


@LANGUAGES
def test_the_files_of_the_program_are_whole(language: str) -> None:
    assert read_words((FOLDER / f"{language}.toml").read_text(encoding="utf-8"), ENGLISH, "x")[1] == []


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ('later = " Später ist auch gut."\n', "", "de.toml call.later: missing; English"),
        ('later = " Später', 'latter = " Später', "de.toml call.latter: unknown; take it out"),
        ('busy = "Sie beschäftigt sind"\n', "", "de.toml silences.busy: missing; English"),
        (
            "{duration} gestanden",
            "{length} gestanden",
            "de.toml call.standing: {length} is not filled in; known are dur",
        ),
        ("{duration} gestanden", "{duration gestanden", "de.toml call.standing: has a { or } too many"),
        (
            '["{} Sekunde", "{} Sekunden"]',
            '["{n} Sekunde", "{n} Sekunden"]',
            "de.toml units.second: {n} is not filled in",
        ),
        ('hold_on = "Bitte am Stuhl festhalten."', "hold_on = 7", "de.toml call.hold_on: must be a text"),
        (
            'title = "Dehnung im',
            f'title = "{"sehr " * 20} ',
            "de.toml exercises.lunge_stretch.title: must have at most 40 characters",
        ),
        ("[call]", "[call", "de.toml: not TOML"),
    ],
)
def test_what_is_wrong_in_a_language_is_said_and_costs_that_sentence_only(old: str, new: str, complaint: str) -> None:
    assert GERMAN.count(old) >= 1
    told, complaints = read_words(GERMAN.replace(old, new, 1), ENGLISH, "de.toml")
    assert complaints[0].startswith(complaint)
    assert told.call.hold_on
    assert told.duration(60) == ("1 minute" if "not TOML" in complaint else "1 Minute")
    assert told.call.standing.format(duration="1")
    assert told.call.later.strip()
