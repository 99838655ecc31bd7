"""The documentation's pages: what is generated is true, every page is in the list, every link leads somewhere."""

from __future__ import annotations

import re
import runpy
import shlex
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import typer.main
import yaml

from monitor.cli import app
from monitor.coach.catalogue import load_catalogue
from monitor.coach.commands import COMMANDS
from monitor.events import EVENT_NAMES, CommandAnswered
from monitor.exchange import Command
from monitor.outlets import OUTLETS
from monitor.outlets.mqtt.entities import ENTITIES
from monitor.posture import PLACEMENTS
from monitor.settings.loading import load
from monitor.settings.sections import walk
from monitor.wearables import WEARABLES
from tests.coach.days import NOON_S, a_coach, live, sitting

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
MADE: dict[str, Any] = runpy.run_path(str(DOCS / "generate"))
PAGES: dict[str, str] = MADE["pages"]()
TOPICS_PAGE: ModuleType = MADE["topics_page"]
WRITTEN = [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]


def without_code(text: str) -> str:
    return re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)


def anchors(page: Path) -> set[str]:
    """Of its headings, as both the site and the forges make them."""
    headings = re.findall(r"^#+ (.*)$", without_code(page.read_text(encoding="utf-8")), re.MULTILINE)
    plain = (re.sub(r"[^\w\s-]", "", heading).strip().lower() for heading in headings)
    return {re.sub(r"\s+", "-", each) for each in plain}


def listed(part: Any) -> list[str]:
    """Every page of the site's list, in its order."""
    if isinstance(part, str):
        return [part]
    return [page for each in (part.values() if isinstance(part, dict) else part) for page in listed(each)]


NAV = listed(yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))["nav"])


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_the_generated_one(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == PAGES[name], "run: python docs/generate"


def test_every_page_is_in_the_list_once_and_every_entry_is_a_page() -> None:
    pages = {path.relative_to(DOCS).as_posix() for path in DOCS.rglob("*.md")}
    missing = pages - set(NAV)
    assert not missing, f"add to nav in mkdocs.yml: {', '.join(sorted(missing))}"
    assert set(NAV) <= pages
    assert len(NAV) == len(set(NAV))


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_to_a_file_and_an_anchor_that_exist(page: Path) -> None:
    text = without_code(page.read_text(encoding="utf-8"))
    for target in re.findall(r"\]\(([^)\s]+)\)|(?:src|href)=\"([^\"]+)\"", text):
        path, _, anchor = "".join(target).partition("#")
        if path.startswith(("https://", "http://", "mailto:")):
            continue
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), f"{target}: no such file"
        assert not anchor or anchor in anchors(there), f"{target}: no such heading"


@pytest.mark.parametrize("page", WRITTEN, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_file_of_the_tree_that_is_named_exists(page: Path) -> None:
    named = r"`((?:docs|config|monitor|tests|firmware_sim|benchmarks)/[\w./-]*)`"
    for path in re.findall(named, without_code(page.read_text(encoding="utf-8"))):
        assert (ROOT / path).exists(), path


@pytest.mark.parametrize("page", [page for page in WRITTEN if page.parent == DOCS], ids=lambda page: page.name)
def test_every_toml_example_is_a_settings_file(page: Path, tmp_path: Path) -> None:
    for text in re.findall(r"^```toml\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL):
        example = tmp_path / "example.toml"
        example.write_text(text, encoding="utf-8")
        load(example, (), {})


def test_every_setting_is_on_its_page_with_its_sentence() -> None:
    text = PAGES["settings.md"]
    for path, field in walk():
        section = "wearers.NAME" if path[0] == "wearers" else path[0]
        table = text.partition(f"## `[{section}]`\n")[2].partition("\n## ")[0]
        (row,) = [line for line in table.splitlines() if line.startswith(f"| `{path[-1]}` |")]
        assert (field.description or "").replace("<", "&lt;") in row


def test_every_command_event_and_entity_is_on_its_page() -> None:
    text = PAGES["topics.md"]
    for word in (*COMMANDS, *EVENT_NAMES.values(), *(entity.key for entity in ENTITIES)):
        assert f"| `{word}` |" in text, word


@pytest.mark.parametrize(
    ("name", "payload"), [(name, each) for name in COMMANDS for each in TOPICS_PAGE.ORDERED[name][0]]
)
def test_the_payloads_on_the_page_are_obeyed(name: str, payload: str) -> None:
    coach = a_coach()
    live(coach, sitting(2400))
    answers = coach.command(Command(name, payload), NOON_S + 2400)
    assert [answer.ok for answer in answers if isinstance(answer, CommandAnswered)] == [True]


def test_the_page_has_no_command_event_or_key_that_is_gone() -> None:
    assert set(TOPICS_PAGE.ORDERED) == set(COMMANDS)
    assert set(TOPICS_PAGE.TOLD) == set(TOPICS_PAGE.EVENT_TYPES)
    assert {f"`{key}`" for key in TOPICS_PAGE.KEYS} == {key for key, _ in TOPICS_PAGE.state_rows()}


def test_the_pictures_of_the_house_leave_nobody_out() -> None:
    for name in (*WEARABLES, *PLACEMENTS, *OUTLETS, *load_catalogue().exercises):
        assert f">{name}</text>" in PAGES["images/flow.svg"]
    for layer in MADE["architecture_page"].layers():
        for part in layer.split(" | "):
            assert f">{part.removeprefix('monitor.')}</text>" in PAGES["images/layers.svg"]


def commands_in(page: Path) -> list[list[str]]:
    """Every line of shell that calls the program, in words."""
    shell = re.findall(r"^```(?:sh|console)\n(.*?)^```$", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    lines = [line.strip().removeprefix("$ ") for text in shell for line in text.splitlines()]
    return [shlex.split(line, comments=True) for line in lines if line.startswith("sitbreak ")]


@pytest.mark.parametrize("page", [page for page in WRITTEN if commands_in(page)], ids=lambda page: page.stem)
def test_every_command_and_option_on_a_page_exists(page: Path) -> None:
    for _, *words in commands_in(page):
        known: Any = typer.main.get_command(app)
        while words and words[0] in getattr(known, "commands", {}):
            known = known.commands[words.pop(0)]
        options = {name for each in known.params for name in (*each.opts, *each.secondary_opts)} | {"--help"}
        assert not hasattr(known, "commands") or words[:1] == ["--version"], f"no such command: {words}"
        assert {word.partition("=")[0] for word in words if word.startswith("--")} <= options, words
