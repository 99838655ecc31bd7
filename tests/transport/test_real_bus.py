"""Real bleak on a real D-Bus: what BlueZ's own words become, and that the scan is taken up when the trouble is over."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from bleak.backends.bluezdbus import manager

from monitor.transport import scanner as scanning
from monitor.transport.radio import Radio, RadioError, RadioRules
from monitor.transport.scanner import DeviceMatch, Scanner, scan
from tests.support.bus import FakeBlueZ, system_bus


@pytest.fixture
async def address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    async with system_bus(tmp_path) as address:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        monkeypatch.setattr(manager, "_global_instances", {})
        yield address


async def problem_of_a_scan() -> str:
    with pytest.raises(RadioError) as caught:
        await scan(Radio(RadioRules()), 0.1)
    return caught.value.problem


async def test_a_bus_without_bluez(address: str) -> None:
    assert await problem_of_a_scan() == "BlueZ is not running"


async def test_no_adapter(address: str) -> None:
    bluez = FakeBlueZ()
    bluez.adapters = {}
    async with bluez.on(address):
        assert await problem_of_a_scan() == "no Bluetooth adapter"


async def test_an_adapter_that_is_switched_off(address: str) -> None:
    bluez = FakeBlueZ()
    bluez.adapters = {"/org/bluez/hci0": False}
    async with bluez.on(address):
        assert await problem_of_a_scan() == "Bluetooth is switched off"


@pytest.mark.parametrize(
    ("name", "detail", "problem"),
    [
        ("org.bluez.Error.NotReady", "Resource Not Ready", "Bluetooth is switched off"),
        ("org.bluez.Error.NotPermitted", "Operation not permitted", "no permission to use Bluetooth"),
        ("org.freedesktop.DBus.Error.UnknownObject", "gone", "the Bluetooth adapter is gone"),
        ("org.bluez.Error.Failed", "Input/output error", "the Bluetooth adapter refuses to scan"),
        ("org.bluez.Error.InProgress", "Operation already in progress", "the Bluetooth adapter is busy"),
    ],
)
async def test_what_bluez_answers_to_a_scan(address: str, name: str, detail: str, problem: str) -> None:
    bluez = FakeBlueZ()
    bluez.refuses = (name, detail)
    async with bluez.on(address):
        assert (await problem_of_a_scan()).startswith(problem)


async def test_bluez_that_fails_and_recovers_is_scanned_with_again(
    address: str, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(scanning, "RETRY_S", (0.02,))
    radio, bluez = Radio(RadioRules(scan_linger_s=0.1)), FakeBlueZ()
    scanner = Scanner(radio)
    async with bluez.on(address):
        running = asyncio.create_task(scanner.run())
        finding = asyncio.create_task(scanner.find(DeviceMatch(name="nobody")))
        await until(lambda: bluez.asked.count("StartDiscovery") == 1)
        bluez.refuses = ("org.bluez.Error.NotReady", "Resource Not Ready")
        scanner._on_lost()
        await until(lambda: bluez.asked.count("StartDiscovery") >= 4)
        bluez.refuses = None
        await until(lambda: "works again" in caplog.text)
        for task in (finding, running):
            task.cancel()
        await asyncio.wait({finding, running})
    said = [record.getMessage().split(":")[0] for record in caplog.records if record.levelno == logging.WARNING]
    assert said == ["Bluetooth is switched off", "Bluetooth works again"]


async def until(fact: Callable[[], bool]) -> None:
    async with asyncio.timeout(8):
        while not fact():  # noqa: ASYNC110  another process answers, and tells nobody
            await asyncio.sleep(0.01)
