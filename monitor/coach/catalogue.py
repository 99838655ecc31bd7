"""The catalogue of exercises: read once, checked at load, complaints that name file, exercise, key and remedy.

``catalogue.toml`` comes with the program; a user's own ``exercises.toml`` has the same form and adds to it.
"""

from __future__ import annotations

import tomllib
from enum import StrEnum
from importlib import resources
from typing import Any, Literal, Self

from pydantic import BaseModel, Field, ValidationError, field_validator, model_validator

from monitor.errors import MonitorError

PACKAGED = "catalogue.toml"
_RESERVED = ("reset", "off", "on", "press")


class Condition(StrEnum):
    """What a wearer may say of themselves so that unfit exercises are left out (our rules, conservative)."""

    HIP_REPLACEMENT = "hip_replacement"
    HIP_SURGERY = "hip_surgery"
    HIP_ARTHRITIS = "hip_arthritis"
    PREGNANCY = "pregnancy"
    ABDOMINAL_SURGERY = "abdominal_surgery"
    HERNIA = "hernia"
    LOW_BACK_TROUBLE = "low_back_trouble"
    KNEE_TROUBLE = "knee_trouble"
    BALANCE_TROUBLE = "balance_trouble"
    WRIST_TROUBLE = "wrist_trouble"
    CANNOT_STAND = "cannot_stand"
    """Cannot stand, or uses a wheelchair."""


Kind = Literal["strengthen", "stretch"]
Place = Literal["desk", "home"]
PlacementName = Literal["thigh", "pocket", "waist", "lower_back", "chest", "wrist"]
Seen = Literal["repetitions", "hold", "posture"]
Start = Literal[
    "standing", "half_kneeling", "sitting_chair", "sitting_mat", "lying_back", "lying_front", "hands_and_knees"
]
Span = tuple[int, int]


class Exercise(BaseModel, frozen=True, extra="forbid"):
    """One exercise, as the catalogue tells it."""

    title: str = Field(min_length=3, max_length=40, description='its name, such as "Lunge stretch"')
    kind: Kind = Field(description='"strengthen" or "stretch"')
    start: Start = Field(description='the position it starts from, such as "standing"')
    places: tuple[Place, ...] = Field(min_length=1, description='where it fits: ["desk", "home"]')
    needs_floor: bool = Field(description="true if it needs a mat or lying down")
    invite: str = Field(min_length=3, max_length=50, description='the offer in words: "10 knee lifts on each side"')
    how: str = Field(min_length=10, max_length=220, description="one or two inviting sentences on how it is done")
    dose: str = Field(min_length=3, max_length=60, description='how much, such as "10-12 per side"')
    repetitions: Span | None = Field(None, description="fewest and most repetitions of a set, such as [10, 12]")
    hold_s: Span | None = Field(None, description="shortest and longest hold in seconds, such as [30, 60]")
    sets: Span | None = Field(None, description="fewest and most sets, such as [3, 6]")
    sides: bool = Field(description="true if it is done on one side after the other")
    once_a_day: bool = Field(False, description="true if once a day is enough")
    works: tuple[str, ...] = Field(min_length=1, description="the muscles or abilities it works")
    easier: str = Field(min_length=3, max_length=60, description="an easier way to do it")
    harder: str = Field("", max_length=60, description="a harder way, if there is one")
    why: str = Field(min_length=10, max_length=160, description="one sentence on why it fits after sitting")
    sees: dict[PlacementName, Seen] = Field(
        default_factory=dict, description='what a sensor there can follow, such as { thigh = "hold" }'
    )
    leave_out: tuple[Condition, ...] = Field((), description=f"conditions that rule it out: {', '.join(Condition)}")
    chair_when: tuple[Condition, ...] = Field((), description="conditions that rule it out unless a chair is at hand")
    source: str = Field(min_length=3, description='where it comes from: a citation, or "my physiotherapist"')

    @field_validator("repetitions", "hold_s", "sets")
    @classmethod
    def _sane(cls, span: Span | None) -> Span | None:
        if span is not None and not 1 <= span[0] <= span[1] <= 600:
            raise ValueError("must be two whole numbers from 1 to 600, the smaller first")
        return span

    @model_validator(mode="after")
    def _some_dose(self) -> Self:
        if self.repetitions is None and self.hold_s is None and self.sets is None:
            raise ValueError("has no numbers for its dose: give repetitions, hold_s or sets")
        return self

    def verifiable(self, placement: str) -> str:
        """What a sensor on this body part can see of it: ``repetitions``, ``hold``, ``posture`` or ``timed``."""
        seen: dict[Any, str] = dict(self.sees)
        return seen.get(placement, "timed")


