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

from monitor.rules import FaultsError, Rules, check
from monitor.words.filling import filled, put_english
from monitor.words.page import Page
from monitor.words.report import ReportPage
from monitor.words.sections import (
    Call,
    Counted,
    ExerciseWords,
    Learned,
    Listing,
    News,
    Noted,
    Progress,
    Ready,
    Refused,
    Safety,
    Trial,
    Units,
    Ways,
    Why,
)

__all__ = [
    "DEFAULT",
    "MESSAGE_MAX",
    "ExerciseWords",
    "Refused",
    "SeenAs",
    "Why",
    "Words",
    "code_of",
    "languages",
    "read_words",
    "words",
]

_log = logging.getLogger(__name__)

MESSAGE_MAX = 199
"""Characters of a call: what a watch or a locked phone still shows whole."""
DEFAULT = "en"

SeenAs = Literal["seated", "lying", "load"]


class Words(Rules, frozen=True):
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
        return check(Words, tomllib.loads(english))
    told, complaints = read_words(_text_of(language), english, file)
    for complaint in complaints:
        _log.warning("%s", complaint)
    return told


def code_of(said: Words) -> str:
    """The code of a language, for screen readers."""
    return next(code for code in languages() if words(code).language == said.language)


def read_words(text: str, english: str, file: str) -> tuple[Words, list[str]]:
    """A language from the text of its file, with English where that says nothing that fits, and the complaints."""
    meant = tomllib.loads(english)
    try:
        table, complaints = filled(tomllib.loads(text), meant, file)
    except tomllib.TOMLDecodeError as error:
        return check(Words, meant), [f"{file}: not TOML: {error}; English is shown until it is mended"]
    try:
        return check(Words, table), complaints
    except FaultsError as error:
        places = {fault.place[:3]: fault.problem for fault in error.faults}
    complaints += [put_english(table, meant, place, said, file) for place, said in places.items()]
    return check(Words, table), complaints


def _text_of(language: str) -> str:
    return resources.files(__name__).joinpath(f"{language}.toml").read_text(encoding="utf-8")
