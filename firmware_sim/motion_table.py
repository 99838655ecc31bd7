"""The poses and exercises of ``motions.toml``, read once and checked."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Literal, Self

from pydantic import BaseModel, Field, model_validator


class Pose(BaseModel, frozen=True, extra="forbid"):
    """How the segments are held; the file says what the angles mean."""

    thigh_deg: float
    trunk_deg: float
    arm_deg: float
    roll_deg: float = 0.0
    height_m: float
    figure: dict[str, float] = {}
    """For the pictures; no sensor feels it."""

    def values(self) -> dict[str, float]:
        """Return the angles and the height by their names."""
        return self.model_dump(exclude={"figure"})


class Keyframe(BaseModel, frozen=True, extra="forbid"):
    """What is reached at a moment of a repetition; None is as in the keyframe before."""

    at_s: float = Field(gt=0)
    hold: bool = False
    thigh_deg: float | None = None
    trunk_deg: float | None = None
    arm_deg: float | None = None
    roll_deg: float | None = None
    height_m: float | None = None
    figure: dict[str, float] = {}

    def after(self, before: Pose) -> Pose:
        """Return the whole pose."""
        return before.model_copy(update=self.model_dump(exclude={"at_s", "hold", "figure"}, exclude_none=True))


class Side(BaseModel, frozen=True, extra="forbid"):
    """One repetition with one leg."""

    leg: Literal["own", "other", "both"]
    keyframes: tuple[Keyframe, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _check(self) -> Self:
        if any(later.at_s <= earlier.at_s for earlier, later in pairwise(self.keyframes)):
            raise ValueError("keyframes follow each other in time")
        if sum(keyframe.hold for keyframe in self.keyframes) > 1:
            raise ValueError("a repetition has one hold")
        return self


class Exercise(BaseModel, frozen=True, extra="forbid"):
    """One exercise."""

    posture: str
    starts_in: str = Field(alias="from")
    shown_from: str = ""
    view: Literal["side", "above"] = "side"
    """These two are for the pictures."""
    back_s: float = Field(gt=0)
    """How long the way back to the pose takes."""
    rest_s: float = Field(ge=0)
    """Time in the pose before the next repetition."""
    sides: tuple[Side, ...] = Field(min_length=1)


class MotionTable(BaseModel, frozen=True, extra="forbid"):
    """The whole file."""

    poses: dict[str, Pose]
    exercises: dict[str, Exercise]


@cache
def motion_table() -> MotionTable:
    """Read the table."""
    text = (resources.files("firmware_sim") / "motions.toml").read_text(encoding="utf-8")
    return MotionTable.model_validate(tomllib.loads(text))
