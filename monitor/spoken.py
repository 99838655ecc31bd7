"""Sentences of the doors (``setup``, the commands' help and answers): a folder of ``words`` each, one file a language.

Apart from ``monitor.words``, whose models every start of the program would have to build only to print a help page.
What stands in English in the code (findings, faults, headings) is said in another language by ``Phrases``: English is
the key, as gettext has it, so that logs, JSON and bug reports stay English whoever reads the screen.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

DEFAULT = "en"
ASKED_FIRST = ("LC_ALL", "LC_MESSAGES", "LANG")
"""In this order, as POSIX has it (The Open Group Base Specifications, 8.2)."""
_JOINT = re.compile(r"(; |: |, )")
"""Where a message is put together from parts."""
_BRACKETED = r"(?:(?!\): ).)+?"
"""What stands in brackets ends with them: the next part may have brackets of its own."""
_HOLE = re.compile(r"\{(\w*)\}")


@cache
def languages() -> tuple[str, ...]:
    """The languages that setup speaks: those of ``monitor.words``."""
    files = resources.files("monitor").joinpath("words", "setup").iterdir()
    return tuple(file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml"))


@cache
def sentences(part: str, language: str) -> dict[str, str]:
    """Every sentence of one part (a folder beside this file) in one language, by its dotted key."""
    text = resources.files("monitor").joinpath("words", part, f"{language}.toml").read_text(encoding="utf-8")
    return dict(flat(tomllib.loads(text)))


def flat(values: Mapping[str, Any], prefix: str = "") -> Iterator[tuple[str, str]]:
    """Every text of nested tables and lists, by its dotted key."""
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from flat(value, f"{prefix}{key}.")
        elif isinstance(value, list | tuple):
            yield from flat({str(number): text for number, text in enumerate(value)}, f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", str(value)


def language_of(environment: Mapping[str, str]) -> str:
    """The language that the user's system speaks, where we speak it too; else English."""
    said = next((environment[name] for name in ASKED_FIRST if environment.get(name)), "")
    code = said.replace("-", "_").split("_")[0].split(".")[0].casefold()
    return code if code in languages() else DEFAULT


def chosen_language(config: Path | None, environment: Mapping[str, str]) -> str:
    """The language of the settings where they name one, else that of the user's system.

    It is asked for before anything else is read, and so a settings file that is wrong is no error here.
    """
    said = environment.get("SITBREAK_COACH__LANGUAGE")
    if not said and config is not None:
        try:
            said = tomllib.loads(config.read_text(encoding="utf-8-sig"))["coach"]["language"]
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError):
            said = None
    return said if isinstance(said, str) and said in languages() else language_of(environment)


class Phrases:
    """What stands in English in the code, in another language; what it does not know stays as it is.

    A sentence is known whole, or by a pattern: ``{folder} can be written`` keeps what stands for the folder, which is
    looked up in turn. One that is put together from others (``problem: remedy``) is said part by part.
    """

    def __init__(self, table: Mapping[str, str]) -> None:
        self._whole = {english: said for english, said in table.items() if not _HOLE.search(english)}
        # The pattern with the most words of its own first: it is the one that was meant
        patterns = sorted(table.keys() - self._whole.keys(), key=lambda english: -len(_HOLE.sub("", english)))
        self._patterns = [(_expression(english), table[english]) for english in patterns]

    def __call__(self, text: str) -> str:
        """The text in this language."""
        if not (text and (self._whole or self._patterns)):
            return text
        known = self._known(text)
        return self._part_by_part(_JOINT.split(text)) if known is None else known

    def _known(self, text: str) -> str | None:
        if text in self._whole:
            return self._whole[text]
        for expression, said in self._patterns:
            if found := expression.fullmatch(text):
                return said.format(**{name: self(value) for name, value in found.groupdict().items()})
        return None

    def _part_by_part(self, parts: list[str]) -> str:
        """Parts and the joints between them, as much at once as is known."""
        for end in range(len(parts), 0, -2):
            known = self._known("".join(parts[:end]))
            if known is not None or end == 1:
                break
        first, rest = parts[0] if known is None else known, parts[end:]
        return first + rest[0] + self._part_by_part(rest[1:]) if rest else first


def _expression(english: str) -> re.Pattern[str]:
    """A pattern's text as an expression, with a group for each of its holes."""
    parts = _HOLE.split(english)
    expression = re.escape(parts[0])
    for before, name, after in zip(parts[::2], parts[1::2], parts[2::2], strict=False):
        hole = _BRACKETED if before.endswith("(") else ".+?"
        expression += f"(?P<{name}>{hole}){re.escape(after)}"
    return re.compile(expression, re.DOTALL)


@cache
def phrases(language: str, *parts: str) -> Phrases:
    """What these parts (folders beside this file) say in a language; in English everything stays as it is."""
    if language == DEFAULT:
        return Phrases({})
    return Phrases({key: text for part in parts for key, text in sentences(part, language).items()})
