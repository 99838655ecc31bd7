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
from typing import Annotated, Any, Literal, Self, TypeVar, get_args

from msgspec import Meta, field

from monitor.accel.motions import MotionName
from monitor.errors import MonitorError
from monitor.rules import Fault, FaultsError, Rules, WrongValueError, check, dotted, keys
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
Count = Annotated[int, Meta(ge=1, le=600)]
Span = tuple[Count, Count]
Model = TypeVar("Model", bound=Rules)


class Exercise(Rules, frozen=True, kw_only=True):
    """The facts of one exercise."""

    kind: Annotated[Kind, Meta(description='"strengthen" or "stretch"')]
    start: Annotated[Start, Meta(description='the position it starts from, such as "standing"')]
    places: Annotated[tuple[Place, ...], Meta(min_length=1, description='where it fits: ["desk", "home"]')]
    needs_floor: Annotated[bool, Meta(description="true if it needs a mat or lying down")]
    repetitions: Annotated[Span, Meta(description="fewest and most repetitions of a set, such as [10, 12]")] | None = (
        None
    )
    hold_s: Annotated[Span, Meta(description="shortest and longest hold in seconds, such as [30, 60]")] | None = None
    sets: Annotated[Span, Meta(description="fewest and most sets, such as [3, 6]")] | None = None
    sides: Annotated[bool, Meta(description="true if it is done on one side after the other")]
    once_a_day: Annotated[bool, Meta(description="true if once a day is enough")] = False
    sees: Annotated[
        dict[PlacementName, Seen], Meta(description='what a sensor there can follow, such as { thigh = "hold" }')
    ] = field(default_factory=dict)
    motion: (
        Annotated[
            MotionName, Meta(description=f"what the sensor may count or time of it: {', '.join(get_args(MotionName))}")
        ]
        | None
    ) = None
    leave_out: Annotated[
        tuple[Condition, ...], Meta(description=f"conditions that rule it out: {', '.join(Condition)}")
    ] = ()
    chair_when: Annotated[
        tuple[Condition, ...], Meta(description="conditions that rule it out unless a chair is at hand")
    ] = ()
    source: Annotated[str, Meta(min_length=3, description='where it comes from: a citation, or "my physiotherapist"')]

    def __post_init__(self) -> None:
        for key in ("repetitions", "hold_s", "sets"):
            span = getattr(self, key)
            if span is not None and span[0] > span[1]:
                raise WrongValueError(key, "must be two whole numbers, the smaller first")
        if self.repetitions is None and self.hold_s is None and self.sets is None:
            raise WrongValueError("", "has no numbers for its dose: give repetitions, hold_s or sets")

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


FACTS, WORDS = Exercise.__struct_fields__, ExerciseWords.__struct_fields__


class CatalogueError(MonitorError):
    """An exercise that cannot be used. ``line`` counts from 1; 0 where it is not known."""

    exit_code = 2

    def __init__(self, file: str, exercise: str, key: str, remedy: str, line: int = 0) -> None:
        self.file, self.exercise, self.key, self.remedy, self.line = file, exercise, key, remedy, line
        where = f" line {line}" if line else ""
        where += f" [{exercise}]" if exercise else ""
        super().__init__(f"{file}{where}{' ' + key if key else ''}: {remedy}")

    def at(self, line: int) -> CatalogueError:
        """The same, with its line."""
        return CatalogueError(self.file, self.exercise, self.key, self.remedy, line)


class Catalogue(Rules, frozen=True):
    """Every exercise that may be suggested, in the order of the files."""

    exercises: dict[str, Exercise]
    own_words: dict[str, dict[str, ExerciseWords]] = field(default_factory=dict)
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
    return Catalogue(exercises={name: check(Exercise, table) for name, table in tomllib.loads(text).items()})


