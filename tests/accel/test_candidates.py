"""Evidence goes to the nearest direction, and fades."""

from __future__ import annotations

import copy

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.accel.candidates import Candidate, Candidates, between_deg
from monitor.accel.metrics import unit

X, Y = [1.0, 0.0, 0.0], [0.0, 1.0, 0.0]


def test_evidence_joins_the_nearest_direction_within_the_angle() -> None:
    candidates = Candidates([Candidate(list(X), 1.0), Candidate(list(Y), 1.0)])
    assert candidates.add([0.8, 0.6, 0.0], 2.0, same_deg=40.0) == 0
    assert candidates.weight_s(0) == 3.0
    assert np.array(candidates.each[0].vector) / candidates.second == pytest.approx([2.6, 1.2, 0.0])


def test_evidence_far_from_all_opens_a_new_direction() -> None:
    candidates = Candidates([Candidate(list(X), 1.0)], best=0)
    assert candidates.add(Y, 3.0, same_deg=35.0) == 1
    assert candidates.each[1].direction() == pytest.approx((0.0, 1.0, 0.0))


def test_the_lightest_makes_room_but_never_the_best() -> None:
    full = Candidates([Candidate([1.0, 0.0, 0.01 * k], 1.0 + k) for k in range(8)], best=0)
    assert full.add(Y, 1.0, same_deg=35.0) == 1
    assert len(full.each) == 8


def test_evidence_halves_with_so_much_walking_elsewhere() -> None:
    candidates = Candidates([Candidate([8.0, 0.0, 0.0], 8.0)], best=0)
    for _ in range(40):
        candidates.add(Y, 1.0, same_deg=35.0, halving_s=20.0)
    assert candidates.weight_s(0) == pytest.approx(2.0)


def test_what_has_faded_away_is_forgotten_unless_it_is_the_best() -> None:
    candidates = Candidates([Candidate([8.0, 0.0, 0.0], 8.0), Candidate([0.0, 0.0, 8.0], 8.0)], best=1)
    for _ in range(400):
        candidates.add(Y, 1.0, same_deg=35.0, halving_s=20.0)
    assert [candidate.direction() for candidate in candidates.each] == [(0.0, 0.0, 1.0), (0.0, 1.0, 0.0)]
    assert candidates.best == 0


@settings(max_examples=40)
@given(st.integers(0, 10_000), st.lists(st.integers(1, 60), min_size=1, max_size=9), st.floats(5.0, 600.0))
def test_a_walk_at_once_is_the_walk_step_by_step(seed: int, parts: list[int], halving_s: float) -> None:
    rng = np.random.default_rng(seed)
    walk = unit(np.array(X) + rng.normal(0.0, 0.2, (sum(parts), 3)))
    start = Candidates([Candidate([9.0, 0.5, 0.0], 9.1), Candidate([0.0, 3.0, 1.0], 3.2)], best=0)
    ways = []
    for cuts in (np.cumsum(parts)[:-1], np.arange(1, len(walk))):
        candidates, told = copy.deepcopy(start), []
        for part in np.split(walk, cuts):
            while len(part):
                sums, evidence_s = candidates.follow(part, 35.0, halving_s)
                told += list(map(float, evidence_s))
                part = part[len(sums) :]
                if len(part):
                    candidates.add(part[0].tolist(), 1.0, 35.0, halving_s)
                    part = part[1:]
        ways.append((told, candidates.second, [(each.vector, each.weight) for each in candidates.each]))
    assert ways[0] == ways[1]


def test_a_vector_without_direction_is_far_from_everything() -> None:
    assert between_deg([0.0, 0.0, 0.0], X) == 180.0
    assert between_deg(X, Y) == pytest.approx(90.0)
