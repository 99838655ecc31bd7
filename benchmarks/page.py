"""How long a browser waits for the page, while the daemon of the demo works behind it.

    python benchmarks/page.py [--runs N]

Needs the extras sim, web and test, and Chromium with its driver. Each run opens the page in a new browser with an
empty cache, on loopback, and takes from the browser's own clock, in ms after the navigation began:

* first paint: anything is drawn;
* first content: any text is drawn (at the least, that the page waits for the wearable);
* posture: the page has come alive and says what the body does now.

Exit code 1 where the median of the first content is above one second.
"""

from __future__ import annotations

import argparse
import re
import shutil
import statistics
import subprocess
import sys
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.support.ui import WebDriverWait

BAR_MS = 1000.0
OPTIONS = ("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking")
PAINTS = "return Object.fromEntries(performance.getEntriesByType('paint').map(each => [each.name, each.startTime]))"
SEEN = "return document.querySelector('.posture')?.textContent ? performance.now() : null"


def main() -> None:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description="How long a browser waits for the page.")
    parser.add_argument("--runs", type=int, default=7)
    runs = parser.parse_args().runs
    demo = subprocess.Popen(
        [sys.executable, "-m", "monitor", "demo", "--set", "mqtt.host=", "--duration", "300"],
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        url = _address(demo)
        found = [_measured(url) for _ in range(runs)]
    finally:
        demo.terminate()
        demo.communicate(timeout=20)
    for name in found[0]:
        values = sorted(each[name] for each in found)
        print(f"{name}: median {statistics.median(values):.0f} ms, worst {values[-1]:.0f} ms of {runs}")
    sys.exit(statistics.median(each["first content"] for each in found) > BAR_MS)


def _address(demo: subprocess.Popen[str]) -> str:
    """The page's address, once the day runs."""
    assert demo.stdout is not None
    url = ""
    for line in demo.stdout:
        if match := re.search(r"web page at (\S+)", line):
            url = match[1]
        if "posture=stepping" in line:
            return url
    raise SystemExit("the demo has ended before its page was there")


def _measured(url: str) -> dict[str, float]:
    options = webdriver.ChromeOptions()
    for option in OPTIONS:
        options.add_argument(option)
    driver: Any = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))
    try:
        driver.get(url)
        seen_ms = WebDriverWait(driver, 20, 0.02).until(lambda window: window.execute_script(SEEN))
        paints = driver.execute_script(PAINTS)
    finally:
        driver.quit()
    return {
        "first paint": paints["first-paint"],
        "first content": paints["first-contentful-paint"],
        "posture": float(seen_ms),
    }


if __name__ == "__main__":
    main()
