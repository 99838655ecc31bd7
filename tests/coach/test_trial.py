"""The wearer's own trial: the lot, what it keeps back, and what its numbers say."""

from __future__ import annotations

import numpy as np
import pytest

from monitor.coach.trial import LEAST_UNITS, judge, newcombe, trial_calls
from monitor.events import AlertWithheld, BreakDue, Event, TrialPoint
from monitor.history.day import TrialRow
from monitor.model import Posture
from tests.coach.days import Stretch, a_coach, live, sitting


def test_the_lot_is_fair_and_always_the_same() -> None:
    drawn = [trial_calls(f"bout {number}") for number in range(2000)]
    assert np.mean(drawn) == pytest.approx(0.5, abs=0.04)
    assert drawn == [trial_calls(f"bout {number}") for number in range(2000)]


def day_of_bouts(count: int) -> list[Stretch]:
    return [each for _ in range(count) for each in (sitting(1000), Stretch(Posture.STANDING, 100))]


def lived(trial: str, count: int = 30) -> list[Event]:
    return live(a_coach(trial=trial, early_s=300), *day_of_bouts(count))


def test_about_half_of_the_bouts_go_without_a_call_and_each_is_noted() -> None:
    events = lived("by_bout")
    points = [event for event in events if isinstance(event, TrialPoint)]
    assert len(points) == 30
    assert 8 <= sum(point.called for point in points) <= 22
    called = {point.bout_id for point in points if point.called}
    assert {event.bout_id for event in events if isinstance(event, BreakDue)} == called
    withheld = [event for event in events if isinstance(event, AlertWithheld)]
    assert {event.reason for event in withheld} == {"trial"}
    assert {event.bout_id for event in withheld} == {point.bout_id for point in points} - called


def test_both_halves_are_judged_at_the_same_moment_of_the_bout() -> None:
    points = [event for event in lived("by_bout") if isinstance(event, TrialPoint)]
    starts = {point.bout_id: float(point.bout_id.removeprefix("bout-")) for point in points}
    assert {round(point.at_s - starts[point.bout_id]) for point in points} == {603}


def test_by_day_a_day_is_all_calls_or_none() -> None:
    points = [event for event in lived("by_day", 60) if isinstance(event, TrialPoint)]
    by_day: dict[str, set[bool]] = {}
    for point in points:
        by_day.setdefault(point.unit, set()).add(point.called)
    assert all(len(kinds) == 1 for kinds in by_day.values())


def test_without_a_trial_nothing_is_noted() -> None:
    assert not any(isinstance(event, TrialPoint) for event in lived("off", 3))


def test_the_interval_is_newcombes() -> None:
    # Newcombe (1998), table II, (a) 56/70 against 48/80, method 10
    low, high = newcombe(56, 70, 48, 80)
    assert (round(low, 4), round(high, 4)) == (0.0524, 0.3339)


def points(shares: tuple[float, float], count: int, units: int, seed: int) -> list[TrialRow]:
    random = np.random.default_rng(seed)
    return [
        TrialRow(f"{called} {number % units}", called, bool(random.random() < share))
        for called, share in zip((True, False), shares, strict=True)
        for number in range(count)
    ]


@pytest.mark.parametrize("by_day", [False, True])
def test_an_effect_is_found(by_day: bool) -> None:
    verdicts = [judge(points((0.5, 0.15), 80, 20, seed), by_day) for seed in range(10)]
    assert all(verdict.shows_an_effect for verdict in verdicts)
    assert np.mean([verdict.low <= 0.35 <= verdict.high for verdict in verdicts]) >= 0.8


@pytest.mark.parametrize("by_day", [False, True])
def test_where_there_is_none_it_says_so(by_day: bool) -> None:
    verdicts = [judge(points((0.3, 0.3), 80, 20, seed), by_day) for seed in range(40)]
    assert np.mean([verdict.shows_an_effect for verdict in verdicts]) <= 0.1


def test_a_few_days_say_nothing() -> None:
    verdict = judge(points((1.0, 0.0), 40, LEAST_UNITS - 1, 0), by_day=True)
    assert not verdict.enough
    assert not verdict.shows_an_effect
    assert judge([], by_day=False).enough is False
