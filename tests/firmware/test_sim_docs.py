"""The simulator's page names what there is, and nothing else."""

from __future__ import annotations

import re
from pathlib import Path

from firmware_sim.__main__ import parser
from firmware_sim.scenario import packaged_scenarios

PAGE = (Path(__file__).parents[2] / "docs" / "simulator.md").read_text(encoding="utf-8")


def test_every_scenario_and_every_option_of_the_page_exists_and_the_other_way_round() -> None:
    days = PAGE[PAGE.index("## Days") : PAGE.index("A scenario of your own")]
    assert set(re.findall(r"^\| (\w+) \|", days, re.MULTILINE)) - {"scenario"} == set(packaged_scenarios())
    options = {option for action in parser()._actions for option in action.option_strings if option.startswith("--")}
    table = PAGE[PAGE.index("| option |") : PAGE.index("## Wearables")]
    assert set(re.findall(r"`(--[a-z-]+)", table)) | {"--help"} == options
