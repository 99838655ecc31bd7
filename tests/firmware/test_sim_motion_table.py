"""The table of poses and exercises: complete, and checked when it is read."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from msgspec import ValidationError, convert

from firmware_sim.motion_table import Keyframe, Pose, Side, motion_table
from firmware_sim.motions import MOTIONS

CATALOGUE = Path(__file__).parents[2] / "monitor" / "coach" / "catalogue.toml"


def test_every_exercise_of_the_catalogue_can_be_done() -> None:
    exercises = tomllib.loads(CATALOGUE.read_text(encoding="utf-8"))
    assert set(exercises) == set(motion_table().exercises)
    assert set(exercises) <= set(MOTIONS)


def test_every_exercise_starts_in_a_pose_of_the_table() -> None:
    table = motion_table()
    assert {exercise.starts_in for exercise in table.exercises.values()} <= set(table.poses)


def test_a_keyframe_changes_what_it_names_and_leaves_the_rest() -> None:
    before = Pose(thigh_deg=1.0, trunk_deg=2.0, arm_deg=3.0, height_m=0.9, figure={"knee_deg": 4.0})
    reached = Keyframe(at_s=1.0, hold=True, trunk_deg=0.0, figure={"knee_deg": 5.0}).after(before)
    assert reached == Pose(thigh_deg=1.0, trunk_deg=0.0, arm_deg=3.0, height_m=0.9, figure={"knee_deg": 4.0})


@pytest.mark.parametrize(
    ("keyframes", "why"),
    [
        ([], "length >= 1"),
        ([{"at_s": 2}, {"at_s": 1}], "follow each other in time"),
        ([{"at_s": 1, "hold": True}, {"at_s": 2, "hold": True}], "one hold"),
        ([{"at_s": 0}], "> 0"),
    ],
)
def test_keyframes_that_make_no_sense_are_refused(keyframes: list[dict[str, object]], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        convert({"leg": "own", "keyframes": keyframes}, Side)
