"""The remedy for a missing part reaches the environment that the program runs in."""

from __future__ import annotations

from pathlib import Path

import pytest

from monitor.installing import install_line


@pytest.mark.parametrize(
    ("marked_by", "command"),
    [
        ("", 'pip install "sitbreak[web]"'),
        ("pyvenv.cfg", 'pip install "sitbreak[web]"'),
        ("pipx_metadata.json", 'pipx runpip sitbreak-2 install "sitbreak[web]"'),
        ("uv-receipt.toml", 'uv pip install --python {home} "sitbreak[web]"'),
    ],
)
def test_who_installed_it_is_who_adds_to_it(tmp_path: Path, marked_by: str, command: str) -> None:
    home = tmp_path / "sitbreak-2"
    home.mkdir()
    if marked_by:
        (home / marked_by).touch()
    assert install_line("web", str(home)) == command.format(home=home)


def test_no_other_place_makes_such_a_line() -> None:
    package = Path(__file__).parents[1] / "monitor"
    made_in = {path.name for path in package.rglob("*.py") if "pip install" in path.read_text(encoding="utf-8")}
    # descriptions of settings are written into a file, and speak of installing in general
    assert made_in == {"installing.py", "rules.py", "metrics_rules.py"}
