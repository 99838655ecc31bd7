"""The shipped mosquitto files work: the daemon may do all it needs, a stranger nothing."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from monitor.clock import Clock
from monitor.exchange import Message
from monitor.gauges import WearersGauges
from monitor.outlets.mqtt.client import connect
from monitor.outlets.mqtt.messages import Wearer
from monitor.outlets.mqtt.signals import Refused
from tests.support.brokers import Listener, Mosquitto
from tests.support.guarded_broker import guarded_broker, user
from tests.support.living_outlet import ME, LivingOutlet, break_due, rules_at

pytestmark = pytest.mark.mosquitto

ROOT, OTHER = "sitbreak/a1b2c3", "sitbreak/b0b0b0"
BOB = Wearer("bob", "b0b0b0")
USERS = ("sitbreak", "homeassistant", "dashboard", "a1b2c3", "b0b0b0", "telegraf", "stranger")


@pytest.fixture
def shipped(tmp_path: Path) -> Iterator[Mosquitto]:
    with guarded_broker(tmp_path, *USERS) as broker:
        yield broker


@pytest.mark.parametrize("discovery", ["device", "components"])
async def test_the_daemon_is_denied_nothing_it_needs(
    shipped: Mosquitto, caplog: pytest.LogCaptureFixture, discovery: str
) -> None:
    rules: dict[str, Any] = {"username": "sitbreak", "password": "pw-sitbreak", "discovery": discovery}
    async with (
        Listener(shipped.port, "sitbreak/#", "homeassistant/#", user=user("homeassistant")) as home,
        LivingOutlet(shipped.port, **rules) as daemon,
    ):
        daemon.tell(break_due(time.time()))
        await home.topic(f"{ROOT}/event")
        await home.topic(f"{ROOT}/text")
        assert [heard.topic for heard in home.heard if heard.topic.startswith("homeassistant/")]
        home.publish(f"{ROOT}/cmd/snooze", "PRESS")
        assert (await daemon.command()).name == "snooze"
    assert "access list" not in caplog.text


@pytest.mark.parametrize("name", ["dashboard", "a1b2c3"])
async def test_a_dashboard_or_phone_may_look_and_press_and_no_more(shipped: Mosquitto, name: str) -> None:
    async with (
        LivingOutlet(shipped.port, username="sitbreak", password="pw-sitbreak") as daemon,
        Listener(shipped.port, "sitbreak/#", user=user(name)) as phone,
    ):
        daemon.tell()
        await phone.topic(f"{ROOT}/state")
        phone.publish(f"{ROOT}/cmd/done", "PRESS")
        assert (await daemon.command()).name == "done"
        phone.publish(f"{ROOT}/state", "{}")
        assert await phone.refused() == "Not authorized"


async def test_one_wearers_phone_neither_hears_nor_commands_another(shipped: Mosquitto) -> None:
    async with (
        LivingOutlet(shipped.port, (ME, BOB), username="sitbreak", password="pw-sitbreak") as daemon,
        Listener(shipped.port, "#", f"{OTHER}/#", f"{ROOT}/#", "homeassistant/#", user=user("a1b2c3")) as mine,
        Listener(shipped.port, f"{OTHER}/#", user=user("b0b0b0")) as bobs,
    ):
        for name in ("bob", "me"):
            daemon.tell(break_due(time.time()), wearer=name)
        await bobs.topic(f"{OTHER}/event")
        await mine.topic(f"{ROOT}/event")
        mine.publish(f"{OTHER}/cmd/pause", "ON")
        assert await mine.refused() == "Not authorized"
        mine.publish(f"{ROOT}/cmd/done", "PRESS")
        await daemon.command()
    assert [(wearer, command.name) for wearer, command in daemon.commands] == [("me", "done")]
    assert all(heard.topic.startswith(f"{ROOT}/") for heard in mine.heard)
    assert all(heard.topic.startswith(f"{OTHER}/") for heard in bobs.heard)


async def test_who_only_draws_pictures_may_press_nothing(shipped: Mosquitto) -> None:
    async with (
        LivingOutlet(
            shipped.port,
            username="sitbreak",
            password="pw-sitbreak",
            gauges=WearersGauges(["me"], None, Clock(), "mqtt"),
        ) as daemon,
        Listener(shipped.port, "sitbreak/+/state", "sitbreak/+/diagnostics", user=user("telegraf")) as telegraf,
    ):
        daemon.tell()
        await telegraf.topic(f"{ROOT}/state")
        await telegraf.topic(f"{ROOT}/diagnostics")
        telegraf.publish(f"{ROOT}/cmd/pause", "ON")
        assert await telegraf.refused() == "Not authorized"
        assert not daemon.commands


async def test_a_stranger_hears_nothing_and_may_press_nothing(shipped: Mosquitto) -> None:
    async with (
        LivingOutlet(shipped.port, username="sitbreak", password="pw-sitbreak") as daemon,
        Listener(shipped.port, "sitbreak/#", user=user("dashboard")) as phone,
        Listener(shipped.port, "#", user=user("stranger")) as stranger,
    ):
        daemon.tell()
        await phone.topic(f"{ROOT}/state")
        stranger.publish(f"{ROOT}/cmd/pause", "ON")
        assert await stranger.refused() == "Not authorized"
        assert not stranger.heard
        assert not daemon.commands


async def test_a_shared_subscription_a_will_and_anothers_results_are_no_way_round(shipped: Mosquitto) -> None:
    results = f"{OTHER}/cmd/done/result"
    async with (
        LivingOutlet(shipped.port, (ME, BOB), username="sitbreak", password="pw-sitbreak") as daemon,
        Listener(shipped.port, f"$share/us/{OTHER}/#", results, "$SYS/#", user=user("a1b2c3")) as mine,
        Listener(shipped.port, f"{OTHER}/#", user=user("b0b0b0")) as bobs,
    ):
        async with Listener(shipped.port, user=user("a1b2c3"), will=f"{OTHER}/cmd/pause") as dying:
            dying.drop()
        bobs.publish(f"{OTHER}/cmd/done", "PRESS")
        assert await daemon.command()
        daemon.tell(break_due(time.time()), wearer="bob")
        await bobs.topic(f"{OTHER}/event")
        assert not mine.heard
    assert [(wearer, command.name) for wearer, command in daemon.commands] == [("bob", "done")]


@pytest.mark.parametrize("who", [None, ("stranger", "guessed"), ("nobody", "pw-nobody"), ("+", "pw-+"), ("#", "")])
async def test_nobody_comes_in_without_a_name_and_its_password(shipped: Mosquitto, who: tuple[str, str] | None) -> None:
    given = {"username": who[0], "password": who[1]} if who else {}
    answer = await connect(rules_at(shipped.port, **given), "id")
    assert isinstance(answer, Refused)


async def test_a_denied_row_is_refused_for_good_and_said_once_and_the_rest_goes_on(
    shipped: Mosquitto, caplog: pytest.LogCaptureFixture
) -> None:
    now_s = time.time()
    async with (
        Listener(shipped.port, "sitbreak/#", user=user("homeassistant")) as home,
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
