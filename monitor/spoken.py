"""Sentences of the doors (``setup``, the commands' help): a folder of ``words`` each, one file a language.

Apart from ``monitor.words``, whose models every start of the program would have to build only to print a help page.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any

DEFAULT = "en"
ASKED_FIRST = ("LC_ALL", "LC_MESSAGES", "LANG")
"""In this order, as POSIX has it (The Open Group Base Specifications, 8.2)."""


@cache
def languages() -> tuple[str, ...]:
    """The languages that setup speaks: those of ``monitor.words``."""
    files = resources.files("monitor").joinpath("words", "setup").iterdir()
    return tuple(file.name.removesuffix(".toml") for file in files if file.name.endswith(".toml"))


@cache
def sentences(part: str, language: str) -> dict[str, str]:
    """Every sentence of one part (a folder beside this file) in one language, by its dotted key."""
    text = resources.files("monitor").joinpath("words", part, f"{language}.toml").read_text(encoding="utf-8")
    return dict(_flat(tomllib.loads(text), ""))


def _flat(values: Mapping[str, Any], prefix: str) -> Iterator[tuple[str, str]]:
    for key, value in values.items():
        if isinstance(value, Mapping):
            yield from _flat(value, f"{prefix}{key}.")
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
            said = tomllib.loads(config.read_text(encoding="utf-8"))["coach"]["language"]
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, KeyError, TypeError):
            said = None
    return said if isinstance(said, str) and said in languages() else language_of(environment)
