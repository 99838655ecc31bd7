"""What was announced before and is no longer wanted goes from a real broker, and only that."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from monitor.history.outbox import History
from monitor.outlets.mqtt.discovery import components
from monitor.outlets.mqtt.leftovers import MOVE, Announced, Leftovers
from monitor.outlets.mqtt.messages import Topics, Wearer
from tests.support.brokers import Listener, Mosquitto
from tests.support.living_outlet import ME, LivingOutlet, logged
from tests.support.outboxes import MemoryRegister

DEVICE = Announced("a1b2c3", "sitbreak", "homeassistant", "device")
COMPONENTS = Announced("a1b2c3", "sitbreak", "homeassistant", "components")
OFF = Announced("a1b2c3", "sitbreak", "homeassistant", "off")
PLACE = "homeassistant/device/sitbreak_a1b2c3/config"


def _said(old: Announced | None, new: Announced) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    leftovers = Leftovers(new, [old] if old else [], None)
    before, after = leftovers.before(), leftovers.after()
    assert all(message.retain or message.payload == MOVE for message in before + after)
    return [(m.topic, m.payload) for m in before], [(m.topic, m.payload) for m in after]


def test_nothing_is_said_where_nothing_has_changed_or_nothing_is_known() -> None:
    assert _said(DEVICE, DEVICE) == ([], [])
    assert _said(None, DEVICE) == ([], [])
    assert not Leftovers(DEVICE, [DEVICE], None).any


def test_entities_are_told_to_move_before_their_old_messages_go() -> None:
    assert _said(DEVICE, COMPONENTS) == ([(PLACE, MOVE)], [(PLACE, "")])
    before, after = _said(COMPONENTS, DEVICE)
    assert {payload for topic, payload in before if "/device_automation/" not in topic} == {MOVE}
    assert {payload for topic, payload in before if "/device_automation/" in topic} == {""}
    assert {payload for _, payload in after} == {""}
    assert "homeassistant/sensor/a1b2c3/posture/config" in [topic for topic, _ in before]
    assert [topic for topic, _ in before] == [topic for topic, _ in after]


def test_switched_off_or_at_another_prefix_they_only_go() -> None:
    assert _said(DEVICE, OFF) == ([(PLACE, "")], [])
    assert _said(OFF, DEVICE) == ([], [])
    assert _said(DEVICE, Announced("a1b2c3", "sitbreak", "ha", "components")) == ([(PLACE, "")], [])


def test_under_another_base_everything_goes() -> None:
    before, after = _said(DEVICE, Announced("a1b2c3", "desk", "homeassistant", "device"))
    kinds = ("availability", "link", "state", "text", "day", "info", "diagnostics")
    assert before == [(PLACE, ""), *((f"sitbreak/a1b2c3/{kind}", "") for kind in kinds)]
    assert after == []


async def _retained(port: int) -> dict[str, str]:
    """What the broker keeps; a message to ourselves comes after all of it."""
    async with Listener(port, "sitbreak/#", "homeassistant/#", "end") as listener:
        listener.publish("end", "")
        await listener.topic("end")
        return {heard.topic: heard.text for heard in listener.heard if heard.retain}


async def _lived(port: int, register: MemoryRegister, *wearers: Wearer, **rules: str) -> None:
    register.changed.clear()
    async with LivingOutlet(port, wearers or (ME,), register=register, **rules) as daemon:
        for wearer in wearers or (ME,):
            daemon.tell(wearer=wearer.name)
        async with asyncio.timeout(8):
            await register.changed.wait()


@pytest.mark.mosquitto
async def test_a_change_of_discovery_leaves_nothing_behind(mosquitto: Mosquitto) -> None:
    register = MemoryRegister()
    for form, count in (
        ("device", 1),
        ("components", len(components(Topics("sitbreak", "a1b2c3")))),
        ("device", 1),
        ("off", 0),
    ):
        await _lived(mosquitto.port, register, discovery=form)
        kept = [topic for topic in await _retained(mosquitto.port) if topic.startswith("homeassistant/")]
        assert len(kept) == count, form
    assert register.rows == {"a1b2c3": OFF}


@pytest.mark.mosquitto
async def test_a_wearer_who_was_removed_leaves_nothing_and_the_others_stay(mosquitto: Mosquitto) -> None:
    register = MemoryRegister()
    anna, ben = Wearer("anna", "aaaaaa"), Wearer("ben", "bbbbbb")
    await _lived(mosquitto.port, register, ben)
    await _lived(mosquitto.port, register, anna, ben)
    assert any("aaaaaa" in topic for topic in await _retained(mosquitto.port))
    await _lived(mosquitto.port, register, anna)
    kept = await _retained(mosquitto.port)
    assert not [topic for topic in kept if "bbbbbb" in topic]
    assert {"homeassistant/device/sitbreak_aaaaaa/config", "sitbreak/aaaaaa/availability"} <= set(kept)
    assert set(register.rows) == {"aaaaaa"}


@pytest.mark.mosquitto
async def test_what_the_broker_does_not_let_us_take_back_is_not_forgotten(tmp_path: Path) -> None:
    access = tmp_path / "acl"
    access.write_text("topic readwrite desk/#\ntopic readwrite homeassistant/#\n")
    access.chmod(0o600)
    broker = Mosquitto(tmp_path, f"allow_anonymous true\nacl_file {access}").start()
    register = MemoryRegister()
    register.rows[DEVICE.node] = DEVICE  # below sitbreak/, where we may write no more
    try:
        async with LivingOutlet(broker.port, register=register, base="desk", protocol="5") as daemon:
            with logged("denies sitbreak/a1b2c3/") as denied:
                await asyncio.wait_for(denied.wait(), 8)
            await daemon.outlet._sessions["me"]._heard_but(0)
    finally:
        broker.stop()
    assert register.rows == {DEVICE.node: DEVICE}


async def test_the_history_remembers_what_was_announced(tmp_path: Path) -> None:
    history = await History.open(tmp_path / "history.sqlite3")
    try:
        await history.note_announced(COMPONENTS)
        await history.note_announced(DEVICE)
        assert await history.announced() == [DEVICE]
        await history.forget_announced("a1b2c3")
        assert await history.announced() == []
    finally:
        await history.close()
