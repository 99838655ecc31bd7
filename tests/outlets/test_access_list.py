"""The shipped mosquitto files work: the daemon may do all it needs, a stranger nothing."""

from __future__ import annotations

import json
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor.events import Message
from tests.support.brokers import MOSQUITTO, Listener, Mosquitto
from tests.support.living_outlet import LivingOutlet, break_due

pytestmark = pytest.mark.mosquitto

SHIPPED = Path(__file__).parents[2] / "config" / "mosquitto"
ROOT = "sitbreak/a1b2c3"
USERS = ("sitbreak", "homeassistant", "phone", "stranger")


@pytest.fixture
def shipped(tmp_path: Path) -> Iterator[Mosquitto]:
    """Mosquitto with the shipped settings: only the port and the folders are the test's."""
    if MOSQUITTO is None or shutil.which("mosquitto_passwd") is None:
        pytest.skip("mosquitto is not installed")
    passwords = tmp_path / "sitbreak.passwd"
    passwords.touch(mode=0o600)
    for user in USERS:
        subprocess.run(["mosquitto_passwd", "-b", str(passwords), user, f"pw-{user}"], check=True)
    shutil.copy(SHIPPED / "sitbreak.acl", tmp_path)
    text = (SHIPPED / "sitbreak.conf").read_text()
    text = text.replace("/etc/mosquitto", str(tmp_path)).replace("/var/lib/mosquitto/", f"{tmp_path}/")
    broker = Mosquitto(tmp_path, text.replace("listener 1883 127.0.0.1\n", "")).start()
    yield broker
    broker.stop()


def _user(name: str) -> tuple[str, str]:
    return name, f"pw-{name}"


@pytest.mark.parametrize("discovery", ["device", "components"])
async def test_the_daemon_is_denied_nothing_it_needs(
    shipped: Mosquitto, caplog: pytest.LogCaptureFixture, discovery: str
) -> None:
    rules: dict[str, Any] = {"username": "sitbreak", "password": "pw-sitbreak", "discovery": discovery}
    async with (
        Listener(shipped.port, "sitbreak/#", "homeassistant/#", user=_user("homeassistant")) as home,
        LivingOutlet(shipped.port, **rules) as daemon,
    ):
        daemon.tell(break_due(time.time()))
        await home.topic(f"{ROOT}/event")
        await home.topic(f"{ROOT}/text")
        assert [heard.topic for heard in home.heard if heard.topic.startswith("homeassistant/")]
        home.publish(f"{ROOT}/cmd/snooze", "PRESS")
        assert (await daemon.command()).name == "snooze"
    assert "access list" not in caplog.text


async def test_a_phone_may_look_and_press_and_no_more(shipped: Mosquitto) -> None:
    async with (
        LivingOutlet(shipped.port, username="sitbreak", password="pw-sitbreak") as daemon,
        Listener(shipped.port, "sitbreak/#", user=_user("phone")) as phone,
    ):
        daemon.tell()
        await phone.topic(f"{ROOT}/state")
        phone.publish(f"{ROOT}/cmd/done", "PRESS")
        assert (await daemon.command()).name == "done"
        phone.publish(f"{ROOT}/state", "{}")
        assert await phone.refused() == "Not authorized"


async def test_a_stranger_hears_nothing_and_may_press_nothing(shipped: Mosquitto) -> None:
    async with (
        LivingOutlet(shipped.port, username="sitbreak", password="pw-sitbreak") as daemon,
        Listener(shipped.port, "sitbreak/#", user=_user("phone")) as phone,
        Listener(shipped.port, "#", user=_user("stranger")) as stranger,
    ):
        daemon.tell()
        await phone.topic(f"{ROOT}/state")
        stranger.publish(f"{ROOT}/cmd/pause", "ON")
        assert await stranger.refused() == "Not authorized"
        assert not stranger.heard
        assert not daemon.commands


async def test_a_denied_row_is_refused_for_good_and_said_once_and_the_rest_goes_on(
    shipped: Mosquitto, caplog: pytest.LogCaptureFixture
) -> None:
    now_s = time.time()
    async with (
        Listener(shipped.port, "sitbreak/#", user=_user("homeassistant")) as home,
        LivingOutlet(shipped.port, username="sitbreak", password="pw-sitbreak") as daemon,
    ):
        daemon.outbox.add([Message("elsewhere/event", "{}")] * 2)
        daemon.tell(break_due(now_s))
        event = await home.topic(f"{ROOT}/event")
        assert json.loads(event.text)["event_type"] == "break_due"
        await home.topic(f"{ROOT}/log")
    assert [daemon.outbox.fate[number] for number in (1, 2)] == ["refused: not authorized"] * 2
    assert daemon.outbox.fate[3] == "sent"
    assert caplog.text.count("denies elsewhere/event") == 1
