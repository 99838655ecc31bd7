"""The day's ribbon, the weeks and the exercise as pictures."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.coach.catalogue import load_catalogue
from monitor.history.day import AlertRow, BoutRow, BreakRow, DayBooks, SeenRow
from monitor.history.runs import PostureRun
from monitor.model import Posture
from monitor.web import figures
from monitor.words import languages, words

EN = words("en")
DAY = date(2026, 3, 5)
START_S = datetime(2026, 3, 5, tzinfo=UTC).timestamp()
EMPTY = DayBooks("me", DAY, UTC, START_S, START_S + 86400, (), (), (), (), (), (), ())


def run(from_min: float, until_min: float, posture: Posture) -> PostureRun:
    return PostureRun(START_S + 60 * from_min, START_S + 60 * until_min, int(posture), True, 0.9)


def bout(from_min: float, until_min: float) -> BoutRow:
    start_s, end_s = START_S + 60 * from_min, START_S + 60 * until_min
    return BoutRow("b", start_s, end_s, end_s - start_s, 0.0, 0.0, "upright", False, 0, False)


MORNING = replace(
    EMPTY,
    bouts=(bout(540, 571),),
    breaks=(BreakRow("k", "b", START_S + 60 * 571, START_S + 60 * 574, 180.0, 60.0, 100, True, True, 0, False),),
    alerts=(AlertRow("a", "b", START_S + 60 * 570, START_S + 60 * 570, 1800, 1800, 0, 1, "limit", 0.9, None, None),),
    seen=(SeenRow("s", "a", "lunge_stretch", "Lunge", START_S + 60 * 570, START_S + 60 * 571, 0, 30.0, "hold"),),
    postures=(run(540, 571, Posture.SITTING), run(571, 574, Posture.STEPPING), run(574, 580, Posture.NOT_WORN)),
)


def test_each_minute_is_what_fills_most_of_it() -> None:
    books = replace(EMPTY, postures=(run(10, 11.4, Posture.SITTING), run(11.4, 12, Posture.STANDING)))
    found = figures.minutes(books)
    assert len(found) == 1440
    assert found[9:13] == [None, Posture.SITTING, Posture.STANDING, None]


@given(st.lists(st.tuples(st.integers(1, 900), st.sampled_from(list(Posture))), max_size=30))
def test_the_ribbon_covers_the_seen_minutes_once(stretches: list[tuple[int, Posture]]) -> None:
    at, found = 0.0, []
    for length, posture in stretches:
        found.append(run(at / 10, (at + length) / 10, posture))
        at += length
    picture = figures.ribbon(replace(EMPTY, postures=tuple(found)), EN)
    widths = [int(width) for width in re.findall(r'<rect class="[\w-]+".*? width="(\d+)"', picture)]
    assert sum(widths) == len(
        [each for each in figures.minutes(replace(EMPTY, postures=tuple(found))) if each is not None]
    )


def test_minutes_without_data_between_others_are_a_gap_and_those_before_and_after_are_not() -> None:
    books = replace(EMPTY, postures=(run(1300, 1310, Posture.SITTING), run(1330, 1340, Posture.STEPPING)))
    picture = figures.ribbon(books, EN)
    assert re.findall(r'<rect class="gap" x="(\d+)" y="0" width="(\d+)" height="100"/>', picture) == [("10", "20")]
    assert "no data" in picture
    assert 'class="gap"' not in figures.ribbon(MORNING, EN)
    assert "no data" not in figures.ribbon(MORNING, EN)


def test_calls_breaks_and_exercises_stand_at_their_time_and_it_is_told_in_words() -> None:
    picture = figures.ribbon(MORNING, EN)
    assert [picture.count(mark) for mark in figures.MARKS.values()] == [2, 2, 2]  # each once, and in the legend
    assert 'style="left:25.00%"' in picture  # 30 of 120 minutes
    label = re.search(r'aria-label="([^"]*)"', picture)
    assert label is not None
    assert label[1] == (
        "2026-03-05, 09:00 to 09:40: sitting 31 minutes, upright 3 minutes, not known 0 seconds; "
        "reminders: 1, breaks: 1."
    )
    assert "not worn" in picture


def test_a_day_without_data_says_so() -> None:
    assert EN.page.nothing in figures.ribbon(EMPTY, EN)


def test_postures_differ_in_height_and_not_only_in_colour() -> None:
    heights = [height for _, height in (*figures.LOOKS.values(), figures.SILENT)]
    assert len(set(heights)) == len(heights)


@pytest.mark.parametrize("language", languages())
def test_every_posture_and_profile_has_its_word(language: str) -> None:
    page = words(language).page
    assert {posture.word for posture in Posture} <= set(page.postures)
    assert set(page.profiles) == {"gentle", "normal", "strict"}


def test_the_weeks_have_a_row_a_day_and_days_without_data_are_not_zero() -> None:
    table = figures.weeks([MORNING, EMPTY], EN)
    assert table.count("<tr>") == 3
    assert "<td>0:31</td>" in table
    assert "<td>–</td>" in table
    assert "0:00" not in table
    assert '<th scope="row">Thu 5/3</th>' in table
    assert '<th scope="row">Do 5.3.</th>' in figures.weeks([MORNING], words("de"))


def test_every_exercise_that_moves_has_a_picture_of_its_own() -> None:
    for exercise_id in load_catalogue().exercises:
        picture = figures.exercise_picture(exercise_id, EN)
        assert "<animate" in picture
        assert figures.standalone(picture).startswith("<svg style=")
    assert figures.exercise_picture("nonsense", EN) == ""
