"""The poses and exercises of ``motions.toml``, read once and checked."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from itertools import pairwise
from typing import Annotated, Literal

from msgspec import Meta, Struct, convert, field
from msgspec.structs import asdict, replace


class Pose(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
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
        return {name: value for name, value in asdict(self).items() if name != "figure"}


class Keyframe(Struct, frozen=True, forbid_unknown_fields=True):
    """What is reached at a moment of a repetition; None is as in the keyframe before."""

    at_s: Annotated[float, Meta(gt=0)]
    hold: bool = False
    thigh_deg: float | None = None
    trunk_deg: float | None = None
    arm_deg: float | None = None
    roll_deg: float | None = None
    height_m: float | None = None
    figure: dict[str, float] = {}

    def after(self, before: Pose) -> Pose:
        """Return the whole pose."""
        said, angles = asdict(self), before.values()
        return replace(before, **{name: said[name] for name in angles if said[name] is not None})


class Side(Struct, frozen=True, forbid_unknown_fields=True):
    """One repetition with one leg."""

    leg: Literal["own", "other", "both"]
    keyframes: Annotated[tuple[Keyframe, ...], Meta(min_length=1)]

    def __post_init__(self) -> None:
        if any(later.at_s <= earlier.at_s for earlier, later in pairwise(self.keyframes)):
            raise ValueError("keyframes follow each other in time")
        if sum(keyframe.hold for keyframe in self.keyframes) > 1:
            raise ValueError("a repetition has one hold")


class Exercise(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """One exercise."""

    posture: str
    starts_in: str = field(name="from")
    shown_from: str = ""
    view: Literal["side", "above"] = "side"
    """These two are for the pictures."""
    back_s: Annotated[float, Meta(gt=0)]
    """How long the way back to the pose takes."""
    rest_s: Annotated[float, Meta(ge=0)]
    """Time in the pose before the next repetition."""
    sides: Annotated[tuple[Side, ...], Meta(min_length=1)]


class MotionTable(Struct, frozen=True, forbid_unknown_fields=True):
    """The whole file."""

    poses: dict[str, Pose]
    exercises: dict[str, Exercise]


@cache
def motion_table() -> MotionTable:
    """Read the table."""
    text = (resources.files("firmware_sim") / "motions.toml").read_text(encoding="utf-8")
    return convert(tomllib.loads(text), MotionTable)
