"""A language that leaves something out or says it wrong: English stands in for that sentence, and it is said."""

from __future__ import annotations

from collections.abc import Sequence
from string import Formatter
from typing import Any

OPTIONAL = frozenset({"harder"})
"""What a language may leave out though English says it."""
_REMEDY = "English is shown until it is mended"


def filled(table: Any, english: Any, file: str, path: str = "") -> tuple[Any, list[str]]:
    """The table with English in every place where it has no text that fits, and a complaint for each."""
    if isinstance(english, dict):
        return _filled_table(table if isinstance(table, dict) else {}, english, file, path)
    wrong = _wrong(table, english)
    return (english, [f"{file} {path}: {wrong}; {_REMEDY}"]) if wrong else (table, [])


def put_english(table: Any, english: Any, place: Sequence[int | str], said: str, file: str) -> str:
    """Put English where the text of a table does not fit for a reason told by ``said``; returns the complaint."""
    for key in place[:-1]:
        table, english = table[key], english[key]
    table[place[-1]] = english[place[-1]]
    return f"{file} {'.'.join(map(str, place))}: {said}; {_REMEDY}"


def _filled_table(table: dict[str, Any], english: dict[str, Any], file: str, path: str) -> tuple[Any, list[str]]:
    complaints = [f"{file} {path}{key}: unknown; take it out" for key in table if key not in english]
    whole: dict[str, Any] = {}
    for key, meant in english.items():
        if key in table or key not in OPTIONAL:
            below = f"{path}{key}" if not isinstance(meant, dict) else f"{path}{key}."
            whole[key], more = filled(table.get(key), meant, file, below)
            complaints += more
    return whole, complaints


def _wrong(text: Any, english: Any) -> str:
    """What is wrong with a text that stands for this English one; "" where nothing is."""
    if text is None:
        return "missing"
    if isinstance(english, list):
        if not (isinstance(text, list) and text and all(isinstance(each, str) for each in text)):
            return "must be a list of texts"
    elif not isinstance(text, str) or not text.strip():
        return "must be a text"
    try:
        names, wanted = _names(text), _names(english)
    except ValueError:
        return "has a { or } too many"
    strange = names - wanted
    return f"{{{min(strange)}}} is not filled in; known are {', '.join(sorted(wanted)) or 'none'}" if strange else ""


def _names(text: str | list[str]) -> set[str]:
    """Of what is filled in, in a text or in any of a list."""
    texts = [text] if isinstance(text, str) else text
    return {name for each in texts for _, name, _, _ in Formatter().parse(each) if name is not None}
