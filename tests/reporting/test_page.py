"""The page of a report: one file that fetches and runs nothing, readable without seeing, on a phone and on paper."""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from monitor.reporting.figures import Kind
from monitor.reporting.page import page
from monitor.reporting.reading import Told, read
from monitor.words import words
from tests.reporting.office import BERLIN, at, written
from tests.support.browser import SHOTS, browser, needs_chromium

TUESDAY = date(2024, 3, 5)
NOW_S = at(date(2024, 3, 14), "15:20")
VOID = {"meta", "br", "link", "img", "input"}


class Tags(HTMLParser):
    """Opens and closes, and remembers what there is."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, Any]]] = []
        self.inside: dict[str, list[str]] = {}

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag == "svg":
            self.inside[str(len(self.seen))] = []
        elif "svg" in self.open:
            list(self.inside.values())[-1].append(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def parsed(html: str) -> Tags:
    tags = Tags()
    tags.feed(html)
    assert tags.open == []
    return tags


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return written(tmp_path_factory.mktemp("history"), date(2024, 3, 1), 14)


def told(path: Path, kind: Kind, on: date = TUESDAY) -> Told:
    return read(path, "me", kind, on, BERLIN, NOW_S)


@pytest.mark.parametrize("kind", ["day", "week", "month"])
@pytest.mark.parametrize("language", ["en", "de"])
def test_nothing_is_fetched_and_nothing_is_run(path: Path, kind: Kind, language: str) -> None:
    html = page(told(path, kind), words(language))
    tags = parsed(html)
    assert not {"script", "link", "img", "iframe", "object"} & {tag for tag, _ in tags.seen}
    assert not [name for _, attrs in tags.seen for name in attrs if name in ("src", "href") or name.startswith("on")]
    assert not re.search(r"url\(|@import|https?:", html)
    assert ("html", {"lang": language}) in tags.seen


@pytest.mark.parametrize("kind", ["day", "week", "month"])
def test_every_picture_says_what_it_shows(path: Path, kind: Kind) -> None:
    tags = parsed(page(told(path, kind), words()))
    pictures = [attrs for tag, attrs in tags.seen if tag == "svg"]
    assert len(pictures) >= {"day": 5, "week": 12, "month": 36}[kind]
    for attrs in pictures:
        assert attrs["role"] == "img"
        assert len(attrs["aria-label"]) > 10
    for inside in tags.inside.values():
        assert inside[:2] == ["title", "desc"]


def test_a_day_without_data_and_a_day_to_come_have_a_page(path: Path) -> None:
    assert words().page.nothing in page(told(path, "day", date(2024, 3, 9)), words())
    assert words().report.to_come in page(told(path, "day", date(2024, 3, 20)), words())


def test_a_name_is_text_and_no_markup(tmp_path: Path) -> None:
    path = written(tmp_path, TUESDAY, 1, wearer="<script>x</script>")
    html = page(read(path, "<script>x</script>", "day", TUESDAY, BERLIN, NOW_S), words())
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_a_running_week_says_how_far_it_goes(path: Path) -> None:
    assert "so far, up to Thursday, 14 March 2024, 15:20" in page(told(path, "week", date(2024, 3, 14)), words())


def test_days_whose_postures_are_forgotten_are_drawn_from_the_books(tmp_path: Path) -> None:
    path = written(tmp_path, TUESDAY, 1, keep_postures=False)
    html = page(told(path, "day"), words())
    (drawn,) = re.findall(r'<path class="sitting" d="([^"]+)"', html)
    assert drawn.count("M") > 5


@needs_chromium
@pytest.mark.chromium
@pytest.mark.parametrize(("width", "dark"), [(1280, False), (390, True)])
def test_in_a_browser_it_fits_the_screen_and_the_console_is_empty(
    path: Path, tmp_path: Path, width: int, dark: bool
) -> None:
    with browser(width, 844, dark) as chromium:
        for kind in ("day", "week", "month"):
            file = tmp_path / f"{kind}.html"
            file.write_text(page(told(path, kind), words()), encoding="utf-8")
            chromium.get(file.as_uri())
            script = "return [document.documentElement.scrollWidth, getComputedStyle(document.body).backgroundColor]"
            wide, paper = chromium.execute_script(script)
            assert wide <= width
            assert paper == ("rgb(20, 24, 27)" if dark else "rgb(251, 250, 247)")
            assert chromium.get_log("browser") == []
            if SHOTS.name:
                chromium.save_screenshot(str(SHOTS / f"report-{kind}-{width}.png"))
