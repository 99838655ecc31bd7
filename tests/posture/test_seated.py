"""Somebody who does not stand: rest is sitting, movement ends it, and no word asks them to get up."""

from __future__ import annotations

import numpy as np
import pytest

from monitor import checkpoint
from monitor.assembly.wearer import new_pipeline
from monitor.events import AlertCleared, BoutEnded, BreakDue, BreakTaken, Event
from monitor.model import Posture, PostureEpochs
from monitor.outlets.mqtt.sentences import sentence
from monitor.pipeline import LATENCY_S, Pipeline
from monitor.posture.seated import Seated
from monitor.settings.loading import load
from monitor.words import words
from tests.support.wearers import Recording

RATE_HZ = 25.0
STANDS = {"en": ("stand", "walk", "feet", "get up", "upright"), "de": ("steh", "geh", "Bein", "aufrecht")}


def arm(*doings: tuple[str, float], seed: int = 4) -> Recording:
    """A wrist in a wheelchair: it rests, types, and pushes the wheel at one push a second."""
    rng, parts = np.random.default_rng(seed), []
    for name, seconds in doings:
        t_s = np.arange(round(seconds * RATE_HZ)) / RATE_HZ
        shake_g = {"rest": 0.004, "type": 0.03, "push": 0.05}[name]
        moved_g = rng.normal(0.0, shake_g, (len(t_s), 3)) + np.array([0.0, -0.2, -0.98])
        if name == "rest":  # a living arm: breath, and a shift now and then
            moved_g[:, 0] += 0.02 * np.sin(2 * np.pi * t_s / 41.0)
        if name == "push":
            moved_g[:, 0] += 0.5 * np.sin(2 * np.pi * t_s)
            moved_g[:, 1] += 0.15 * np.cos(2 * np.pi * t_s)
        parts.append(moved_g)
    xyz_g = np.concatenate(parts).astype(np.float32)
    return Recording(1000.0 + np.arange(len(xyz_g)) / RATE_HZ, xyz_g, RATE_HZ)


def heart(*overrides: str, conditions: tuple[str, ...] = ("cannot_stand",)) -> Pipeline:
    wanted = ["wearers.me.placement=wrist", "coach.limit_s=600", "coach.early_s=0", *overrides]
    return new_pipeline(load(None, wanted, environment={}).settings, "me", conditions).pipeline


def lived(pipeline: Pipeline, day: Recording) -> tuple[PostureEpochs, list[Event]]:
    step, last = pipeline.feed(day.block()), pipeline.tick(float(day.t_s[-1]) + LATENCY_S)
    return step.postures, [*step.events, *last.events]


def of_kind(kind: type[Event], events: list[Event]) -> list[Event]:
    return [event for event in events if isinstance(event, kind)]


def test_rest_and_typing_are_sitting_and_pushing_is_moving() -> None:
    rows, _ = lived(heart(), arm(("rest", 100), ("type", 100), ("push", 100)))
    since_s = rows.start_s - rows.start_s[0]
    assert set(rows.posture[since_s < 195]) == {Posture.SITTING}
    assert set(rows.posture[since_s > 205]) == {Posture.ACTIVE}


def test_a_day_has_a_call_after_each_stretch_of_sitting_and_movement_ends_both() -> None:
    spell = (("type", 400.0), ("rest", 300.0), ("push", 70.0))
    _, events = lived(heart(), arm(*spell * 3))
    assert len(of_kind(BreakTaken, events)) == 3
    first_calls = [event for event in of_kind(BreakDue, events) if not event.repeat]  # type: ignore[attr-defined]
    assert len(first_calls) == 3
    assert [event.by for event in of_kind(AlertCleared, events)] == ["break"] * 3  # type: ignore[attr-defined]
    assert [event.ended_by for event in of_kind(BoutEnded, events)] == ["upright"] * 3  # type: ignore[attr-defined]


def test_a_stretch_too_short_does_not_end_it() -> None:
    _, events = lived(heart(), arm(("type", 300), ("push", 30), ("type", 300)))
    assert not of_kind(BreakTaken, events)


def test_others_are_not_excused_by_moving_about_in_the_chair() -> None:
    usual = heart(conditions=())
    assert not isinstance(usual.placement, Seated)
    assert not usual.bouts.rules.movement_ends
    assert heart("bouts.movement_ends=true", conditions=()).bouts.rules.movement_ends


@pytest.mark.parametrize("language", STANDS)
def test_no_word_asks_to_stand(language: str) -> None:
    pipeline = heart(f"coach.language={language}")
    _, events = lived(pipeline, arm(("type", 660), ("push", 70)))
    (due,) = of_kind(BreakDue, events)
    assert isinstance(due, BreakDue)
    assert due.exercise is None
    assert words(language).call.seated_offer in due.message
    told = [due.title, due.message, due.clears, *filter(None, (sentence(event, words(language)) for event in events))]
    for text in told:
        assert not [word for word in STANDS[language] if word.casefold() in text.casefold()], text


def test_the_measure_changes_when_the_wearer_says_so_and_the_books_go_on() -> None:
    before, after = heart(conditions=()), heart()
    lived(before, arm(("type", 60)))
    before.take_rules_of(after)
    assert isinstance(before.placement, Seated)
    assert before.placement is not after.placement
    assert before.bouts.rules.movement_ends
    checkpoint.dumps({"pipeline": before}, "x")


def test_taken_off_it_is_not_worn() -> None:
    day = arm(("type", 60), ("rest", 2000))
    day.xyz_g[day.t_s > 1060] = np.array([0.1, 0.6, 0.79], np.float32)
    rows, _ = lived(heart(), day)
    assert rows.posture[-1] == Posture.NOT_WORN
