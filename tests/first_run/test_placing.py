"""Where it is worn."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.first_run.guide import Flags
from monitor.first_run.placing import body, place
from monitor.posture import PLACEMENTS
from monitor.wearables import WEARABLES
from monitor.words import languages
from monitor.words.spoken import sentences
from tests.support.scripted_talk import ScriptedTalk, guide_of


def test_the_picture_shows_every_placement_by_its_number() -> None:
    picture = body(list(PLACEMENTS))
    assert all(picture.count(str(number)) == 1 for number in range(1, len(PLACEMENTS) + 1))
    assert "{" not in picture
    assert len({len(body(names)) for names in (list(PLACEMENTS), list(reversed(PLACEMENTS)))}) == 1


@pytest.mark.parametrize("language", languages())
def test_every_placement_has_its_words(language: str) -> None:
    keys = sentences("setup", language)
    assert {f"placement.{name}.{key}" for name in PLACEMENTS for key in ("name", "wear", "knows")} <= set(keys)


@pytest.mark.parametrize("kind", WEARABLES)
def test_enter_takes_the_place_that_suits_the_wearable_best(kind: str, tmp_path: Path) -> None:
    guide = guide_of(ScriptedTalk(""), tmp_path)
    guide.answers.wearable = kind
    place(guide)
    assert guide.answers.placement == WEARABLES[kind].ABOUT.placements[0]


def test_a_flag_is_not_asked_for(tmp_path: Path) -> None:
    guide = guide_of(ScriptedTalk(), tmp_path, Flags(placement="pocket"))
    guide.answers.wearable = "deskband"
    place(guide)
    assert guide.answers.placement == "pocket"
