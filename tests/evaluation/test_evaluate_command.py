"""``sitbreak evaluate`` on synthetic wearers."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from monitor.cli import app

PAGE = Path(__file__).parents[2] / "benchmarks" / "accuracy_page.py"


def page_of(figures: Path) -> str:
    return subprocess.run([sys.executable, PAGE, figures], capture_output=True, text=True, check=True).stdout


def test_the_command_prints_tables_and_writes_every_figure(data: Path, tmp_path: Path) -> None:
    out = tmp_path / "figures.json"
    result = CliRunner().invoke(
        app, ["evaluate", str(data), "--json", str(out), "--days", "1", "--min", "taught.sensitivity=95"]
    )
    assert result.exit_code == 0, result.output
    assert "Alerts of the live path" in result.output
    found = json.loads(out.read_text())
    assert found["data_sets"]["toy"]["title"] == "Toys"
    pooled = found["placements"]["thigh"]["pooled"]
    assert pooled["subjects"] == 2
    assert pooled["after_walk"]["sensitivity"] > 95
    assert pooled["after_walk"]["specificity"] > 95
    assert pooled["remounted"]["balanced_accuracy"] > 95
    assert pooled["after_walk"]["alerts"]["120"]["due"] == 2
    assert pooled["after_walk"]["alerts"]["120"]["missed"] == 0
    assert pooled["days"]["alerts"]["1800"]["missed"] == 0
    assert pooled["wear"]["delay_max_s"] <= 5
    assert pooled["invariants"]["recut_rows"] == 0
    page = page_of(out)
    assert "## What is weak" in page
    assert "sitbreak evaluate DATA --placement thigh --rotate 0 --days 1" in page
    assert "- **toy**: Toys" in page


def test_a_missed_bar_ends_with_1_and_names_it(data: Path) -> None:
    result = CliRunner().invoke(app, ["evaluate", str(data / "thigh" / "toy__1.npz"), "--max", "taught.sensitivity=10"])
    assert result.exit_code == 1
    assert "bar missed: thigh.taught.sensitivity" in result.output + result.stderr


def test_the_figure_is_a_picture(data: Path, tmp_path: Path) -> None:
    picture = tmp_path / "toy.png"
    result = CliRunner().invoke(app, ["evaluate", str(data / "thigh" / "toy__1.npz"), "--figure", str(picture)])
    assert result.exit_code == 0, result.output
    assert picture.read_bytes().startswith(b"\x89PNG")


@pytest.mark.parametrize("option", [("--figure", "a.xyz"), ("--json", "nowhere/a.json"), ("--placement", "ear")])
def test_what_cannot_work_is_refused_before_the_work(data: Path, option: tuple[str, str]) -> None:
    result = CliRunner().invoke(app, ["evaluate", str(data), *option])
    assert result.exit_code == 2
