"""docs/add/outlet.md, followed word for word."""

from __future__ import annotations

from pathlib import Path

from tests.support.followed import follow


def test_who_follows_the_page_has_added_an_outlet(tmp_path: Path) -> None:
    said = follow("outlet.md", tmp_path)
    assert "passed" in said[1]
    assert "## `[diary]`" in (tmp_path / "docs" / "settings.md").read_text(encoding="utf-8")
