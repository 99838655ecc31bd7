"""Writes every page that is made from the program itself; tests compare them with the tree.

python docs/generate
"""

from __future__ import annotations

import runpy
from pathlib import Path

import architecture_page
import settings_page
import topics_page

DOCS = Path(__file__).parent.parent


def pages() -> dict[str, str]:
    """Text of every generated page and picture, by its path below ``docs``."""
    wearables = runpy.run_path(str(DOCS / "wearables" / "generate.py"))["pages"]()
    return {
        "settings.md": settings_page.page(),
        "topics.md": topics_page.page(),
        **architecture_page.pages(),
        **{f"wearables/{name}": text for name, text in wearables.items()},
    }


def main() -> None:
    """Write them all."""
    for name, text in pages().items():
        (DOCS / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
