"""How the sensor sits outlives a state that cannot be read: out of the history, through the app, to a new placement."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from monitor import checkpoint
from monitor.app import App
from monitor.assembly.wearer import fingerprint, new_pipeline
from monitor.backfill import Backfill
from monitor.coach.overrides import Overrides
from monitor.exchange import Command
from monitor.history.outbox import History
from monitor.history.store import Commit
from monitor.lasting import hand_over_mounting, hand_over_wishes, worth_keeping
from monitor.model import Posture, PostureEpochs
from monitor.posture.thigh import Thigh
from monitor.settings.loading import load
from monitor.settings.sections import Settings
from tests.support.wearers import wear

EVENING = wear(("walk", 60), ("sit", 60))
MORNING = wear(("sit", 150), ("stand", 30), seed=2, start_s=50_000.0)


def settings_of(*overrides: str) -> Settings:
    return load(None, overrides, environment={}).settings


def lived(settings: Settings) -> Backfill:
    """A wearer's parts after an evening."""
    backfill = new_pipeline(settings, "me")
    backfill.feed(EVENING.block())
    return backfill


def stored(settings: Settings) -> str:
    """The checkpoint of that evening, as the daemon writes it."""
    backfill = lived(settings)
    state = {"backfill": backfill, "resume": None}
    return checkpoint.dumps(state, fingerprint(settings, "me"), worth_keeping(backfill))


def another_version(text: str) -> str:
    return text.replace('"version": 1', '"version": 0', 1)


def another_shape(text: str) -> str:
    """As if a class of the state had been renamed since; the check sum is that of the program that wrote it."""
    head, _, body = text.partition("\n")
    body = body.replace("monitor.posture.thigh:Thigh", "monitor.posture.thigh:Leg")
    again = json.loads(head) | {"check": checkpoint._check(body)}
    return json.dumps(again) + "\n" + body


def damaged(text: str) -> str:
    return text[:-20]


def seen_by(backfill: Backfill) -> PostureEpochs:
    """What is said of the next morning, which begins without a step."""
    return backfill.feed(MORNING.block()).postures


@pytest.mark.parametrize("spoil", [another_version, another_shape, damaged])
async def test_the_app_begins_afresh_and_keeps_the_mounting(spoil: Any, tmp_path: Path) -> None:
    settings = settings_of()
    history = await History.open(tmp_path / "history.sqlite3")
    await history.commit(Commit("me", checkpoint=spoil(stored(settings))))
    backfill, resume = await App(settings, tmp_path)._remembered("me", history)
    await history.close()
    assert resume is None
    assert backfill.pipeline.last_sample_s is None
    rows = seen_by(backfill)
    assert set(rows.posture[:40]) == {Posture.UNKNOWN}
    assert set(rows.posture[120:148]) == {Posture.SITTING}
    assert set(rows.posture[153:]) == {Posture.STANDING}


def test_without_it_nothing_is_said_before_a_step() -> None:
    assert set(seen_by(new_pipeline(settings_of(), "me")).posture) == {Posture.UNKNOWN}


def test_it_outlives_a_second_state_that_is_lost_before_it_was_proven() -> None:
    kept, fresh = worth_keeping(lived(settings_of())), new_pipeline(settings_of(), "me")
    assert hand_over_mounting(kept, fresh)
    assert worth_keeping(fresh) == kept


def test_before_a_walk_there_is_nothing_to_keep() -> None:
    backfill = new_pipeline(settings_of(), "me")
    backfill.feed(MORNING.block())
    assert worth_keeping(backfill) is None


async def test_a_mounting_belongs_to_one_wearable(tmp_path: Path) -> None:
    history = await History.open(tmp_path / "history.sqlite3")
    await history.commit(Commit("me", checkpoint=stored(settings_of())))
    another = settings_of("wearers.me.wearable=microbit")
    fresh, _ = await App(another, tmp_path)._remembered("me", history)
    await history.close()
    assert worth_keeping(fresh) is None


def test_a_placement_that_keeps_no_mounting_is_handed_none() -> None:
    pocket = new_pipeline(settings_of("wearers.me.placement=pocket"), "me")
    assert not hand_over_mounting(worth_keeping(lived(settings_of())), pocket)


@pytest.mark.parametrize("spoil", [another_version, another_shape, damaged])
@pytest.mark.parametrize("placement", ["thigh", "pocket"])
async def test_what_hurts_and_a_pause_outlive_another_version_and_another_placement(
    spoil: Any, placement: str, tmp_path: Path
) -> None:
    backfill = new_pipeline(settings_of(), "me")
    for name, value in (("hurts", "lunge_stretch"), ("pause", "ON"), ("limit", "20"), ("profile", "strict")):
        backfill.command(Command(name, value), 50_000.0)
    state = {"backfill": backfill, "resume": None}
    text = checkpoint.dumps(state, fingerprint(settings_of(), "me"), worth_keeping(backfill))
    history = await History.open(tmp_path / "history.sqlite3")
    await history.commit(Commit("me", checkpoint=spoil(text)))
    fresh, _ = await App(settings_of(f"wearers.me.placement={placement}"), tmp_path)._remembered("me", history)
    await history.close()
    assert fresh.pipeline.coach is not None
    assert fresh.pipeline.coach.overrides == Overrides(
        paused=True, hurts=["lunge_stretch"], exercises_silent=True, professional_said=True
    )


@pytest.mark.parametrize("kept", [None, 7, {}, {"wishes": None}, {"wishes": {"hurts": "everything"}}])
def test_what_is_no_wish_is_not_obeyed(kept: Any) -> None:
    fresh = new_pipeline(settings_of(), "me")
    hand_over_wishes(kept, fresh)
    assert fresh.pipeline.coach is not None
    assert fresh.pipeline.coach.overrides == Overrides()


@pytest.mark.parametrize(
    "kept",
    [
        None,
        7,
        {},
        {"mounting": None},
        {"mounting": {"upright": [1, 0], "seat": None, "evidence_s": 9}},
        {"mounting": {"upright": [5, 0, 0], "seat": None, "evidence_s": 9}},
        {"mounting": {"upright": [1, 0, 0], "seat": [0, "nan", 0], "evidence_s": 9}},
        {"mounting": {"upright": [1, 0, 0], "seat": None, "evidence_s": -1}},
    ],
)
def test_what_is_no_mounting_is_not_used(kept: Any) -> None:
    fresh = new_pipeline(settings_of(), "me")
    assert not hand_over_mounting(kept, fresh)
    assert isinstance(fresh.pipeline.placement, Thigh)
    assert fresh.pipeline.placement.known() is None


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"fingerprint": "a b", "lasting": 1, "lasting_check": ""}'])
def test_a_text_that_holds_nothing_gives_nothing(text: str) -> None:
    assert checkpoint.lasting(text)[1] is None
