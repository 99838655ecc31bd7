"""Evidence goes to the nearest direction, and fades."""

from __future__ import annotations

import pytest

from monitor.accel.candidates import Candidate, add_evidence, between_deg

X, Y = [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]


def test_evidence_joins_the_nearest_direction_within_the_angle() -> None:
    candidates = [Candidate(list(X), 1.0), Candidate(list(Y), 1.0)]
    assert add_evidence(candidates, None, [0.8, 0.6, 0.0], 2.0, same_deg=40.0) == 0
    assert candidates[0].weight_s == 3.0
    assert candidates[0].vector == pytest.approx([2.6, 1.2, 0.0])


def test_evidence_far_from_all_opens_a_new_direction() -> None:
    candidates = [Candidate(list(X), 1.0)]
    assert add_evidence(candidates, 0, Y, 3.0, same_deg=35.0) == 1
    assert candidates[1].direction() == pytest.approx((0.0, 1.0, 0.0))


def test_the_lightest_makes_room_but_never_the_best() -> None:
    full = [Candidate([1.0, 0.0, 0.01 * k], 1.0 + k) for k in range(8)]
    assert add_evidence(full, 0, Y, 1.0, same_deg=35.0) == 1
    assert len(full) == 8


def test_a_vector_without_direction_is_far_from_everything() -> None:
    assert between_deg([0.0, 0.0, 0.0], X) == 180.0
    assert between_deg(X, Y) == pytest.approx(90.0)
