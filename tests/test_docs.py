"""What the README says exists, and the other way round."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest
import typer.main
from typer.testing import CliRunner

from monitor import __version__
from monitor.cli import app
from monitor.coach.commands import COMMANDS
from monitor.settings.loading import load
from monitor.settings.sections import walk

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS_PAGE = (ROOT / "docs" / "commands.md").read_text(encoding="utf-8")
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```(\w+)\n(.*?)```", README, re.DOTALL)


def commands_in(text: str) -> set[str]:
    shell = "\n".join(re.findall(r"```(?:sh|console)\n(.*?)```", text, re.DOTALL))
    return set(re.findall(r"`sitbreak ([\w-]+)", text)) | set(
        re.findall(r"^(?:\$ )?sitbreak ([\w-]+)", shell, re.MULTILINE)
    )


def test_every_command_in_the_readme_exists_and_every_command_is_on_its_page() -> None:
    commands = set(typer.main.get_command(app).commands)  # type: ignore[attr-defined]
    assert commands_in(README) <= commands
    assert commands_in(COMMANDS_PAGE) == commands


def test_every_extra_is_on_the_page_of_commands_and_all_is_those_above_it() -> None:
    table = COMMANDS_PAGE.partition("| extra | for |")[2].partition("\n\n")[0]
    named = [
        name for row in re.findall(r"^\| (.*?) \|", table, re.MULTILINE) for name in re.findall(r"`([\w-]+)`", row)
    ]
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["optional-dependencies"]
    assert set(named) == set(extras) - {"docs", "test", "dev"}
    above = named[: named.index("all")]
    assert set(re.findall(r"[\w-]+", extras["all"][0].partition("[")[2])) == set(above)
    assert len(above) == 7  # as the row says in words


def test_every_option_of_the_demo_in_the_readme_exists() -> None:
    (line,) = [line for line in README.splitlines() if line.startswith('$ make demo ARGS="--duration')]
    shown = CliRunner().invoke(app, ["demo", "--help"], terminal_width=200).output
    for option in re.findall(r"--[a-z-]+", line):
        assert option in shown


def test_every_make_target_in_the_readme_exists() -> None:
    for target in re.findall(r"^\$? ?make (\w+)", README, re.MULTILINE):
        assert re.search(rf"^{target}:", MAKEFILE, re.MULTILINE), target


def test_every_toml_example_is_a_settings_file(tmp_path: Path) -> None:
    examples = [text for language, text in BLOCKS if language == "toml"]
    assert examples
    for text in examples:
        path = tmp_path / "example.toml"
        path.write_text(text)
        load(path, (), {})


def test_every_setting_named_in_the_readme_exists() -> None:
    known = {".".join(path) for path, _ in walk()}
    for name in re.findall(r"SITBREAK_([A-Z_]+?__[A-Z_]+)", README):
        assert name.lower().replace("__", ".") in known
    for name in re.findall(r"--set ([a-z_.]+)=", README):
        assert name in known


def test_every_command_over_mqtt_in_the_readme_exists() -> None:
    named = re.findall(r"cmd/(\w+)", README)
    assert named
    assert set(named) <= set(COMMANDS)


@pytest.mark.parametrize("arguments", [["--version"], ["placements"], ["config", "template"], ["config", "show"]])
def test_the_quiet_commands_run(arguments: list[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0
    assert result.output.strip()


def test_the_version_is_the_same_everywhere() -> None:
    assert f'version = "{__version__}"' in (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert "## Unreleased" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8") or f"## {__version__}" in (
        ROOT / "CHANGELOG.md"
    ).read_text(encoding="utf-8")


def test_the_pictures_of_the_page_are_kept_by_ci_under_a_name_that_is_no_setting() -> None:
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    (name, folder) = re.findall(r"^ +(\w+): (screenshots)$", workflow, re.MULTILINE)[0]
    assert not name.startswith("SITBREAK_")  # the program takes those for settings, and refuses what it does not know
    assert f'"{name}"' in (ROOT / "tests" / "support" / "browser.py").read_text(encoding="utf-8")
    assert f"path: {folder}" in workflow


def test_no_private_path_has_slipped_into_the_tree() -> None:
    for folder in ("monitor", "firmware_sim", "config", "benchmarks", "docs"):
        for path in (ROOT / folder).rglob("*"):
            if path.suffix in (".py", ".md", ".toml", ".conf", ".service", ".acl"):
                assert not re.search(r"/(work|root)/|\.\./shared", path.read_text(encoding="utf-8")), path
