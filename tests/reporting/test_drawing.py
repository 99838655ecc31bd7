"""The report's pictures: in their place, in proportion, and on the local clock."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

from monitor.history.queries import day
from monitor.history.store import Commit
from monitor.model import Posture
from monitor.reporting.drawing import Bar, Part, chart, hours, ribbon, share, told_minutes
from tests.history.builders import bout_ended, bout_started, gap_ended, rows
from tests.reporting.office import BERLIN, at, stored

TUESDAY = date(2024, 3, 5)


def test_a_ribbon_shows_each_minute_in_its_place(tmp_path: Path) -> None:
    nine = at(TUESDAY, "09:00")
    postures = rows(nine, (Posture.SITTING, 1800), (Posture.STEPPING, 600))
    books = day(stored(tmp_path, commit=Commit("me", postures)), "me", TUESDAY, BERLIN)
    drawn = ribbon(books, "Tuesday", "sat & walked")
    assert 'viewBox="0 0 1440 100"' in drawn
    assert '<path class="sitting" d="M540 100v-45h30v45z"/>' in drawn
    assert '<path class="stepping" d="M570 100v-100h10v100z"/>' in drawn
    assert "<title>Tuesday</title><desc>sat &amp; walked</desc>" in drawn


def test_where_the_postures_are_forgotten_the_books_fill_the_minutes(tmp_path: Path) -> None:
    nine = at(TUESDAY, "09:00")
    events = (bout_started(nine), bout_ended(nine, nine + 3600), gap_ended(nine + 3600, nine + 7200, "not_worn"))
    path = stored(tmp_path, commit=Commit("me", rows(nine + 3000, (Posture.LYING, 600)), events))
    minutes = told_minutes(day(path, "me", TUESDAY, BERLIN))
    assert set(minutes[540:590]) == {int(Posture.SITTING)}
    assert set(minutes[590:600]) == {int(Posture.LYING)}
    assert set(minutes[600:660]) == {int(Posture.UNKNOWN)}
    assert set(minutes[:540]) == {None}


def test_hours_stand_where_the_local_clock_has_them_when_the_clocks_change(tmp_path: Path) -> None:
    path = stored(tmp_path, bout_started(at(TUESDAY, "09:00")))
    spring = {name: place for place, name in hours(day(path, "me", date(2024, 3, 31), BERLIN), 6)}
    autumn = {name: place for place, name in hours(day(path, "me", date(2024, 10, 27), BERLIN), 6)}
    assert (spring["12"], autumn["12"]) == (11 / 23, 13 / 25)
    assert spring["24"] == autumn["24"] == 1.0


def test_bars_are_as_high_as_their_values_and_the_pieces_stand_on_each_other() -> None:
    bars = [Bar((Part(10, "sitting"), Part(10, "stepping")), "Mo"), Bar((Part(10, "sitting"),), "Tu"), Bar((), "We")]
    heights = [float(h) for h in re.findall(r'<rect [^>]*height="([\d.]+)"', chart("t", "d", bars))]
    tops = [float(y) for y in re.findall(r'<rect [^>]* y="([\d.]+)"', chart("t", "d", bars))]
    assert heights[0] == heights[1] == heights[2]
    assert tops[1] == tops[0] - heights[1]
    assert tops[0] == tops[2]


def test_a_divided_bar_is_whole() -> None:
    drawn = share("t", "d", [Part(1, "stepping"), Part(3, "sitting"), Part(0, "silent")])
    assert '<rect class="stepping" x="0.00" y="0" width="25.00"' in drawn
    assert '<rect class="sitting" x="25.00" y="0" width="75.00"' in drawn
