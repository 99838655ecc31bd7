"""Scenarios: the packaged ones load, wrong ones say where and what."""

from __future__ import annotations

from pathlib import Path

import pytest

from firmware_sim.scenario import OutOfRange, ScenarioError, load_scenario, packaged_scenarios, parse_scenario

SMALLEST = """
title = "t"
[[activities]]
do = "sit"
duration_s = 60
"""


def test_the_office_day_begins_upright_then_sits_for_longer_than_the_limit() -> None:
    day = load_scenario("office_day")
    before_sitting_s, first_sit_s = 0.0, 0.0
    for activity in day.activities:
        if activity.do == "sit":
            first_sit_s = activity.duration_s
            break
        before_sitting_s += activity.duration_s
    assert 120 <= before_sitting_s <= 180
    assert first_sit_s > 1800 + 600
    assert day.at_end == "repeat"


def test_the_radio_gap_hides_a_walk() -> None:
    scenario = load_scenario("out_of_range")
    (fault,) = scenario.faults
    assert isinstance(fault, OutOfRange)
    start_s = 0.0
    walks = []
    for activity in scenario.activities:
        walks += [(start_s, start_s + activity.duration_s)] if activity.do == "walk" else []
        start_s += activity.duration_s
    assert any(fault.at_s < start and end < fault.at_s + fault.duration_s for start, end in walks)


def test_a_file_is_read_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(SMALLEST, encoding="utf-8")
    assert load_scenario(path).title == "t"


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (SMALLEST.replace('"sit"', '"moonwalk"'), "activities.0.do"),
        (SMALLEST.replace("60", "-1"), "activities.0.duration_s"),
        (SMALLEST.replace("60", "inf"), "activities.0.duration_s"),
        (
            SMALLEST + '[[faults]]\nkind = "lost_bursts"\nat_s = 1\nduration_s = inf\n',
            "faults.0.lost_bursts.duration_s",
        ),
        (SMALLEST + "colour = 1\n", "activities.0.colour"),
        (SMALLEST + '[[faults]]\nkind = "flood"\nat_s = 1\n', "faults.0"),
        ("title = ", "not TOML"),
    ],
)
def test_a_wrong_scenario_is_named_by_file_and_key(text: str, named: str) -> None:
    with pytest.raises(ScenarioError) as raised:
        parse_scenario(text, "mine.toml")
    assert str(raised.value).startswith("mine.toml: ")
    assert named in str(raised.value)
    assert raised.value.exit_code == 2


def test_a_file_in_another_encoding_is_told_so(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_bytes(SMALLEST.replace('"t"', '"täglich"').encode("latin-1"))
    with pytest.raises(ScenarioError, match="not UTF-8"):
        load_scenario(path)


def test_a_file_that_is_not_there_names_the_packaged_ones() -> None:
    with pytest.raises(ScenarioError, match="office_day"):
        load_scenario("no/such/file.toml")


@pytest.mark.parametrize("name", packaged_scenarios())
def test_every_packaged_scenario_has_a_title_and_is_found_with_dashes_too(name: str) -> None:
    scenario = load_scenario(name)
    assert scenario.title
    assert load_scenario(name.replace("_", "-")) == scenario
