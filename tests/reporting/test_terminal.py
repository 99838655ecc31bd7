"""A report in the terminal: the day's books with its figures below, days side by side for a week."""

from __future__ import annotations

import io
from datetime import date
from pathlib import Path

import pytest
from rich.console import Console

from monitor.reporting.figures import Kind
from monitor.reporting.reading import read
from monitor.reporting.terminal import show
from tests.reporting.office import BERLIN, at, written

TUESDAY = date(2024, 3, 5)


def shown(folder: Path, kind: Kind, terminal: bool, on: date = TUESDAY, width: int = 110) -> str:
    path = folder / "history.sqlite3"
    if not path.exists():
        written(folder, date(2024, 3, 4), 5)
    out = io.StringIO()
    told = read(path, "me", kind, on, BERLIN, at(date(2024, 3, 12), "12:00"))
    show(told, Console(file=out, force_terminal=terminal, width=width, color_system=None, legacy_windows=False))
    return out.getvalue()


def test_without_a_terminal_a_week_is_plain_ascii_lines(tmp_path: Path) -> None:
    text = shown(tmp_path, "week", terminal=False)
    lines = text.splitlines()
    assert text.isascii()
    assert lines[0] == "me, 2024-03-04 to 2024-03-10"
    assert [line[:6] for line in lines if "####" in line] == ["Mon 04", "Tue 05", "Wed 06", "Thu 07", "Fri 08"]
    assert "nothing seen" in text
    assert "Usual bout" in text


@pytest.mark.parametrize("kind", ["day", "week", "month"])
def test_a_terminal_gets_bars_and_the_same_figures(tmp_path: Path, kind: Kind) -> None:
    text = shown(tmp_path, kind, terminal=True)
    plain = shown(tmp_path, kind, terminal=False)
    assert "Sitting by length of bout" in text
    assert "█" in text
    for line in plain.splitlines():
        if line.startswith(("Usual bout", "Breaks:", "Invitations:", "Exercises seen:", "Worn ")):
            assert line[:60] in text
    assert max(map(len, text.splitlines())) <= 110


def test_a_day_keeps_its_books_and_adds_what_followed(tmp_path: Path) -> None:
    text = shown(tmp_path, "day", terminal=False)
    assert "Sitting (from, to, sat, ended by)" in text
    assert "A break began within 1 min: 0 of" in text


def test_a_week_without_data_says_so(tmp_path: Path) -> None:
    text = shown(tmp_path, "week", terminal=False, on=date(2024, 2, 20))
    assert text.splitlines() == ["me, 2024-02-19 to 2024-02-25", "Nothing was seen."]
