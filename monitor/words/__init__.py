"""Every sentence that a wearer reads, one file a language; chosen by ``coach.language``.

They invite, never order or shame; there is always an easier way and a later time; no promise of treatment or
prevention, no word on health or "correct form". A new language is a file here; what it does not say is said in English.
"""

from __future__ import annotations

import logging
import tomllib
from functools import cache
from importlib import resources
from typing import Literal

from pydantic import BaseModel, Field, ValidationError, field_validator

from monitor.words.filling import filled, put_english
from monitor.words.page import Page
from monitor.words.report import ReportPage

_log = logging.getLogger(__name__)

MESSAGE_MAX = 199
"""Characters of a call: what a watch or a locked phone still shows whole."""
DEFAULT = "en"

SeenAs = Literal["seated", "lying", "load"]

Counted = tuple[str, str]
"""A noun for one and for several, each with its ``{}``."""


class ExerciseWords(BaseModel, frozen=True, extra="forbid"):
    """One exercise, as a language tells it."""

    title: str = Field(min_length=3, max_length=40, description='its name, such as "Lunge stretch"')
    invite: str = Field(min_length=3, max_length=60, description='the offer in words: "10 knee lifts on each side"')
    how: str = Field(min_length=10, max_length=240, description="one or two inviting sentences on how it is done")
    dose: str = Field(min_length=3, max_length=60, description='how much, such as "10-12 per side"')
    easier: str = Field(min_length=3, max_length=70, description="an easier way to do it")
    harder: str = Field("", max_length=70, description="a harder way, if there is one")
    why: str = Field(min_length=10, max_length=180, description="one sentence on why it fits after sitting")
    works: tuple[str, ...] = Field(min_length=1, description="the muscles or abilities it works")

    @field_validator("*")
    @classmethod
    def _is_text(cls, value: str | tuple[str, ...]) -> str | tuple[str, ...]:
        # It goes to terminals and phones: a shared file must not steer those
        if not "".join(value).replace("\n", "").isprintable():
            raise ValueError("has characters that cannot be printed; write plain text")
        return value


class Units(BaseModel, frozen=True, extra="forbid"):
    """Lengths of time."""

    second: Counted
    minute: Counted
    hour: Counted


class Call(BaseModel, frozen=True, extra="forbid"):
    """What a call says."""

    seated: str
    lying: str
    load: str
    """Said in the place of these where sitting is counted as a load."""
    standing: str
    easier: str
    later: str
    clears: str
    seated_offer: str
    """For those who cannot stand: a seated goal, never a call to get up."""
    hold_on: str
    left_first: str
    right_first: str
    stand_still: str
    test_title: str
    test_message: str


class Safety(BaseModel, frozen=True, extra="forbid"):
    """Said wherever an exercise is shown at length, and once after "this hurts"; the program never diagnoses."""

    while_moving: str
    professional: str
    hurts: str
    hurts_off: str
    hurts_reset: str


class Why(BaseModel, frozen=True, extra="forbid"):
    """Answers to "why did you call", "why are you silent"."""

    no_data: str
    stale: str
    no_bout: str
    seated: str
    called: str
    besides: str
    rested: str
    due: str
    due_silent: str
    next_call: str
    waiting: str
    not_due: str
    lately: str
    nothing_yet: str
    nothing_kept: str
    no_time_of_day: str
    at: str


class Noted(BaseModel, frozen=True, extra="forbid"):
    """What the coach notes of its decisions."""

    called: str
    silent: str
    cleared: str
    standing: str
    you_said: str
    reasons: dict[str, str]
    """By why the call is made now."""
    over: dict[str, str]
    """By what an alert is over."""


class Refused(BaseModel, frozen=True, extra="forbid"):
    """Why a command cannot be obeyed, and what would be."""

    given: str
    nothing: str
    command: str
    minutes: str
    on_off: str
    pressed: str
    unknown_alert: str
    too_late: str
    nothing_to_skip: str
    profile: str
    exercise: str
    time: str
    too_long: str
    not_text: str
    not_printable: str
    not_json: str
    unknown_key: str
    json_values: str
    not_a_number: str


class Ready(BaseModel, frozen=True, extra="forbid"):
    """The readiness check."""

    intro: str
    kept: str
    forgotten: str
    conditions: dict[str, str]


class Listing(BaseModel, frozen=True, extra="forbid"):
    """The list of exercises: what a sensor sees of each, and why some are not suggested."""

    exercise: str
    dose: str
    at: str
    suggested: str
    yes: str
    sights: dict[str, str]
    unwanted: str
    listed: str
    hurts: str
    silent: str
    floor: str
    ready: str
    place: str
    time: str
    condition: str
    chair: str


class Learned(BaseModel, frozen=True, extra="forbid"):
    """What was learned of a wearer, told to them."""

    nothing: str
    summary: str
    better: str
    no_difference: str
    off: str
    questions: dict[str, str]
    answers: dict[str, str]


class Trial(BaseModel, frozen=True, extra="forbid"):
    """What the wearer's own trial has shown."""

    none: str
    counted: str
    too_few: str
    effect: str
    no_effect: str
    caution: str


class News(BaseModel, frozen=True, extra="forbid"):
    """One sentence for clients that can only show text."""

    break_taken: str
    snoozed: str
    day_so_far: str
    breaks: Counted


