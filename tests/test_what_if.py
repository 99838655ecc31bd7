"""Recorded days under another policy."""

from __future__ import annotations

import pytest
import typer

from monitor.cli.what_if import seconds
from monitor.history.runs import PostureRun
from monitor.model import Posture
from monitor.settings.loading import load
from monitor.settings.sections import Settings
from monitor.what_if import Outcome, play

T0 = 1_700_000_000.0


def day(*stretches: tuple[Posture, int]) -> list[PostureRun]:
    runs, at_s = [], T0
    for posture, length_s in stretches:
        runs.append(PostureRun(at_s, at_s + length_s, int(posture), True, 0.95))
        at_s += length_s
    return runs


def policy(*overrides: str) -> Settings:
    return load(None, [*overrides], environment={}).settings


MORNING = day(
    (Posture.SITTING, 2500), (Posture.STANDING, 300), (Posture.SITTING, 1300), (Posture.STEPPING, 300),
    (Posture.SITTING, 600),
)  # fmt: skip


def played(*overrides: str) -> Outcome:
    return play(MORNING, policy(*overrides), "me")


def test_a_shorter_limit_calls_more_often_on_the_same_day() -> None:
    half_hour, short = played("coach.limit_s=1800"), played("coach.limit_s=1200")
    assert [call.sedentary_s for call in half_hour.first_calls] == [1800.0]
    assert [call.sedentary_s for call in short.first_calls] == [1200.0, 1200.0]
    assert short.breaks == half_hour.breaks == 2
    assert short.observed_s == 5000.0
    assert short.longest_s == 2500.0


def test_a_call_just_before_an_own_break_is_counted_as_such() -> None:
    short = played("coach.limit_s=1200")
    assert [round(call.break_after_s or -1) for call in short.first_calls] == [1300, 100]
    assert short.before_own_break == 1


def test_repeats_follow_the_profile() -> None:
    calls = played("coach.limit_s=600", "coach.profile=strict").calls
    assert max(call.repeat for call in calls) == 4
    assert max(call.repeat for call in played("coach.limit_s=600", "coach.profile=gentle").calls) == 1


def test_a_hole_in_the_record_is_no_sitting() -> None:
    runs = day((Posture.SITTING, 1000))
    later = [PostureRun(T0 + 5000, T0 + 6000, int(Posture.SITTING), True, 0.95)]
    assert play([*runs, *later], policy("coach.limit_s=1200"), "me").calls == ()


def test_nothing_recorded_gives_nothing() -> None:
    assert play([], policy(), "me").calls_a_day == 0.0


@pytest.mark.parametrize(
    ("text", "length_s"), [("20m", 1200), ("20", 1200), ("90s", 90), ("1.5h", 5400), ("5 min", 300)]
)
def test_lengths_of_time_are_read(text: str, length_s: float) -> None:
    assert seconds(text) == length_s


@pytest.mark.parametrize("text", ["", "soon", "-3m", "5d"])
def test_no_length_of_time_is_refused(text: str) -> None:
    with pytest.raises(typer.BadParameter):
        seconds(text)
