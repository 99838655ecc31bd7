"""The catalogue of exercises: what they are, for whom, and what a sensor can see; their words are in ``monitor.words``.

``catalogue.toml`` comes with the program and must be whole. A user's own ``exercises.toml`` adds to it: each table
holds facts and words together, in the user's language, with other languages in tables below (``[calf_raise.de]``).
What is wrong in it is said with file, line, key and remedy, and costs that exercise only.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from enum import StrEnum
from functools import cache
from importlib import resources
from typing import Any, Literal, Self, TypeVar, get_args

from pydantic import BaseModel, Field, ValidationError, field_validator, model_validator

from monitor.accel.motions import MotionName
from monitor.errors import MonitorError
from monitor.words import ExerciseWords, languages, words

PACKAGED = "catalogue.toml"
ANY = ""
"""The language of words that stand in an exercise's own table: whatever the user speaks."""
REPETITION_S, COMFORTABLE_HOLD_S = 6.0, 15.0
"""A slow repetition with its pause, and a hold "as long as comfortable": our own figures, for the time at hand."""
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
Model = TypeVar("Model", bound=BaseModel)


class Exercise(BaseModel, frozen=True, extra="forbid"):
    """The facts of one exercise."""

    kind: Kind = Field(description='"strengthen" or "stretch"')
    start: Start = Field(description='the position it starts from, such as "standing"')
    places: tuple[Place, ...] = Field(min_length=1, description='where it fits: ["desk", "home"]')
    needs_floor: bool = Field(description="true if it needs a mat or lying down")
    repetitions: Span | None = Field(None, description="fewest and most repetitions of a set, such as [10, 12]")
    hold_s: Span | None = Field(None, description="shortest and longest hold in seconds, such as [30, 60]")
    sets: Span | None = Field(None, description="fewest and most sets, such as [3, 6]")
    sides: bool = Field(description="true if it is done on one side after the other")
    once_a_day: bool = Field(False, description="true if once a day is enough")
    sees: dict[PlacementName, Seen] = Field(
        default_factory=dict, description='what a sensor there can follow, such as { thigh = "hold" }'
    )
    motion: MotionName | None = Field(
        None, description=f"what the sensor may count or time of it: {', '.join(get_args(MotionName))}"
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

    @property
    def least_s(self) -> float:
        """How long the smallest dose takes, about."""
        repeated = self.repetitions[0] * REPETITION_S if self.repetitions else 0.0
        shortest_s = self.hold_s[0] if self.hold_s else 0.0
        held = 0.0 if self.repetitions else max(shortest_s, COMFORTABLE_HOLD_S)
        return (repeated + held * (self.sets[0] if self.sets else 1)) * (2 if self.sides else 1)

    def verifiable(self, placement: str) -> str:
        """What a sensor on this body part can see of it: ``repetitions``, ``hold``, ``posture`` or ``timed``."""
        seen: dict[Any, str] = dict(self.sees)
        return seen.get(placement, "timed")


class CatalogueError(MonitorError):
    """An exercise that cannot be used. ``line`` counts from 1; 0 where it is not known."""

    exit_code = 2

    def __init__(self, file: str, exercise: str, key: str, remedy: str, line: int = 0) -> None:
        self.file, self.exercise, self.key, self.remedy, self.line = file, exercise, key, remedy, line
        where = f" line {line}" if line else ""
        where += f" [{exercise}]" if exercise else ""
        super().__init__(f"{file}{where}{' ' + key if key else ''}: {remedy}")


class Catalogue(BaseModel, frozen=True, extra="forbid"):
    """Every exercise that may be suggested, in the order of the files."""

    exercises: dict[str, Exercise]
    own_words: dict[str, dict[str, ExerciseWords]] = {}
    """Of the user's own exercises: words by language."""

    def __deepcopy__(self, memo: dict[int, Any] | None = None) -> Self:
        return self  # never changes: a checkpoint of the coach need not copy it

    def named(self, exercise_id: str) -> Exercise | None:
        """The exercise, or None where there is none of that id."""
        return self.exercises.get(exercise_id)

    def words_of(self, exercise_id: str, language: str) -> ExerciseWords:
        """Its words in this language; of a user's own exercise in whatever language there is."""
        own = self.own_words.get(exercise_id)
        if own is None:
            return words(language).exercises[exercise_id]
        return own.get(language) or own.get(ANY) or next(iter(own.values()))


@cache
def load_catalogue() -> Catalogue:
    """The packaged exercises."""
    text = resources.files("monitor.coach").joinpath(PACKAGED).read_text(encoding="utf-8")
    return Catalogue(exercises={name: Exercise.model_validate(table) for name, table in tomllib.loads(text).items()})


def with_own(text: str, file: str, language: str, base: Catalogue) -> tuple[Catalogue, list[CatalogueError]]:
    """The catalogue with a user's own exercises (the text of their file), and what is wrong in it."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return base, [CatalogueError(file, "", "", f"not TOML: {error}; none of your own exercises is used")]
    exercises, own_words = dict(base.exercises), dict(base.own_words)
    complaints: list[CatalogueError] = []
    for exercise_id, table in tables.items():
        try:
            if exercise_id in exercises:
                remedy = f'is taken by the program; choose another id (no_go = ["{exercise_id}"] drops ours)'
                raise CatalogueError(file, exercise_id, "", remedy)
            exercise, told = _own_exercise(exercise_id, table, file)
        except CatalogueError as error:
            line = _line_of(text, error.exercise, error.key)
            complaints.append(CatalogueError(file, error.exercise, error.key, error.remedy, line))
            continue
        exercises[exercise_id], own_words[exercise_id] = exercise, told
        if language not in told and ANY not in told:
            remedy = f"has no words in {language}; add a table [{exercise_id}.{language}]. Another language is shown."
            complaints.append(CatalogueError(file, exercise_id, "", remedy, _line_of(text, exercise_id, "")))
    return Catalogue(exercises=exercises, own_words=own_words), complaints


def _own_exercise(exercise_id: str, table: Any, file: str) -> tuple[Exercise, dict[str, ExerciseWords]]:
    if not isinstance(table, dict):
        raise CatalogueError(file, "", exercise_id, "stands outside a table; begin an exercise with a line [its_id]")
    plain = exercise_id.isascii() and exercise_id.replace("_", "").isalnum() and exercise_id.islower()
    if not plain or len(exercise_id) > 40 or exercise_id in _RESERVED:
        raise CatalogueError(file, exercise_id, "", "not an id; use up to 40 lower-case letters, digits and _")
    facts = {key: value for key, value in table.items() if key not in ExerciseWords.model_fields}
    told = {code: facts.pop(code) for code in languages() if isinstance(facts.get(code), dict)}
    here = {key: value for key, value in table.items() if key in ExerciseWords.model_fields}
    exercise = _checked(Exercise, facts, file, exercise_id, "")
    if here or not told:
        told[ANY] = here
    prefixes = {code: f"{code}." if code else "" for code in told}
    return exercise, {code: _checked(ExerciseWords, told[code], file, exercise_id, prefixes[code]) for code in told}


def _checked(model: type[Model], table: Mapping[str, Any], file: str, exercise_id: str, prefix: str) -> Model:
    """The table as this model; raises with the first complaint, and what to write instead."""
    try:
        return model.model_validate(table)
    except ValidationError as error:
        first = error.errors()[0]
    key = ".".join(str(part) for part in first["loc"] if part != "[key]")
    wanted = model.model_fields.get(str(first["loc"][0])) if first["loc"] else None
    said = "missing" if first["type"] == "missing" else first["msg"].removeprefix("Value error, ")
    if first["type"] == "extra_forbidden":
        remedy = f"unknown; known are {', '.join([*Exercise.model_fields, *ExerciseWords.model_fields])}"
    else:
        remedy = f"{said}; give {wanted.description}" if wanted else said
    raise CatalogueError(file, exercise_id, f"{prefix}{key}" if key else "", remedy)


def _line_of(text: str, exercise_id: str, key: str) -> int:
    """Where a key of an exercise stands in the file, or else the exercise; 0 where neither is found."""
    table, name = exercise_id, key.split(".")[0]
    if name in languages():
        table, name = f"{exercise_id}.{name}", key.split(".")[1] if "." in key else ""
    found = within = 0
    for number, line in enumerate(text.splitlines(), 1):
        header = re.match(r"\s*\[\s*([^\]]+?)\s*\]", line)
        if header:
            within = number if header[1] == table else 0
            found = found or within
        elif (within or not table) and name and re.match(rf"\s*{re.escape(name)}\s*=", line):
            return number
    return found
