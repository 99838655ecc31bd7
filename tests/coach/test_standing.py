"""A word to who stands for long, where it is wanted."""

from __future__ import annotations

from monitor.events import StandingLong
from monitor.exchange import Command
from monitor.model import Posture
from tests.coach.days import NOON_S, Stretch, a_coach, live


def standing(length_s: int) -> Stretch:
    return Stretch(Posture.STANDING, length_s)


def told(*stretches: Stretch, limit_s: float = 1200) -> list[float]:
    coach = a_coach(standing_limit_s=limit_s)
    return [event.at_s - NOON_S for event in live(coach, *stretches) if isinstance(event, StandingLong)]


def test_it_is_off_unless_asked_for() -> None:
    assert told(standing(5000), limit_s=0) == []


def test_one_word_a_stretch() -> None:
    assert told(standing(4000)) == [1203]


def test_a_walk_or_a_seat_begins_a_new_stretch() -> None:
    assert told(standing(1000), Stretch(Posture.STEPPING, 60), standing(1000)) == []
    assert told(standing(1000), Stretch(Posture.STEPPING, 20), standing(300)) == [1223]
    assert told(standing(1300), Stretch(Posture.SITTING, 100), standing(1300)) == [1203, 1300 + 100 + 1203]


def test_it_keeps_quiet_while_paused() -> None:
    coach = a_coach(standing_limit_s=1200)
    coach.command(Command("pause", "ON"), NOON_S)
    assert not any(isinstance(event, StandingLong) for event in live(coach, standing(2000)))


def test_the_words_invite() -> None:
    coach = a_coach(standing_limit_s=1200)
    (event,) = (event for event in live(coach, standing(1300)) if isinstance(event, StandingLong))
    assert event.message == "Standing for 20 minutes. A few steps, or a seat for a while, may be pleasant now."