class Ways(BaseModel, frozen=True, extra="forbid"):
    """What became of a call on each of its ways."""

    told: str
    none: str
    wearable: str
    mqtt: str
    accepted: str
    seen: str
    taken_back: str
    trying: str
    failed: str
    refused: str
    held: str
    waits: str
    http: str
    reasons: dict[str, str]


class Progress(BaseModel, frozen=True, extra="forbid"):
    """How far an exercise is, and what was seen of it: on motion alone, never on health or form."""

    expected: str
    counted: str
    counted_here: str
    other_side: str
    held: str
    seen_repetitions: str
    seen_here: str
    seen_hold: str
    seen_posture: str
    seen_timed: str


class Words(BaseModel, frozen=True, extra="forbid"):
    """All that is said in one language; ``{...}`` are filled in."""

    language: str
    units: Units
    titles: dict[str, str]
    """By why the call is made now."""
    call: Call
    safety: Safety
    silences: dict[str, str]
    """Why the coach keeps silent, by the reason of ``AlertWithheld``; completes "Silent because"."""
    recipes: dict[str, str]
    """What the invitation offers where it offers no exercise."""
    why: Why
    noted: Noted
    refused: Refused
    cleared: dict[str, str]
    """By what an alert is over."""
    standing: dict[str, str]
    """How things stand, by the state of the alert."""
    news: News
    ways: Ways
    page: Page
    report: ReportPage
    progress: Progress
    ready: Ready
    listing: Listing
    learned: Learned
    trial: Trial
    exercises: dict[str, ExerciseWords]

    def exercise_seen(self, title: str, seen: str, repetitions: int, hold_s: float, sides: bool) -> str:
        """What was seen of an exercise."""
        told = self.progress
        counted = told.seen_here if sides else told.seen_repetitions
        patterns = {"repetitions": counted, "hold": told.seen_hold, "posture": told.seen_posture}
        pattern = patterns.get(seen, told.seen_timed)
        return pattern.format(title=title, count=repetitions, length=self.duration(hold_s))

    def day_so_far(self, until: str, sedentary_min: float, longest_min: float, breaks: int) -> str:
        """The day's account up to a time of day."""
        sat, longest = self.duration(60.0 * sedentary_min), self.duration(60.0 * longest_min)
        counted = _counted(breaks, self.news.breaks)
        return self.news.day_so_far.format(until=until, sat=sat, longest=longest, breaks=counted)

    def duration(self, duration_s: float) -> str:
        """A length of time: ``45 seconds``, ``1 minute``, ``30 minutes``, ``1 hour 35 minutes``."""
        if duration_s < 59.5:
            return _counted(round(duration_s), self.units.second)
        hours, minutes = divmod(round(duration_s / 60), 60)
        if hours == 0 or (hours == 1 and minutes < 30):
            return _counted(60 * hours + minutes, self.units.minute)
        told = _counted(hours, self.units.hour)
        return f"{told} {_counted(minutes, self.units.minute)}" if minutes else told

    def message(self, seen_as: SeenAs, sedentary_s: float, offer: str, easier: str) -> str:
        """The call itself, under 200 characters: what was seen, an offer, an easier way, a later time."""
        seen: str = getattr(self.call, seen_as)
        invitation = seen.format(duration=self.duration(sedentary_s), offer=offer)
        easier_way = self.call.easier.format(easier=easier) if easier else ""
        for ending in (easier_way + self.call.later, self.call.later):
            if len(invitation + ending) <= MESSAGE_MAX:
                return invitation + ending
        return invitation[:MESSAGE_MAX]


def _counted(number: int, nouns: Counted) -> str:
    return nouns[number != 1].format(number)


@cache
def languages() -> tuple[str, ...]:
    """The languages there are, by their codes; English first."""
    names = [entry.name for entry in resources.files(__name__).iterdir() if entry.name.endswith(".toml")]
    return tuple(sorted((name.removesuffix(".toml") for name in names), key=lambda code: (code != DEFAULT, code)))


@cache
def words(language: str = DEFAULT) -> Words:
    """Everything said in one of ``languages()``; what is wrong in its file is logged, and English there."""
    english, file = _text_of(DEFAULT), f"words/{language}.toml"
    if language == DEFAULT:
        return Words.model_validate(tomllib.loads(english))
    told, complaints = read_words(_text_of(language), english, file)
    for complaint in complaints:
        _log.warning("%s", complaint)
    return told


def read_words(text: str, english: str, file: str) -> tuple[Words, list[str]]:
    """A language from the text of its file, with English where that says nothing that fits, and the complaints."""
    meant = tomllib.loads(english)
    try:
        table, complaints = filled(tomllib.loads(text), meant, file)
    except tomllib.TOMLDecodeError as error:
        return Words.model_validate(meant), [f"{file}: not TOML: {error}; English is shown until it is mended"]
    try:
        return Words.model_validate(table), complaints
    except ValidationError as error:
        places = {error["loc"][:3]: error["msg"] for error in error.errors()}
    complaints += [put_english(table, meant, place, said, file) for place, said in places.items()]
    return Words.model_validate(table), complaints


def _text_of(language: str) -> str:
    return resources.files(__name__).joinpath(f"{language}.toml").read_text(encoding="utf-8")
