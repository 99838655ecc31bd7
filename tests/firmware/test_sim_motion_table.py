"""The table of poses and exercises: complete, and checked when it is read."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from pydantic import ValidationError

from firmware_sim.motion_table import Side, motion_table
from firmware_sim.motions import MOTIONS

CATALOGUE = Path(__file__).parents[2] / "monitor" / "coach" / "catalogue.toml"


def test_every_exercise_of_the_catalogue_can_be_done() -> None:
    exercises = tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))
    assert set(exercises) == set(motion_table().exercises)
    assert set(exercises) <= set(MOTIONS)


def test_every_exercise_starts_in_a_pose_of_the_table() -> None:
    table = motion_table()
    assert {exercise.starts_in for exercise in table.exercises.values()} <= set(table.poses)


@pytest.mark.parametrize(
    "keyframes", [[], [{"at_s": 2}, {"at_s": 1}], [{"at_s": 1, "hold": True}, {"at_s": 2, "hold": True}]]
)
def test_keyframes_that_make_no_sense_are_refused(keyframes: list[dict[str, object]]) -> None:
    with pytest.raises(ValidationError):
        Side.model_validate({"leg": "own", "keyframes": keyframes})
