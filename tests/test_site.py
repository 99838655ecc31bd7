"""The documentation as a built site: nothing is broken, and whoever looks at it is told to nobody."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("material", reason="needs the extra docs: make docs")

ROOT = Path(__file__).parent.parent
FETCHED = re.compile(r"<(?:script|img|iframe|source|audio|video)\b[^>]*\bsrc=\"?([^\"\s>]+)|<link\b[^>]*>")


def build(root: Path, site: Path) -> subprocess.CompletedProcess[str]:
    line = [sys.executable, "-m", "mkdocs", "build", "--strict", "--site-dir", str(site)]
    quiet = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    return subprocess.run(line, cwd=root, env=quiet, capture_output=True, text=True, timeout=120, check=False)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    done = build(ROOT, folder)
    assert done.returncode == 0, done.stderr
    return folder


def test_it_is_built_without_a_warning_and_can_be_searched(site: Path) -> None:
    assert (site / "index.html").exists()
    assert "knee" in (site / "search" / "search_index.json").read_text(encoding="utf-8")


def test_no_page_fetches_anything_from_elsewhere(site: Path) -> None:
    pages = list(site.rglob("*.html"))
    assert len(pages) > 30
    for page in pages:
        for found in FETCHED.finditer(page.read_text(encoding="utf-8")):
            link = found[0].startswith("<link") and 'rel="canonical"' not in found[0]
            fetched = found[1] or (found[0] if link else "")
            assert "//" not in fetched, f"{page.name}: {found[0]}"
    for sheet in site.rglob("*.css"):
        assert not re.search(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//", sheet.read_text(encoding="utf-8")), sheet.name


def test_no_source_of_a_generator_is_published(site: Path) -> None:
    assert not list(site.rglob("*.py"))


def test_a_link_or_an_anchor_that_leads_nowhere_ends_the_build(tmp_path: Path) -> None:
    for target in ("nowhere.md", "faq.md#nowhere"):
        house = tmp_path / target.replace("#", "-")
        shutil.copytree(ROOT / "docs", house / "docs")
        shutil.copy(ROOT / "mkdocs.yml", house / "mkdocs.yml")
        page = house / "docs" / "index.md"
        page.write_text(f"{page.read_text(encoding='utf-8')}\n[gone]({target})\n", encoding="utf-8")
        done = build(house, house / "site")
        assert done.returncode != 0
        assert "nowhere" in done.stderr
