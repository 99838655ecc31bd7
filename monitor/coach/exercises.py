"""What to suggest: one exercise that fits the place, the body, the sensor and what was suggested before.

Deterministic: the same rules, seed and history choose the same exercise. The memory is plain data.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Annotated

from msgspec import Meta

from monitor.civil import day_of
from monitor.coach.catalogue import Catalogue, CatalogueError, Condition, Exercise, Place, load_catalogue
from monitor.events import Suggestion
from monitor.rules import Rules
from monitor.words import DEFAULT, words

DAY_S = 86400.0
BEST_SEEN = ("repetitions", "hold", "posture", "timed")
"""What a sensor can see of an exercise, the best first."""


class ExerciseRules(Rules, frozen=True):
    """What may be suggested."""

    enabled: Annotated[bool, Meta(description="Suggest an exercise with a call; false only invites to get up.")] = True
    place: Annotated[Place, Meta(description='Where you are when you sit: "desk" or "home".')] = "desk"
    floor_allowed: Annotated[bool, Meta(description="Exercises that need a mat or lying down may be suggested.")] = (
        False
    )
    time_min: Annotated[
        float,
        Meta(ge=0, le=60, description="Time at hand in a break, in minutes; longer exercises are left out; 0 = any."),
    ] = 0.0
    no_go: Annotated[
        tuple[str, ...], Meta(description='Exercises never to suggest, by id, such as ["lunge_stretch"].')
    ] = ()
    conditions: Annotated[
        tuple[Condition, ...],
        Meta(description=f"What applies to you, so that unfit exercises are left out: any of {', '.join(Condition)}."),
    ] = ()
    file: Annotated[
        str,
        Meta(
            description="Your own exercises, a TOML file; empty takes exercises.toml beside the settings, if"
            " it is there."
        ),
    ] = ""
    image_url: Annotated[
        str,
        Meta(
            pattern=r"^\Z|^https?://\S*\{id\}\S*\Z",
            description="Where a phone or dashboard finds the pictures that `sitbreak exercises --svg FOLDER` writes,"
            ' with {id} in the place of the exercise: "http://homeassistant.local:8123/local/sitbreak/{id}.svg".',
        ),
    ] = ""
    with_chair: Annotated[
        bool, Meta(description="A stable chair to hold on to is at hand; it is then named where balance matters.")
    ] = False


@dataclass
class Suggester:
    """Chooses an exercise and remembers what it has chosen."""

    rules: ExerciseRules = field(default_factory=ExerciseRules)
    catalogue: Catalogue = field(default_factory=load_catalogue)
    placement: str = "thigh"
    seed: int = 0
    time_zone: str = ""
    language: str = DEFAULT
    ready: bool = True
    """The wearer has said what to leave out; until then nothing on the floor is suggested."""
    suggested_s: dict[str, float] = field(default_factory=dict)
    """When each exercise was last suggested."""
    done_s: dict[str, float] = field(default_factory=dict)
    """When the sensor last saw each exercise."""
    counts: dict[str, int] = field(default_factory=dict)
    last_kind: str = ""

    def __post_init__(self) -> None:
        for exercise_id in self.rules.no_go:
            if exercise_id not in self.catalogue.exercises:
                known = ", ".join(self.catalogue.exercises)
                raise CatalogueError("settings", "exercises", "no_go", f'"{exercise_id}": not an exercise; use {known}')

    def take_rules_of(self, other: Suggester) -> None:
        """Go on with the same memory under another's settings."""
        self.rules, self.catalogue, self.placement = other.rules, other.catalogue, other.placement
        self.seed, self.time_zone, self.language = other.seed, other.time_zone, other.language
        self.ready = other.ready

    @property
    def latest(self) -> str:
        """The exercise that was suggested last; "" where none was."""
        return max(self.suggested_s, key=self.suggested_s.__getitem__, default="")

    def suggest(
        self, now_s: float, kinds: tuple[str, ...], hurts: list[str], keep: str = "", liked_kind: str = ""
    ) -> Suggestion | None:
        """One exercise to go with a call, remembered; ``keep`` (of the call before) is preferred while it fits."""
        exercise_id = self.choose(now_s, kinds, hurts, keep, liked_kind)
        if exercise_id is None:
            return None
        if exercise_id != keep:
            self.counts[exercise_id] = self.counts.get(exercise_id, 0) + 1
            self.last_kind = self.catalogue.exercises[exercise_id].kind
            self.suggested_s[exercise_id] = now_s
        return self.describe(exercise_id, self.counts.get(exercise_id, 1))

    def sample(self, now_s: float, kinds: tuple[str, ...], hurts: list[str]) -> Suggestion | None:
        """What would be suggested now, without remembering it."""
        exercise_id = self.choose(now_s, kinds, hurts)
        return self.describe(exercise_id, self.counts.get(exercise_id, 0) + 1) if exercise_id else None

    def choose(
        self, now_s: float, kinds: tuple[str, ...], hurts: list[str], keep: str = "", liked_kind: str = ""
    ) -> str | None:
        """The id that fits best, of the kind that is liked if there is one; None where nothing fits."""
        fitting = [name for name in self.catalogue.exercises if self.silence(name, kinds, hurts) == ""]
        if keep in fitting:
            return keep
        fitting = [name for name in fitting if not self._had_today(name, now_s)]
        liked = [name for name in fitting if self.catalogue.exercises[name].kind == liked_kind]
        return min(liked or fitting, key=self._rank, default=None)

    def silence(self, exercise_id: str, kinds: tuple[str, ...], hurts: list[str]) -> str:
        """Why an exercise is not suggested, in the wearer's language; "" where it may be."""
        exercise, rules, said = self.catalogue.exercises[exercise_id], self.rules, words(self.language).listing
        if not rules.enabled or exercise.kind not in kinds:
            return said.unwanted
        if exercise_id in hurts:
            return said.hurts
        if exercise_id in rules.no_go:
            return said.listed
        if unfit := self._unfit(exercise):  # before what can be allowed: that would not help
            return unfit
        if exercise.needs_floor and not rules.floor_allowed:
            return said.floor
        if exercise.needs_floor and not self.ready:
            return said.ready
        if rules.place not in exercise.places and not exercise.needs_floor:
            return said.place.format(place=rules.place)
        if rules.time_min and exercise.least_s > 60 * rules.time_min:
            return said.time.format(minutes=f"{exercise.least_s / 60:.0f}", most=f"{rules.time_min:g}")
        return ""

    def _unfit(self, exercise: Exercise) -> str:
        said = words(self.language).listing
        for condition in self.rules.conditions:
            if condition in exercise.leave_out:
                return said.condition.format(condition=condition)
            if condition in exercise.chair_when and not self.rules.with_chair:
                return said.chair.format(condition=condition)
        return ""

    def _had_today(self, exercise_id: str, now_s: float) -> bool:
        if not self.catalogue.exercises[exercise_id].once_a_day:
            return False
        last_s = self._last_s(exercise_id)
        if last_s is None:
            return False
        today = day_of(now_s, self.time_zone)
        return day_of(last_s, self.time_zone) == today if today else now_s - last_s < DAY_S

    def _last_s(self, exercise_id: str) -> float | None:
        times = [memory[exercise_id] for memory in (self.suggested_s, self.done_s) if exercise_id in memory]
        return max(times, default=None)

    def _rank(self, exercise_id: str) -> tuple[bool, bool, float, int, bytes]:
        """Smaller is better: the other kind, the longest not had, what the sensor sees best, then a lot by seed."""
        exercise, last_s = self.catalogue.exercises[exercise_id], self._last_s(exercise_id)
        sight = BEST_SEEN.index(exercise.verifiable(self.placement))
        lot = hashlib.sha256(f"{self.seed}\x1f{exercise_id}".encode()).digest()
        return exercise.kind == self.last_kind, last_s is not None, last_s or 0.0, sight, lot

    def describe(self, exercise_id: str, count: int) -> Suggestion:
        """The words for its ``count``-th suggestion (from 1); the first side alternates."""
        exercise, told = self.catalogue.exercises[exercise_id], self.catalogue.words_of(exercise_id, self.language)
        call = words(self.language).call
        held = exercise.chair_when and self.rules.with_chair and set(exercise.chair_when) & set(self.rules.conditions)
        return Suggestion(
            exercise_id=exercise_id,
            title=told.title,
            dose=told.dose,
            how=f"{told.how} {call.hold_on}" if held else told.how,
            side=(call.left_first, call.right_first)[(count - 1 + self.seed) % 2] if exercise.sides else "",
            easier=told.easier,
            why=told.why,
            verifiable=exercise.verifiable(self.placement),
            image=self.rules.image_url.replace("{id}", exercise_id),
        )
