"""What docs/setup.md says exists."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import typer.main

from monitor.cli import app
from monitor.first_run.steps import STEPS
from monitor.posture import PLACEMENTS
from monitor.spoken import sentences
from monitor.wearables import WEARABLES

PAGE = (Path(__file__).parents[2] / "docs" / "setup.md").read_text(encoding="utf-8")


def test_every_option_of_the_page_exists_and_every_option_is_on_the_page() -> None:
    command = typer.main.get_command(app).commands["setup"]  # type: ignore[attr-defined]
    options = {opt for param in command.params for opt in (*param.opts, *param.secondary_opts) if opt[:2] == "--"}
    named = set(re.findall(r"--[a-z][a-z-]+", PAGE))
    assert named - options == set()
    assert options - named <= {"--state-dir", "--verbose"}


def test_every_step_is_on_the_page_in_its_order() -> None:
    rows = [line.split("|")[1].strip() for line in PAGE.splitlines() if line.startswith("| ")][1:]
    assert rows == ["settings file" if s.name == "file" else "service" if s.name == "unit" else s.name for s in STEPS]
    assert all(f"{step.name}.title" in sentences("setup", "en") for step in STEPS)


def test_the_script_of_the_page_names_what_there_is() -> None:
    (text,) = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    words = shlex.split(text)
    assert words[words.index("--wearable") + 1] in WEARABLES
    assert words[words.index("--placement") + 1] in PLACEMENTS
