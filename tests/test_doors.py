"""The doors are found by their names, and a daemon loads no other."""

from __future__ import annotations

import subprocess
import sys

import pytest
from typer.testing import CliRunner

from monitor.cli import DOORS, TELL_OF_ALL, program
from monitor.coach.catalogue import Condition
from monitor.posture import PLACEMENTS
from monitor.wearables import WEARABLES

ONLY_FOR_A_SCREEN_OR_AN_EXTRA = (
    "rich",
    "numpy.random",
    "pyarrow",
    "nicegui",
    "apprise",
    "bumble",
    "iotcore",
    "pydantic",
)


def loaded_by(code: str) -> set[str]:
    """Names of the modules that a fresh Python has after some lines."""
    answer = subprocess.run(
        [sys.executable, "-c", f"import sys\n{code}\nprint(*sys.modules)"], capture_output=True, text=True, check=True
    )
    return set(answer.stdout.split())


def test_the_daemon_loads_nothing_that_is_for_a_screen_or_an_extra() -> None:
    loaded = loaded_by("from monitor.cli import program\nprogram(['run'])\nimport monitor.app, monitor.settings")
    assert "monitor.app" in loaded
    assert not loaded.intersection(ONLY_FOR_A_SCREEN_OR_AN_EXTRA)
    assert not loaded.intersection(f"monitor.cli.{name.replace('-', '_')}" for name in DOORS if name != "run")


def test_options_are_read_without_a_library_that_weighs_more_than_the_daemon_itself() -> None:
    arguments = ["sitbreak", "run", "--config", "none.toml", "--set", "coach.limit_s=900", "--quiet"]
    loaded = loaded_by(f"sys.argv = {arguments}\nfrom monitor.cli import main\ntry: main()\nexcept SystemExit: pass")
    assert "typer" in loaded
    assert "pydantic" not in loaded


A_PHONE = """
from monitor.settings.loading import load
import monitor.app
settings = load(None, ["wearers.me.wearable=phone", "wearers.me.placement=pocket"], {}).settings
monitor.app.new_driver(settings, "me"), monitor.app.new_pipeline(settings, "me")
"""


def test_a_daemon_loads_the_wearable_and_the_placement_that_are_worn_and_no_bluetooth_for_a_phone() -> None:
    loaded = loaded_by(A_PHONE)
    assert {"monitor.wearables.phone.driver", "monitor.posture.pocket"} <= loaded
    others = {f"monitor.wearables.{kind}" for kind in WEARABLES} | {f"monitor.posture.{place}" for place in PLACEMENTS}
    assert loaded & others == {"monitor.wearables.phone", "monitor.posture.pocket"}
    assert not loaded & {"bleak", "dbus_fast", "paho", "html", "numpy.ma", "monitor.transport.recording"}


def test_the_help_of_the_readiness_check_names_every_condition() -> None:
    text = CliRunner().invoke(program(["ready"]), ["ready", "--help"], env={"COLUMNS": "200"}).output
    assert all(condition in text for condition in Condition)


@pytest.mark.parametrize("door", [name for name in DOORS if name not in TELL_OF_ALL])
def test_a_door_alone_says_the_same_as_among_all(door: str) -> None:
    alone, among_all = (CliRunner().invoke(made, [door, "--help"]) for made in (program([door]), program()))
    assert alone.exit_code == 0
    assert alone.output == among_all.output
