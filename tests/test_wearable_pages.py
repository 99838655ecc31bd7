"""The wearables' pages say what their drivers say."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest

from firmware_sim.profiles import PROFILES as SIMULATED
from monitor.rules import keys
from monitor.settings.loading import load
from monitor.wearables import WEARABLES

FOLDER = Path(__file__).parent.parent / "docs" / "wearables"
PAGES: dict[str, str] = runpy.run_path(str(FOLDER / "generate.py"))["pages"]()


@pytest.mark.parametrize("name", PAGES)
def test_the_page_is_the_generated_one(name: str) -> None:
    committed = (FOLDER / name).read_text(encoding="utf-8")
    assert committed == PAGES[name], "run: python docs/wearables/generate.py"


def test_there_is_a_page_for_every_wearable_and_no_other() -> None:
    assert {path.name for path in FOLDER.glob("*.md")} == {"README.md", *(f"{kind}.md" for kind in WEARABLES)}


@pytest.mark.parametrize("kind", WEARABLES)
def test_a_page_tells_all_that_the_driver_knows(kind: str) -> None:
    words = " ".join(PAGES[f"{kind}.md"].split())
    about, rules = WEARABLES[kind].ABOUT, WEARABLES[kind].RULES
    for text in (about.rate, about.clock, about.alert, about.pairing, about.battery, *about.wearing, *about.limits):
        assert text in words
    for key in keys(rules):
        assert f"| `{key}` |" in words


@pytest.mark.parametrize("kind", WEARABLES)
def test_the_settings_on_a_page_are_settings(kind: str, tmp_path: Path) -> None:
    path = tmp_path / "sitbreak.toml"
    path.write_text(PAGES[f"{kind}.md"].partition("```toml\n")[2].partition("```")[0])
    assert load(path, (), {}).settings.wearers["me"].wearable == kind


def test_every_simulated_wearable_is_on_a_page() -> None:
    assert all(any(f"--profile {name}\n" in page for page in PAGES.values()) for name in SIMULATED)
