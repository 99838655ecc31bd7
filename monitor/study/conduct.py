"""A study from beginning to end: what is finished is left, the rest is done, all is joined."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitor.study.one import Part, Work, examine, failed
from monitor.study.parts import Parts
from monitor.study.recordings import Found
from monitor.study.spreading import spread

Progress = Callable[[Found, Part], None]
"""Hears of every recording when it is done."""


@dataclass(frozen=True, slots=True)
class Study:
    """What was done."""

    tables: list[Path]
    already: int
    """Recordings that an earlier run had finished."""
    errors: dict[str, str]
    """By the name of the recording: why it is not in the tables."""


def conduct(
    found: Sequence[Found],
    settings: dict[str, Any],
    out: Path,
    workers: int,
    scheduler: str = "",
    begun: Callable[[int, int], None] = lambda already, all_: None,
    progress: Progress = lambda found, part: None,
) -> Study:
    """Examine all recordings that are not finished, and write the tables. ``settings`` as ``chosen`` gives them."""
    parts = Parts(out)
    works = [Work(str(each.path), each.wearer, settings) for each in found]
    places = [parts.place(work) for work in works]
    to_do = [number for number, place in enumerate(places) if not parts.finished(place)]
    begun(len(found) - len(to_do), len(found))
    failures: dict[int, Part] = {}
    for turn, came in spread(examine, [works[number] for number in to_do], workers, scheduler) if to_do else ():
        number = to_do[turn]
        part = came if isinstance(came, Part) else failed(works[number], _bug(came))
        if part.error:
            failures[number] = part  # not kept: a later run tries it again
        else:
            parts.keep(places[number], part)
        progress(found[number], part)
    tables = parts.join([(each, failures.get(number, places[number])) for number, each in enumerate(found)])
    return Study(
        tables, len(found) - len(to_do), {found[number].name: failures[number].error for number in sorted(failures)}
    )


def _bug(error: Exception) -> str:
    text = str(error).splitlines()
    return f"{type(error).__name__}: {text[0][:300] if text else 'no more is known'}"
