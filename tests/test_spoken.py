"""The doors in every language: what setup says, and the help of the commands."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from string import Formatter
from typing import Any

import pytest
import typer.main

from monitor import spoken
from monitor.cli import app
from monitor.cli.translation import PANELS, USAGE, commands_below, spoken_here
from monitor.spoken import chosen_language, language_of, sentences
from monitor.words import DEFAULT, languages

ROOT = Path(__file__).parent.parent
OTHERS = pytest.mark.parametrize("language", [code for code in languages() if code != DEFAULT])
DAILY = (
    *("setup", "run", "demo", "scan", "report", "export", "erase", "why", "ready", "exercises", "placements"),
    *("what-if", "coach", "config", "doctor"),
)


def filled_in(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_setup_speaks_every_language_that_the_wearer_is_spoken_to_in() -> None:
    assert set(spoken.languages()) == set(languages())
    assert spoken.DEFAULT == DEFAULT


@OTHERS
def test_setup_says_the_same_in_every_language(language: str) -> None:
    ours, english = sentences("setup", language), sentences("setup", DEFAULT)
    assert set(ours) == set(english)
    for key, text in english.items():
        assert filled_in(ours[key]) == filled_in(text), key
        assert (ours[key] == text) <= (key in ("wearable.signal", "answer.skip")), key


def keys_in_the_code() -> Iterator[str]:
    """Every sentence that the steps name, as a pattern where a part of it is only known when it runs."""
    for path in (ROOT / "monitor" / "first_run").glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                yield re.escape(node.value)
            elif isinstance(node, ast.JoinedStr):
                parts = (re.escape(p.value) if isinstance(p, ast.Constant) else r"[\w.]+" for p in node.values)
                yield "".join(map(str, parts))


def test_every_sentence_of_setup_is_said_somewhere() -> None:
    patterns = [re.compile(pattern) for pattern in keys_in_the_code()]
    for key in sentences("setup", DEFAULT):
        if re.fullmatch(r"placement\.\w+\.(name|wear|knows)", key):
            continue
        assert any(pattern.fullmatch(key) for pattern in patterns), key


def helps(command: Any) -> Iterator[str]:
    """Every text of a command's help page and of those below it."""
    for each in commands_below(command):
        yield each.help
        for parameter in each.params:
            for said in (getattr(parameter, "help", None), getattr(parameter, "show_default", None)):
                if isinstance(said, str):
                    yield said


@OTHERS
@pytest.mark.parametrize("name", DAILY)
def test_no_daily_command_has_a_help_without_translation(name: str, language: str) -> None:
    command = typer.main.get_command(app).commands[name]  # type: ignore[attr-defined]
    assert [text for text in helps(command) if text not in sentences("help", language)] == []


@OTHERS
def test_no_translation_is_left_of_a_help_that_is_gone(language: str) -> None:
    written = {*helps(typer.main.get_command(app)), *PANELS.values(), USAGE, "Show this message and exit."}
    assert set(sentences("help", language)) - written == set()


@OTHERS
def test_the_words_of_the_help_page_itself_are_translated(language: str) -> None:
    assert {*PANELS.values(), USAGE, "Show this message and exit."} <= set(sentences("help", language))


# --- which language -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "en"),
        ({"LANG": "C.UTF-8"}, "en"),
        ({"LANG": "de_AT.UTF-8"}, "de"),
        ({"LANG": "de"}, "de"),
        ({"LANG": "fr_FR.UTF-8"}, "en"),
        ({"LANG": "en_GB.UTF-8", "LC_ALL": "de_DE.UTF-8"}, "de"),
        ({"LANG": "de_DE.UTF-8", "LC_MESSAGES": "en_US"}, "en"),
        ({"LANG": "de_DE.UTF-8", "LC_ALL": ""}, "de"),
    ],
)
def test_the_language_of_the_system_is_read_as_posix_has_it(environment: dict[str, str], language: str) -> None:
    assert language_of(environment) == language


def test_the_settings_win_over_the_system(tmp_path: Path) -> None:
    config, german = tmp_path / "sitbreak.toml", {"LANG": "de_DE.UTF-8"}
    config.write_text('[coach]\nlanguage = "en"\n')
    assert chosen_language(config, german) == "en"
    assert chosen_language(config, {"SITBREAK_COACH__LANGUAGE": "de"}) == "de"
    for wrong in ('[coach]\nlanguage = "xx"\n', "coach = 1\n", "not toml", "[web]\n"):
        config.write_text(wrong)
        assert chosen_language(config, german) == "de"
    assert chosen_language(tmp_path / "none.toml", {}) == "en"


@pytest.mark.parametrize("arguments", [["-c", "FILE", "why"], ["why", "--config", "FILE"], ["why", "--config=FILE"]])
def test_the_settings_are_those_of_the_command_line(
    arguments: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("LC_ALL", "LC_MESSAGES", "LANG", "SITBREAK_CONFIG", "SITBREAK_COACH__LANGUAGE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    path = tmp_path / "mine.toml"
    path.write_text('[coach]\nlanguage = "de"\n')
    assert spoken_here([word.replace("FILE", str(path)) for word in arguments]) == "de"
    assert spoken_here([]) == spoken_here(["why", "--config"]) == "en"


@pytest.mark.parametrize(("language", "words"), [("de_DE.UTF-8", "Aufruf:"), ("C", "Usage:")])
def test_help_speaks_the_language_of_the_system(language: str, words: str, tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_CONFIG_HOME": str(tmp_path), "LC_ALL": language, "COLUMNS": "200"}
    for arguments in (["--help"], ["why", "-h"], []):
        command = [sys.executable, "-m", "monitor", *arguments]
        done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)
        assert words in done.stdout, done.stderr
        assert "-h" in done.stdout


# --- English in the code ---------------------------------------------------------------------------------------

SAY = spoken.Phrases(
    {
        "{folder} can be written": "{folder} ist beschreibbar",
        "the {what} of {whose}": "von {whose}: {what}",
        "lock": "Schloss",
        "give another; or wait": "ein anderes, oder warten",
        "is not there": "ist nicht da",
    }
)


@pytest.mark.parametrize(
    ("english", "said"),
    [
        ("lock", "Schloss"),
        ("/a/b can be written", "/a/b ist beschreibbar"),
        ("the lock of the door", "von the door: Schloss"),
        ("/a: is not there; give another; or wait", "/a: ist nicht da; ein anderes, oder warten"),
        ("nobody knows this: not even {holes}", "nobody knows this: not even {holes}"),
        ("{} can be written", "{} ist beschreibbar"),
        ("", ""),
    ],
)
def test_a_phrase_is_said_whole_by_its_pattern_or_part_by_part(english: str, said: str) -> None:
    assert SAY(english) == said


def test_english_stays_as_it_is() -> None:
    assert spoken.phrases("en", "doctor", "faults")("is not there") == "is not there"