def with_own(text: str, file: str, language: str, base: Catalogue) -> tuple[Catalogue, list[CatalogueError]]:
    """The catalogue with a user's own exercises (the text of their file), and what is wrong in it."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return base, [CatalogueError(file, "", "", f"not TOML: {error}; none of your own exercises is used")]
    exercises, own_words = dict(base.exercises), dict(base.own_words)
    complaints: list[CatalogueError] = []
    for exercise_id, table in tables.items():
        wrong = _unusable(exercise_id, table, file, exercises)
        found = None if wrong else _own_exercise(exercise_id, table, file, language, wrong)
        if found is not None:
            exercises[exercise_id], own_words[exercise_id] = found
        complaints += [error.at(_line_of(text, error.exercise, error.key)) for error in wrong]
    return Catalogue(exercises=exercises, own_words=own_words), complaints


def _unusable(exercise_id: str, table: Any, file: str, taken: Mapping[str, Exercise]) -> list[CatalogueError]:
    if not isinstance(table, dict):
        return [CatalogueError(file, "", exercise_id, "stands outside a table; begin an exercise with a line [its_id]")]
    if exercise_id in taken:
        remedy = f'is taken by the program; choose another id (no_go = ["{exercise_id}"] drops ours)'
        return [CatalogueError(file, exercise_id, "", remedy)]
    plain = exercise_id.isascii() and exercise_id.replace("_", "").isalnum() and exercise_id.islower()
    if not plain or len(exercise_id) > 40 or exercise_id in _RESERVED:
        remedy = "not an id; use up to 40 lower-case letters, digits and _"
        return [CatalogueError(file, exercise_id, "", remedy)]
    return []


def _own_exercise(
    exercise_id: str, table: dict[str, Any], file: str, language: str, wrong: list[CatalogueError]
) -> tuple[Exercise, dict[str, ExerciseWords]] | None:
    """Facts and words of one exercise; None where it cannot be used. What is wrong in it goes to ``wrong``.

    Wrong facts cost the exercise, wrong words the language they are in.
    """
    facts = {key: value for key, value in table.items() if key not in WORDS}
    here = {key: value for key, value in table.items() if key in WORDS}
    told = {code: facts.pop(code) for code in languages() if isinstance(facts.get(code), dict)}
    if here or not told:
        told[ANY] = here
    for code in [key for key, value in facts.items() if isinstance(value, dict) and key not in FACTS]:
        del facts[code]
        remedy = f"not a language of the program, which has {', '.join(languages())}; these words are not shown"
        wrong.append(CatalogueError(file, exercise_id, code, remedy))
    exercise = _checked(Exercise, facts, file, exercise_id, "", wrong)
    read = {
        code: _checked(ExerciseWords, words_here, file, exercise_id, f"{code}." if code else "", wrong)
        for code, words_here in told.items()
    }
    usable = {code: found for code, found in read.items() if found is not None}
    if exercise is None or not usable:
        return None
    if language not in told and ANY not in told:
        remedy = f"has no words in {language}; add a table [{exercise_id}.{language}]. Another language is shown."
        wrong.append(CatalogueError(file, exercise_id, "", remedy))
    return exercise, usable


def _checked(
    model: type[Model], table: Mapping[str, Any], file: str, exercise_id: str, prefix: str, wrong: list[CatalogueError]
) -> Model | None:
    """The table as this model; None where that cannot be, with every complaint, and what to write instead."""
    try:
        return check(model, table)
    except FaultsError as error:
        for fault in error.faults:
            key = f"{prefix}{dotted(fault.place)}" if fault.place else ""
            wrong.append(CatalogueError(file, exercise_id, key, _remedy(model, fault)))
    return None


def _remedy(model: type[Rules], fault: Fault) -> str:
    if fault.sort == "unknown":
        return f"unknown; known are {', '.join([*FACTS, *WORDS])}"
    wanted = keys(model)[str(fault.place[0])].description if fault.place else ""
    return f"{fault.problem}; give {wanted}" if wanted else fault.problem


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
