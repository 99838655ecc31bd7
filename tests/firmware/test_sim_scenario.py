"""Scenarios: the packaged ones load, wrong ones say where and what."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from firmware_sim.scenario import (
    Activity,
    BatteryFalls,
    Disconnects,
    DropNotifications,
    LostBursts,
    OutOfRange,
    ScenarioError,
    Slip,
    load_scenario,
    packaged_scenarios,
    parse_scenario,
)

SMALLEST = """
title = "t"
[[activities]]
do = "sit"
duration_s = 60
"""


BURSTS = SMALLEST + '[[faults]]\nkind = "lost_bursts"\nat_s = 1\nduration_s = 60\n'


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
        (SMALLEST.replace('"sit"', '"moonwalk"'), "activities.0.do: must be an activity: "),
        (SMALLEST.replace('"sit"', '"moonwalk"'), " standing_hip_flexion or walk (got 'moonwalk')"),
        (SMALLEST.replace("60", "-1"), "activities.0.duration_s: must be at least 5 (got -1)"),
        (SMALLEST.replace("60", '"long"'), "activities.0.duration_s: must be a number (got 'long')"),
        (SMALLEST.replace("duration_s = 60", ""), "activities.0.duration_s: is missing"),
        (SMALLEST + "colour = 1\n", "activities.0.colour: is not known here; known are do, duration_s, step_rate_hz, "),
        (SMALLEST + "repetitions = 2.5\n", "activities.0.repetitions: must be a whole number (got 2.5)"),
        (SMALLEST + "step_rate_hz = 9\n", "activities.0.step_rate_hz: must be at most 4 (got 9)"),
        (SMALLEST + "charging = 2\n", "activities.0.charging: must be true or false (got 2)"),
        ('at_end = "never"\n' + SMALLEST, "at_end: must be 'repeat' or 'rest' (got 'never')"),
        ('title = ""\nactivities = []', "activities: must have entries, at least 1 (got [])"),
        ('title = ""\nactivities = "sit"', "activities: must be a list (got 'sit')"),
        ("faults = [3]\n" + SMALLEST, "faults.0: must be a table (got 3)"),
        (SMALLEST + '[[faults]]\nkind = "flood"\nat_s = 1\n', "faults.0.kind: must be 'out_of_range', 'reboot', "),
        (SMALLEST + "[[faults]]\nat_s = 1\n", "faults.0.kind: is missing"),
        (SMALLEST + '[[faults]]\nkind = "reboot"\n', "faults.0.at_s: is missing"),
        (BURSTS + "burts_s = 1\n", "faults.0.burts_s: is not known here; known are kind, at_s, duration_s, burst_s"),
        (BURSTS + "every_s = 0\n", "faults.0.every_s: must be more than 0 (got 0)"),
        (
            SMALLEST + '[[reactions]]\nbutton = "both"\n',
            "reactions.0.button: must be 'acknowledge' or 'snooze' (got 'b",
        ),
        (
            SMALLEST + '[[reactions]]\nactivities = [{ do = "walk", duration_s = 1 }]\n',
            "reactions.0.activities.0.duration_s: must be at least 5 (got 1)",
        ),
        ("title = ", "not TOML"),
    ],
)
def test_a_wrong_scenario_is_named_by_file_and_key(text: str, named: str) -> None:
    with pytest.raises(ScenarioError) as raised:
        parse_scenario(text, "mine.toml")
    assert str(raised.value).startswith("mine.toml: ")
    assert named in str(raised.value)
    assert raised.value.exit_code == 2


EVERYTHING = """
title = "t"
activities = [{ do = "sit", duration_s = 60.5, step_rate_hz = 1.5, hold_s = 4.5 }]
faults = [
    { kind = "lost_bursts", at_s = 0.5, duration_s = 9.5, burst_s = 2.5, every_s = 30.5 },
    { kind = "disconnects", at_s = 10.5, every_s = 300.5 },
    { kind = "drop_notifications", at_s = 20.5, duration_s = 8.5, probability = 0.7 },
    { kind = "battery_falls", at_s = 40.5, duration_s = 7.5 },
    { kind = "slip", at_s = 50.5, turn_deg = 70.5 },
]
reactions = [{ after_s = 61.5, button_after_s = 6.5 }]
"""


@pytest.mark.parametrize("number", sorted(set(re.findall(r"[\d.]+\.\d", EVERYTHING))))
@pytest.mark.parametrize("endless", ["inf", "-inf", "nan"])
def test_no_number_of_a_scenario_is_endless_or_none(number: str, endless: str) -> None:
    assert parse_scenario(EVERYTHING, "mine.toml").title == "t"
    with pytest.raises(ScenarioError, match=rf"(_\w+|probability): must be .* \(got {endless}\)"):
        parse_scenario(EVERYTHING.replace(f" {number}", f" {endless}"), "mine.toml")


def test_a_fault_is_what_its_kind_says() -> None:
    kinds = {type(fault) for fault in parse_scenario(EVERYTHING, "mine.toml").faults}
    assert kinds == {LostBursts, Disconnects, DropNotifications, BatteryFalls, Slip}


def test_an_activity_is_known_however_it_is_made() -> None:
    with pytest.raises(ValueError, match="do: must be an activity"):
        Activity(do="moonwalk", duration_s=60)


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
