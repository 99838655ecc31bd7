"""Where it is worn."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from monitor.first_run.guide import Flags
from monitor.first_run.placing import BODY, body, place
from monitor.posture import PLACEMENTS
from monitor.spoken import sentences
from monitor.wearables import WEARABLES
from monitor.words import languages
from tests.support.scripted_talk import ScriptedTalk, guide_of

PICTURED = set(re.findall(r"{(\w+)}", BODY))


def test_the_picture_shows_every_placement_by_its_number() -> None:
    picture = body(list(PLACEMENTS))
    assert set(PLACEMENTS) >= PICTURED
    assert all(picture.count(str(number)) == 1 for number, name in enumerate(PLACEMENTS, 1) if name in PICTURED)
    assert "{" not in picture


@pytest.mark.parametrize("language", languages())
def test_every_placement_of_the_picture_has_its_words(language: str) -> None:
    keys = sentences("setup", language)
    assert {f"placement.{name}.{key}" for name in PICTURED for key in ("name", "wear", "knows")} <= set(keys)


def test_a_placement_of_ones_own_needs_no_words_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    more = {**PLACEMENTS, "ankle": PLACEMENTS["thigh"]}
    monkeypatch.setattr("monitor.first_run.placing.PLACEMENTS", more)
    guide = guide_of(ScriptedTalk(str(len(more))), tmp_path)
    guide.answers.wearable = "deskband"
    place(guide)
    assert guide.answers.placement == "ankle"


@pytest.mark.parametrize("kind", WEARABLES)
def test_enter_takes_the_place_that_suits_the_wearable_best(kind: str, tmp_path: Path) -> None:
    guide = guide_of(ScriptedTalk(""), tmp_path)
    guide.answers.wearable = kind
    place(guide)
    assert guide.answers.placement == WEARABLES[kind].ABOUT.placements[0]


def test_what_a_place_knows_is_broken_between_words(tmp_path: Path) -> None:
    talk = ScriptedTalk()
    talk.console.width = 60
    guide = guide_of(talk, tmp_path, Flags(placement="thigh"))
    guide.answers.wearable = "deskband"
    place(guide)
    assert max(map(len, talk.said.splitlines())) <= 60
    assert "Sees sitting" in talk.said


def test_a_flag_is_not_asked_for(tmp_path: Path) -> None:
    guide = guide_of(ScriptedTalk(), tmp_path, Flags(placement="pocket"))
    guide.answers.wearable = "deskband"
    place(guide)
    assert guide.answers.placement == "pocket"
