"""What the wearer says about themselves: in the history file, and heeded."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from monitor.assembly.wearer import new_pipeline
from monitor.coach.catalogue import Condition
from monitor.history.database import HistoryError
from monitor.history.readiness import Readiness, read, write
from monitor.history.store import Store
from monitor.settings.loading import load
from monitor.words import languages, words

KINDS = ("strengthen", "stretch")


def test_answers_are_kept_changed_and_forgotten(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    Store(path).close()
    assert read(path, "me") is None
    write(path, "me", Readiness(1.0, ("hernia", "pregnancy")))
    assert read(path, "me") == Readiness(1.0, ("hernia", "pregnancy"))
    write(path, "me", Readiness(2.0, ()))
    with closing(Store(path)) as store:
        assert store.readiness("me") == Readiness(2.0, ())
        assert store.readiness("you") is None
    write(path, "me", None)
    assert read(path, "me") is None


def test_looking_at_the_answers_makes_no_history_and_changes_none(tmp_path: Path) -> None:
    path = tmp_path / "history.sqlite3"
    with pytest.raises(HistoryError, match="is not there"):
        read(path, "me")
    assert not path.exists()
    write(path, "me", Readiness(1.0, ("hernia",)))
    path.chmod(0o400)
    before = path.read_bytes()
    assert read(path, "me") == Readiness(1.0, ("hernia",))
    assert (path.stat().st_mode & 0o777, path.read_bytes()) == (0o400, before)


def suggested(conditions: tuple[str, ...] | None) -> set[str]:
    overrides = ("exercises.floor_allowed=true", "exercises.place=home")
    coach = new_pipeline(load(None, overrides, environment={}).settings, "me", conditions).pipeline.coach
    assert coach is not None
    suggester = coach.suggester
    return {name for name in suggester.catalogue.exercises if not suggester.silence(name, KINDS, [])}


def test_nothing_on_the_floor_is_suggested_before_the_check() -> None:
    assert suggested(None) == {"standing_hip_flexion", "lunge_stretch"}
    assert len(suggested(())) == 6


def test_what_applies_leaves_out_what_does_not_fit() -> None:
    assert suggested(("knee_trouble", "hernia")) == {"standing_hip_flexion", "frog_stretch"}
    assert suggested(("cannot_stand",)) == set()


def test_every_condition_is_asked_for_in_every_language() -> None:
    for language in languages():
        assert list(words(language).ready.conditions) == list(Condition)
