"""A page that tells how to add something, followed word for word in a copy of the house.

A block with a title is a file to make, ``at the end of FILE`` text to append, a ``diff`` lines to put into a file; a
``sh`` block is run line by line and must succeed. Nothing else is done: what a page leaves out is missing.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parent.parent.parent
PAGES = ROOT / "docs" / "add"
PARTS = ("monitor", "firmware_sim", "tests", "config", "docs", "benchmarks")
FILES = ("pyproject.toml", "README.md", "CHANGELOG.md", "SECURITY.md", "Makefile", "mkdocs.yml")
_BLOCK = re.compile(r"^```(\w+)(?: title=\"([^\"]+)\")?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_APPEND = "at the end of "


@dataclass(frozen=True)
class Block:
    """A block of code on a page."""

    language: str
    title: str
    text: str


def blocks(page: str) -> list[Block]:
    """All of a page, in order."""
    found = _BLOCK.findall((PAGES / page).read_text(encoding="utf-8"))
    return [Block(*each) for each in found]


def follow(page: str, house: Path) -> list[str]:
    """Do what the page says in a copy of the tree; what each command printed."""
    _copy(house)
    said = []
    for block in blocks(page):
        if block.language == "diff":
            put_in(house / block.title, block.text)
        elif block.title.startswith(_APPEND):
            path = house / block.title.removeprefix(_APPEND)
            path.write_text(path.read_text(encoding="utf-8") + "\n" + block.text, encoding="utf-8")
        elif block.title:
            _make(house / block.title, block.text)
        elif block.language == "sh":
            said += [run(line, house) for line in block.text.splitlines()]
    return said


def _copy(house: Path) -> None:
    for part in PARTS:
        shutil.copytree(ROOT / part, house / part, ignore=shutil.ignore_patterns("__pycache__", "*.pyc"))
    for name in FILES:
        shutil.copy(ROOT / name, house / name)


def _make(path: Path, text: str) -> None:
    assert not path.exists(), f"{path.name} is there already"
    path.write_text(text, encoding="utf-8")


def put_in(path: Path, diff: str) -> None:
    """Lines with + are put in where the others stand, which must be one place exactly."""
    text = path.read_text(encoding="utf-8")
    lines = diff.splitlines()
    assert all(line[:1] in ("+", " ") for line in lines), diff
    before = "".join(f"{line[1:]}\n" for line in lines if line[0] == " ")
    after = "".join(f"{line[1:]}\n" for line in lines)
    places = [found.start() for found in re.finditer(rf"^{re.escape(before)}", text, re.MULTILINE)]
    assert len(places) == 1, f"{path.name} has not exactly once:\n{before}"
    path.write_text(text[: places[0]] + after + text[places[0] + len(before) :], encoding="utf-8")


def run(line: str, house: Path) -> str:
    """Run one line of shell as somebody would who stands in the house; what it printed."""
    tools = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    alone = {"PATH": tools, "PYTHONPATH": str(house), "PYTEST_ADDOPTS": "-n0 -p no:cacheprovider"}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("SITBREAK_", "PYTEST_"))}
    done = subprocess.run(
        ["bash", "-c", line],
        cwd=house,
        env=kept | alone | {"XDG_CONFIG_HOME": str(house), "XDG_STATE_HOME": str(house), "COLUMNS": "160"},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, f"{line}\n{done.stdout}\n{done.stderr}"
    return done.stdout
