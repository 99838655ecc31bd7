"""What has happened, in log odds: steps, heights, lying, gaps."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.posture.belief import Belief, BeliefRules, weighed
from monitor.posture.rises import RiseColumns

RULES = BeliefRules()
NAN = float("nan")


def odds(belief: Belief, *seconds: str, pose: float = 0.0, rise_m: float = 0.0, start_s: float = 0.0) -> list[float]:
    """After seconds named still, moves, ended, steps, lies."""
    count, name = len(seconds), np.array(seconds)
    rises = RiseColumns(
        moving=(name == "moves") | (name == "steps"),
        ended=name == "ended",
        rise_m=np.full(count, rise_m),
        turn_deg=np.full(count, 25.0),
        lasted_s=np.full(count, 2.0),
        before_g=np.zeros((count, 3)),
    )
    at_s = start_s + np.arange(float(count))
    said: list[float] = belief.advance(at_s, np.full(count, pose), name == "lies", name == "steps", rises).tolist()
    return said


def test_getting_up_stands_and_sitting_down_sits_whatever_was_believed_before() -> None:
    for before in (-2.0, 0.0, 2.0):
        assert weighed(before, 0.35, 25.0, 3.0, RULES) < -1.0
        assert weighed(before, -0.25, 25.0, 3.0, RULES) > 1.0


@pytest.mark.parametrize("before", [-2.0, 0.0, 2.0])
def test_a_shift_leaves_what_was_believed(before: float) -> None:
    assert weighed(before, 0.01, 3.0, 1.0, RULES) == pytest.approx(before, abs=0.3)


@given(st.floats(-8, 8), st.floats(-3, 3), st.floats(0, 180), st.integers(1, 9))
def test_no_movement_makes_anything_certain(before: float, rise_m: float, turn_deg: float, lasted_s: int) -> None:
    assert abs(weighed(before, rise_m, turn_deg, float(lasted_s), RULES)) <= RULES.limit


@given(st.floats(0, 4))
def test_who_sat_and_rises_as_high_as_a_seat_stands_more_surely_than_who_rises_a_little(before: float) -> None:
    assert weighed(before, 0.3, 25.0, 3.0, RULES) < weighed(before, 0.1, 25.0, 3.0, RULES)


def test_a_step_stands_and_movement_without_steps_gives_way_to_the_prior() -> None:
    rules = BeliefRules(prior=2.0, stepped=3.0, leak=0.5)
    assert odds(Belief(rules), "still", "steps", "moves", "moves") == [0.0, -3.0, -0.5, 0.75]


def test_where_upright_is_unknown_there_is_no_prior() -> None:
    rules = BeliefRules(prior=2.0, stepped=3.0, leak=0.5)
    assert odds(Belief(rules), "steps", "moves", pose=NAN) == [-3.0, -1.5]


def test_stillness_changes_nothing_unless_the_pose_is_clearly_a_seat() -> None:
    assert odds(Belief(), "steps", "still", "still", pose=0.5)[1:] == [-RULES.stepped] * 2
    doubted = odds(Belief(), "steps", *["still"] * 60, pose=3.0)
    assert doubted[-1] > -0.01


def test_who_gets_up_from_lying_sits_first() -> None:
    assert odds(Belief(), "still", "lies", "moves", "still")[1:] == pytest.approx([1.5, 1.5, 1.425, 1.425][1:], abs=0.1)


def test_what_the_pose_said_before_counts_half() -> None:
    believed = odds(Belief(), "still", "ended", pose=1.0)[-1]
    assert believed == pytest.approx(weighed(0.5, 0.0, 25.0, 2.0, RULES))


def test_after_a_gap_nothing_is_believed_any_more() -> None:
    belief = Belief()
    odds(belief, "steps", "still")
    assert odds(belief, "still", start_s=5.0) == [-RULES.stepped]
    assert odds(belief, "still", start_s=60.0) == [0.0]
