"""What is handed out: wheel, sdist, manual page, container and add-on agree with the program."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from monitor import __version__
from monitor.cli import app
from monitor.cli.manual import page
from monitor.cli.version import version_lines
from monitor.doctor.extras import EXTRAS
from monitor.posture import PLACEMENTS
from monitor.settings.loading import load
from monitor.wearables import WEARABLES
from monitor.wearables.base import Reach

ROOT = Path(__file__).parent.parent
ADD_ON = ROOT / "config" / "home_assistant_addon" / "sitbreak"
SOURCES = (
    *("monitor", "firmware_sim", "config", "docs"),
    *("README.md", "CHANGELOG.md", "LICENSE", "Makefile", "pyproject.toml"),
)

BASHIO = """
bashio::config() { local name="OPTION_$1"; echo "${!name}"; }
bashio::config.has_value() { local name="OPTION_$1"; [ -n "${!name}" ]; }
bashio::services() {
    case "$2" in host) echo core-mosquitto ;; port) echo 1883 ;; username) echo addons ;; *) echo 's3 "cret' ;; esac
}
bashio::fs.file_exists() { [ -f "$1" ]; }
"""


def add_on() -> dict[str, Any]:
    read: dict[str, Any] = yaml.safe_load((ADD_ON / "config.yaml").read_text())
    return read


def choices(rule: str) -> set[str]:
    found = re.fullmatch(r"list\((.*)\)", rule)
    assert found is not None
    return set(found[1].split("|"))


def test_the_manual_page_is_that_of_the_commands() -> None:
    written = (ROOT / "config" / "man" / "sitbreak.1").read_text()
    assert written == "\n".join(page(typer.main.get_command(app))) + "\n", "sitbreak manual > config/man/sitbreak.1"


def test_the_manual_names_every_command_and_option_of_the_daemon() -> None:
    text = (ROOT / "config" / "man" / "sitbreak.1").read_text().replace(r"\-", "-")
    for heading in (".SS run", ".SS what-if", ".SS config show", r"\fB--state-dir\fR", r"\fB--no-web\fR"):
        assert heading in text


def test_the_version_comes_first_and_alone() -> None:
    first, *more = version_lines()
    assert first == f"sitbreak {__version__}"
    assert any("bleak" in line for line in more)


def test_the_add_on_offers_what_the_program_knows() -> None:
    schema = add_on()["schema"]
    assert choices(schema["wearable"]) == {name for name, kind in WEARABLES.items() if kind.REACH is not Reach.TOPIC}
    assert choices(schema["placement"]) == set(PLACEMENTS)
    assert add_on()["version"] == __version__
    assert add_on()["options"].keys() <= schema.keys()


@pytest.mark.skipif(shutil.which("bash") is None, reason="needs bash")
@pytest.mark.parametrize("address", ["", "C4:7C:8D:6A:3C:4D"])
def test_the_add_ons_options_become_settings(tmp_path: Path, address: str) -> None:
    (tmp_path / "bashio").write_text(BASHIO)
    chosen = {**add_on()["options"], "wearer": "ada", "limit_min": 27.5, "address": address}
    given = {f"OPTION_{name}": str(value) for name, value in chosen.items()}
    before = {"PATH": os.environ["PATH"], "BASH_ENV": str(tmp_path / "bashio"), **given}
    script = re.sub(r"^exec .*", "env", (ADD_ON / "run.sh").read_text(), flags=re.M)
    said = subprocess.run(["bash", "-c", script], env=before, capture_output=True, text=True, check=True)
    environment = dict(line.split("=", 1) for line in said.stdout.splitlines() if line.startswith("SITBREAK_"))
    assert environment.pop("SITBREAK_STATE_DIR") == "/data"
    settings = load(None, (), environment).settings
    assert list(settings.wearers) == ["ada"]
    assert settings.wearers["ada"].address == address
    assert settings.coach.limit_s == 1650.0
    assert settings.mqtt.host == "core-mosquitto"


def test_the_container_installs_extras_that_there_are() -> None:
    text = (ROOT / "config" / "container" / "Containerfile").read_text() + (ADD_ON / "Dockerfile").read_text()
    for named in re.findall(r"\[([a-z,]+)\]", text):
        assert set(named.split(",")) <= EXTRAS.keys()


def test_the_same_source_gives_the_same_wheel_and_sdist(tmp_path: Path) -> None:
    sums = []
    for number, mtime_s in enumerate((1_700_000_000, 1_750_000_000)):
        copy = tmp_path / str(number)
        copy.mkdir()
        for name in SOURCES:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / name, copy / name)
        for path in copy.rglob("*"):
            os.utime(path, (mtime_s, mtime_s))
        command = [sys.executable, "-m", "hatchling", "build", "-d", str(tmp_path / f"dist{number}")]
        subprocess.run(command, cwd=copy, check=True, capture_output=True)
        built = sorted((tmp_path / f"dist{number}").iterdir())
        sums.append([(path.name, hashlib.sha256(path.read_bytes()).hexdigest()) for path in built])
    assert len(sums[0]) == 2
    assert sums[0] == sums[1]
