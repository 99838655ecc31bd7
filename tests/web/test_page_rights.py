"""Several people on one page, in a real browser: each sees and answers for those they may, and no one else."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("selenium", reason="needs selenium (the extra test)")

from monitor.web.server import is_installed
from tests.support.browser import ServedPage, browser, errors, named, needs_chromium, shot, until

pytestmark = [
    pytest.mark.chromium,
    needs_chromium,
    pytest.mark.skipif(not is_installed(), reason="needs the extra web"),
]
ALL, ADA, BOB = "the word for all", "the word of ada", "the word of bob"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedPage]:
    served = ServedPage(tmp_path_factory.mktemp("rights"), ALL, f"ada={ADA}", f"bob={BOB}")
    yield served
    served.end()


@pytest.fixture
def window() -> Iterator[Any]:
    with browser(390, 844) as driver:
        driver.shot_name = "phone"
        yield driver


def log_in(window: Any, page: ServedPage, name: str, password: str) -> None:
    window.get(f"{page.url}login")
    named(window, "Name", "input").send_keys(name)
    named(window, "Password", "input").send_keys(f"{password}\n")


def words_of(window: Any) -> str:
    """Everything that stands there, seen or not."""
    return str(window.execute_script("return document.documentElement.outerHTML")).split("</style>")[-1]


def test_who_logs_in_as_one_sees_and_answers_for_that_one_only(page: ServedPage, window: Any) -> None:
    window.get(page.url)
    shot(window, "login-several")
    log_in(window, page, "Bob", BOB)
    named(window, "Warum?")
    assert "bob" in window.find_element("css selector", "h1").text
    assert not window.find_elements("css selector", "nav a")
    assert not window.find_elements("css selector", ".calling")  # the open alert is Ada's
    assert not re.search(r"\bada\b", words_of(window), re.IGNORECASE)
    for asked in ("?wearer=ada", "?wearer=nobody", "?wearer="):
        window.get(f"{page.url}{asked}")
        named(window, "Warum?")
        assert "bob" in window.find_element("css selector", "h1").text
    named(window, "Erinnerungen anhalten").click()
    assert page.heard() == "command bob pause ON -"
    assert errors(window) == []


def test_the_password_for_all_opens_every_page(page: ServedPage, window: Any) -> None:
    log_in(window, page, "", ALL)
    named(window, "Done")
    named(window, "bob", "a").click()
    named(window, "Warum?")
    named(window, "ada", "a").click()
    named(window, "Done")


def test_one_password_does_not_open_for_another_name(page: ServedPage, window: Any) -> None:
    log_in(window, page, "ada", BOB)
    until(window, lambda driver: "not the password" in driver.find_element("css selector", "[role=alert]").text)
    window.get(page.url)
    assert window.current_url.endswith("/login")


def test_a_page_left_open_ends_with_its_session(page: ServedPage, window: Any) -> None:
    log_in(window, page, "ada", ADA)
    named(window, "Done")
    ended = window.current_window_handle
    window.switch_to.new_window("tab")
    window.get(page.url)
    named(window, "Log out").click()
    until(window, lambda driver: driver.current_url.endswith("/login"))
    window.switch_to.window(ended)
    until(window, lambda driver: driver.current_url.endswith("/login"))
    assert "Sitting for" not in words_of(window)