class CatalogueError(MonitorError):
    """A catalogue that cannot be used."""

    exit_code = 2

    def __init__(self, file: str, exercise: str, key: str, remedy: str) -> None:
        self.file, self.exercise, self.key, self.remedy = file, exercise, key, remedy
        where = f" [{exercise}]" if exercise else ""
        super().__init__(f"{file}{where}{' ' + key if key else ''}: {remedy}")


class Catalogue(BaseModel, frozen=True, extra="forbid"):
    """Every exercise that may be suggested, in the order of the files."""

    exercises: dict[str, Exercise]

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        return self  # never changes: a checkpoint of the coach need not copy it

    def named(self, exercise_id: str) -> Exercise | None:
        """The exercise, or None where there is none of that id."""
        return self.exercises.get(exercise_id)


def load_catalogue(own: str = "", own_name: str = "exercises.toml") -> Catalogue:
    """The packaged exercises and the user's own (the text of their file); raises ``CatalogueError``."""
    packaged = resources.files("monitor.coach").joinpath(PACKAGED).read_text(encoding="utf-8")
    exercises = _parse(packaged, PACKAGED)
    for exercise_id, exercise in _parse(own, own_name).items():
        if exercise_id in exercises:
            remedy = f'is taken by the program; choose another id (no_go = ["{exercise_id}"] drops ours)'
            raise CatalogueError(own_name, exercise_id, "", remedy)
        exercises[exercise_id] = exercise
    return Catalogue(exercises=exercises)


def _parse(text: str, file: str) -> dict[str, Exercise]:
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise CatalogueError(file, "", "", f"not TOML: {error}") from None
    return {exercise_id: _exercise(exercise_id, table, file) for exercise_id, table in tables.items()}


def _exercise(exercise_id: str, table: Any, file: str) -> Exercise:
    if not isinstance(table, dict):
        raise CatalogueError(file, "", exercise_id, "stands outside a table; begin an exercise with a line [its_id]")
    plain = exercise_id.isascii() and exercise_id.replace("_", "").isalnum() and exercise_id.islower()
    if not plain or len(exercise_id) > 40 or exercise_id in _RESERVED:
        raise CatalogueError(file, exercise_id, "", "not an id; use up to 40 lower-case letters, digits and _")
    try:
        return Exercise.model_validate(table)
    except ValidationError as error:
        raise _complaint(file, exercise_id, error) from None


def _complaint(file: str, exercise_id: str, error: ValidationError) -> CatalogueError:
    """The first complaint, with what to write instead."""
    first = error.errors()[0]
    key = ".".join(map(str, first["loc"]))
    wanted = Exercise.model_fields.get(str(first["loc"][0])) if first["loc"] else None
    if first["type"] == "extra_forbidden":
        return CatalogueError(file, exercise_id, key, f"unknown; known are {', '.join(Exercise.model_fields)}")
    said = first["msg"].removeprefix("Value error, ")
    if first["type"] == "missing":
        said = "missing"
    return CatalogueError(file, exercise_id, key, f"{said}; give {wanted.description}" if wanted else said)
