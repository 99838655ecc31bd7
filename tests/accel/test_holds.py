"""What is a held pose, and what is rest."""

from __future__ import annotations

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
