"""A real headless Chromium, and the page's processes."""

from __future__ import annotations

import os
import queue
import shutil
import ssl
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

DRIVER = shutil.which("chromedriver")
CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
MISSING = "needs Chromium and its driver (Debian: apt-get install chromium chromium-driver)"
needs_chromium = pytest.mark.skipif(not (DRIVER and CHROMIUM), reason=MISSING)
SHOTS = Path(os.environ.get("SCREENSHOTS_FOLDER", ""))
"""Where screenshots are kept; nowhere unless told. (Names with SITBREAK_ the program takes for settings.)"""
GONE = "does not belong to the document"
WAIT_S = 20
OPTIONS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
)


@contextmanager
def browser(width: int, height: int, dark: bool = False) -> Iterator[Any]:
    """A window of this size; its console is kept."""
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = CHROMIUM or ""
    for option in OPTIONS:
        options.add_argument(option)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service(DRIVER))
    try:
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        scheme = {"name": "prefers-color-scheme", "value": "dark" if dark else "light"}
        driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [scheme]})
        yield driver
    finally:
        driver.quit()


def until(driver: Any, fact: Callable[[Any], Any]) -> Any:
    """Wait for a fact about the page; an element that another page has just replaced is looked for again."""
    from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
    from selenium.webdriver.support.ui import WebDriverWait

    def found(driver: Any) -> Any:
        try:
            return fact(driver)
        except StaleElementReferenceException:
            return None
        except WebDriverException as error:  # the driver's other word for the same, while a page is left
            if GONE not in str(error):
                raise
            return None

    return WebDriverWait(driver, WAIT_S, 0.1).until(found)


def named(driver: Any, words: str, tag: str = "button") -> Any:
    """The visible element that a screen reader calls so."""

    def find(_: Any) -> Any:
        return next((e for e in driver.find_elements("css selector", tag) if e.accessible_name == words), None)

    return until(driver, find)


def shot(driver: Any, name: str) -> None:
    """Keep a picture, where pictures are kept."""
    if Path() != SHOTS:
        SHOTS.mkdir(parents=True, exist_ok=True)
        driver.save_screenshot(str(SHOTS / f"{driver.shot_name}-{name}.png"))


def errors(driver: Any) -> list[dict[str, Any]]:
    """What the browser's console complains of, since it was last asked."""
    return [entry for entry in driver.get_log("browser") if entry["level"] in ("SEVERE", "WARNING")]


class ServedPage:
    """``tests.support.served_page``, its address and what it says."""

    def __init__(self, folder: Path, *passwords: str, https: tuple[Path, Path] | None = None) -> None:
        """``passwords`` are "PASSWORD" for everybody's pages, "NAME=PASSWORD" for one's own.

        ``https``: certificate and key.
        """
        given = {"PAGE_CERTIFICATE": os.pathsep.join(map(str, https))} if https else {}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.support.served_page", str(folder), *passwords],
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | given,
        )
        self._said: queue.Queue[str] = queue.Queue()
        self._reader = threading.Thread(target=self._read)
        self._reader.start()
        self.url = self.heard()
        while not self._answers():
            assert self._process.poll() is None, "the page's process has ended"

    def heard(self) -> str:
        """The next line."""
        return self._said.get(timeout=20)

    def end(self) -> None:
        """End the process."""
        assert self._process.stdout is not None
        self._process.terminate()
        self._process.wait(10)
        self._reader.join(10)
        self._process.stdout.close()

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._said.put(line.strip())

    def _answers(self) -> bool:
        """It listens from its start; it answers when it is ready."""
        anyone = ssl._create_unverified_context()  # whose certificate it is, is the test's business
        try:
            with urllib.request.urlopen(f"{self.url}exercise/boat_pose.svg", timeout=20, context=anyone):
                return True
        except urllib.error.URLError:
            return False
