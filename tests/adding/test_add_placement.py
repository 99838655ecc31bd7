"""docs/add/placement.md, followed word for word."""

from __future__ import annotations

from pathlib import Path

from tests.support.followed import follow


def test_who_follows_the_page_has_added_a_placement(tmp_path: Path) -> None:
    said = follow("placement.md", tmp_path)
    assert "passed" in said[1]
    assert "the arm hangs alike" in said[2]
