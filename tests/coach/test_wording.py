from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.coach.catalogue import load_catalogue
from monitor.coach.recipes import RECIPES
from monitor.coach.wording import (
    CLEARS,
    MESSAGE_MAX,
    SAFETY,
    SEATED_OFFER,
    SEE_A_PROFESSIONAL,
    SILENCES,
    TITLES,
    duration_text,
    message_text,
)
from monitor.model import Posture

FORBIDDEN = re.compile(r"\b(must|should|have to|lazy|bad|cure|prevent|treat|heal|correct|stop sitting)\b", re.I)


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
    assert duration_text(duration_s) == text


def test_the_call_offers_something_an_easier_way_and_a_later_time() -> None:
    text = message_text(Posture.SITTING, 1800, "10 knee lifts on each side", "hold on to the back of a chair")
    assert text == (
        "Seated for 30 minutes. Fancy 10 knee lifts on each side?"
        " Easier: hold on to the back of a chair. Later is fine, too."
    )
    assert message_text(Posture.LYING, 1800, "a walk", "").startswith("Lying for 30 minutes. Fancy a walk?")


@given(st.floats(0, 1e6), st.text(max_size=400), st.text(max_size=400))
def test_the_call_stays_short_whatever_goes_into_it(sedentary_s: float, offer: str, easier: str) -> None:
    assert len(message_text(Posture.SITTING, sedentary_s, offer, easier)) <= MESSAGE_MAX


def test_nothing_orders_shames_or_promises() -> None:
    said = [CLEARS, SAFETY, SEE_A_PROFESSIONAL, SEATED_OFFER, *SILENCES.values(), *TITLES.values()]
    said += [text for recipe in RECIPES.values() for text in (recipe.activity, recipe.rule)]
    for exercise in load_catalogue().exercises.values():
        said += [exercise.title, exercise.invite, exercise.how, exercise.easier, exercise.why]
    for text in said:
        assert not FORBIDDEN.search(text), text


def test_the_safety_words_name_the_signs_to_stop_at() -> None:
    for sign in ("sharp", "numbness", "tingling", "dizziness", "chest pain", "breathlessness", "emergency"):
        assert sign in SAFETY
    for sign in ("low back pain", "upper back or neck", "spasms", "hip arthritis", "abscess", "bursitis"):
        assert sign in SEE_A_PROFESSIONAL.replace("  ", " ")
