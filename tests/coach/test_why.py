from __future__ import annotations

import pytest

from monitor.coach.moments import Moment
from monitor.coach.why import reasons
from monitor.exchange import Command
from monitor.model import Posture
from tests.coach.days import NOON_S, Stretch, a_coach, live, sitting, steps_of, tell


@pytest.mark.parametrize(
    ("stretches", "reason"),
    [
        ([], "There are no data yet."),
        ([Stretch(Posture.STANDING, 10)], "No sitting bout is running: you are seen as standing."),
        ([sitting(240)], "No break is due yet: 4 minutes of sitting, the limit is 10 minutes."),
        ([sitting(540)], "Waiting for a good moment: 9 minutes of sitting"),
        ([sitting(600)], "You are being called since 10 minutes of sitting"),
        ([sitting(720, confidence=0.4)], "A break is due, but silent because the sensor is not sure enough"),
        ([sitting(3600)], "Silent because you have been called often enough in this bout: 60 minutes of sitting"),
    ],
)
def test_the_reason_is_told_in_a_sentence(stretches: list[Stretch], reason: str) -> None:
    coach = a_coach(early_s=120)
    live(coach, *stretches)
    now_s = NOON_S + sum(stretch.length_s for stretch in stretches) + 4
    assert reasons(coach, now_s).startswith(reason)


def test_old_data_are_no_reason_to_say_anything_of_the_body() -> None:
    coach = a_coach()
    live(coach, sitting(100))
    assert reasons(coach, NOON_S + 1000).startswith("There are no fresh data since 12:01; unknown is never sitting.")


def test_a_wish_of_the_wearer_is_named_beside_the_clock() -> None:
    coach = a_coach()
    live(coach, sitting(240))
    coach.command(Command("pause", "ON"), NOON_S + 244)
    assert "Besides, alerts are paused." in reasons(coach, NOON_S + 245)


def test_after_an_answer_the_next_call_is_named() -> None:
    coach = a_coach()
    live(coach, sitting(600))
    coach.command(Command("done", "PRESS"), NOON_S + 617)
    assert "The next call is at 12:15." in reasons(coach, NOON_S + 618)
    assert "Lately: 12:10 called (limit) after 10 minutes; 12:10 cleared: done; 12:10 you said done PRESS." in reasons(
        coach, NOON_S + 618
    )


def test_after_an_early_call_no_break_is_due_before_the_limit() -> None:
    coach = a_coach(early_s=120)
    live(coach, sitting(500), Stretch(Posture.SITTING, 4, movement_mg=200.0), sitting(10))
    assert reasons(coach, NOON_S + 518).startswith("You are being called")
    coach.command(Command("done", "PRESS"), NOON_S + 519)
    assert reasons(coach, NOON_S + 520).startswith("No break is due yet: 9 minutes of sitting")


def test_what_was_decided_is_told_in_the_wearers_language() -> None:
    coach = a_coach(language="de")
    for step in steps_of([sitting(960)]):
        tell(coach, step)
        if isinstance(step, Moment) and step.start_s == NOON_S + 660:
            coach.command(Command("busy", "ON"), step.now_s)
    told = " | ".join(text for _, text in coach.decisions.entries)
    assert told.startswith("erinnert (Grenze) nach 10 Minuten | beendet: beschäftigt | Sie sagten busy ON")
    assert told.endswith(" | still, weil Sie beschäftigt sind")
