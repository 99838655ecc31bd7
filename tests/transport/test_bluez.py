"""Asked on a real D-Bus, where somebody stands in for BlueZ."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from bleak.backends.device import BLEDevice
from dbus_fast import Message

from monitor.transport.bluez import remove_device
from tests.support.bus import in_place_of_bluez, system_bus

PATH = "/org/bluez/hci0/dev_C0_00_00_00_00_01"


def device(**details: Any) -> BLEDevice:
    return BLEDevice("C0:00:00:00:00:01", "Pebble", details or None)


class StandIn:
    """Answers ``RemoveDevice`` as BlueZ does: what it does not know does not exist."""

    def __init__(self) -> None:
        self.known = {PATH}
        self.asked: list[tuple[str, str]] = []

    def __call__(self, message: Message) -> Message | None:
        if message.member != "RemoveDevice":
            return None
        self.asked.append((message.path or "", message.body[0]))
        if message.body[0] not in self.known:
            return Message.new_error(message, "org.bluez.Error.DoesNotExist", "Does Not Exist")
        self.known.discard(message.body[0])
        return Message.new_method_return(message)


@pytest.fixture
async def bluez(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[StandIn]:
    stand_in = StandIn()
    async with system_bus(tmp_path) as address, in_place_of_bluez(address, stand_in):
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        yield stand_in


async def test_a_device_is_removed_from_its_own_adapter(bluez: StandIn) -> None:
    assert await remove_device(device(path=PATH, props={"Paired": False}))
    assert bluez.asked == [("/org/bluez/hci0", PATH)]
    assert not await remove_device(device(path=PATH))  # it is gone, which is no fault


async def test_a_paired_device_keeps_its_keys(bluez: StandIn) -> None:
    assert not await remove_device(device(path=PATH, props={"Paired": True}))
    assert bluez.asked == []


async def test_a_device_of_another_stack_is_left_alone(bluez: StandIn) -> None:
    assert not await remove_device(device())
    assert bluez.asked == []


async def test_without_a_bus_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere/bus")
    assert not await remove_device(device(path=PATH))
