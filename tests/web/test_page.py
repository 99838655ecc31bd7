"""The page in a real browser: what is seen, what is said to screen readers, what buttons do."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
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
SIZES = {"phone": (390, 844), "desktop": (1280, 900)}
PASSWORD = "a long enough password"


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedPage]:
    served = ServedPage(tmp_path_factory.mktemp("page"))
    yield served
    served.end()


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServedPage]:
    served = ServedPage(tmp_path_factory.mktemp("guarded"), PASSWORD)
    yield served
    served.end()


@pytest.fixture(scope="module", params=SIZES)
def window(request: pytest.FixtureRequest) -> Iterator[Any]:
    with browser(*SIZES[request.param], dark=request.param == "phone") as driver:
        driver.shot_name = request.param
        yield driver


def test_now_the_day_and_the_alert_are_there_without_a_console_error(page: ServedPage, window: Any) -> None:
    window.get(page.url)
    until(window, lambda driver: "sitting" in driver.find_element("css selector", ".posture").text)
    text = window.find_element("css selector", "main").text
    for words in ("Sitting for", "31 minutes", "since 11:26", "93 %", "82 %", "connected (-61 dBm)", "breaks: 3"):
        assert words in text
    until(window, lambda driver: driver.find_elements("css selector", ".ribbon rect"))
    ribbon = window.find_element("css selector", ".ribbon")
    assert ribbon.aria_role == "image" or ribbon.aria_role == "img"
    assert "sitting" in ribbon.accessible_name
    assert window.execute_script("return document.documentElement.scrollWidth <= innerWidth")
    shot(window, "now")
    assert errors(window) == []


def test_every_control_has_a_name_and_every_part_a_heading(page: ServedPage, window: Any) -> None:
    window.get(page.url)
    named(window, "Done")
    for element in window.find_elements("css selector", "button, input, select, a"):
        if element.is_displayed():
            assert element.accessible_name, element.get_attribute("outerHTML")
            assert element.rect["height"] >= 40 or element.tag_name == "a"
    parts = window.find_elements("css selector", "main section")
    assert len(parts) >= 6
    assert all(part.accessible_name for part in parts)
    assert window.find_element("css selector", ".sb").get_attribute("lang") == "en"
    assert window.find_element("css selector", "html").get_attribute("lang").startswith("en")
    assert window.find_element("css selector", ".figure animate") is not None


def test_another_wearer_has_a_page_in_their_language(page: ServedPage, window: Any) -> None:
    window.get(f"{page.url}?wearer=bob")
    named(window, "Warum?")
    assert window.find_element("css selector", ".sb").get_attribute("lang") == "de"
    assert not window.find_elements("css selector", ".calling")
    window.get(f"{page.url}?wearer=nobody")
    named(window, "Why?")


def test_settings_and_why_arrive_and_their_answers_are_shown(page: ServedPage, window: Any) -> None:
    window.get(page.url)
    limit = named(window, "Remind me after (minutes)", "input")
    until(window, lambda driver: limit.get_attribute("value"))
    limit.clear()
    limit.send_keys("900\t")
    named(window, "Save").click()
    assert page.heard() == "command ada limit 900 -"
    until(window, lambda driver: "not a number of minutes" in driver.find_element("css selector", ".answer").text)
    assert limit.get_attribute("value") == "900"  # typed text outlives what is told meanwhile
    limit.clear()
    limit.send_keys("50\t")
    named(window, "Save").click()
    assert page.heard() == "command ada limit 50 -"
    until(window, lambda driver: driver.find_element("css selector", ".answer").text == "Noted.")
    named(window, "Why?").click()
    assert page.heard() == "command ada why PRESS -"
    until(window, lambda driver: "limit is reached" in driver.find_element("css selector", ".why").text)
    named(window, "How insistent", "select").send_keys("insistent")
    assert page.heard() == "command ada profile strict -"
    named(window, "Pause reminders").click()
    assert page.heard() == "command ada pause ON -"
    named(window, "Remind me again").click()
    assert page.heard() == "command ada pause OFF -"


def test_repetitions_are_told_as_they_are_counted_beside_the_moving_figure(page: ServedPage, window: Any) -> None:
    window.get(page.url)
    start = named(window, "I take a break now")
    for _ in range(2):
        told = window.find_element("css selector", ".repetitions").text
        start.click()
        assert page.heard() == "command ada break PRESS -"
        wanted = f"{int(told.removesuffix(' of 10')) + 1 if told else 4} of 10"
        until(window, lambda driver, wanted=wanted: driver.find_element("css selector", ".repetitions").text == wanted)
    assert window.find_element("css selector", ".repetitions").aria_role == "status"
    assert window.find_elements("css selector", ".calling .figure animate")
    assert window.find_element("css selector", ".calling h3").text == "Standing hip flexion: 10-12 per side, left first"
    shot(window, "exercise")
    assert errors(window) == []


def test_one_can_be_busy_without_an_alert_and_free_again(page: ServedPage, window: Any) -> None:
    window.get(f"{page.url}?wearer=bob")
    named(window, "Beschäftigt: 30 Minuten").click()
    assert page.heard() == "command bob busy 30 -"
    named(window, "Nicht mehr beschäftigt").click()
    assert page.heard() == "command bob busy OFF -"


def test_the_month_has_thirty_rows(page: ServedPage, window: Any) -> None:
    window.get(page.url)
    until(window, lambda driver: len(driver.find_elements("css selector", "tbody tr")) == 7)
    named(window, "Month").click()
    until(window, lambda driver: len(driver.find_elements("css selector", "tbody tr")) == 30)
    named(window, "Month").send_keys(" ")
    assert named(window, "Month").get_attribute("aria-pressed") == "true"


def test_once_no_alert_is_open_the_exercise_is_still_told_with_its_dose_even_one_of_the_wearers_own(
    tmp_path: Path, answering: Any
) -> None:
    served = ServedPage(tmp_path)
    try:
        answering.get(f"{served.url}?wearer=bob")
        named(answering, "Ich mache jetzt Pause").click()
        until(answering, lambda driver: driver.find_elements("css selector", ".calling .repetitions"))
        until(answering, lambda driver: "4 of 10" in driver.find_element("css selector", ".calling").text)
        told = answering.find_element("css selector", ".calling").text.splitlines()
        assert told == ["One of my own", "10 times", "Turn round once.", "4 of 10"]
        answering.get("about:blank")
    finally:
        served.end()


@pytest.mark.parametrize(
    ("words", "sent"),
    [
        ("Done", "done PRESS"),
        ("In 10 minutes", "snooze 10"),
        ("Not this one", "skip PRESS"),
        ("I was not sitting", "wrong PRESS"),
        ("Busy for 30 minutes", "busy 30"),
    ],
)
def test_an_answer_arrives_with_its_alert_and_the_alert_goes(
    words: str, sent: str, tmp_path: Path, answering: Any
) -> None:
    served = ServedPage(tmp_path)
    try:
        answering.get_log("browser")
        answering.get(served.url)
        button = named(answering, words)
        answering.execute_script("arguments[0].focus()", button)
        button.send_keys("\n")  # by keyboard
        told = served.heard().split()
        assert told[:4] == ["command", "ada", *sent.split()]
        assert len(told[4]) == 26
        until(answering, lambda driver: not driver.find_elements("css selector", ".calling"))
        assert errors(answering) == []
        answering.get("about:blank")
    finally:
        served.end()


@pytest.fixture(scope="module")
def answering() -> Iterator[Any]:
    with browser(*SIZES["phone"]) as driver:
        yield driver


def test_with_a_password_nothing_is_seen_before_logging_in_and_nothing_after_logging_out(
    guarded: ServedPage, window: Any
) -> None:
    window.get(guarded.url)
    assert window.current_url.endswith("/login")
    assert "sitting" not in window.page_source.split("</style>")[1]
    field = window.find_element("css selector", "input")
    assert field.accessible_name == "Password"
    field.send_keys("not this\n")
    until(window, lambda driver: "not the password" in driver.find_element("css selector", "[role=alert]").text)
    shot(window, "login")
    window.get_log("browser")  # Chromium notes the refused try
    window.find_element("css selector", "input").send_keys(f"{PASSWORD}\n")
    named(window, "Done")
    (cookie,) = [each for each in window.get_cookies() if each["name"] == "sitbreak_session"]
    assert cookie["httpOnly"]
    assert cookie["sameSite"] == "Lax"
    assert errors(window) == []
    named(window, "Log out").click()
    until(window, lambda driver: driver.current_url.endswith("/login"))
    window.get(guarded.url)
    assert window.current_url.endswith("/login")


def test_in_the_demo_a_button_reaches_the_coach_and_the_posture_is_live(tmp_path: Path, answering: Any) -> None:
    demo = subprocess.Popen(
        [sys.executable, "-m", "monitor", "demo", "--set", "mqtt.host=", "--state-dir", str(tmp_path)],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert demo.stdout is not None
        url = ""
        for line in demo.stdout:
            url = line.split()[-1] if "web page at" in line else url
            if "posture=stepping" in line:
                break
        answering.get_log("browser")
        answering.get(url)
        named(answering, "Pause reminders").click()
        assert next(line for line in demo.stdout if "command_answered" in line)
        named(answering, "Remind me again")
        until(
            answering,
            lambda driver: driver.find_element("css selector", ".posture").text in ("walking", "standing", "sitting"),
        )
        assert errors(answering) == []
        answering.get("about:blank")
    finally:
        demo.terminate()
        demo.communicate(timeout=20)
