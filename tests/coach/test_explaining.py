"""What was learned, told in words; and nothing told that was not."""

from __future__ import annotations

import pytest

from monitor.coach.explaining import learned_lines, trial_lines
from monitor.coach.learning import ANSWERS, Learner
from monitor.coach.trial import judge
from monitor.words import languages, words
from tests.coach.test_learning import taught
from tests.coach.test_trial import points


def test_before_the_first_call_there_is_nothing_to_tell() -> None:
    assert learned_lines(Learner(), words(), learns=True) == [words().learned.nothing]
    assert learned_lines(Learner(), words(), learns=False)[0] == words().learned.off


def test_a_habit_is_told_and_the_rest_is_not() -> None:
    lines = learned_lines(taught(("hour", "before_10"), 300), words(), learns=True)
    assert lines[0].startswith("After 300 calls you got up within five minutes")
    assert lines[1].startswith("Time of day: rather before 10 o'clock (")
    assert all("no difference" in line for line in lines[2:])


def test_a_wearer_without_habits_is_seldom_told_of_one() -> None:
    told = [line for seed in range(20) for line in learned_lines(taught(None, 200, seed), words(), learns=True)[1:]]
    assert sum("no difference" not in line for line in told) <= 4


@pytest.mark.parametrize("language", languages())
def test_every_question_and_answer_has_a_name(language: str) -> None:
    learned = words(language).learned
    assert set(learned.questions) == set(ANSWERS)
    assert set(learned.answers) == {answer for answers in ANSWERS.values() for answer in answers}


def test_a_trial_with_an_effect_is_told_with_its_interval() -> None:
    lines = trial_lines(judge(points((0.6, 0.1), 80, 20, 1), by_day=False), words())
    assert lines[0].startswith("With a call you got up within five minutes")
    assert lines[1].startswith("Calls make a difference of +")
    assert lines[2] == words().trial.caution


def test_a_trial_without_one_says_so() -> None:
    lines = trial_lines(judge(points((0.3, 0.3), 80, 20, 2), by_day=True), words("de"))
    assert lines[1].startswith("Eine Wirkung der Erinnerungen ist nicht gezeigt")


def test_a_young_trial_says_that_it_is_too_early() -> None:
    lines = trial_lines(judge(points((0.6, 0.1), 4, 4, 1), by_day=False), words())
    assert lines[1] == words().trial.too_few.format(least=5)
    assert trial_lines(judge([], by_day=False), words()) == [words().trial.none]
