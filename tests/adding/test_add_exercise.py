"""docs/add/exercise.md, followed word for word."""

from __future__ import annotations

from pathlib import Path

from tests.support.followed import follow


def test_who_follows_the_page_has_added_an_exercise(tmp_path: Path) -> None:
    said = follow("exercise.md", tmp_path)
    assert "calf_raise" in said[1]
    assert "hold on to the desk" in said[2]
    assert "passed" in said[3]
    assert "Wall sit" in said[4]
