"""Which settings are chosen, and what follows a refusal."""

from __future__ import annotations

import pytest

from monitor.wearables.polar.codec import Setting, Status
from monitor.wearables.polar.rules import PolarRules, choose
from monitor.wearables.polar.steps import COMMANDS, after_refusal, opening


@pytest.mark.parametrize(("wanted", "rate"), [(12, 25), (25, 25), (37, 25), (38, 50), (75, 100), (416, 200)])
def test_the_nearest_rate_is_chosen_and_of_two_the_faster(wanted: int, rate: int) -> None:
    assert choose({Setting.RATE: [25, 50, 100, 200]}, PolarRules(rate_hz=wanted)) == {Setting.RATE: rate}


def test_every_listed_setting_gets_one_value_but_a_factor() -> None:
    listed = {
        Setting.RANGE: [2, 4, 8],
        Setting.RESOLUTION: [14, 16],
        Setting.RANGE_MILLIUNIT: [4000, 8000],
        Setting.CHANNELS: [1, 3],
        Setting.FACTOR: [7],
        Setting.SECURITY: [5],
        Setting.RATE: [],
    }
    assert choose(listed, PolarRules()) == {
        Setting.RANGE: 8,
        Setting.RESOLUTION: 16,
        Setting.RANGE_MILLIUNIT: 8000,
        Setting.CHANNELS: 3,
        Setting.SECURITY: 5,
    }


@pytest.mark.parametrize("step", COMMANDS)
@pytest.mark.parametrize("status", [*Status, 99])
def test_after_any_refusal_the_steps_are_known_ones(step: str, status: int) -> None:
    assert set(after_refusal(step, status)) <= set(COMMANDS)
    assert set(opening(True)) | set(opening(False)) <= set(COMMANDS)


def test_what_may_be_done_without_is_not_tried_again() -> None:
    assert after_refusal("stop", Status.INVALID_STATE) == []
    assert after_refusal("sdk", Status.NOT_SUPPORTED) == []
    assert after_refusal("sdk", Status.ALREADY_IN_STATE) == []


def test_a_stream_that_runs_is_stopped_first() -> None:
    assert after_refusal("start", Status.ALREADY_IN_STATE) == ["stop", "start"]
    assert after_refusal("sdk", Status.INVALID_STATE) == ["stop", "sdk"]
