"""The shipped flow in a real Node-RED, between a real broker, our daemon and a browser."""

from __future__ import annotations

import asyncio
import os
import time
from pathlib import Path
from typing import Any

import pytest

from monitor.outlets.mqtt.messages import Wearer
from tests.node_red.red import NodeRed
from tests.support.brokers import Listener
from tests.support.browser import browser, errors, named, needs_chromium, shot, until
from tests.support.guarded_broker import guarded_broker, user
from tests.support.living_daemon import day, living_daemon
from tests.support.living_outlet import ME, LivingOutlet, break_due

pytestmark = [
    pytest.mark.mosquitto,
    pytest.mark.chromium,
    needs_chromium,
    pytest.mark.skipif("NODE_RED" not in os.environ, reason="needs Node-RED: make test-node-red"),
]
SETTINGS = """
[coach]
limit_s = 120
early_s = 0
[history]
keep_posture_days = 3650
[mqtt]
host = "127.0.0.1"
port = {port}
username = "sitbreak"
password = "pw-sitbreak"
"""


def answered(window: Any, words: str) -> None:
    """Wait for the alert, and press one of its buttons."""
    named(window, words).click()


def shown(window: Any) -> str:
    """All that can be read."""
    return str(window.find_element("css selector", "body").text)


async def test_an_alert_is_seen_and_its_button_is_obeyed(tmp_path: Path) -> None:
    with guarded_broker(tmp_path, "sitbreak", "dashboard") as broker, browser(900, 900) as window:
        window.shot_name = "node-red"
        async with (
            NodeRed(tmp_path / "node-red", broker.port, user("dashboard")) as red,
            Listener(broker.port, "sitbreak/#", user=user("dashboard")) as house,
        ):
            window.get(red.url)
            async with living_daemon(tmp_path, SETTINGS.format(port=broker.port), {"ada": day("sit")}):
                due = await house.until(lambda each: each.topic.endswith("/event"), within_s=40)
                root = due.topic.removesuffix("/event")
                await asyncio.to_thread(named, window, "In 10 minutes")
                shot(window, "alert")
                await asyncio.to_thread(answered, window, "In 10 minutes")
                await house.until(lambda each: each.topic == f"{root}/state" and '"alert":"snoozed"' in each.text)
                await asyncio.to_thread(until, window, lambda it: "In 10 minutes" not in it.page_source)
                shot(window, "answered")
                text = shown(window)
                assert errors(window) == []
        assert red.complaints() == []
    assert "sitting" in text


async def test_a_flow_for_one_wearer_shows_and_answers_for_that_one_and_says_when_nobody_speaks(tmp_path: Path) -> None:
    bob = Wearer("bob", "b0b0b0")
    with guarded_broker(tmp_path, "sitbreak", "dashboard") as broker, browser(900, 900) as window:
        daemon = LivingOutlet(broker.port, (ME, bob), username="sitbreak", password="pw-sitbreak")
        async with NodeRed(tmp_path / "node-red", broker.port, user("dashboard"), bob.node) as red, daemon:
            call = break_due(time.time())
            daemon.tell(call, alert="due", alert_id=call.alert_id, bout_s=1800.0)
            daemon.tell(wearer="bob", posture="standing", alert="none", alert_id=None, bout_s=0.0)
            await asyncio.to_thread(window.get, red.url)
            await asyncio.to_thread(
                until, window, lambda it: "standing" in it.find_element("css selector", "body").text
            )
            text = shown(window)
            assert "Done" not in text
            assert call.message not in text
            (switch,) = window.find_elements("css selector", "input[type=checkbox]")  # it has no name of its own
            switch.click()
            await daemon.command()
            assert [(wearer, command.name) for wearer, command in daemon.commands] == [("bob", "pause")]
            await daemon.end()
            await asyncio.to_thread(until, window, lambda it: "sitbreak is not running" in it.page_source)
        assert red.complaints() == []
