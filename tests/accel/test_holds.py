"""What is a held pose, and what is rest."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.accel.holds import Holder, HoldRules


def test_a_hold_is_stillness_in_the_pose_that_was_entered_and_left() -> None:
    holding = Holder(HoldRules(pose_deg=(-60.0, -7.0), other_deg=(50.0, 115.0), least_s=5.0), absolute=True)
    for second, angle_deg in enumerate([2.0] * 5 + [-15.0] * 12 + [2.0] * 4 + [85.0] * 10 + [2.0] * 5):
        for tenth in range(10):
            holding.see(second + tenth / 10, angle_deg)
    assert holding.is_believed
    assert holding.held_s == pytest.approx(22.0, abs=1.0)


def test_who_sits_down_for_long_holds_no_pose() -> None:
    holding = Holder(HoldRules(pose_deg=(50.0, 115.0), least_count=1), absolute=True)
    for tenth in range(3000):
        holding.see(tenth / 10, 88.0 if tenth > 50 else 2.0)
    holding.see(301.0, 2.0)
    assert not holding.is_believed


def seconds(holding: Holder, *poses: tuple[float, float], from_s: float = 0.0) -> float:
    """Each pose for so long; a second's way between them. The time at the end."""
    at_s, angle_deg = from_s, poses[0][0]
    for to_deg, lasts_s in poses:
        for tenth in range(1, 11):
            share = tenth / 10
            holding.see(at_s, angle_deg + (to_deg - angle_deg) * share**3 * (10 + share * (6 * share - 15)))
            at_s += 0.1
        for _ in range(round(10 * lasts_s)):
            holding.see(at_s, to_deg)
            at_s += 0.1
        angle_deg = to_deg
    return at_s


def test_a_wriggle_does_not_end_a_hold() -> None:
    holding = Holder(HoldRules(pose_deg=(105.0, 170.0), least_s=8.0, least_count=1), absolute=True)
    seconds(holding, (88.0, 5.0), (130.0, 6.0), (150.0, 0.0), (130.0, 6.0), (88.0, 5.0))
    assert len(holding.holds) == 1
    assert holding.held_s == pytest.approx(14.2, abs=1.0)


def test_the_way_in_and_out_is_no_part_of_the_hold() -> None:
    holding = Holder(HoldRules(pose_deg=(105.0, 170.0), least_count=1), absolute=True)
    seconds(holding, (118.0, 5.0), (130.0, 12.0), (118.0, 5.0))
    assert holding.held_s == pytest.approx(12.0, abs=0.7)


def test_rest_on_the_way_to_the_pose_is_no_hold() -> None:
    holding = Holder(HoldRules(pose_deg=(105.0, 170.0), least_count=1), absolute=True)
    seconds(holding, (88.0, 5.0), (118.0, 9.0), (132.0, 12.0), (118.0, 4.0), (88.0, 4.0))
    assert [round(hold.angle_deg) for hold in holding.holds] == [132]


def test_a_hold_is_known_once_the_wearer_stays_elsewhere_for_two_seconds() -> None:
    holding = Holder(HoldRules(pose_deg=(105.0, 170.0), least_count=1), absolute=True)
    at_s = seconds(holding, (88.0, 5.0), (130.0, 12.0))
    assert not holding.holds
    seconds(holding, (88.0, 3.0), from_s=at_s)
    assert len(holding.holds) == 1


def test_who_walks_away_from_the_pose_has_held_it() -> None:
    holding = Holder(HoldRules(pose_deg=(105.0, 170.0), least_count=1), absolute=True)
    at_s = seconds(holding, (88.0, 5.0), (130.0, 12.0))
    for tenth in range(70):
        holding.see(at_s + tenth / 10, 30.0 * (tenth % 10 < 5))
    assert len(holding.holds) == 1


def test_bins_together_are_the_bins_one_by_one() -> None:
    rng = np.random.default_rng(4)
    angles_deg = np.repeat(rng.choice([0.0, 30.0, 60.0, 110.0], 60), rng.integers(1, 90, 60))
    angles_deg += rng.normal(0.0, 1.5, len(angles_deg))
    bins = [(number / 10, angle_deg, 0.0, 1.0) for number, angle_deg in enumerate(angles_deg.tolist())]
    rules = HoldRules(pose_deg=(50.0, 115.0), least_s=2.0, least_count=1)
    together, one_by_one = Holder(rules, absolute=True), Holder(rules, absolute=True)
    found_s = [at_s for at_s, angle_deg, _, _ in bins if one_by_one.see(at_s, angle_deg)]
    assert found_s
    assert together.follow(bins) == found_s
    assert together == one_by_one
