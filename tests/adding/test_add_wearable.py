"""docs/add/wearable.md, followed word for word."""

from __future__ import annotations

from pathlib import Path

from tests.support.followed import follow


def test_who_follows_the_page_has_added_a_wearable(tmp_path: Path) -> None:
    said = follow("wearable.md", tmp_path)
    assert "passed" in said[0]
    assert "passed" in said[1]
    assert "# TiltTag" in (tmp_path / "docs" / "wearables" / "tilttag.md").read_text(encoding="utf-8")
